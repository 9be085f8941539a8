// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/attention_parts.h"

#include "ke-build/base/text.h"
#include "ke-build/search/templates/summing_loops.h"

#include <set>

namespace ke {
namespace {

Expr grouped(const Expr& e) { return Expr{Expr::Kind::group, "", {e}}; }

struct Larger {
  std::string most;
  Expr value;
};

// value > most (or most < value): which is which is told by `value`.
std::optional<Larger> larger(const Expr& test, const Expr& value) {
  const Expr& e = bare(test);
  if (!e.is(Expr::Kind::binary)) return std::nullopt;
  const bool up = e.text == ">" || e.text == ">=", down = e.text == "<" || e.text == "<=";
  if (!up && !down) return std::nullopt;
  const Expr &high = bare(e.kids[up ? 0 : 1]), &low = bare(e.kids[up ? 1 : 0]);
  if (!low.is(Expr::Kind::name) || !same(high, bare(value))) return std::nullopt;
  return Larger{low.text, high};
}

// A score that is NaN makes its weight NaN, whatever the spelling makes of the largest one.
std::optional<Larger> search_of(const Stmt& s) {
  if (s.is(Stmt::Kind::branch) && s.otherwise.empty() && s.body.size() == 1 &&
      s.body[0].is(Stmt::Kind::expression) && s.body[0].value.is(Expr::Kind::assign, "=")) {
    const Expr& set = s.body[0].value;
    auto found = larger(s.value, set.kids[1]);
    return found && bare(set.kids[0]).is(Expr::Kind::name, found->most) ? found : std::nullopt;
  }
  if (!s.is(Stmt::Kind::expression) || !s.value.is(Expr::Kind::assign, "=")) return std::nullopt;
  const Expr &target = bare(s.value.kids[0]), &value = bare(s.value.kids[1]);
  if (!target.is(Expr::Kind::name)) return std::nullopt;
  if (value.is(Expr::Kind::conditional)) {
    for (const bool first : {true, false}) {
      const Expr &high = value.kids[first ? 1 : 2], &low = bare(value.kids[first ? 2 : 1]);
      if (!same(low, target)) continue;
      if (!first) return std::nullopt;  // m < v ? m : v and its like: rarely written
      auto found = larger(value.kids[0], high);
      if (found && found->most == target.text) return found;
    }
    return std::nullopt;
  }
  static const std::set<std::string> calls = {"std::max", "fmaxf", "fmax", "std::fmax", "std::fmaxf", "max"};
  if (!value.is(Expr::Kind::call) || value.kids.size() != 2 || calls.count(value.text) == 0)
    return std::nullopt;
  const bool first = same(bare(value.kids[0]), target);
  if (!first && !same(bare(value.kids[1]), target)) return std::nullopt;
  return Larger{target.text, bare(value.kids[first ? 1 : 0])};
}

}  // namespace

const Expr& without_number_casts(const Expr& expr) {
  const Expr* e = &bare(expr);
  while ((e->is(Expr::Kind::cast) && (e->text == "float" || e->text == "double")) ||
         (e->is(Expr::Kind::call) && e->kids.size() == 1 &&
          (e->text == "static_cast<float>" || e->text == "static_cast<double>" || e->text == "float" ||
           e->text == "double")))
    e = &bare(e->kids[0]);
  return *e;
}

bool KeyLoop::read() { return loop_.step == 1 && statements(loop_.body); }

bool KeyLoop::statements(const Stmts& list) {
  for (const Stmt& s : list) {
    if (s.is(Stmt::Kind::comment)) continue;
    if (const auto search = search_of(s)) {
      if (most_value || locals_.count(search->most)) return false;
      most = search->most;
      most_value = written_out(search->value);
      continue;
    }
    const bool fits = s.is(Stmt::Kind::declare)                                        ? declare(s)
                      : s.is(Stmt::Kind::loop)                                         ? multiply(s)
                      : s.is(Stmt::Kind::block)                                        ? statements(s.body)
                      : s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign) ? assign(s.value)
                                                                                       : false;
    if (!fits) return false;
  }
  return true;
}

bool KeyLoop::declare(const Stmt& s) {
  if (!s.has_init || !s.dims.empty() || s.constructed) return false;
  const Effects effects = effects_of(s.value, symbols_.pure);
  if (effects.unknown || !effects.scalar_writes.empty()) return false;
  const auto type = symbols_.types.find(s.name);
  if (type != symbols_.types.end() && is_floating_type(value_type(type->second))) {
    locals_[s.name] = written_out(s.value);
    return true;
  }
  return symbols_.values.count(s.name) != 0;  // pointers and indices are looked through by the syntax room
}

bool KeyLoop::assign(const Expr& e) {
  const Expr& place = bare(e.kids[0]);
  const Expr value = written_out(e.kids[1]);
  const Effects effects = effects_of(e.kids[1], symbols_.pure);
  if (effects.unknown || !effects.scalar_writes.empty()) return false;
  if (!place.is(Expr::Kind::name)) return store(place, e.text, value);
  const auto local = locals_.find(place.text);
  if (local != locals_.end()) {
    if (e.text == "=")
      local->second = value;
    else
      local->second = grouped(Expr::binary(local->second, e.text.substr(0, 1), grouped(value)));
    return true;
  }
  if (total_value) return false;
  total = place.text;
  if (e.text == "+=") {
    total_value = value;
    return true;
  }
  // sum = sum + value
  const Expr& whole = bare(e.kids[1]);
  if (e.text != "=" || !whole.is(Expr::Kind::binary, "+") || !same(bare(whole.kids[0]), place)) return false;
  total_value = written_out(whole.kids[1]);
  return true;
}

bool KeyLoop::store(const Expr& place, const std::string& op, const Expr& value) {
  const auto element = element_of(place, symbols_);
  if (!element || !element->tables.empty()) return false;
  if (stored) {
    if (!same(place, stored_place)) return false;
    stored_value = op == "=" ? value : grouped(Expr::binary(stored_value, op.substr(0, 1), grouped(value)));
    return true;
  }
  const auto side = element->index.coefficient(loop_.name);
  if (!side || side->constant() != 1) return false;
  stored = element;
  stored_place = place;
  stored_value = op == "=" ? value : grouped(Expr::binary(place, op.substr(0, 1), grouped(value)));
  return true;
}

bool KeyLoop::multiply(const Stmt& inner) {
  const auto chain = read_summing_loops(inner, symbols_);
  if (product || !chain || chain->loops.size() != 1 || !chain->forms.empty() || chain->subtract) return false;
  const bool local = chain->target.is(Expr::Kind::name) && locals_.count(chain->target.text);
  Expr& sum = local ? locals_[chain->target.text] : stored_value;
  if (!local && !(stored && same(chain->target, stored_place))) return false;
  const auto type = local ? symbols_.types.find(chain->target.text) : symbols_.types.find(stored->base);
  if (!is_zero_literal(sum) || type == symbols_.types.end()) return false;
  const std::string of = local ? kernel_type(type->second) : kernel_type(stored->type);
  const Effects effects = effects_of(Stmts{inner}, symbols_.pure);
  std::set<std::string> changing = effects.declared;
  changing.insert(effects.scalar_writes.begin(), effects.scalar_writes.end());
  const auto summed = read_summed_form(chain->value, symbols_, changing, of);
  if (!summed || summed->elements.size() != 2 || !summed->extras.empty() || !summed->product) return false;
  const Expr& form = bare(summed->form);
  if (!form.is(Expr::Kind::binary, "*") || !form.kids[0].kids.empty() || !form.kids[1].kids.empty())
    return false;
  product = KeyProduct{summed->elements, chain->loops[0]};
  sum = Expr::name("@dot");
  if (summed->factor) sum = grouped(Expr::binary(grouped(*summed->factor), "*", Expr::name("@dot")));
  return true;
}

// Locals by what they hold, and what was stored by its value.
Expr KeyLoop::written_out(Expr e) const {
  if (stored && same(bare(e), stored_place)) return grouped(stored_value);
  for (Expr& kid : e.kids) kid = written_out(std::move(kid));
  if (e.is(Expr::Kind::name))
    if (const auto local = locals_.find(e.text); local != locals_.end()) return grouped(local->second);
  return e;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// Pointers and offsets that advance by the same step in every iteration (`*y++ = *x++`, `row += cols`) as
// what they are at iteration i: row + i * cols. Iterations that do not wait for the pointer of the one before
// can be reordered, and their subscripts compared.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

struct Walker {
  std::string name;
  Expr step;
  size_t at = 0;               // the statement of the body that advances it
  bool own_statement = false;  // that does nothing else
  bool before = false;         // ++p: advanced before it is used in that statement
  // `*y++ = a; *y++ = b;`: all advances of the iteration, where there are several; `step` is their sum then.
  std::vector<Walker> several = {};
};

std::optional<int64_t> literal(const Expr& e) {
  const std::string& digits = bare(e).text;
  const bool plain = bare(e).is(Expr::Kind::number) && !digits.empty() && digits.size() < 6 &&
                     digits.find_first_not_of("0123456789") == std::string::npos;
  return plain ? std::optional<int64_t>(std::stoll(digits)) : std::nullopt;
}

Expr grouped(Expr e) {
  const Expr& inner = bare(e);
  if (inner.is(Expr::Kind::name) || inner.is(Expr::Kind::number)) return inner;
  return Expr{Expr::Kind::group, "", {inner}};
}

// p++, ++p, p += step, p = p + step
std::optional<Walker> advance_of(const Expr& raw) {
  const Expr& e = bare(raw);
  Walker w;
  if ((e.is(Expr::Kind::postfix, "++") || e.is(Expr::Kind::unary, "++")) &&
      bare(e.kids[0]).is(Expr::Kind::name)) {
    w.name = bare(e.kids[0]).text;
    w.step = Expr::number(1);
    w.before = e.is(Expr::Kind::unary);
    return w;
  }
  if (!e.is(Expr::Kind::assign) || !bare(e.kids[0]).is(Expr::Kind::name)) return std::nullopt;
  w.name = bare(e.kids[0]).text;
  const Expr& value = bare(e.kids[1]);
  if (e.text == "+=") {
    w.step = value;
  } else if (e.text == "=" && value.is(Expr::Kind::binary, "+") &&
             bare(value.kids[0]).is(Expr::Kind::name, w.name)) {
    w.step = bare(value.kids[1]);
  } else {
    return std::nullopt;
  }
  return mentions(w.step, w.name) ? std::nullopt : std::optional(w);
}

// Evaluated in every iteration: nothing behind a test.
void certain_advances(const Expr& e, std::vector<Walker>& out) {
  const auto w = e.is(Expr::Kind::assign) ? std::nullopt : advance_of(e);
  if (w) {
    out.push_back(*w);
    return;
  }
  if (e.is(Expr::Kind::opaque)) return;
  const bool first_only =
      e.is(Expr::Kind::conditional) || e.is(Expr::Kind::binary, "&&") || e.is(Expr::Kind::binary, "||");
  for (size_t i = 0; i < (first_only ? std::min<size_t>(1, e.kids.size()) : e.kids.size()); ++i)
    certain_advances(e.kids[i], out);
}

size_t writes_of(const Stmts& statements, const std::string& name) {
  size_t count = 0;
  walk_expressions(statements, [&](const Expr& e) {
    const bool steps =
        e.is(Expr::Kind::postfix) || e.is(Expr::Kind::unary, "++") || e.is(Expr::Kind::unary, "--");
    count += (steps || e.is(Expr::Kind::assign)) && bare(e.kids[0]).is(Expr::Kind::name, name);
    count += (e.is(Expr::Kind::opaque) || e.is(Expr::Kind::unary, "&")) && mentions(e, name);
  });
  return count;
}

void replace_advance(Expr& e, const std::string& name) {
  if (const auto w = advance_of(e); w && w->name == name) {
    e = Expr::name(name);
    return;
  }
  for (Expr& kid : e.kids) replace_advance(kid, name);
}

class Walk {
 public:
  explicit Walk(const Site& site)
      : site_(site),
        loop_(site.loop()),
        symbols_(*site.symbols),
        effects_(effects_of(loop_.body, symbols_.pure)) {}

  std::optional<Rewritten> rewritten() const {
    if (loop_.step != 1 || effects_.leaves || effects_.continues || counter_type(loop_).empty())
      return std::nullopt;
    for (const Walker& w : joined(walkers()))
      if (auto made = without(w)) return made;
    return std::nullopt;
  }

 private:
  std::vector<Walker> walkers() const {
    std::vector<Walker> all;
    for (size_t i = 0; i < loop_.body.size(); ++i) {
      const Stmt& s = loop_.body[i];
      std::vector<Walker> found;
      const bool expression = s.is(Stmt::Kind::expression);
      if (auto w = expression ? advance_of(s.value) : std::nullopt) {
        w->own_statement = true;
        found.push_back(*w);
      }
      const bool evaluated = expression || (s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty());
      if (evaluated && (found.empty() || s.value.is(Expr::Kind::assign))) certain_advances(s.value, found);
      for (Walker& w : found) {
        w.at = i;
        all.push_back(w);
      }
    }
    return all;
  }

  // Advances of one pointer by literal steps, one in a statement, are one advance by their sum.
  static std::vector<Walker> joined(const std::vector<Walker>& all) {
    std::vector<Walker> out;
    for (const Walker& w : all) {
      const auto same_name = [&](const Walker& o) { return o.name == w.name; };
      const auto first = std::find_if(out.begin(), out.end(), same_name);
      if (first == out.end()) {
        out.push_back(w);
        continue;
      }
      const auto sum = literal(first->step), more = literal(w.step);
      const size_t last = first->several.empty() ? first->at : first->several.back().at;
      // What is not joined has more writes than are known of it, and does not fit.
      if (!sum || !more || last == w.at) continue;
      if (first->several.empty()) first->several = {*first};
      first->several.push_back(w);
      first->step = Expr::number(*sum + *more);
    }
    return out;
  }

  bool fits(const Walker& w) const {
    const auto type = symbols_.types.find(w.name);
    if (type == symbols_.types.end() || effects_.declared.count(w.name) || w.name == loop_.name) return false;
    const bool pointer = type->second.find('*') != std::string::npos;
    // What a reference or a static walks stays visible; small and other unsigned numbers wrap on their way.
    if (type->second.find('&') != std::string::npos || type->second.find("static") != std::string::npos ||
        (!pointer && !counts_alike(type->second)))
      return false;
    if (writes_of(loop_.body, w.name) != std::max<size_t>(w.several.size(), 1) ||
        mentions(loop_.lower, w.name) || mentions(loop_.upper, w.name))
      return false;
    // A sum over what is read is no walk: the step stands still.
    const Effects step = effects_of(w.step, symbols_.pure);
    if (step.unknown || !step.accesses.empty() || !step.scalar_writes.empty()) return false;
    for (const std::string& name : names_in(w.step))
      if (effects_.scalar_writes.count(name) || effects_.declared.count(name) || name == loop_.name)
        return false;
    // Integers that are only counted have no subscripts to gain.
    return pointer || indexes(w.name);
  }

  bool counts_alike(const std::string& type) const {
    const std::string t = value_type(type);
    static const std::set<std::string> kSafe = {
        "int",          "long",          "long long",     "int32_t",           "int64_t", "std::int64_t",
        "std::int32_t", "ptrdiff_t",     "ssize_t",       "std::ptrdiff_t",    "size_t",  "std::size_t",
        "uint64_t",     "std::uint64_t", "unsigned long", "unsigned long long"};
    return kSafe.count(t) != 0 || (is_integer_type(t) && t == counter_type(loop_));
  }

  bool indexes(const std::string& name) const {
    bool found = false;
    walk_expressions(loop_.body, [&](const Expr& e) {
      found = found || (e.is(Expr::Kind::subscript) && mentions(e.kids[1], name)) ||
              (e.is(Expr::Kind::unary, "*") && mentions(e, name));
    });
    return found;
  }

  // A pointer goes further than an int counts.
  Expr wide(Expr e) const {
    static const std::set<std::string> kWide = {"long",      "unsigned long",  "size_t",    "std::size_t",
                                                "int64_t",   "std::int64_t",   "uint64_t",  "std::uint64_t",
                                                "ptrdiff_t", "std::ptrdiff_t", "long long", "ssize_t"};
    if (kWide.count(counter_type(loop_)) != 0) return grouped(std::move(e));
    return Expr{Expr::Kind::cast, "long", {grouped(std::move(e))}};
  }

  // name + (i - lower) * step, or what it is behind the advance; `behind`: elements that this iteration has
  // gone already where it goes in several steps.
  Expr place(const Walker& w, bool advanced, int64_t behind) const {
    Expr i = Expr::name(loop_.name);
    if (!bare(loop_.lower).is(Expr::Kind::number, "0")) i = difference(i, grouped(loop_.lower));
    if (advanced) i = sum(i, Expr::number(1));
    if (!w.step.is(Expr::Kind::number, "1")) i = Expr::binary(wide(i), "*", grouped(w.step));
    if (behind > 0) i = sum(i, Expr::number(behind));
    return Expr{Expr::Kind::group, "", {Expr::binary(Expr::name("@walker"), "+", i)}};
  }

  std::optional<Rewritten> without(const Walker& w) const {
    if (!fits(w)) return std::nullopt;
    const std::vector<Walker> advances = w.several.empty() ? std::vector<Walker>{w} : w.several;
    Stmts body;
    size_t next = 0;
    int64_t gone = 0;  // where there are several
    for (size_t i = 0; i < loop_.body.size(); ++i) {
      const Walker* here = next < advances.size() && advances[next].at == i ? &advances[next] : nullptr;
      const int64_t step = here && !w.several.empty() ? *literal(here->step) : 0;
      if (here) ++next;
      if (here && here->own_statement) {
        gone += step;
        continue;
      }
      Stmts one{loop_.body[i]};
      const bool single = w.several.empty();
      const bool advanced = single && (i > w.at || (i == w.at && w.before));
      if (here) {
        // `*p++ = p[1]` has no order of its own.
        if (uses_of(one, w.name) != 1) return std::nullopt;
        replace_advance(one[0].value, w.name);
      }
      substitute(one, w.name, place(w, advanced, here && here->before ? gone + step : gone));
      gone += step;
      substitute(one, "@walker", Expr::name(w.name));
      as_subscripts(one);
      body.insert(body.end(), one.begin(), one.end());
    }
    if (body.empty()) return std::nullopt;
    Stmt kept = loop_;
    kept.body = body;
    Stmts made{kept};
    if (is_needed(w.name)) made.push_back(final_advance(w));
    auto text = commit(site_, made, {true, {}, {}}, w.name + " stands still; its place is counted.");
    if (!text) return std::nullopt;
    return Rewritten{*text, w.name + " in " + where(site_)};
  }

  bool is_needed(const std::string& name) const {
    const bool inside = std::any_of(site_.path.begin(), site_.path.end() - 1, [](const Stmt* s) {
      return s->is(Stmt::Kind::loop) || s->is(Stmt::Kind::wild);
    });
    return inside || used_outside(site_, name);
  }

  // As far as the loop ran: an empty one does not walk backwards.
  Stmt final_advance(const Walker& w) const {
    const Expr upper = exclusive_upper(loop_);
    const bool from_zero = bare(loop_.lower).is(Expr::Kind::number, "0");
    Expr runs = from_zero ? upper : difference(grouped(upper), grouped(loop_.lower));
    const auto type = upper.is(Expr::Kind::name) ? symbols_.types.find(upper.text) : symbols_.types.end();
    const bool is_size = from_zero && type != symbols_.types.end() && is_unsigned_type(type->second);
    if (!is_size)
      runs = Expr{Expr::Kind::group,
                  "",
                  {Expr::conditional(Expr::binary(loop_.lower, "<", upper), grouped(runs), Expr::number(0))}};
    if (!w.step.is(Expr::Kind::number, "1")) runs = Expr::binary(wide(runs), "*", grouped(w.step));
    return make_expression(Expr::assign(Expr::name(w.name), "+=", runs));
  }

  const Site& site_;
  const Stmt& loop_;
  const Symbols& symbols_;
  const Effects effects_;
};

}  // namespace

std::vector<Rewritten> index_walkers(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  // Inner loops first: what they advance is a step of the loop around them.
  for (auto site = sites.all().rbegin(); site != sites.all().rend() && out.empty(); ++site)
    if (auto made = Walk(*site).rewritten()) out.push_back(*made);
  return out;
}

}  // namespace ke

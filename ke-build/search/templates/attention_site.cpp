// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/attention_site.h"

#include "ke-build/base/text.h"
#include "ke-build/search/templates/attention_parts.h"
#include "ke-build/search/templates/contraction_site.h"
#include "ke-build/search/templates/summing_loops.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kMostExtras = 6;

class AttentionReader {
 public:
  explicit AttentionReader(const Site& site)
      : symbols_(*site.symbols),
        facts_{effects_of(Stmts{site.loop()}, site.symbols->pure), {}, {}, {}, {}, {}} {
    made_.region = site;
  }

  std::optional<AttentionSite> read() {
    const Stmt& loop = made_.region.loop();
    if (loop.step != 1 || facts_.effects.unknown || facts_.effects.leaves || counter_type(loop).empty() ||
        !statements(loop.body) || stage_ != Stage::weighed)
      return std::nullopt;
    if (!can_run_ahead(made_, facts_)) return std::nullopt;
    return made_;
  }

 private:
  enum class Stage { nothing, scored, searched, raised, totalled, weighed };

  bool statements(const Stmts& list) {
    for (const Stmt& s : list) {
      if (s.is(Stmt::Kind::comment)) continue;
      if (s.is(Stmt::Kind::block)) {
        if (!statements(s.body)) return false;
      } else if (s.is(Stmt::Kind::loop)) {
        if (!loop(s)) return false;
      } else if (s.is(Stmt::Kind::declare) && s.dims.empty() && !s.constructed) {
        if (s.has_init && !set(s.name, s.value)) return false;
      } else if (s.is(Stmt::Kind::expression) && s.value.is(Expr::Kind::assign, "=") &&
                 bare(s.value.kids[0]).is(Expr::Kind::name)) {
        if (!set(bare(s.value.kids[0]).text, s.value.kids[1])) return false;
      } else if (!leaves_alone(s)) {
        return false;
      }
    }
    return true;
  }

  // What is done through another name of the scores is traced back to them.
  bool names_pointer(const std::string& name) const {
    const auto type = symbols_.types.find(name);
    return type != symbols_.types.end() && type->second.find('*') != std::string::npos &&
           symbols_.values.count(name) != 0;
  }

  // `m = -INFINITY`, `m = score[0]`: the last value that a scalar was given before the loops.
  bool set(const std::string& name, const Expr& value) {
    const bool first_score = stage_ == Stage::scored && score_index(value, "") != nullptr;
    if (!first_score && touches_scores(make_expression(value)) && !names_pointer(name)) return false;
    if (stage_ > Stage::scored && (name == made_.most || name == made_.total)) return false;
    facts_.values[name] = value;
    facts_.from_first[name] = first_score;
    return true;
  }

  bool touches_scores(const Stmt& s) const {
    if (facts_.scores.empty()) return false;
    const auto is_one = [&](const std::string& name) {
      return name == facts_.scores || name == facts_.raised;
    };
    const std::vector<Trace> traces = traces_of(Stmts{s}, symbols_);
    return mentions(s, facts_.scores) || (!facts_.raised.empty() && mentions(s, facts_.raised)) ||
           std::any_of(traces.begin(), traces.end(),
                       [&](const Trace& t) { return !t.known_base || is_one(t.base); });
  }

  bool leaves_alone(const Stmt& s) {
    if (touches_scores(s)) return false;
    facts_.kept.push_back(&s);
    const Effects effects = effects_of(Stmts{s}, symbols_.pure);
    const auto writes = [&](const std::string& n) {
      return !n.empty() && effects.scalar_writes.count(n) != 0;
    };
    return !writes(made_.most) && !writes(made_.total);
  }

  bool loop(const Stmt& l) {
    if (l.step != 1) return false;
    switch (stage_) {
      case Stage::nothing: {
        const AttentionSite before = made_;
        if (scoring(l)) return true;
        made_ = before;
        facts_.scores.clear();
        return leaves_alone(l);
      }
      case Stage::scored:
        return searching(l) || leaves_alone(l);
      case Stage::searched:
        return raising(l) || leaves_alone(l);
      case Stage::raised:
        return totalling(l) || leaves_alone(l);
      case Stage::totalled:
        return normalising(l) || weighing(l) || leaves_alone(l);
      case Stage::weighed:
        return leaves_alone(l);
    }
    return false;
  }

  // Do the loop's bounds cover the keys? `from_second`: the first one was looked at already.
  bool over_keys(const Stmt& l, bool from_second = false) const {
    const auto lower = poly_of(l.lower, symbols_), first = poly_of(made_.key->lower, symbols_);
    const auto upper = poly_of(exclusive_upper(l), symbols_), end = poly_of(made_.end, symbols_);
    if (!lower || !first || !upper || !end || !(*upper == *end)) return false;
    return *lower == *first || (from_second && *lower == *first + Poly(1));
  }

  // The score's element at the loop's variable; with an empty name the one of the first key.
  const Expr* score_index(const Expr& raw, const std::string& variable) const {
    const Expr& e = bare(raw);
    if (!e.is(Expr::Kind::subscript) && !e.is(Expr::Kind::unary, "*")) return nullptr;
    const auto element = element_of(e, symbols_);
    if (!element || element->base != facts_.scores) return nullptr;
    const auto place = variable.empty() ? poly_of(made_.key->lower, symbols_) : Poly::name(variable);
    return place && element->index == score_index_.replaced(made_.key->name, *place) ? &e : nullptr;
  }

  // for each key: a product, then the score made of it, then perhaps the search for the largest one.
  bool scoring(const Stmt& l) {
    KeyLoop body(l, symbols_);
    if (!body.read()) return false;
    if (!body.stored || !body.product || body.total_value) return false;
    made_.key = &l;
    made_.end = known_before(exclusive_upper(l), facts_.effects, symbols_);
    facts_.scores = body.stored->base;
    score_index_ = body.stored->index;
    made_.type = kernel_type(body.stored->type);
    made_.depth = body.product->depth;
    if (made_.type != "float" && made_.type != "double") return false;
    if (!products(*body.product) || !score_form(body.stored_value)) return false;
    dropped_or_most(l, body);
    stage_ = body.most_value ? Stage::searched : Stage::scored;
    if (!body.most_value) return true;
    return same(bare(*body.most_value), bare(body.stored_value));
  }

  void dropped_or_most(const Stmt& l, const KeyLoop& body) {
    if (!body.most_value) {
      made_.dropped.push_back(&l);
      return;
    }
    made_.most = body.most;
    made_.most_made = &l;
  }

  bool products(const KeyProduct& product) {
    made_.q = product.elements[0];
    made_.k = product.elements[1];
    if (made_.q.index.mentions(made_.key->name)) std::swap(made_.q, made_.k);
    const std::string &query = made_.region.loop().name, &key = made_.key->name, &step = made_.depth->name;
    return made_.q.type == made_.type && made_.k.type == made_.type && made_.q.tables.empty() &&
           made_.k.tables.empty() && is_separable(made_.q.index, {query, step}) &&
           !made_.q.index.mentions(key) && is_separable(made_.k.index, {key, step}) &&
           !made_.k.index.mentions(query) && made_.k.index.mentions(key);
  }

  bool score_form(const Expr& value) {
    const auto text = score_text(known_before(value, facts_.effects, symbols_));
    if (!text) return false;
    made_.score = *text;
    return true;
  }

  std::optional<std::string> score_text(const Expr& raw_value) {
    const Expr& e = without_number_casts(raw_value);
    if (e.is(Expr::Kind::name, "@dot")) return "s";
    if (is_invariant(e, facts_.effects, symbols_)) {
      if (made_.extras.size() == kMostExtras) return std::nullopt;
      made_.extras.push_back(to_text(e));
      return "extra[" + std::to_string(made_.extras.size() - 1) + "]";
    }
    if (e.is(Expr::Kind::binary) && (e.text == "+" || e.text == "-" || e.text == "*" || e.text == "/")) {
      const auto left = score_text(e.kids[0]), right = score_text(e.kids[1]);
      if (!left || !right) return std::nullopt;
      return "(" + *left + " " + e.text + " " + *right + ")";
    }
    if (const auto element = element_of(e, symbols_); element && !made_.bias) {
      const bool fits = element->type == made_.type && element->tables.empty() &&
                        is_separable(element->index, {made_.region.loop().name, made_.key->name});
      if (!fits) return std::nullopt;
      made_.bias = element;
      return "e";
    }
    return std::nullopt;
  }

  bool searching(const Stmt& l) {
    KeyLoop body(l, symbols_);
    if (!body.read() || body.stored || body.product || body.total_value || !body.most_value) return false;
    if (!over_keys(l, facts_.from_first[body.most]) || !score_index(*body.most_value, l.name)) return false;
    made_.most = body.most;
    made_.most_made = &l;
    stage_ = Stage::searched;
    return true;
  }

  // score = exp(score - largest), and perhaps the total.
  bool raising(const Stmt& l) {
    KeyLoop body(l, symbols_);
    if (!over_keys(l) || !body.read() || !body.stored || body.product || body.most_value) return false;
    const bool elsewhere = body.stored->base != facts_.scores;
    if (elsewhere ? kernel_type(body.stored->type) != made_.type : !score_index(body.stored_place, l.name))
      return false;
    const Expr& power = without_number_casts(body.stored_value);
    static const std::set<std::string> exps = {"exp", "std::exp", "expf", "std::expf"};
    if (!power.is(Expr::Kind::call) || exps.count(power.text) == 0 || power.kids.size() != 1) return false;
    const Expr& above = bare(power.kids[0]);
    if (!above.is(Expr::Kind::binary, "-") || !score_index(above.kids[0], l.name) ||
        !bare(above.kids[1]).is(Expr::Kind::name, made_.most))
      return false;
    if (elsewhere) {
      facts_.raised = facts_.scores;
      facts_.scores = body.stored->base;
      score_index_ = body.stored->index.replaced(l.name, Poly::name(made_.key->name));
    }
    stage_ = Stage::raised;
    if (!body.total_value) {
      made_.dropped.push_back(&l);
      return true;
    }
    return same(without_number_casts(*body.total_value), power) && total(l, body.total);
  }

  bool totalling(const Stmt& l) {
    KeyLoop body(l, symbols_);
    if (!over_keys(l) || !body.read() || body.stored || body.product || body.most_value) return false;
    return body.total_value && score_index(*body.total_value, l.name) && total(l, body.total);
  }

  bool total(const Stmt& l, const std::string& name) {
    made_.total = name;
    made_.total_made = &l;
    stage_ = Stage::totalled;
    return true;
  }

  // Each weight divided by the total: so is what they weigh.
  bool normalising(const Stmt& l) {
    const Stmt* only = nullptr;
    for (const Stmt& s : l.body)
      if (!s.is(Stmt::Kind::comment)) {
        if (only) return false;
        only = &s;
      }
    if (!only || !only->is(Stmt::Kind::expression) || !only->value.is(Expr::Kind::assign) ||
        !made_.normalised.empty() || !over_keys(l) || !score_index(only->value.kids[0], l.name))
      return false;
    std::string op = only->value.text.substr(0, 1);
    Expr by = only->value.kids[1];
    if (op == "=") {
      const Expr value = bare(by);
      if (!value.is(Expr::Kind::binary) || !score_index(value.kids[0], l.name)) return false;
      op = value.text, by = value.kids[1];
    }
    const Effects reads = effects_of(by, symbols_.pure);
    if ((op != "/" && op != "*") || mentions(by, l.name) || reads.unknown || !reads.accesses.empty() ||
        !reads.scalar_writes.empty())
      return false;
    made_.normalised = " " + op + " (" + to_text(by) + ")";
    made_.dropped.push_back(&l);
    return true;
  }

  // The loops that add weight times value, somewhere in these.
  bool weighing(const Stmt& l) {
    const Stmt* around = nullptr;
    const Stmt* sums = find_weighed(l, around);
    if (!sums) return false;
    const auto chain = read_summing_loops(*sums, symbols_);
    const auto summed = read_summed_form(chain->value, symbols_, {}, made_.type);
    if (!summed || summed->elements.size() != 2 || !summed->extras.empty() || summed->factor ||
        !summed->product || chain->subtract || !chain->forms.empty() || chain->loops.size() > 2)
      return false;
    const Expr& form = bare(summed->form);
    const bool plain =
        form.is(Expr::Kind::binary, "*") && form.kids[0].kids.empty() && form.kids[1].kids.empty();
    const bool first = summed->elements[0].base == facts_.scores;
    made_.v = summed->elements[first ? 1 : 0];
    const Element& weight = summed->elements[first ? 0 : 1];
    const Stmt* keys = nullptr;
    for (const Stmt* one : chain->loops)
      if (over_keys(*one) && weight.base == facts_.scores &&
          weight.index == score_index_.replaced(made_.key->name, Poly::name(one->name)))
        keys = one;
    if (!plain || !keys) return false;
    made_.width = around;
    for (const Stmt* one : chain->loops)
      if (one != keys) made_.width = one;
    made_.rows_inside = chain->loops.size() == 2;
    if (!made_.width || made_.width->step != 1) return false;
    const std::string &key = keys->name, &column = made_.width->name;
    const auto side = made_.v.index.coefficient(column);
    if (made_.v.type != made_.type || !made_.v.tables.empty() || !side || side->constant() != 1 ||
        !is_separable(made_.v.index, {key, column}) || made_.v.index.mentions(made_.region.loop().name))
      return false;
    // One name for the keys in all three elements.
    made_.v.index = made_.v.index.replaced(key, Poly::name(made_.key->name));
    made_.target = chain->target;
    const bool to_memory = made_.rows_inside;
    if (to_memory != !made_.target.is(Expr::Kind::name) || type_of_sum(made_.target, symbols_) != made_.type)
      return false;
    if (to_memory && !element_of(made_.target, symbols_)) return false;
    made_.weighed = sums;
    stage_ = Stage::weighed;
    for (const Stmt& rest : rebuilt(l, sums, {}))
      if (touches_scores(rest)) return false;
    return true;
  }

  const Stmt* find_weighed(const Stmt& s, const Stmt*& around) const {
    if (s.is(Stmt::Kind::loop)) {
      const auto chain = read_summing_loops(s, symbols_);
      if (chain && mentions(chain->value, facts_.scores)) return &s;
      around = &s;
    }
    for (const Stmt& inner : s.body)
      if (const Stmt* found = find_weighed(inner, around)) return found;
    return nullptr;
  }

  const Symbols& symbols_;
  AttentionFacts facts_;
  AttentionSite made_;
  Stage stage_ = Stage::nothing;
  Poly score_index_;
};

}  // namespace

std::optional<AttentionSite> read_attention(const Site& site) { return AttentionReader(site).read(); }

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/separable_site.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/distribute.h"
#include "ke-build/search/rewrites/value_range.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kMostAccumulators = 3;

bool is_skip(const Stmt& s) {
  return s.is(Stmt::Kind::branch) && s.otherwise.empty() && s.body.size() == 1 &&
         s.body[0].is(Stmt::Kind::jump) && starts_with(s.body[0].text, "continue");
}

// fmax(m, e), in any order: leaves NaN out as long as m is none. std::max(e, m) of integers.
std::optional<Match> extreme_call(const Stmt& s, const Symbols& symbols) {
  if (!s.is(Stmt::Kind::expression) || !s.value.is(Expr::Kind::assign, "=") ||
      !s.value.kids[0].is(Expr::Kind::name))
    return std::nullopt;
  const std::string& name = s.value.kids[0].text;
  const Expr& call = bare(s.value.kids[1]);
  if (!call.is(Expr::Kind::call) || call.kids.size() != 2) return std::nullopt;
  const std::string callee = unqualified(call.text.substr(0, call.text.find('<')));
  const auto type = symbols.types.find(name);
  const bool floating = type == symbols.types.end() || is_floating_type(value_type(type->second));
  const bool least = callee == (floating ? "fmin" : "min") || (floating && callee == "fminf"),
             greatest = callee == (floating ? "fmax" : "max") || (floating && callee == "fmaxf");
  const size_t own = bare(call.kids[0]).is(Expr::Kind::name, name) ? 0 : 1;
  if (!(least || greatest) || !bare(call.kids[own]).is(Expr::Kind::name, name) ||
      mentions(call.kids[1 - own], name))
    return std::nullopt;
  Match match;
  match.accumulator.name = name;
  match.accumulator.kind = least ? Reduction::less : Reduction::greater;
  match.element = call.kids[1 - own];
  return match;
}

// `++n` as n += 1
std::optional<Match> fold_of(const Stmt& s, const std::string& variable, const Symbols& symbols) {
  if (auto call = extreme_call(s, symbols)) return call;
  Match match;
  if (s.is(Stmt::Kind::expression) && s.value.kids.size() == 1 && s.value.text == "++" &&
      bare(s.value.kids[0]).is(Expr::Kind::name)) {
    match.accumulator.name = bare(s.value.kids[0]).text;
    match.element = Expr::number(1);
    return match;
  }
  if (s.is(Stmt::Kind::expression) && s.value.text == "-=") return std::nullopt;
  if (match_assignment(s, match)) return match;
  match = Match{};
  if (match_branch(s, variable, match) && match.accumulator.index.empty()) return match;
  return std::nullopt;
}

// `if (x0 < 0) x0 = 0;` behind a declaration: the name stands for the greater of both, from there on.
void note_clamp(const Stmt& s, Symbols& symbols, std::map<std::string, Expr>& starts) {
  if (s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty()) {
    Expr value = s.value;
    for (const auto& [name, start] : starts) substitute(value, name, Expr{Expr::Kind::group, "", {start}});
    if (const auto known = symbols.values.find(s.name); known != symbols.values.end()) known->second = value;
    starts[s.name] = value;
  }
  const bool sets = s.is(Stmt::Kind::branch) && s.otherwise.empty() && s.body.size() == 1 &&
                    s.body[0].is(Stmt::Kind::expression) && s.body[0].value.is(Expr::Kind::assign, "=");
  const auto start = sets ? starts.find(to_text(bare(s.body[0].value.kids[0]))) : starts.end();
  if (start == starts.end() || mentions(s.body[0].value.kids[1], start->first)) {
    for (const std::string& name : effects_of(Stmts{s}, symbols.pure).scalar_writes)
      if (starts.erase(name) != 0) symbols.values.erase(name);
    return;
  }
  Expr test = s.value;
  substitute(test, start->first, Expr{Expr::Kind::group, "", {start->second}});
  start->second = Expr::conditional(test, s.body[0].value.kids[1], start->second);
  symbols.values[start->first] = start->second;
}

class SeparableReader {
 public:
  explicit SeparableReader(const Site& site)
      : site_(site),
        symbols_(*site.symbols),
        over_(site.loop().name),
        varying_(varying_names(site.loop().body, over_, symbols_)) {}

  std::optional<SeparableSite> read() {
    if (!find_nest() || !read_levels() || !read_inner() || !stands()) return std::nullopt;
    return made_;
  }

 private:
  // Behind nothing but declarations and clamps: the one loop of the body.
  bool find_nest() {
    std::map<std::string, Expr> starts;
    for (const Stmt& s : site_.loop().body) {
      if (!s.is(Stmt::Kind::loop)) {
        if (!made_.nest && !in_front(s, starts)) return false;
        continue;
      }
      if (made_.nest) return false;
      made_.nest = &s;
    }
    return made_.nest != nullptr;
  }

  bool in_front(const Stmt& s, std::map<std::string, Expr>& starts) {
    if (s.is(Stmt::Kind::comment)) return true;
    const Effects effects = effects_of(Stmts{s}, symbols_.pure);
    const bool plain = (s.is(Stmt::Kind::declare) && s.dims.empty()) || s.is(Stmt::Kind::branch) ||
                       s.is(Stmt::Kind::expression);
    if (!plain || effects.unknown || effects.leaves || effects.continues) return false;
    for (const Access& a : effects.accesses)
      if (a.write) return false;
    note_clamp(s, symbols_, starts);
    for (const std::string& text : {std::string("NAN"), std::string("nan"), std::string("NaN")})
      if (s.is(Stmt::Kind::declare) && s.has_init && to_text(s.value).find(text) != std::string::npos)
        return false;
    declared_.insert(effects.declared.begin(), effects.declared.end());
    std::set<std::string> set = effects.declared;
    set.insert(effects.scalar_writes.begin(), effects.scalar_writes.end());
    const bool moves =
        std::any_of(set.begin(), set.end(), [&](const std::string& n) { return varying_.count(n); });
    if (!moves) made_.before.push_back(s);
    return true;
  }

  // From the nest's top to its innermost loop: nothing hangs on the window.
  bool read_levels() {
    const Stmt* at = made_.nest;
    while (has_inner_loop(at->body)) {
      if (at->step != 1 || is_varying(at->lower, varying_) || is_varying(at->upper, varying_)) return false;
      const Stmt* next = nullptr;
      for (const Stmt& s : at->body) {
        if (next && !s.is(Stmt::Kind::comment)) return false;
        if (s.is(Stmt::Kind::loop))
          next = &s;
        else if (!stands_in_nest(s))
          return false;
      }
      if (!next) return false;
      at = next;
    }
    made_.inner = at;
    return at->step == 1 && !counter_type(*at).empty();
  }

  bool stands_in_nest(const Stmt& s) const {
    if (s.is(Stmt::Kind::comment)) return true;
    if (!(s.is(Stmt::Kind::declare) && s.dims.empty() && !varying_.count(s.name)) && !is_skip(s))
      return false;
    const Effects effects = effects_of(s.value, symbols_.pure);
    return !effects.unknown && effects.scalar_writes.empty() && !is_varying(s.value, varying_);
  }

  bool read_inner() {
    Stmts body = made_.inner->body;
    std::set<std::string> locals;
    walk(body, [&](const Stmt& s) {
      if (s.is(Stmt::Kind::declare)) locals.insert(s.name);
    });
    for (const std::string& name : locals)
      if (!symbols_.values.count(name)) return false;
    inline_locals(body, locals);
    if (has_opaque(body) || !read_folds(body)) return false;
    const auto usual = column_of_first();
    auto bounds = usual ? window_bounds(*made_.inner, over_, tests_, *usual, symbols_) : std::nullopt;
    if (!bounds) return false;
    made_.bounds = *std::move(bounds);
    made_.column = made_.bounds.column == Poly::name(made_.inner->name)
                       ? made_.inner->name
                       : fresh_name(*site_.function, "column");
    return std::all_of(made_.folds.begin(), made_.folds.end(),
                       [&](Match& fold) { return in_columns(fold.element) && keeps_type(fold); });
  }

  bool read_folds(const Stmts& body) {
    for (size_t i = 0; i < body.size(); ++i) {
      const Stmt& s = body[i];
      if (s.is(Stmt::Kind::comment)) continue;
      if (is_skip(s) && made_.folds.empty()) {
        for (const Expr& part : condition_parts(s.value, "&&", true, symbols_)) tests_.push_back(part);
        continue;
      }
      if (const auto fold = fold_of(s, made_.inner->name, symbols_)) {
        if (!add_fold(*fold)) return false;
        continue;
      }
      const bool last = i + 1 == body.size() && made_.folds.empty();
      if (!last || !s.is(Stmt::Kind::branch) || !s.otherwise.empty()) return false;
      for (const Expr& part : condition_parts(s.value, "&&", false, symbols_)) tests_.push_back(part);
      return read_folds(s.body);
    }
    return !made_.folds.empty();
  }

  bool add_fold(Match fold) {
    Accumulator& a = fold.accumulator;
    const auto type = symbols_.types.find(a.name);
    a.type = type == symbols_.types.end() ? "" : value_type(type->second);
    const bool known = is_floating_type(a.type) || (is_integer_type(a.type) && a.type != "bool");
    const Effects effects = effects_of(fold.element, symbols_.pure);
    if (!known || !declared_.count(a.name) || effects.unknown || !effects.scalar_writes.empty()) return false;
    for (const Match& other : made_.folds)
      if (other.accumulator.name == a.name || mentions(fold.element, other.accumulator.name) ||
          mentions(other.element, a.name))
        return false;
    made_.folds.push_back(std::move(fold));
    return made_.folds.size() <= kMostAccumulators;
  }

  // The terms of the first subscript that hang on the window or the place in it.
  std::optional<Poly> column_of_first() const {
    std::optional<Poly> found;
    for (const Match& fold : made_.folds)
      walk(fold.element, [&](const Expr& e) {
        const auto index =
            e.is(Expr::Kind::subscript) && !found ? poly_of(e.kids[1], symbols_) : std::nullopt;
        if (!index || !(index->mentions(over_) || index->mentions(made_.inner->name))) return;
        Poly rest = *index;
        for (const std::string& name : {over_, made_.inner->name}) rest = rest.without(name);
        found = *index - rest;
      });
    return found ? found : std::optional(Poly());
  }

  // Subscripts in terms of the column; nothing else may hang on the window.
  bool in_columns(Expr& e) const {
    if (e.is(Expr::Kind::subscript)) {
      const auto index = poly_of(e.kids[1], symbols_);
      if (index && (index->mentions(over_) || index->mentions(made_.inner->name))) {
        const Poly rest = *index - made_.bounds.column;
        if (rest.mentions(over_) || rest.mentions(made_.inner->name)) return false;
        for (const std::string& name : rest.names())
          if (varying_.count(name)) return false;
        if (is_varying(e.kids[0], varying_)) return false;
        e.kids[1] = Expr{Expr::Kind::opaque, (rest + Poly::name(made_.column)).text(), {}};
        return true;
      }
    }
    if (e.kids.empty())
      return !varying_.count(e.text) && e.text != made_.inner->name && !e.is(Expr::Kind::opaque);
    return std::all_of(e.kids.begin(), e.kids.end(), [&](Expr& kid) { return in_columns(kid); });
  }

  // An extreme is compared before it is converted.
  bool keeps_type(const Match& fold) const {
    if (fold.accumulator.kind == Reduction::add) return true;
    const std::string floating = floating_type_of(fold.element, symbols_);
    if (is_floating_type(fold.accumulator.type)) return floating == fold.accumulator.type;
    if (!floating.empty()) return false;
    const Expr& e = bare(fold.element);
    if (!e.is(Expr::Kind::subscript) || !bare(e.kids[0]).is(Expr::Kind::name)) return false;
    const auto array = symbols_.types.find(bare(e.kids[0]).text);
    const std::string type = array == symbols_.types.end() ? "" : element_type(array->second);
    static const std::set<std::string> narrow = {"uint8_t", "int8_t",        "uint16_t",
                                                 "int16_t", "unsigned char", "signed char",
                                                 "short",   "unsigned short"};
    const std::string bare_type = starts_with(type, "std::") ? type.substr(5) : type;
    return type == fold.accumulator.type ||
           (narrow.count(bare_type) != 0 &&
            (fold.accumulator.type == "int" || fold.accumulator.type == "long"));
  }

  // Steps, lengths and limits are what they were in front of the loop over windows.
  bool stands() const {
    const Effects effects = effects_of(site_.loop().body, symbols_.pure);
    std::vector<Poly> all{made_.bounds.step, made_.bounds.length, made_.bounds.start.without(over_)};
    all.insert(all.end(), made_.bounds.lows.begin(), made_.bounds.lows.end());
    all.insert(all.end(), made_.bounds.highs.begin(), made_.bounds.highs.end());
    for (const Poly& p : all)
      for (const std::string& name : p.names())
        if (varying_.count(name) || effects.scalar_writes.count(name) || effects.declared.count(name) ||
            symbols_.types.count(name) == 0)
          return false;
    for (const Expr& test : made_.bounds.uniform)
      if (is_varying(test, varying_)) return false;
    // Nothing in the nest but the accumulators is written.
    const Effects nest = effects_of(Stmts{*made_.nest}, symbols_.pure);
    for (const Access& a : nest.accesses)
      if (a.write) return false;
    for (const std::string& name : nest.scalar_writes)
      if (!nest.declared.count(name) &&
          std::none_of(made_.folds.begin(), made_.folds.end(),
                       [&](const Match& f) { return f.accumulator.name == name; }))
        return false;
    return !nest.unknown && !nest.leaves;
  }

  const Site& site_;
  Symbols symbols_;
  const std::string over_;
  const std::set<std::string> varying_;
  std::set<std::string> declared_;  // in front of the nest, in each iteration
  std::vector<Expr> tests_;
  SeparableSite made_;
};

}  // namespace

std::optional<SeparableSite> read_separable(const Site& windows) {
  const Stmt& loop = windows.loop();
  const Effects effects = effects_of(loop.body, windows.symbols->pure);
  if (loop.step != 1 || counter_type(loop).empty() || effects.unknown || effects.leaves ||
      has_opaque(loop.body))
    return std::nullopt;
  return SeparableReader(windows).read();
}

}  // namespace ke

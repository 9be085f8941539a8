// SPDX-License-Identifier: MIT
// `long v = std::lround(x)` that is clamped to a small range: the library call keeps the loop from becoming
// vectors, and so does the 64-bit result. The value is limited to +-(2^23 - 1) first, which no later clamp
// can tell, and then rounded in int. Halves away from zero: the largest number below a half is added before
// the conversion cuts; for every float (double) below 2^23 the result is that of lround (exhaustively
// tested).
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/rewrites/value_range.h"

namespace ke {
namespace {

constexpr int64_t kMost = 8388607;  // 2^23 - 1: here floats are still a half apart

enum class Halves { away, even };

struct Rounding {
  Halves halves = Halves::away;
  Expr argument;
  bool integer = false;  // lround, not round
};

std::optional<Rounding> rounding_of(const Expr& e) {
  static const std::map<std::string, std::pair<Halves, bool>> known = {
      {"lround", {Halves::away, true}},     {"llround", {Halves::away, true}},
      {"round", {Halves::away, false}},     {"lrint", {Halves::even, true}},
      {"llrint", {Halves::even, true}},     {"rint", {Halves::even, false}},
      {"nearbyint", {Halves::even, false}},
  };
  if (!e.is(Expr::Kind::call) || e.kids.size() != 1) return std::nullopt;
  std::string name = starts_with(e.text, "std::") ? e.text.substr(5) : e.text;
  if (known.count(name) == 0 && ends_with(name, "f")) name.pop_back();
  const auto at = known.find(name);
  if (at == known.end()) return std::nullopt;
  return Rounding{at->second.first, e.kids[0], at->second.second};
}

// The type that an explicit conversion of one operand names; empty for other expressions.
std::string converted_to(const Expr& e) {
  if (e.kids.size() != 1) return "";
  if (e.is(Expr::Kind::cast)) return e.text;
  if (!e.is(Expr::Kind::call)) return "";
  const bool cast = starts_with(e.text, "static_cast<") && ends_with(e.text, ">");
  return cast ? e.text.substr(12, e.text.size() - 13) : e.text;
}

bool holds_int(const std::string& type) {
  static const std::set<std::string> wide = {"int",     "long",    "long long",    "int32_t",
                                             "int64_t", "ssize_t", "std::int32_t", "std::int64_t"};
  return wide.count(value_type(type)) != 0;
}

// lround(x), (int)lround(x), static_cast<int>(std::round(x))
std::optional<Rounding> rounded_integer(const Expr& raw) {
  const Expr& e = bare(raw);
  if (auto direct = rounding_of(e)) return direct->integer ? direct : std::nullopt;
  if (!holds_int(converted_to(e))) return std::nullopt;
  const Expr& inner = bare(e.kids[0]);
  if (auto rounding = rounding_of(inner)) return rounding;
  return rounded_integer(inner);
}

// Every use takes the value alone: in an assignment or in a conversion, where int and long do the same.
bool only_passed_on(const Stmts& statements, const std::string& name) {
  size_t uses = 0, plain = 0;
  walk_expressions(statements, [&](const Expr& e) {
    uses += e.is(Expr::Kind::name, name);
    const bool assigned = e.is(Expr::Kind::assign, "=") && bare(e.kids[1]).is(Expr::Kind::name, name);
    const bool converted = !converted_to(e).empty() && bare(e.kids[0]).is(Expr::Kind::name, name);
    plain += assigned || converted;
  });
  return uses == plain;
}

bool is_small(const ValueRange& range) {
  return range.low && range.high && *range.low >= -kMost && *range.high <= kMost && *range.low <= *range.high;
}

size_t clamped_uses(const Expr& e, const std::string& name) {
  const auto range = range_of(e, [&](const Expr& part) { return part.is(Expr::Kind::name, name); });
  size_t uses = 0;
  if (range && is_small(*range)) {
    walk(e, [&](const Expr& part) { uses += part.is(Expr::Kind::name, name); });
    return uses;
  }
  for (const Expr& kid : e.kids) uses += clamped_uses(kid, name);
  return uses;
}

// Every use is inside of a clamp: q[i] = std::clamp(v, -127, 127).
bool only_clamped(const Stmts& statements, const std::string& name) {
  size_t uses = 0, clamped = 0;
  walk_expressions(statements, [&](const Expr& e) { uses += e.kids.empty() && mentions(e, name); });
  walk(statements, [&](const Stmt& s) {
    for (const Expr* e : {&s.lower, &s.upper, &s.value}) clamped += clamped_uses(*e, name);
  });
  return uses > 0 && uses == clamped;
}

struct Plan {
  Stmts list;
  bool made = false;
};

class Rounder {
 public:
  Rounder(const Site& site, bool finite_only) : site_(site), finite_only_(finite_only) {}

  Plan statements(const Stmts& list) {
    Plan plan;
    for (size_t i = 0; i < list.size(); ++i) {
      Stmt s = list[i];
      if (!plan.made && one_value(list, i, s, plan)) continue;
      if (!plan.made && within_expression(s, plan)) continue;
      for (Stmts* kids : {&s.body, &s.otherwise}) {
        if (plan.made || s.is(Stmt::Kind::loop) || s.is(Stmt::Kind::wild)) continue;
        Plan inner = statements(*kids);
        plan.made = inner.made;
        *kids = std::move(inner.list);
      }
      plan.list.push_back(std::move(s));
    }
    return plan;
  }

 private:
  // T v = lround(x); if (v > 127) v = 127; if (v < -127) v = -127;
  bool one_value(const Stmts& list, size_t at, const Stmt& s, Plan& plan) {
    if (!s.is(Stmt::Kind::declare) || !s.has_init || !s.dims.empty()) return false;
    const auto rounding = rounded_integer(s.value);
    const bool known = holds_int(s.type) || value_type(s.type).empty();
    if (!rounding || !known) return false;
    ValueRange range;
    size_t behind = at + 1;
    for (; behind < list.size() && follow_clamp(list[behind], s.name, range); ++behind) {
    }
    const Stmts rest(list.begin() + static_cast<long>(behind), list.end());
    std::string clamps;
    for (size_t i = at + 1; i < behind; ++i) clamps += to_text({list[i]}, 0);
    // std::min(v, 127L) takes two of one type.
    const bool typed = clamps.find("std::") != std::string::npos && value_type(s.type) != "int";
    const std::string conversion = converted_to(bare(s.value)),
                      given = !value_type(s.type).empty()                        ? s.type
                              : conversion.empty() || rounding_of(bare(s.value)) ? "long"
                                                                                 : conversion;
    Stmt made = s;
    if (is_small(range))
      made.type = only_passed_on(rest, s.name) && !typed ? "int" : given;
    else if (behind == at + 1 && only_clamped(rest, s.name))
      made.type = given;
    else
      return false;
    if (!replace(*rounding, s.name, made.value, plan)) return false;
    plan.list.push_back(std::move(made));
    return true;
  }

  // q[i] = static_cast<int8_t>(std::clamp<int>(std::lround(x), -127, 127));
  bool within_expression(Stmt& s, Plan& plan) {
    if (!s.is(Stmt::Kind::expression) && !(s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty()))
      return false;
    Expr* call = clamped_rounding(s.value);
    if (call == nullptr) return false;
    const auto rounding = rounded_integer(*call);
    // The conversion around it says which type the clamp works in.
    const std::string type = rounding_of(bare(*call)) ? "long" : converted_to(bare(*call));
    Expr made;
    if (!replace(*rounding, "ke_rounded", made, plan)) return false;
    *call = type == "int" ? made : Expr{Expr::Kind::cast, type, {made}};
    plan.list.push_back(s);
    return true;
  }

  Expr* clamped_rounding(Expr& e) {
    const auto range = range_of(e, [](const Expr& part) { return rounded_integer(part).has_value(); });
    if (range && is_small(*range) && !rounded_integer(e)) return find_rounding(e);
    // The argument moves in front of the statement: not from behind a test.
    const bool tests =
        e.is(Expr::Kind::conditional) || e.is(Expr::Kind::binary, "&&") || e.is(Expr::Kind::binary, "||");
    for (size_t i = 0; i < (tests ? 1 : e.kids.size()); ++i)
      if (Expr* found = clamped_rounding(e.kids[i])) return found;
    return nullptr;
  }
  static Expr* find_rounding(Expr& e) {
    if (rounded_integer(e)) return &e;
    for (Expr& kid : e.kids)
      if (Expr* found = find_rounding(kid)) return found;
    return nullptr;
  }

  bool replace(const Rounding& rounding, const std::string& stem, Expr& value, Plan& plan) {
    const std::string type = floating_type_of(rounding.argument, *site_.symbols);
    const Effects effects = effects_of(rounding.argument, site_.symbols->pure);
    if (type.empty() || effects.unknown || !effects.scalar_writes.empty()) return false;
    const bool single = type == "float";
    const std::string name = fresh_name(*site_.function, stem + "_exact"),
                      limit = std::to_string(kMost) + (single ? ".0f" : ".0");
    const auto limited = [&](const char* op, const std::string& bound) {
      return make_expression(
          raw_expr(name + " = " + name + " " + op + " " + bound + " ? " + bound + " : " + name));
    };
    plan.list.push_back(make_declare(type, name, rounding.argument));
    // Past long the standard leaves the result open, infinity included; x86-64 gives the smallest number.
    const std::string past = single ? "9223372036854775808.0f" : "9223372036854775808.0";
    if (!finite_only_)
      plan.list.push_back(
          make_expression(raw_expr(name + " = " + name + " >= " + past + " ? -" + limit + " : " + name)));
    plan.list.push_back(limited(">", limit));
    plan.list.push_back(limited("<", "-" + limit));
    const std::string half = single ? "0.49999997f" : "0.49999999999999994", f = single ? "f" : "";
    value = raw_expr(rounding.halves == Halves::away
                         ? "(int)(" + name + " + __builtin_copysign" + f + "(" + half + ", " + name + "))"
                         : "(int)__builtin_rint" + f + "(" + name + ")");
    plan.made = true;
    return true;
  }

  static Expr raw_expr(std::string text) { return {Expr::Kind::opaque, std::move(text), {}}; }

  const Site& site_;
  const bool finite_only_;
};

}  // namespace

std::vector<Rewritten> narrow_rounding(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all()) {
    if (has_opaque(site.loop().body)) continue;
    Plan plan = Rounder(site, rules.finite_only).statements(site.loop().body);
    if (!plan.made) continue;
    Stmt loop = site.loop();
    loop.body = std::move(plan.list);
    auto text = commit(site, {loop}, {true, {}, {}}, "Rounded without a call, in the range that is kept.");
    if (text) out.push_back({*text, where(site)});
  }
  return out;
}

}  // namespace ke

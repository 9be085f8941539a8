// SPDX-License-Identifier: MIT
// `x[i] % n` and `x[i] / n` by a number that stays what it is while a loop runs: integers of 32 bits are
// divided as numbers of double precision, by a factor that is worked out in front of the loop. That is exact
// (see the helper) and becomes vectors, which divisions of integers never do.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/known_answers.h"
#include "ke-build/search/rewrites/plain_type.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/syntax/poly.h"

#include <map>

namespace ke {
namespace {

// With |a| < 2^32 and a whole n, (|a| + 1/2) / |n| lies at least 1 / (2 |n|) away from the next whole number,
// which is 2^-33 of its value or more; the factor and the product are each off by 2^-53 of theirs.
constexpr const char* kReciprocalHelpers =
    R"(// Quotients of integers (ke reciprocals): `inverse` is 1.0 / divisor. Exact for all of them.
static inline __attribute__((always_inline)) int ke_quotient(int a, double inverse) {
  const double value = a;
  return (int)((value + (a < 0 ? -0.5 : 0.5)) * inverse);
}
static inline __attribute__((always_inline)) unsigned ke_quotient_u(unsigned a, double inverse) {
  return (unsigned)(((double)a + 0.5) * inverse);
}
)";

bool is_short_integer(const std::string& type) {
  static const std::set<std::string> kShort = {
      "int",          "short",        "short int",   "signed char",  "unsigned char", "unsigned short",
      "std::int32_t", "std::int16_t", "std::int8_t", "std::uint8_t", "std::uint16_t", "int32_t",
      "int16_t",      "int8_t",       "uint8_t",     "uint16_t"};
  return kShort.count(type) != 0;
}
bool is_int(const std::string& type) { return type == "int" || type == "std::int32_t" || type == "int32_t"; }
bool is_unsigned_int(const std::string& type) {
  return type == "unsigned" || type == "unsigned int" || type == "std::uint32_t" || type == "uint32_t";
}

class Reciprocals {
 public:
  explicit Reciprocals(const Site& site)
      : site_(site), symbols_(*site.symbols), effects_(effects_of(site.loop().body, symbols_.pure)) {}

  void statements(Stmts& list) {
    for (Stmt& s : list) {
      const bool value = (s.is(Stmt::Kind::declare) && s.has_init) || s.is(Stmt::Kind::expression) ||
                         s.is(Stmt::Kind::branch);
      if (value) expression(s.value);
      statements(s.body);
      statements(s.otherwise);
    }
  }
  /// Divisors, and the names of their inverses.
  const std::map<std::string, std::string>& inverses() const { return inverses_; }

 private:
  void expression(Expr& e) {
    for (Expr& kid : e.kids) expression(kid);
    const bool rest = e.is(Expr::Kind::binary, "%");
    if ((!rest && !e.is(Expr::Kind::binary, "/")) || !bare(e.kids[1]).is(Expr::Kind::name)) return;
    const std::string divisor = bare(e.kids[1]).text, type = plain_type_of(bare(e.kids[1]), symbols_);
    const std::string left = plain_type_of(e.kids[0], symbols_);
    const bool plain = is_int(type) && is_short_integer(left),
               natural = is_unsigned_int(type) && is_unsigned_int(left);
    if ((!plain && !natural) || !keeps_still(divisor, effects_, site_)) return;
    const auto known = poly_of(e.kids[1], symbols_);
    if (known && known->constant()) return;  // compilers divide by those
    // What is divided stands twice in a remainder.
    if (rest && !bare(e.kids[0]).is(Expr::Kind::name) && !only_reads(e.kids[0])) return;
    const Expr quotient = Expr::call(plain ? "ke_quotient" : "ke_quotient_u",
                                     {bare(e.kids[0]), Expr::name(inverse_of(divisor))});
    if (!rest) {
      e = quotient;
      return;
    }
    const Expr value = e.kids[0];
    const Expr product = Expr::binary(quotient, "*", Expr::name(divisor));
    e = Expr{Expr::Kind::group, "", {Expr::binary(value, "-", product)}};
  }

  bool only_reads(const Expr& e) const {
    const Effects effects = effects_of(e, symbols_.pure);
    return !effects.unknown && effects.scalar_writes.empty();
  }

  std::string inverse_of(const std::string& divisor) {
    const auto known = inverses_.find(divisor);
    if (known != inverses_.end()) return known->second;
    return inverses_[divisor] = fresh_name(*site_.function, divisor + "_inverse");
  }

  const Site& site_;
  const Symbols& symbols_;
  const Effects effects_;
  std::map<std::string, std::string> inverses_;
};

std::optional<Rewritten> multiplied(const Site& site) {
  Stmt loop = site.loop();
  Reciprocals reciprocals(site);
  reciprocals.statements(loop.body);
  if (reciprocals.inverses().empty()) return std::nullopt;
  Stmts made;
  std::string listed;
  for (const auto& [divisor, name] : reciprocals.inverses()) {
    made.push_back(
        make_declare("const double", name, Expr::binary(parse_expression("1.0"), "/", Expr::name(divisor))));
    listed += (listed.empty() ? "" : ", ") + divisor;
  }
  made.push_back(loop);
  auto text = commit(site, made, {true, {}, {}}, "Divided by " + listed + " as by a factor.");
  if (!text) return std::nullopt;
  text = with_preamble(*text, site.unit->preamble_at, "(ke reciprocals)", kReciprocalHelpers);
  if (!parses_as_well(*site.unit, *text)) return std::nullopt;
  return Rewritten{*text, listed + " in " + where(site)};
}

}  // namespace

std::vector<Rewritten> reciprocals(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (unit.text.find_first_of("/%") == std::string::npos) return out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all())
    if (auto made = multiplied(site)) out.push_back(*std::move(made));
  return out;
}

}  // namespace ke

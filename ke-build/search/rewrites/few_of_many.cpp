// SPDX-License-Identifier: MIT
// `std::partial_sort` for the first few of many, as in neighbours and experts: the library keeps a heap,
// whose steps wait for each other. Insertion into a short sorted list asks one question of nearly every
// element. Only where no two different elements are equal, since the library leaves open which of them comes
// first.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/preamble.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/syntax/lambda.h"

#include <algorithm>

namespace ke {
namespace {

// More of them than this would be moved too often.
constexpr const char* kFewOfManyHelper =
    R"(// The first few of many in order; the others stay behind them.
template <class Iterator, class Before>
static inline __attribute__((always_inline)) void ke_partial_sort(Iterator first, Iterator middle, Iterator last,
                                                                  Before before) {
  const auto few = middle - first, all = last - first;
  if (few > 32) {
    std::partial_sort(first, middle, last, before);
    return;
  }
  if (few < 1) return;
  const auto insert = [&](auto at, auto value) {
    for (; at > 0 && before(value, first[at - 1]); --at) first[at] = first[at - 1];
    first[at] = value;
  };
  for (decltype(middle - first) i = 1; i < few; ++i) insert(i, first[i]);
  for (auto i = few; i < all; ++i) {
    const auto value = first[i];
    if (!before(value, first[few - 1])) continue;
    first[i] = first[few - 1];
    insert(few - 1, value);
  }
}
template <class Iterator>
static inline __attribute__((always_inline)) void ke_partial_sort(Iterator first, Iterator middle, Iterator last) {
  ke_partial_sort(first, middle, last, std::less<typename std::iterator_traits<Iterator>::value_type>());
}
)";

bool is_number_type_of_few(const std::string& type) {
  return is_floating_type(type) || is_integer_type(type);
}

// `float`, `std::pair<float, int>`: what is equal is the same.
bool is_ordered_by_value(const std::string& type) {
  if (is_number_type_of_few(value_type(type))) return true;
  const size_t open = type.find('<');
  if (open == std::string::npos || type.back() != '>') return false;
  const std::string name = type.substr(0, open);
  if (name != "std::pair" && name != "std::tuple") return false;
  const std::vector<std::string> parts = split(type.substr(open + 1, type.size() - open - 2), ',');
  return std::all_of(parts.begin(), parts.end(),
                     [](const std::string& part) { return is_number_type_of_few(value_type(trim(part))); });
}

// "std::pair<float, int>" of `std::vector<std::pair<float, int>>` and `float*`.
std::string kept_type(const std::string& type) {
  for (const std::string owner : {"std::vector<", "std::span<"}) {
    const size_t at = type.find(owner);
    const bool whole = at == 0 || (at != std::string::npos && trim(type.substr(0, at)) == "const");
    const size_t close = type.rfind('>');
    if (whole && close != std::string::npos)
      return trim(type.substr(at + owner.size(), close - at - owner.size()));
  }
  return element_type(type);
}

// The container whose elements are sorted, given `order.begin()` or a pointer.
std::string sorted_name(const Expr& first) {
  const Expr& e = bare(first);
  if (e.is(Expr::Kind::name)) return e.text;
  const bool begins = e.is(Expr::Kind::call) && e.kids.empty() && ends_with(e.text, ".begin");
  return begins ? e.text.substr(0, e.text.size() - 6) : "";
}

Expr with_names_swapped(Expr e, const std::string& a, const std::string& b) {
  substitute(e, a, Expr::name("@other"));
  substitute(e, b, Expr::name(a));
  substitute(e, "@other", Expr::name(b));
  return e;
}

bool compares(const Expr& raw, std::initializer_list<const char*> operators) {
  return std::any_of(operators.begin(), operators.end(),
                     [&](const char* op) { return bare(raw).is(Expr::Kind::binary, op); });
}

// `key[a] > key[b]` where `test` is `key[a] != key[b]`: one of two different ones comes first.
bool decides(const Expr& raw, const Expr& test, const std::string& a, const std::string& b) {
  const Expr& e = bare(raw);
  return compares(e, {"<", ">"}) && compares(test, {"!=", "=="}) &&
         same(bare(e.kids[0]), bare(bare(test).kids[0])) && same(bare(e.kids[1]), bare(bare(test).kids[1])) &&
         same(bare(e.kids[1]), with_names_swapped(bare(e.kids[0]), a, b));
}

// `a < b`
bool breaks_the_tie(const Expr& raw, const std::string& a, const std::string& b) {
  const Expr& e = bare(raw);
  if (!compares(e, {"<", ">"})) return false;
  const Expr &left = bare(e.kids[0]), &right = bare(e.kids[1]);
  return (left.is(Expr::Kind::name, a) && right.is(Expr::Kind::name, b)) ||
         (left.is(Expr::Kind::name, b) && right.is(Expr::Kind::name, a));
}

std::optional<Expr> returned_by(const Stmt& s) {
  if (!s.is(Stmt::Kind::jump) || !starts_with(s.text, "return ")) return std::nullopt;
  return parse_expression(s.text.substr(7, s.text.rfind(';') - 7));
}

// `K(a) != K(b) ? K(a) > K(b) : a < b` and its other spellings.
bool is_total_order(const Expr& raw, const std::string& a, const std::string& b) {
  const Expr& e = bare(raw);
  if (breaks_the_tie(e, a, b)) return true;
  if (e.is(Expr::Kind::conditional)) {
    const bool differs = compares(e.kids[0], {"!="}), equals = compares(e.kids[0], {"=="});
    return (differs && decides(e.kids[1], e.kids[0], a, b) && breaks_the_tie(e.kids[2], a, b)) ||
           (equals && decides(e.kids[2], e.kids[0], a, b) && breaks_the_tie(e.kids[1], a, b));
  }
  if (!e.is(Expr::Kind::binary, "||") || !bare(e.kids[1]).is(Expr::Kind::binary, "&&")) return false;
  const Expr& equal = bare(e.kids[1]);
  return compares(equal.kids[0], {"=="}) && decides(e.kids[0], equal.kids[0], a, b) &&
         breaks_the_tie(equal.kids[1], a, b);
}

bool orders_totally(const Expr& comparison, const std::string& element, const Symbols& symbols) {
  for (const std::string order : {"std::greater<", "std::less<"})
    if (starts_with(comparison.text, order))
      return (comparison.text == order + ">" || comparison.text == order + element + ">") &&
             is_ordered_by_value(element);
  const auto lambda = read_lambda(to_text(comparison));
  if (!lambda || lambda->parameters.size() != 2 || !is_integer_type(value_type(element))) return false;
  for (const Parameter& p : lambda->parameters) {
    std::string type = trim(p.type);
    if (ends_with(type, "&")) type = trim(type.substr(0, type.size() - 1));
    if (p.name.empty() || (value_type(type) != value_type(element) && type != "auto" && type != "const auto"))
      return false;
  }
  const std::string &a = lambda->parameters[0].name, &b = lambda->parameters[1].name;
  const Effects effects = effects_of(*lambda, symbols.pure);
  if (effects.unknown || !effects.scalar_writes.empty()) return false;
  for (const Access& access : effects.accesses)
    if (access.write) return false;
  const Stmts& body = lambda->body;
  if (body.size() == 1) {
    const auto value = returned_by(body[0]);
    return value && is_total_order(*value, a, b);
  }
  // `if (K(a) != K(b)) return K(a) > K(b); return a < b;`
  if (body.size() != 2 || !body[0].is(Stmt::Kind::branch) || !body[0].otherwise.empty() ||
      body[0].body.size() != 1)
    return false;
  const auto early = returned_by(body[0].body[0]), late = returned_by(body[1]);
  return early && late && is_total_order(Expr::conditional(bare(body[0].value), *early, *late), a, b);
}

bool sorts_few(const Stmt& s, const Symbols& symbols) {
  const Expr& e = bare(s.value);
  if (!s.is(Stmt::Kind::expression) || !e.is(Expr::Kind::call, "std::partial_sort") || e.kids.size() < 3 ||
      e.kids.size() > 4)
    return false;
  const std::string name = sorted_name(e.kids[0]);
  const auto type = symbols.types.find(name);
  if (name.empty() || type == symbols.types.end()) return false;
  const std::string element = kept_type(type->second);
  if (element.empty() || element == "bool" || element.find("volatile") != std::string::npos) return false;
  return e.kids.size() == 3 ? is_ordered_by_value(element)
                            : orders_totally(bare(e.kids[3]), element, symbols);
}

}  // namespace

std::vector<Rewritten> few_of_many(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (!rules.cpp) return out;
  for (const Function& function : unit.functions) {
    if (starts_with(function.name, "ke_")) continue;
    const Symbols symbols = symbols_of(unit, function);
    walk(function.body, [&](const Stmt& s) {
      if (!sorts_few(s, symbols)) return;
      static const std::string kName = "std::partial_sort";
      const size_t at = unit.text.find(kName, s.begin);
      if (at == std::string::npos || at >= s.end) return;
      std::string text = unit.text;
      text.replace(at, kName.size(), "ke_partial_sort");
      text = with_preamble(text, unit.preamble_at, "void ke_partial_sort(", kFewOfManyHelper);
      if (parses_as_well(unit, text)) out.push_back({text, "line " + std::to_string(s.line)});
    });
  }
  return out;
}

}  // namespace ke

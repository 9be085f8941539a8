// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/steady.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/fields.h"
#include "ke-build/search/rewrites/precompute.h"

#include <algorithm>

namespace ke {
namespace {

constexpr int kMaxExpansions = 8;

// Locals made of locals made of locals: hostile text doubles at every step.
constexpr size_t kLargestExpression = 400;

size_t nodes_in(const Expr& e) {
  size_t nodes = 0;
  walk(e, [&](const Expr&) { ++nodes; });
  return nodes;
}

bool is_by_value(const std::string& type) { return type.find_first_of("&*[") == std::string::npos; }

void replace_same(Expr& e, const Expr& from, const Expr& by) {
  if (same(e, from)) {
    e = by;
    return;
  }
  for (Expr& kid : e.kids) replace_same(kid, from, by);
}

// Is the place in a function or a class, and not merely in a namespace?
bool is_enclosed(const std::string& text, size_t at) {
  std::vector<bool> enclosing;
  for (size_t i = text.find_first_of("{}"); i != std::string::npos && i < at;
       i = text.find_first_of("{}", i + 1)) {
    if (text[i] == '}') {
      if (!enclosing.empty()) enclosing.pop_back();
      continue;
    }
    const size_t from = text.find_last_of(";}{\n", i == 0 ? 0 : i - 1);
    const std::string head = text.substr(from == std::string::npos ? 0 : from, i - from);
    enclosing.push_back(identifiers(head).count("namespace") == 0 &&
                        head.find("extern \"C\"") == std::string::npos);
  }
  return std::find(enclosing.begin(), enclosing.end(), true) != enclosing.end();
}

// The type in `const double kTwoPi = ...`, `constexpr float kBase{...}`, `#define TWO_PI 6.28`; "" when the
// text defines no such constant.
std::string type_of_constant(const std::string& text, const std::string& name) {
  for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at > 0 && is_word_character(text[at - 1])) || end >= text.size() || is_word_character(text[end]))
      continue;
    const size_t from = text.find_last_of(";}{\n", at);
    const std::string before = trim(text.substr(from + 1, at - from - 1));
    if (before == "#define") {
      const std::string value = trim(text.substr(end, text.find('\n', end) - end));
      const bool number =
          !value.empty() && value.find_first_not_of("0123456789.eEfFlLuU+-()") == std::string::npos;
      return !number ? "" : value.find('.') == std::string::npos ? "int" : "double";
    }
    const std::set<std::string> words = identifiers(before);
    const bool fixed = (words.count("const") || words.count("constexpr")) && !is_enclosed(text, at);
    const size_t next = text.find_first_not_of(" \t", end);
    if (fixed && is_by_value(before) && next != std::string::npos && (text[next] == '=' || text[next] == '{'))
      return words.count("double") ? "double" : words.count("float") ? "float" : "other";
  }
  return "";
}

}  // namespace

Steady::Steady(const Site& outer, const RewriteRules& rules)
    : site_(outer),
      symbols_(*outer.symbols),
      effects_(effects_of(Stmts{outer.loop()}, outer.symbols->pure)),
      headers_(rules.headers),
      cpp_(rules.cpp),
      noalias_(rules.noalias) {
  walk_expressions(outer.function->body, [&](const Expr& e) {
    if (e.is(Expr::Kind::unary, "&") && bare(e.kids[0]).is(Expr::Kind::name))
      addressed_.insert(bare(e.kids[0]).text);
    if (e.is(Expr::Kind::opaque)) addressed_.merge(identifiers(e.text));
  });
  walk(outer.function->body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::opaque)) addressed_.merge(identifiers(s.text));
  });
}

std::string Steady::constant_of_file(const std::string& name) const {
  if (starts_with(name, "M_") || starts_with(name, "std::numbers::")) return "double";
  const std::string type = type_of_constant(site_.unit->text, name);
  return type.empty() ? type_of_constant(headers_, name) : type;
}

bool Steady::is_steady(const std::string& name) const {
  if (effects_.declared.count(name) || effects_.scalar_writes.count(name)) return false;
  const auto type = symbols_.types.find(name);
  if (type == symbols_.types.end()) return !constant_of_file(name).empty();
  // What a reference stands for may be changed through a pointer.
  if (type->second.empty() || addressed_.count(name) || type->second.find("volatile") != std::string::npos)
    return false;
  return type->second.find('&') == std::string::npos || noalias_;
}

bool Steady::is_steady(const Expr& e) const {
  const Effects effects = effects_of(e, symbols_.pure);
  const std::set<std::string> names = names_in(e);
  return !effects.unknown && effects.scalar_writes.empty() && effects.accesses.empty() &&
         std::all_of(names.begin(), names.end(), [&](const std::string& n) { return is_steady(n); });
}

Expr Steady::expanded(const Expr& e) const {
  Expr out = e;
  for (int round = 0; round < kMaxExpansions; ++round) {
    bool changed = false;
    for (const std::string& name : names_in(out)) {
      const auto value = symbols_.values.find(name);
      if (!effects_.declared.count(name) || symbols_.loop_variables.count(name) ||
          value == symbols_.values.end())
        continue;
      const std::string type = value_type(symbols_.types.at(name));
      Expr by{Expr::Kind::group, "", {value->second}};
      const bool number = is_floating_type(type) || is_integer_type(type);
      if (number) by = Expr{Expr::Kind::group, "", {Expr{Expr::Kind::cast, type, {by}}}};
      substitute(out, name, by);
      if (nodes_in(out) > kLargestExpression) return e;
      changed = true;
    }
    if (!changed) break;
  }
  return out;
}

bool Steady::only_computes(const Expr& e) const {
  bool plain = true;
  walk(e, [&](const Expr& part) {
    switch (part.kind) {
      case Expr::Kind::assign:
      case Expr::Kind::postfix:
      case Expr::Kind::opaque:
        plain = false;
        break;
      case Expr::Kind::unary:
        plain = plain && (part.text == "-" || part.text == "+" || part.text == "!" || part.text == "~");
        break;
      case Expr::Kind::call:
        plain = plain && is_pure_call(part.text, symbols_.pure) && depends_on_arguments_only(part.text);
        break;
      case Expr::Kind::member: {
        // p[i].x is a load like p[i]; s.x of a parameter that is a copy is a name; of a reference it is
        // memory.
        const Expr& of = bare(part.kids[0]);
        const auto type = of.is(Expr::Kind::name) ? symbols_.types.find(of.text) : symbols_.types.end();
        const bool copy = type != symbols_.types.end() && is_by_value(type->second);
        plain = plain && (of.is(Expr::Kind::subscript) || of.is(Expr::Kind::member) || copy || noalias_);
        break;
      }
      default:
        break;
    }
  });
  return plain;
}

// A function of the file that reads a variable of the file gives what that holds at the time.
bool Steady::depends_on_arguments_only(const std::string& callee, int depth) const {
  if (symbols_.pure.count(callee) == 0) return true;
  if (depth > 6) return false;
  const Function* f = site_.unit->find(callee);
  if (!f) return symbols_.expansions.count(callee) == 0;  // a macro says anything
  const Effects effects = effects_of(f->body, symbols_.pure);
  std::set<std::string> names = effects.scalar_reads;
  for (const Access& a : effects.accesses) names.insert(a.base);
  walk(f->body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::jump)) names.merge(identifiers(s.text));
  });
  static const std::set<std::string> kWords = {"return", "std",   "static_cast", "const",    "true",
                                               "false",  "float", "double",      "unsigned", "int"};
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    const bool parameter = std::any_of(f->parameters.begin(), f->parameters.end(),
                                       [&](const Parameter& p) { return p.name == name; });
    const bool function = is_pure_call(name, symbols_.pure) && name != callee;
    return parameter || effects.declared.count(name) || kWords.count(name) ||
           !constant_of_file(name).empty() || (function && depends_on_arguments_only(name, depth + 1));
  });
}

// A product is floating when one factor is.
bool Steady::is_floating(const Expr& raw) const {
  const Expr& e = bare(raw);
  if (e.is(Expr::Kind::binary) || e.is(Expr::Kind::unary))
    return std::any_of(e.kids.begin(), e.kids.end(), [&](const Expr& kid) { return is_floating(kid); });
  if (e.is(Expr::Kind::name) && symbols_.types.count(e.text) == 0)
    return is_floating_type(constant_of_file(e.text));
  return is_floating_type(arithmetic_type(e, symbols_, cpp_));
}

bool Steady::may_trap(const Expr& e) const {
  bool may = false;
  walk(e, [&](const Expr& part) {
    if (!part.is(Expr::Kind::binary, "/") && !part.is(Expr::Kind::binary, "%")) return;
    const auto divisor = poly_of(part.kids[1], symbols_);
    const bool literal = divisor && divisor->constant() && *divisor->constant() != 0;
    may = may || (!literal && !is_floating(part.kids[0]) && !is_floating(part.kids[1]));
  });
  return may;
}

std::string Steady::type_of_field(const Expr& member) const {
  const Expr& of = bare(member.kids[0]);
  if (!of.is(Expr::Kind::subscript)) return "";
  const auto type = symbols_.types.find(to_text(bare(of.kids[0])));
  std::string structure = type == symbols_.types.end() ? "" : element_type(type->second);
  structure = structure.substr(structure.rfind(':') == std::string::npos ? 0 : structure.rfind(':') + 1);
  if (starts_with(structure, "struct ")) structure = structure.substr(7);
  if (structure.empty() || member.text[0] != '.') return "";
  const std::string found = field_type(site_.unit->text, structure, member.text.substr(1));
  return found.empty() ? field_type(headers_, structure, member.text.substr(1)) : found;
}

bool Steady::may_overflow(const Expr& e) const {
  bool may = false;
  walk(e, [&](const Expr& part) {
    static const std::set<std::string> kArithmetic = {"+", "-", "*", "<<"};
    if (part.is(Expr::Kind::binary) && kArithmetic.count(part.text))
      may = may || (!is_floating(part.kids[0]) && !is_floating(part.kids[1]));
    if (part.is(Expr::Kind::cast)) may = may || !is_floating_type(part.text);
    if (part.is(Expr::Kind::call)) may = may || starts_with(part.text, "static_cast<");
  });
  return may;
}

std::string Steady::remainder_type(const Expr& remainder) const {
  std::set<std::string> types;
  bool known = true, any_unsigned = false, any_signed = false;
  const auto look = [&](const Expr& e, const auto& self) -> void {
    if (!e.is(Expr::Kind::name) && !e.is(Expr::Kind::cast)) {
      known = known && !e.is(Expr::Kind::call) && !e.is(Expr::Kind::subscript) && !e.is(Expr::Kind::member);
      for (const Expr& kid : e.kids) self(kid, self);
      return;
    }
    const auto found = symbols_.types.find(e.text);
    const std::string type = e.is(Expr::Kind::cast)          ? e.text
                             : found == symbols_.types.end() ? ""
                                                             : value_type(found->second);
    known = known && is_integer_type(type);
    (is_unsigned_type(type) ? any_unsigned : any_signed) = true;
    types.insert(type);
  };
  look(remainder, look);
  if (!known || types.empty() || (any_unsigned && any_signed)) return "";
  // Signed numbers do not wrap: the widest of them counts like any.
  if (any_signed) return "long";
  return types.size() == 1 ? *types.begin() : "";
}

bool Steady::is_never_negative(const Expr& e, const std::vector<const Stmt*>& loops) const {
  const auto form = poly_of(e, symbols_);
  if (!form || !form->all_positive()) return false;
  for (const auto& [factors, scale] : form->terms())
    for (const std::string& factor : factors)
      if (identifiers(factor).count(factor) == 0) return false;  // a / b, kept as text
  for (const std::string& name : form->names()) {
    const auto counts = [&](const Stmt* l) {
      const auto low = first_value(*l, symbols_);
      return l->name == name && low && low->constant().value_or(-1) >= 0;
    };
    const auto type = symbols_.types.find(name);
    const bool is_unsigned = type != symbols_.types.end() && is_unsigned_type(type->second);
    const bool counter = std::any_of(loops.begin(), loops.end(), counts) || counts(&site_.loop()) ||
                         std::any_of(site_.path.begin(), site_.path.end(),
                                     [&](const Stmt* s) { return s->is(Stmt::Kind::loop) && counts(s); });
    if (!counter && !is_unsigned) return false;
  }
  return true;
}

std::optional<Expr> Steady::take_remainder(Expr& e, const std::vector<const Stmt*>& loops) const {
  std::optional<Expr> found;
  walk(e, [&](const Expr& part) {
    if (found || !part.is(Expr::Kind::binary, "%") || !is_steady(part.kids[1])) return;
    if (is_steady(part.kids[0])) return;
    if (loops.empty() || is_never_negative(part.kids[0], loops)) found = part;
  });
  if (found) replace_same(e, *found, Expr::name(kRemainder));
  return found;
}

}  // namespace ke

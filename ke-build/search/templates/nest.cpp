// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/nest.h"

#include "ke-build/base/text.h"

#include <algorithm>

namespace ke {

namespace {

bool is_word(const std::string& factor) { return identifiers(factor).count(factor) != 0; }

bool plain_factors(const Poly& poly) {
  for (const auto& [factors, scale] : poly.terms())
    if (!std::all_of(factors.begin(), factors.end(),
                     [](const std::string& f) { return f.find('[') == std::string::npos; }))
      return false;
  return true;
}

std::vector<std::string> arrays_in(const Poly& poly) {
  std::vector<std::string> arrays;
  for (const auto& [factors, scale] : poly.terms())
    for (const std::string& factor : factors)
      if (!is_word(factor))
        for (const Access& access : effects_of(parse_expression(factor)).accesses)
          arrays.push_back(access.base);
  return arrays;
}

}  // namespace

std::optional<Element> element_of(const Expr& expr, const Symbols& symbols, bool indirect) {
  const Expr& e = bare(expr);
  if (!e.is(Expr::Kind::subscript) && !e.is(Expr::Kind::unary, "*")) return std::nullopt;
  const Stmts statements{make_expression(e)};
  const std::vector<Trace> traces = traces_of(statements, symbols);
  if (traces.empty() || (traces.size() > 1 && !indirect)) return std::nullopt;
  const Trace& element_trace = traces.back();  // what its index reads comes before it
  std::vector<std::string> tables;
  for (const Trace& t : traces) {
    if (!t.known_base || !t.index) return std::nullopt;
    if (&t != &element_trace) tables.push_back(t.base);
  }
  if (!tables.empty() && std::count(tables.begin(), tables.end(), element_trace.base) != 0)
    return std::nullopt;
  // A pointer that was set from a table: `row = x + at[i] * n`.
  if (!indirect && !plain_factors(*element_trace.index)) return std::nullopt;
  if (tables.empty()) tables = arrays_in(*element_trace.index);
  const auto type = symbols.types.find(element_trace.base);
  std::string element = type == symbols.types.end() ? "" : element_type(type->second);
  if (starts_with(element, "std::")) element = element.substr(5);
  if (element.empty()) return std::nullopt;
  return Element{element_trace.base, *element_trace.index, element, tables};
}

bool is_separable(const Poly& poly, const std::set<std::string>& variables) {
  for (const auto& [factors, scale] : poly.terms()) {
    int found = 0;
    for (const std::string& factor : factors) {
      if (variables.count(factor)) {
        ++found;
      } else {
        int inside = 0;
        for (const std::string& name : identifiers(factor)) inside += variables.count(name) != 0;
        if (inside > 0 && factor.find('[') == std::string::npos) return false;  // i / 2
        found += inside;
      }
    }
    if (found > 1) return false;
  }
  return true;
}

namespace {

bool holds_one(const Poly::Monomial& factors, const std::set<std::string>& variables) {
  return std::any_of(factors.begin(), factors.end(), [&](const std::string& f) {
    if (is_word(f)) return variables.count(f) != 0;
    const std::set<std::string> inside = identifiers(f);
    return std::any_of(inside.begin(), inside.end(),
                       [&](const std::string& n) { return variables.count(n) != 0; });
  });
}

Poly selected(const Poly& poly, const std::set<std::string>& variables, bool with) {
  Poly out;
  for (const auto& [factors, scale] : poly.terms()) {
    if (holds_one(factors, variables) != with) continue;
    Poly term(scale);
    for (const std::string& factor : factors) term = term * Poly::name(factor);
    out = out + term;
  }
  return out;
}

}  // namespace

Poly terms_with(const Poly& poly, const std::set<std::string>& variables) {
  return selected(poly, variables, true);
}
Poly terms_without(const Poly& poly, const std::set<std::string>& variables) {
  return selected(poly, variables, false);
}

std::string offset_text(const Poly& poly) {
  std::string out;
  for (const auto& [factors, scale] : poly.terms()) {
    const int64_t size = scale < 0 ? -scale : scale;
    std::string product;
    if (size != 1 || factors.empty()) product = std::to_string(size);
    bool first = true;
    for (const std::string& factor : factors) {
      const bool word = identifiers(factor).count(factor) != 0;
      const std::string text = word ? factor : "(" + factor + ")";
      product += (product.empty() ? "" : " * ") + (first ? "(long)" + text : text);
      first = false;
    }
    out += out.empty() ? (scale < 0 ? "-" : "") : (scale < 0 ? " - " : " + ");
    out += product;
  }
  return out.empty() ? "0" : out;
}

std::string pointer_text(const std::string& base, const Symbols& symbols) {
  const auto type = symbols.types.find(base);
  const bool vector = type != symbols.types.end() && type->second.find("vector<") != std::string::npos;
  return vector ? base + ".data()" : base;
}

std::set<std::string> names_of(const std::vector<const Stmt*>& loops) {
  std::set<std::string> names;
  for (const Stmt* loop : loops) names.insert(loop->name);
  return names;
}

std::string extent_text(const Stmt& loop) {
  const std::string upper = "(long)(" + to_text(exclusive_upper(loop)) + ")";
  return bare(loop.lower).is(Expr::Kind::number, "0") ? upper
                                                      : upper + " - (long)(" + to_text(loop.lower) + ")";
}

std::string start_text(const Element& element, const Stmt& loop, const Symbols& symbols) {
  const auto first = poly_of(loop.lower, symbols);
  const Poly index = first ? element.index.replaced(loop.name, *first) : element.index;
  const std::string base = pointer_text(element.base, symbols);
  return index.is_zero() ? base : base + " + (" + offset_text(index) + ")";
}

std::string kernel_type(const std::string& type) {
  std::string t = value_type(type);
  if (starts_with(t, "std::")) t = t.substr(5);
  if (t == "int32_t") t = "int";
  return t == "float" || t == "double" || t == "int" ? t : "";
}

std::map<std::string, std::string> type_holes(const std::string& type) {
  const bool wide = type == "double";
  return {{"CT", type}, {"MT", wide ? "long long" : "int"}, {"ALIGN", wide ? "8" : "4"}};
}

std::map<std::string, std::string> product_holes(Expr product, const std::vector<std::string>& extras,
                                                 const std::string& type) {
  substitute(product, "@0", Expr::name("a"));
  substitute(product, "@1", Expr::name("b"));
  for (size_t i = 0; i < extras.size(); ++i)
    substitute(product, "@e" + std::to_string(i), Expr::name("extra[" + std::to_string(i) + "]"));
  const bool some = !extras.empty();
  return {{"PRODUCT", to_text(product)},
          {"EXTRAS", std::to_string(extras.size())},
          {"EXTRA_PARAM", some ? ", const " + type + "* extra" : ""},
          {"EXTRA_ARG", some ? ", extra" : ""},
          {"EXTRA_OF_P", some ? ", p->extra" : ""}};
}

bool stands_still(const Stmt& loop, const Element& element, const Effects& effects) {
  std::set<std::string> used = names_in(loop.lower);
  used.merge(names_in(loop.upper));
  used.merge(element.index.names());
  used.insert(element.base);
  used.erase(loop.name);
  return std::none_of(used.begin(), used.end(), [&](const std::string& name) {
    return effects.declared.count(name) != 0 || effects.scalar_writes.count(name) != 0;
  });
}

bool is_zero_literal(const Expr& expr) {
  const Expr& e = bare(expr);
  return e.is(Expr::Kind::number) && e.text.find_first_not_of("0.fFlL") == std::string::npos &&
         e.text.find('0') != std::string::npos;
}

Expr raw(std::string text) { return {Expr::Kind::opaque, std::move(text), {}}; }
Stmt line(std::string text) { return make_expression(raw(std::move(text))); }

Stmt verbatim(std::string text) {
  Stmt s;
  s.kind = Stmt::Kind::comment;
  s.text = std::move(text);
  return s;
}

std::string numbered(const std::string& source, const Unit& before) {
  std::string suffix;
  for (int i = 2; before.text.find("ke_count" + suffix + " =") != std::string::npos; ++i)
    suffix = std::to_string(i);
  return replace_all(source, "__KE_N__", suffix);
}

void drop_unused(Stmts& statements) {
  for (size_t i = statements.size(); i-- > 0;) {
    Stmt& s = statements[i];
    drop_unused(s.body);
    drop_unused(s.otherwise);
    const bool simple = s.is(Stmt::Kind::declare) && s.has_init && s.dims.empty() && !s.constructed &&
                        (s.type.find('*') != std::string::npos || starts_with(s.type, "const "));
    if (!simple) continue;
    const Effects effects = effects_of(s.value);
    const Stmts behind(statements.begin() + static_cast<std::ptrdiff_t>(i) + 1, statements.end());
    if (!effects.unknown && effects.scalar_writes.empty() && !mentions(behind, s.name))
      statements.erase(statements.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

std::string fresh_kernel_name(const Unit& unit, const std::string& what) {
  const std::string wanted = "ke_" + unit.functions.front().name + "_" + what;
  std::string name = wanted;
  for (int i = 2; unit.text.find(name) != std::string::npos; ++i) name = wanted + std::to_string(i);
  return name;
}

bool runs_through(const Stmt& loop, const Symbols& symbols) {
  const Effects effects = effects_of(loop.body, symbols.pure);
  return !effects.unknown && !effects.leaves && !effects.continues;
}

}  // namespace ke

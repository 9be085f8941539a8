// SPDX-License-Identifier: MIT
// Copies of a matrix whose rows become columns, whatever the order of the loops and the strides.
#include "ke-build/base/text.h"
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/nest.h"

namespace ke {
namespace {

struct TransposeNest {
  const Stmt *outer = nullptr, *inner = nullptr;
  Element to, from;
};

const Stmt* only_statement(const Stmts& body) {
  const Stmt* only = nullptr;
  for (const Stmt& s : body) {
    if (s.is(Stmt::Kind::comment)) continue;
    const bool pointer = s.is(Stmt::Kind::declare) && s.has_init && s.type.find('*') != std::string::npos;
    if (pointer) continue;  // looked through by the subscripts
    if (only) return nullptr;
    only = &s;
  }
  if (only && only->is(Stmt::Kind::block)) return only_statement(only->body);
  return only;
}

std::optional<TransposeNest> read_transpose(const Site& site) {
  TransposeNest nest;
  nest.outer = &site.loop();
  nest.inner = only_statement(nest.outer->body);
  if (!nest.inner || !nest.inner->is(Stmt::Kind::loop)) return std::nullopt;
  const Stmt* copy = only_statement(nest.inner->body);
  const bool assigns = copy && copy->is(Stmt::Kind::expression) && copy->value.is(Expr::Kind::assign, "=");
  if (!assigns || nest.outer->step != 1 || nest.inner->step != 1) return std::nullopt;
  const auto to = element_of(copy->value.kids[0], *site.symbols),
             from = element_of(copy->value.kids[1], *site.symbols);
  if (!to || !from || to->type != from->type) return std::nullopt;
  nest.to = *to, nest.from = *from;
  return nest;
}

// How far the element moves per step of the loop; nothing when another variable changes that.
std::optional<Poly> stride_of(const Element& element, const Stmt& loop, const TransposeNest& nest) {
  auto stride = element.index.coefficient(loop.name);
  if (!stride || stride->mentions(nest.outer->name) || stride->mentions(nest.inner->name))
    return std::nullopt;
  return stride;
}

// The type in the language's own words: the kernel stands in front of the file's namespaces.
std::string kernel_element(const std::string& element) {
  static const std::map<std::string, std::string> spelled = {
      {"int8_t", "signed char"},  {"uint8_t", "unsigned char"},
      {"int16_t", "short"},       {"uint16_t", "unsigned short"},
      {"uint32_t", "unsigned"},   {"unsigned int", "unsigned"},
      {"int64_t", "long"},        {"uint64_t", "unsigned long"},
      {"size_t", "unsigned long"}};
  static const std::set<std::string> own = {
      "char",     "signed char", "unsigned char", "short",     "unsigned short",
      "unsigned", "long",        "unsigned long", "long long", "unsigned long long"};
  std::string type = value_type(element);
  if (starts_with(type, "std::")) type = type.substr(5);
  if (const auto found = spelled.find(type); found != spelled.end()) return found->second;
  return own.count(type) != 0 ? type : kernel_type(type);
}

Holes element_holes(const std::string& type) {
  Holes holes;
  const bool byte = type.find("char") != std::string::npos, half = type.find("short") != std::string::npos;
  if (byte || half) {
    holes.text = {{"MT", byte ? "signed char" : "short"}, {"ALIGN", byte ? "1" : "2"}};
    holes.flags.insert("SMALL");
  } else {
    holes.text = type_holes(type.find("long") != std::string::npos ? "double" : type);
    holes.flags.insert("WIDE");
  }
  holes.text["CT"] = type;
  return holes;
}

// The address of the first element.
std::string corner(const Element& element, const TransposeNest& nest, const Symbols& symbols) {
  Element at = element;
  for (const Stmt* loop : {nest.outer, nest.inner}) {
    const auto first = poly_of(loop->lower, symbols);
    if (first) at.index = at.index.replaced(loop->name, *first);
  }
  return start_text(at, *nest.outer, symbols);
}

}  // namespace

std::vector<Rewritten> transpose_template(const Unit& unit, const RewriteRules& rules, int band) {
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.fresh()) {
    const auto nest = read_transpose(site);
    if (!nest || nest->to.base == nest->from.base) continue;
    const Symbols& symbols = *site.symbols;
    const auto to_outer = stride_of(nest->to, *nest->outer, *nest),
               to_inner = stride_of(nest->to, *nest->inner, *nest),
               from_outer = stride_of(nest->from, *nest->outer, *nest),
               from_inner = stride_of(nest->from, *nest->inner, *nest);
    if (!to_outer || !to_inner || !from_outer || !from_inner) continue;
    // y runs along one loop, x along the other.
    const bool along_outer = to_outer->constant() == 1 && from_inner->constant() == 1;
    const bool along_inner = to_inner->constant() == 1 && from_outer->constant() == 1;
    const std::string type = kernel_element(nest->to.type);
    if (along_outer == along_inner || type.empty()) continue;
    const Stmt &cols = along_outer ? *nest->outer : *nest->inner,
               &rows = along_outer ? *nest->inner : *nest->outer;
    const Effects effects = effects_of(Stmts{site.loop()}, symbols.pure);
    Effects moved = effects;
    for (const Stmt* loop : {nest->outer, nest->inner}) moved.declared.erase(loop->name);
    const bool still =
        stands_still(*nest->outer, nest->to, moved) && stands_still(*nest->inner, nest->from, moved) &&
        !mentions(nest->inner->lower, nest->outer->name) && !mentions(nest->inner->upper, nest->outer->name);
    if (!still || effects.unknown || effects.leaves) continue;
    Independence independence;
    independence.holds = true;
    if (!is_separate(site, nest->to.base, nest->from.base))
      independence.unchecked.push_back(std::minmax(nest->to.base, nest->from.base));
    const std::string id = fresh_kernel_name(unit, "transpose");
    const Poly &x_stride = along_outer ? *from_outer : *from_inner,
               &y_stride = along_outer ? *to_inner : *to_outer;
    Holes holes = element_holes(type);
    holes.text["ID"] = id;
    holes.text["BAND"] = std::to_string(band);
    const std::string call = id + "(" + corner(nest->from, *nest, symbols) + ", " + offset_text(x_stride) +
                             ", " + corner(nest->to, *nest, symbols) + ", " + offset_text(y_stride) + ", " +
                             extent_text(rows) + ", " + extent_text(cols) + ")";
    auto made = with_kernel(site, {line(call)}, independence, "transpose", holes,
                            "Square tiles are turned in registers.",
                            "transpose over " + nest->outer->name + " and " + nest->inner->name);
    if (!made.empty()) return made;
  }
  return {};
}

}  // namespace ke

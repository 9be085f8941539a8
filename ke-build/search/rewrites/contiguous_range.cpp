// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/contiguous_range.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/plain_type.h"

#include <set>

namespace ke {
namespace {

bool ends_in(const std::string& text, std::initializer_list<const char*> names, std::string& owner) {
  for (const char* name : names)
    if (ends_with(text, name)) {
      owner = text.substr(0, text.size() - std::string(name).size());
      return true;
    }
  return false;
}

std::string type_named(const std::string& name, const Symbols& symbols) {
  const auto type = symbols.types.find(name);
  return type == symbols.types.end() ? "" : type->second;
}

bool is_container(const std::string& type) {
  return type.find("vector<") != std::string::npos || type.find("std::span<") != std::string::npos ||
         type.find("std::array<") != std::string::npos;
}

// What may be counted by: names, numbers and their sums, which nothing but an assignment changes.
bool is_plain_count(const Expr& e) {
  bool plain = true;
  walk(e, [&](const Expr& part) {
    const bool known =
        part.is(Expr::Kind::name) || part.is(Expr::Kind::number) || part.is(Expr::Kind::group) ||
        part.is(Expr::Kind::cast) ||
        (part.is(Expr::Kind::binary) && std::string("+-*/").find(part.text) != std::string::npos);
    plain = plain && known;
  });
  return plain;
}

Expr in_parentheses(const Expr& e) {
  return bare(e).kids.empty() ? bare(e) : Expr{Expr::Kind::group, "", {bare(e)}};
}

Expr as_long(const Expr& e) {
  if (bare(e).is(Expr::Kind::number)) return bare(e);
  return {Expr::Kind::cast, "long", {in_parentheses(e)}};
}

// `long` counts everything that pointers can; the size's own type where that is the same.
Span counted(Start first, const Expr& length, const Symbols& symbols) {
  static const std::set<std::string> wide = {"long",           "std::int64_t", "int64_t",
                                             "std::ptrdiff_t", "ptrdiff_t",    "long long"};
  const std::string type = plain_type_of(length, symbols);
  if (wide.count(type)) return {std::move(first), length, type};
  static const std::set<std::string> sizes = {"std::size_t", "size_t", "unsigned long"};
  if (sizes.count(type) && !first.offset) return {std::move(first), length, type};
  const bool number = bare(length).is(Expr::Kind::number);
  if (type == "int" || number) {
    const bool narrow = !first.offset && !number;
    return {std::move(first), length, narrow ? "int" : "long"};
  }
  return {std::move(first), as_long(length), "long"};
}

}  // namespace

Expr Start::at(const Expr& index) const {
  return Expr::subscript(Expr::name(base), offset ? sum(in_parentheses(*offset), index) : index);
}

std::optional<Start> read_start(const Expr& raw, const Symbols& symbols) {
  const Expr& e = bare(raw);
  if (e.is(Expr::Kind::name)) {
    const std::string type = type_named(e.text, symbols), element = number_in(type);
    const bool pointer = !is_container(type) && type.find("**") == std::string::npos;
    return pointer && !element.empty() ? std::optional(Start{e.text, element, std::nullopt}) : std::nullopt;
  }
  if (e.is(Expr::Kind::call)) {
    std::string owner;
    const bool of_itself = e.kids.empty() && ends_in(e.text, {".begin", ".cbegin", ".data"}, owner);
    if (!of_itself || !is_container(type_named(owner, symbols))) return std::nullopt;
    const std::string element = number_in(type_named(owner, symbols));
    return element.empty() ? std::nullopt : std::optional(Start{owner, element, std::nullopt});
  }
  if (e.is(Expr::Kind::unary, "&") && bare(e.kids[0]).is(Expr::Kind::subscript)) {
    const Expr& place = bare(e.kids[0]);
    const std::string element =
        place.kids[0].is(Expr::Kind::name) ? number_in(type_named(place.kids[0].text, symbols)) : "";
    if (element.empty() || !is_plain_count(place.kids[1])) return std::nullopt;
    return Start{place.kids[0].text, element, place.kids[1]};
  }
  if (!e.is(Expr::Kind::binary, "+") || !is_plain_count(e.kids[1])) return std::nullopt;
  auto start = read_start(e.kids[0], symbols);
  // Two offsets are added as pointers are: their sum in their own type may be another number.
  if (!start || start->offset) return std::nullopt;
  start->offset = e.kids[1];
  return start;
}

std::optional<Span> read_span(const Expr& first, const Expr& last, const Symbols& symbols) {
  auto start = read_start(first, symbols);
  if (!start) return std::nullopt;
  const Expr *begin = &bare(first), *end = &bare(last);
  std::string owner;
  if (end->is(Expr::Kind::call) && end->kids.empty() && ends_in(end->text, {".end", ".cend"}, owner)) {
    if (owner != start->base || start->offset || !is_container(type_named(owner, symbols)))
      return std::nullopt;
    return Span{*start, Expr::call(owner + ".size", {}), "std::size_t"};
  }
  if (end->is(Expr::Kind::binary, "+") && same(bare(end->kids[0]), *begin))
    return is_plain_count(end->kids[1]) ? std::optional(counted(*start, end->kids[1], symbols))
                                        : std::nullopt;
  const auto stop = read_start(last, symbols);
  if (!stop || stop->element != start->element) return std::nullopt;
  if (stop->base == start->base && stop->offset) {
    if (!start->offset) return counted(*start, *stop->offset, symbols);
    return Span{*start, difference(as_long(*stop->offset), as_long(*start->offset)), "long"};
  }
  const bool pointers = begin->is(Expr::Kind::name) && end->is(Expr::Kind::name) && begin->text != end->text;
  if (!pointers) return std::nullopt;
  return Span{*start, Expr{Expr::Kind::group, "", {Expr::binary(*end, "-", *begin)}}, "long"};
}

std::optional<Span> counted_span(const Expr& first, const Expr& count, const Symbols& symbols) {
  auto start = read_start(first, symbols);
  if (!start || !is_plain_count(count)) return std::nullopt;
  return counted(*start, count, symbols);
}

}  // namespace ke

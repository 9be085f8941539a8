// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/made_span.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/call_order.h"
#include "ke-build/search/rewrites/loop_forms.h"

#include <algorithm>

namespace ke {
namespace {

struct SpanWords {
  std::string name;
  std::vector<Expr> arguments;
  bool constant = false;
};

// `const std::span<const float> name(x, n);`, `std::span name{x, n};`
std::optional<SpanWords> span_words(const std::string& declaration) {
  std::string text = trim(declaration);
  SpanWords words;
  if (starts_with(text, "const ")) {
    words.constant = true;
    text = trim(text.substr(6));
  }
  if (!starts_with(text, "std::span") || !ends_with(text, ";")) return std::nullopt;
  text = trim(text.substr(9, text.size() - 10));
  if (starts_with(text, "<")) {
    const size_t close = text.find('>');
    const std::string element = text.substr(0, close);
    if (close == std::string::npos || element.find_first_of(",(", 1) != std::string::npos ||
        element.find('<', 1) != std::string::npos)
      return std::nullopt;
    text = trim(text.substr(close + 1));
  }
  const size_t open = text.find_first_of("({");
  if (open == std::string::npos) return std::nullopt;
  words.name = trim(text.substr(0, open));
  if (identifiers(words.name).count(words.name) == 0) return std::nullopt;
  text = trim(text.substr(open));
  const bool listed = text.size() > 2 && ((text.front() == '(' && text.back() == ')') ||
                                          (text.front() == '{' && text.back() == '}'));
  const Expr call = listed ? parse_expression("f(" + text.substr(1, text.size() - 2) + ")") : Expr{};
  if (!call.is(Expr::Kind::call, "f") || call.kids.size() != 2) return std::nullopt;
  words.arguments = call.kids;
  return words;
}

// Statements in front of the site, and around it.
const Stmt* visible_span(const Site& site, const std::string& name) {
  const Stmt* found = nullptr;
  size_t all = 0;
  walk(site.function->body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::opaque) && identifiers(s.text).count(name) != 0) ++all;
  });
  const auto look = [&](const Stmts& list) {
    for (const Stmt& s : list)
      if (s.is(Stmt::Kind::opaque) && s.end <= site.loop().begin && identifiers(s.text).count(name) != 0)
        found = &s;
  };
  look(site.function->body);
  for (const Stmt* around : site.path) {
    if (around == site.path.back()) break;
    look(around->body);
    look(around->otherwise);
  }
  return all == 1 ? found : nullptr;
}

// Assigned to, or handed to something that might?
bool may_change(const Site& site, const std::string& name) {
  bool found = is_handed_on(site.function->body, name, *site.symbols);
  walk_expressions(site.function->body, [&](const Expr& e) {
    found = found || (e.is(Expr::Kind::assign) && bare(e.kids[0]).is(Expr::Kind::name, name)) ||
            (e.is(Expr::Kind::unary, "&") && bare(e.kids[0]).is(Expr::Kind::name, name));
  });
  walk(site.function->body, [&](const Stmt& s) {
    found = found ||
            (s.is(Stmt::Kind::declare) && ends_with(s.type, "&") && bare(s.value).is(Expr::Kind::name, name));
  });
  return found;
}

// The function without its spans: of a text that nobody reads all names count as written.
Stmts without_spans(const Stmts& list) {
  Stmts out;
  for (const Stmt& s : list) {
    if (s.is(Stmt::Kind::opaque) && span_words(s.text)) continue;
    out.push_back(s);
    out.back().body = without_spans(s.body);
    out.back().otherwise = without_spans(s.otherwise);
  }
  return out;
}

bool stays(const std::string& name, const Site& site, const Effects& others) {
  Function rest = *site.function;
  rest.body = without_spans(rest.body);
  const auto type = site.symbols->types.find(name);
  return type != site.symbols->types.end() && !type->second.empty() && !ends_with(type->second, "&") &&
         others.scalar_writes.count(name) == 0 && !is_declared_again(rest, name) && !may_change(site, name);
}

// `static_cast<std::size_t>(n)` as n.
const Expr& without_cast(const Expr& raw) {
  const Expr& e = bare(raw);
  static const std::set<std::string> sizes = {"std::size_t", "size_t"};
  const bool cast =
      (e.is(Expr::Kind::cast) && sizes.count(e.text) != 0) ||
      (e.is(Expr::Kind::call) && e.kids.size() == 1 &&
       (sizes.count(e.text) != 0 || e.text == "static_cast<std::size_t>" || e.text == "static_cast<size_t>"));
  return cast ? bare(e.kids[0]) : e;
}

// Integers that have a name, numbers and what is worked out of them.
bool is_plain_size(const Expr& e, const Symbols& symbols) {
  bool plain = true;
  walk(e, [&](const Expr& part) {
    const auto type = symbols.types.find(part.text);
    if (part.is(Expr::Kind::name))
      plain = plain && type != symbols.types.end() && is_integer_type(value_type(type->second));
    plain = plain && (part.is(Expr::Kind::name) || part.is(Expr::Kind::number) ||
                      part.is(Expr::Kind::group) || part.is(Expr::Kind::cast) || part.is(Expr::Kind::binary));
  });
  return plain;
}

}  // namespace

Expr MadeSpan::at(const std::string& counter_name) const {
  const Expr place = Expr::name(counter_name);
  return Expr::subscript(Expr::name(pointer), offset ? sum(*offset, place) : place);
}

std::optional<MadeSpan> made_span(const Site& site, const std::string& name) {
  const Stmt* declaration = site.symbols->types.count(name) == 0 ? visible_span(site, name) : nullptr;
  const auto words = declaration ? span_words(declaration->text) : std::nullopt;
  if (!words || words->name != name || (!words->constant && may_change(site, name))) return std::nullopt;
  MadeSpan made;
  made.declaration = declaration;
  Expr first = bare(words->arguments[0]);
  if (first.is(Expr::Kind::binary, "+")) {
    made.offset = Expr{Expr::Kind::group, "", {bare(first.kids[1])}};
    first = Expr(bare(first.kids[0]));
  }
  const Expr& length = without_cast(words->arguments[1]);
  if (!first.is(Expr::Kind::name) || !is_plain_size(length, *site.symbols) ||
      (made.offset && !is_plain_size(*made.offset, *site.symbols)))
    return std::nullopt;
  made.pointer = first.text;
  made.length = length;
  std::set<std::string> parts = names_in(length);
  if (made.offset) parts.merge(names_in(*made.offset));
  parts.insert(made.pointer);
  const Effects others = effects_of(without_spans(site.function->body), site.symbols->pure);
  if (!std::all_of(parts.begin(), parts.end(),
                   [&](const std::string& part) { return stays(part, site, others); }))
    return std::nullopt;
  const std::string& type = site.symbols->types.at(made.pointer);
  if (type.find('*') == std::string::npos || type.find("volatile") != std::string::npos ||
      element_type(type).empty())
    return std::nullopt;
  const bool counts =
      length.is(Expr::Kind::name) && is_integer_type(value_type(site.symbols->types.at(length.text)));
  made.counter = counts ? value_type(site.symbols->types.at(length.text)) : "std::size_t";
  return made;
}

}  // namespace ke

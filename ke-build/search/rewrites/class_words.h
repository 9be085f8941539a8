// SPDX-License-Identifier: MIT
// How the types, lists and calls of small classes are spelled.
#pragma once

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/support.h"

#include <optional>
#include <string>
#include <vector>

namespace ke::words {

inline constexpr int kDeepestCall = 8;
inline constexpr size_t kMostStatements = 600;

/// A type without what stands around it.
struct Plainly {
  std::string type;
  bool constant = false, reference = false;
};

// `const sim::Vec3&` as "sim::Vec3".
inline Plainly plainly(std::string type) {
  Plainly out;
  type = trim(type);
  if (ends_with(type, "&")) {
    out.reference = true;
    type = trim(type.substr(0, type.size() - 1));
  }
  for (const std::string prefix : {"static ", "constexpr ", "const "})
    if (starts_with(type, prefix)) {
      out.constant = true;
      type = trim(type.substr(prefix.size()));
    }
  if (ends_with(type, " const")) {
    out.constant = true;
    type = trim(type.substr(0, type.size() - 6));
  }
  out.type = type;
  return out;
}

inline bool is_number_type(const std::string& type) {
  return is_floating_type(type) || is_integer_type(type) || type == "bool";
}

inline std::string last_name(const std::string& name) {
  const size_t colon = name.rfind("::");
  return colon == std::string::npos ? name : name.substr(colon + 2);
}

inline std::optional<std::vector<Expr>> listed(const std::string& text) {
  if (trim(text).empty()) return std::vector<Expr>{};
  const Expr call = parse_expression("f(" + text + ")");
  if (!call.is(Expr::Kind::call, "f")) return std::nullopt;
  return call.kids;
}

// Might a function give the parameter another value?
inline bool changes(const Stmts& body, const std::string& parameter) {
  bool found = false;
  walk(body, [&](const Stmt& s) {
    found = found || (s.is(Stmt::Kind::declare) && ends_with(s.type, "&"));
    // `return a += b;`
    if (s.is(Stmt::Kind::jump) && starts_with(s.text, "return "))
      walk(parse_expression(s.text.substr(7, s.text.rfind(';') - 7)), [&](const Expr& e) {
        found = found || e.is(Expr::Kind::assign) || e.is(Expr::Kind::postfix) || e.text == "++" ||
                e.text == "--";
      });
    if (!s.is(Stmt::Kind::expression)) return;
    const Expr* to = &bare(s.value);
    const bool assigns = to->is(Expr::Kind::assign);
    while (assigns && !to->kids.empty()) to = &bare(to->kids[0]);
    found = found || !assigns || to->text == parameter;
  });
  return found;
}

struct PartCall {
  Expr object;
  std::string name;
  std::vector<Expr> arguments;
};

// `particles[i].speed.length()`
inline std::optional<PartCall> called_part(const std::string& text) {
  if (text.empty() || text.back() != ')') return std::nullopt;
  size_t open = text.size() - 1;
  for (int depth = 1; depth > 0 && open > 0;) {
    --open;
    depth += text[open] == ')' ? 1 : text[open] == '(' ? -1 : 0;
  }
  const size_t dot = text.substr(0, open).rfind('.');
  if (open == 0 || dot == std::string::npos || dot == 0) return std::nullopt;
  PartCall out{parse_expression(text.substr(0, dot)), text.substr(dot + 1, open - dot - 1), {}};
  auto arguments = listed(text.substr(open + 1, text.size() - open - 2));
  if (!arguments || identifiers(out.name).count(out.name) == 0) return std::nullopt;
  out.arguments = *std::move(arguments);
  return out;
}

// What a scope calls the object whose function is written out.
inline constexpr const char* kItself = "*this";
inline bool is_this(const Expr& e) { return bare(e).kids.empty() && bare(e).text == "this"; }

inline bool is_leaf(const Expr& e) { return e.is(Expr::Kind::name) || e.is(Expr::Kind::number); }

}  // namespace ke::words

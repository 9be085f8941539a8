// SPDX-License-Identifier: MIT
// One source file as the rewrites see it: the entry function and the functions of the same file that it
// calls.
#pragma once

#include "ke-build/search/syntax/stmt.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

struct Parameter {
  std::string type, name;   // "const float*", "x"; empty name: unnamed
  bool restricted = false;  // declared restrict
};

struct Function {
  std::string name, return_type;
  std::vector<Parameter> parameters;
  Stmts body;
  uint32_t begin = 0;  // where the definition starts (specifiers included)
  uint32_t body_begin = 0, end = 0;
  uint32_t template_begin = 0;  // where `template <...>` starts; 0 for plain functions
  bool entry = false;
  bool member = false;                           // of a class
  bool specialization = false;                   // `template <> void f<float>(...)`
  std::vector<std::string> template_parameters;  // names of the types of a template
  bool clonable = false;  // a plain function: no template, member, constexpr, inline or existing attribute
  std::vector<std::string> calls;  // unqualified names of what it calls
};

/// `template void f<float>(...);`
struct Instantiation {
  std::string name;
  std::vector<std::string> arguments;
  uint32_t begin = 0, end = 0;
};

/// A function-like macro, or a function that only returns an expression: what a call of it means.
struct Expansion {
  std::vector<std::string> parameters;
  Expr body;
};

struct Unit {
  std::string text;
  std::vector<Function> functions;  // the entry first, then what it calls, nearest first
  std::vector<Function> others;     // every other function of the file: callees that may be judged pure
  std::map<std::string, Expansion> expansions;
  std::vector<Instantiation> instantiations;
  std::set<std::string> enumerations;  // names of enumerations, those of the headers included
  uint32_t preamble_at = 0;            // byte offset behind the last top-level #include
  size_t errors = 0;                   // ERROR and MISSING nodes of the whole file

  const Function* find(const std::string& name) const;
};

/// Parses the file and lowers the functions that matter. `headers`: text of the project's headers, for the
/// meaning of macros and inline helpers. Nothing when the entry is absent or contains syntax errors.
std::optional<Unit> read_unit(const std::string& text, const std::string& entry,
                              const std::string& headers = "");

/// Functions outside of classes that a text declares and does not define there: names and parameters.
std::vector<Function> prototypes_in(const std::string& text);

/// An expression by itself; opaque when it does not parse.
Expr parse_expression(const std::string& text);

/// ERROR and MISSING nodes in a source text: an edit that raises the number is thrown away.
size_t count_syntax_errors(const std::string& text);

/// The text with the statement's bytes replaced; the replacement is indented like the original.
std::string replace_statement(const Unit& unit, const Stmt& original, const Stmts& replacement);

}  // namespace ke

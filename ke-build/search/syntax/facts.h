// SPDX-License-Identifier: MIT
// What statements read and write, which names have which types, and which calls are pure.
#pragma once

#include "ke-build/search/syntax/unit.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// base[index...], read, written or both.
struct Access {
  std::string base;  // "x", "p->data"
  std::vector<Expr> index;
  bool read = false, write = false;
};

struct Effects {
  std::set<std::string> scalar_reads, scalar_writes;  // by name; pointers themselves are scalars too
  std::set<std::string> declared;                     // variables that are born inside
  std::vector<Access> accesses;
  bool unknown = false;    // a call that may do anything, or text that nobody reads
  bool leaves = false;     // break, return or goto out of the statements
  bool continues = false;  // a `continue` that belongs to an enclosing loop
};

/// `pure`: names of same-file functions whose calls only read their arguments' values.
Effects effects_of(const Stmts& statements, const std::set<std::string>& pure = {});
Effects effects_of(const Expr& expr, const std::set<std::string>& pure = {});

/// Without `::`, `std::` and `__builtin_`.
std::string unqualified(const std::string& callee);

/// True for functions of <cmath> and <algorithm> without side effects, casts and numeric_limits.
bool is_pure_call(const std::string& callee, const std::set<std::string>& pure);
/// Same-file functions that take values, touch no memory and call only pure functions.
std::set<std::string> pure_functions(const Unit& unit);

/// What is known about the names of one function.
struct Symbols {
  std::map<std::string, std::string> types;  // "const float*", "float[]" for local arrays; "" when ambiguous
  std::map<std::string, Expr> values;        // names that are given a value once, and that value
  std::set<std::string> locals;              // declared in the body
  std::set<std::string>
      pointing;  // locals that may reach what others hold: pointers, references, views, auto
  std::set<std::string> loop_variables;
  std::set<std::string> restricted;             // parameters declared restrict
  std::set<std::string> pure;                   // see pure_functions()
  std::set<std::string> enumerations;           // see Unit
  std::map<std::string, Expansion> expansions;  // what calls of macros and one-line helpers mean
  struct Split {
    Expr lower, upper;
  };
  std::map<std::string, Split> tails;  // `i_tail` of a split loop: the bounds of the loop before it was split
};
/// The expression that a call of a macro or one-line helper stands for; nothing for other calls.
std::optional<Expr> expanded(const Expr& call, const Symbols& symbols);

Symbols symbols_of(const Unit& unit, const Function& function);

/// "const float*" -> "float"; "" when the type is no pointer, array or vector of something readable.
std::string element_type(const std::string& type);
/// Without const, and "" for auto, references and what cannot be declared anew.
std::string value_type(const std::string& type);
/// The name of an enumeration, const or not.
bool is_enumeration(const std::string& type, const Symbols& symbols);
bool is_floating_type(const std::string& type);
bool is_integer_type(const std::string& type);
bool is_unsigned_type(const std::string& type);
/// Bytes of an integer, `long` as most machines have it; 0 for other types.
int integer_bytes(const std::string& type);
/// Type-based rule of the language: objects of these two types share no storage. Bytes may lie over anything,
/// and types of one width may be one type under two names.
bool never_overlap(const std::string& a, const std::string& b);

}  // namespace ke

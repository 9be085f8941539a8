// SPDX-License-Identifier: MIT
// Classes of a file and the project's headers that are a few numbers and what is done with them: filters,
// running moments, vectors.
#pragma once

#include "ke-build/search/syntax/unit.h"

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ke {

struct Field {
  std::string type, name;
  std::optional<Expr> start;  // what its declaration says
};

struct Method {
  std::string name, return_type;  // "operator()"; the class's own name: a constructor
  std::vector<Parameter> parameters;
  std::vector<std::pair<std::string, Expr>> starts;  // of a constructor: fields and what they begin with
  Stmts body;
  bool defined = true;            // false: only declared, nobody knows what it does
  bool optional = false;          // calls may leave arguments out
  std::set<std::string> callers;  // names in the body that mean variables of the caller
};

struct Class {
  std::string name;
  std::vector<Field> fields;  // in their order
  std::vector<Method> methods, constructors;
};

/// The class that a type such as `Moments` or `Moments<float>` names. Nothing when the texts define none or
/// several of that name, and for classes with bases, static or array fields, destructors, virtual functions
/// and whatever else is more than fields and functions. Functions may be defined outside of the class
/// (`bool Filter::keep(int i) const {...}`), in either text.
std::optional<Class> read_class(const std::string& text, const std::string& type,
                                const std::string& headers = "");

}  // namespace ke

// SPDX-License-Identifier: MIT
// An object that a function names, as one variable for each field.
#pragma once

#include "ke-build/search/rewrites/inline_method.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace ke {

class ObjectVariables {
 public:
  ObjectVariables(const Unit& unit, const Function& function, std::string name, const Class& of);

  /// The declarations of the variables, as the object's constructor or its list of values sets them.
  std::optional<Stmts> construct(const std::vector<Expr>& arguments, bool listed) {
    return inliner_.construct(arguments, listed);
  }

  /// The statement over the variables, the object's functions written out. Nothing where something else than
  /// fields and functions of the object is asked for.
  std::optional<Stmts> rewritten(const Stmt& s);

  /// The variable of each field.
  const std::map<std::string, std::string>& variables() const { return fields_; }

 private:
  static std::map<std::string, std::string> named(ObjectVariables& self, const Class& of);
  std::string fresh(const std::string& wanted);
  std::string function_of(const Expr& e) const;
  void name_fields(Expr& e) const;
  void name_fields(Stmts& statements) const;

  const Function& function_;
  const std::string object_;
  std::set<std::string> taken_;
  const std::map<std::string, std::string> fields_;
  MethodInliner inliner_;
};

/// Does the name occur in the statement at all, as a callee (`filter.keep(x)`) or in verbatim text, too?
bool says(const Stmt& s, const std::string& name);

}  // namespace ke

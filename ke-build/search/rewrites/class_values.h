// SPDX-License-Identifier: MIT
// Arithmetic on small classes (vectors, colours, particles) written out over one variable for each number in
// them: operators and helpers in the place of their calls, tests as selections.
#pragma once

#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/syntax/classes.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// A class down to its numbers: ".position.x" of a particle is one of them.
struct Layout {
  Class of;
  struct Leaf {
    std::string path, type;
  };
  std::vector<Leaf> leaves;
  bool bare = true;  // declared without values nothing is done
};

/// The classes that a kernel's file and the project's headers define.
class Layouts {
 public:
  Layouts(const std::string& text, const std::string& headers) : text_(text), headers_(headers) {}
  /// Nothing for types that are no classes, or have more in them than numbers.
  const Layout* find(const std::string& type);
  const std::string& headers() const { return headers_; }

 private:
  std::optional<Layout> read(const std::string& type, int depth);
  const std::string &text_, &headers_;
  std::map<std::string, std::optional<Layout>> known_;
};

/// An object as the expressions of its numbers; a number has no class.
struct ClassValue {
  std::string type;
  std::vector<Expr> leaves;
};
using ClassScope = std::map<std::string, ClassValue>;

class ClassValues {
 public:
  /// `apart`: what references name is nowhere that the loop writes.
  ClassValues(const Unit& unit, Layouts& layouts, const Function& function, const Symbols& symbols,
              bool apart)
      : unit_(unit),
        layouts_(layouts),
        function_(function),
        symbols_(symbols),
        apart_(apart),
        own_(symbols) {}

  /// Objects that subscripts name: `particles[i]`.
  struct Element {
    Expr access;
    ClassValue value;
    bool certain = false;  // something of it is read or written in every iteration
    bool written = false;
  };
  std::vector<Element> elements;

  /// Names for the variables of an object.
  ClassValue variables(const std::string& name, const Layout& layout);
  /// Writes the body of a loop out; false where something in it is not understood.
  bool body(const Stmts& statements);
  const Stmts& made() const { return out_; }
  /// Objects of the surroundings as variables: they are read in front of the loop.
  const Stmts& before() const { return before_; }
  /// Does something of that come through references, to who knows which elements?
  bool follows_references() const { return follows_; }

 private:
  using Value = std::optional<ClassValue>;

  bool statements(const Stmts& list, ClassScope& scope, int depth);
  bool statement(const Stmt& s, ClassScope& scope, int depth);
  bool declaration(const Stmt& s, ClassScope& scope, int depth);
  bool verbatim_declaration(const Stmt& s, ClassScope& scope, int depth);
  bool declare(const std::string& name, std::string type, const Value& value, ClassScope& scope);
  bool branch(const Stmt& s, ClassScope& scope, int depth);
  bool assignment(const Expr& e, ClassScope& scope, int depth);
  bool standing_call(const Expr& e, ClassScope& scope, int depth);
  bool assign(const Expr& to, const std::string& op, const Expr& value);

  Value eval(const Expr& e, ClassScope& scope, int depth, const std::string& expected = "");
  Value operands(const Expr& e, ClassScope& scope, int depth);
  Value selected(const Expr& e, ClassScope& scope, int depth, const std::string& expected);
  Value call(const Expr& e, ClassScope& scope, int depth);
  Value made_of(const std::string& type, const std::vector<Expr>& arguments, ClassScope& scope, int depth);
  Value outer_object(const std::string& name);
  Value part_of(const ClassValue& object, const std::string& field);
  Value own_field(const std::string& field, const ClassScope& scope);
  Value invoke(const std::string& name, const std::vector<ClassValue>& arguments, int depth, bool statement);
  Value run(const std::vector<Parameter>& parameters, const Stmts& body, const std::string& return_type,
            const std::vector<ClassValue>& arguments, ClassScope scope, int depth, bool statement);
  Value bound(const std::vector<Parameter>& parameters, const Stmts& body, const std::string& return_type,
              const std::vector<ClassValue>& arguments, ClassScope scope, int depth, bool statement);
  Value returned(const std::string& text, const std::string& type, ClassScope& scope, int depth);
  Value method(const ClassValue& object, const std::string& name, const std::vector<ClassValue>& arguments,
               int depth, bool statement);

  bool gives_itself(const ClassValue& to, const std::string& op);
  bool is_overloaded(const Function& function);
  std::optional<std::vector<ClassValue>> evaluated(const std::vector<Expr>& list, ClassScope& scope,
                                                   int depth);
  std::optional<Expr> number(const Expr& e, ClassScope& scope, int depth);
  ClassValue settled(const ClassValue& value, const std::string& name);
  Expr declared(const std::string& type, const std::string& name, const Expr& value, bool constant);
  bool touch(const Expr& leaf, bool write);
  bool may_compute(const Expr& e) const;
  bool speculates() const { return alive_ || guard_ || maybe_ > 0; }
  bool floats(const Expr& e) const;
  std::string fresh(const std::string& wanted);

  const Unit& unit_;
  Layouts& layouts_;
  const Function& function_;
  const Symbols& symbols_;
  const bool apart_;
  Symbols own_;                           // and the types of what is made
  std::set<std::string> taken_, inside_;  // names made; variables of the body
  std::set<std::string> constants_;       // of those, what nothing changes
  std::set<std::string> frozen_;          // of those, what an expression must not change
  std::map<std::string, ClassValue> outer_;
  std::optional<std::vector<Function>> prototypes_;
  Stmts before_, out_;
  std::optional<Expr> alive_;  // what holds where no `continue` was reached
  std::optional<Expr> guard_;
  bool follows_ = false;  // see follows_references()
  int maybe_ = 0;         // inside of something that is not always evaluated
};

}  // namespace ke

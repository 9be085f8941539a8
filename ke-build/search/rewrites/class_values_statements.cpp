// SPDX-License-Identifier: MIT
// Statements over objects as statements over their numbers; what tests guard becomes a selection.
#include "ke-build/search/rewrites/class_values.h"
#include "ke-build/search/rewrites/class_words.h"

#include <algorithm>

namespace ke {

bool ClassValues::body(const Stmts& list) {
  ClassScope scope;
  return statements(list, scope, 0);
}

bool ClassValues::statements(const Stmts& list, ClassScope& scope, int depth) {
  for (const Stmt& s : list)
    if (out_.size() > words::kMostStatements || !statement(s, scope, depth)) return false;
  return true;
}

bool ClassValues::statement(const Stmt& s, ClassScope& scope, int depth) {
  switch (s.kind) {
    case Stmt::Kind::comment:
      return true;
    case Stmt::Kind::block: {
      ClassScope inner = scope;
      return statements(s.body, inner, depth);
    }
    case Stmt::Kind::declare:
      return declaration(s, scope, depth);
    case Stmt::Kind::opaque:
      return verbatim_declaration(s, scope, depth);
    case Stmt::Kind::branch:
      return branch(s, scope, depth);
    case Stmt::Kind::expression:
      return assignment(bare(s.value), scope, depth);
    default:
      return false;
  }
}

bool ClassValues::declaration(const Stmt& s, ClassScope& scope, int depth) {
  if (!s.dims.empty() || s.constructed) return false;
  const words::Plainly as = words::plainly(s.type);
  if (as.reference) {
    // Another name of an object that is known.
    const std::vector<Element> before = elements;  // no access yet
    const Expr& named = bare(s.value);
    const bool lasts = s.has_init && (named.is(Expr::Kind::name) || named.is(Expr::Kind::subscript) ||
                                      named.is(Expr::Kind::member));
    const auto object = lasts ? eval(s.value, scope, depth) : std::nullopt;
    elements = before;
    if (!object || object->type.empty() ||
        (as.type != "auto" && words::last_name(object->type) != words::last_name(as.type)))
      return false;
    for (const Expr& leaf : object->leaves)
      if (!leaf.is(Expr::Kind::name)) return false;
    scope[s.name] = *object;
    return true;
  }
  const Layout* layout = layouts_.find(as.type);
  if (!s.has_init) {
    if (!layout || !layout->bare) return false;
    const ClassValue made = variables(s.name, *layout);
    for (size_t i = 0; i < made.leaves.size(); ++i)
      declared(layout->leaves[i].type, made.leaves[i].text, Expr::number(0), false);
    scope[s.name] = made;
    return true;
  }
  return declare(s.name, as.type, eval(s.value, scope, depth, as.type), scope);
}

// `const Vec3 gravity{0, -9.81f, 0};`
bool ClassValues::verbatim_declaration(const Stmt& s, ClassScope& scope, int depth) {
  std::string text = trim(s.text);
  if (!ends_with(text, ";")) return false;
  text = trim(text.substr(0, text.size() - 1));
  const size_t open = text.find_first_of("({");
  if (open == std::string::npos || (text.back() != ')' && text.back() != '}')) return false;
  std::string head = trim(text.substr(0, open));
  if (ends_with(head, "=")) head = trim(head.substr(0, head.size() - 1));
  const size_t space = head.rfind(' ');
  if (space == std::string::npos) return false;
  const words::Plainly as = words::plainly(head.substr(0, space));
  const std::string name = head.substr(space + 1);
  const auto arguments = words::listed(text.substr(open + 1, text.size() - open - 2));
  if (as.reference || !layouts_.find(as.type) || !arguments || identifiers(name).count(name) == 0)
    return false;
  return declare(name, as.type, made_of(as.type, *arguments, scope, depth), scope);
}

bool ClassValues::declare(const std::string& name, std::string type, const Value& value, ClassScope& scope) {
  if (!value) return false;
  if (value->type.empty()) {
    const Expr& number = value->leaves[0];
    if (type == "auto") type = floats(number) ? "auto" : "";
    if ((type != "auto" && !words::is_number_type(value_type(type))) || !may_compute(number)) return false;
    const std::string own = fresh(name);
    declared(type, own, number, false);
    if (type == "auto") own_.types[own] = "double";  // a number with a point, whichever
    scope[name] = {"", {Expr::name(own)}};
    return true;
  }
  if (type != "auto" && words::last_name(type) != words::last_name(value->type)) return false;
  const Layout* layout = layouts_.find(value->type);
  const ClassValue made = variables(name, *layout);
  for (size_t i = 0; i < made.leaves.size(); ++i)
    declared(layout->leaves[i].type, made.leaves[i].text, value->leaves[i], false);
  scope[name] = made;
  return true;
}

bool ClassValues::branch(const Stmt& s, ClassScope& scope, int depth) {
  const auto test = number(s.value, scope, depth);
  if (!test) return false;
  const auto both = [](const std::optional<Expr>& a, const Expr& b) {
    return a ? Expr::binary(*a, "&&", b) : b;
  };
  const Expr holds = declared("bool", fresh("holds"), *test, true);
  const bool skips = s.body.size() == 1 && s.body[0].is(Stmt::Kind::jump) &&
                     starts_with(s.body[0].text, "continue") && s.otherwise.empty();
  if (skips) {
    if (depth > 0 || guard_) return false;
    alive_ = declared("bool", fresh("alive"), both(alive_, Expr::unary("!", holds)), true);
    return true;
  }
  const std::optional<Expr> outer = guard_;
  for (const auto& [list, condition] :
       {std::pair{&s.body, holds}, std::pair{&s.otherwise, Expr::unary("!", holds)}}) {
    if (list->empty()) continue;
    guard_ = declared("bool", fresh("guarded"), both(outer, condition), true);
    ClassScope inner = scope;
    if (!statements(*list, inner, depth)) return false;
    guard_ = outer;
  }
  return true;
}

bool ClassValues::standing_call(const Expr& e, ClassScope& scope, int depth) {
  const auto parts = words::called_part(e.is(Expr::Kind::call) ? to_text(e) : e.text);
  const auto object = parts ? eval(parts->object, scope, depth) : std::nullopt;
  if (parts && !object) return false;
  if (!parts && !e.is(Expr::Kind::call)) return false;
  const auto arguments = evaluated(parts ? parts->arguments : e.kids, scope, depth);
  if (!arguments) return false;
  return parts ? method(*object, parts->name, *arguments, depth, true).has_value()
               : invoke(words::last_name(e.text), *arguments, depth, true).has_value();
}

bool ClassValues::assignment(const Expr& e, ClassScope& scope, int depth) {
  if (e.is(Expr::Kind::call) || e.is(Expr::Kind::opaque)) return standing_call(e, scope, depth);
  if ((e.is(Expr::Kind::unary) || e.is(Expr::Kind::postfix)) && (e.text == "++" || e.text == "--")) {
    const auto counter = eval(e.kids[0], scope, depth);
    return counter && counter->type.empty() &&
           assign(counter->leaves[0], e.text.substr(1) + "=", Expr::number(1));
  }
  if (!e.is(Expr::Kind::assign)) return false;
  const auto to = eval(e.kids[0], scope, depth);
  if (!to) return false;
  if (to->type.empty()) {
    const auto value = number(e.kids[1], scope, depth);
    return value && assign(to->leaves[0], e.text, *value);
  }
  const auto value = eval(e.kids[1], scope, depth, to->type);
  if (!value) return false;
  if (e.text != "=") return invoke("operator" + e.text, {*to, *value}, depth, true).has_value();
  if (words::last_name(value->type) != words::last_name(to->type)) return false;
  const ClassValue made = settled(*value, "next");
  for (size_t i = 0; i < to->leaves.size(); ++i)
    if (!assign(to->leaves[i], "=", made.leaves[i])) return false;
  return true;
}

// Where a test guards the assignment the old value stays otherwise.
bool ClassValues::assign(const Expr& to, const std::string& op, const Expr& value) {
  if (!to.is(Expr::Kind::name)) return false;
  const auto type = own_.types.find(to.text);
  const std::string plain = type == own_.types.end() ? "" : value_type(type->second);
  const bool outside = inside_.count(to.text) == 0;
  if (frozen_.count(to.text) || (outside && !frozen_.empty())) return false;
  if (!words::is_number_type(plain) || (outside && symbols_.locals.count(to.text) == 0)) return false;
  const bool stays = touch(to, true) || outside;
  std::optional<Expr> guard = guard_;
  if (stays && alive_) guard = guard ? Expr::binary(*alive_, "&&", *guard) : *alive_;
  if (!guard) {
    out_.push_back(make_expression(Expr::assign(to, op, value)));
    return true;
  }
  if ((op == "+=" || op == "-=") && is_integer_type(plain)) {
    if (!words::is_leaf(value)) return false;  // what is added may not fit
    const Expr step = Expr::conditional(*guard, value, Expr::number(0));
    out_.push_back(make_expression(Expr::assign(to, op, step)));
    return true;
  }
  if ((op == "+=" || op == "-=") && outside && is_floating_type(plain)) {
    // Stays a sum. Nothing changes when a negative zero is added, not even a zero.
    const std::string point = plain == "float" ? "0.0f" : "0.0";
    const Expr nothing{Expr::Kind::number, (op == "+=" ? "-" : "") + point, {}};
    const Expr step = Expr::conditional(*guard, value, nothing);
    out_.push_back(make_expression(Expr::assign(to, op, step)));
    return true;
  }
  const std::string plain_op = op.substr(0, op.size() - 1);
  if (plain_op.size() > 1) return false;
  const Expr next = plain_op.empty() ? value : Expr::binary(to, plain_op, value);
  if (!may_compute(next)) return false;
  const Expr cast{Expr::Kind::cast, plain, {Expr{Expr::Kind::group, "", {next}}}};
  out_.push_back(make_expression(Expr::assign(to, "=", Expr::conditional(*guard, cast, to))));
  return true;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/function_objects.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/local_lambdas.h"
#include "ke-build/search/rewrites/plain_type.h"
#include "ke-build/search/syntax/classes.h"

#include <algorithm>
#include <map>

namespace ke {
namespace {

// std::plus<>(), std::plus<float>{}, std::plus{}: the name and the type in it; nothing with arguments.
bool read_operation(const Expr& given, std::string& name, std::string& type) {
  std::string text = given.text;
  if (given.is(Expr::Kind::call) && given.kids.empty())
    text += "()";
  else if (!given.is(Expr::Kind::opaque))
    return false;
  text = replace_all(text, " ", "");
  if (!starts_with(text, "std::") || (!ends_with(text, "()") && !ends_with(text, "{}"))) return false;
  text = text.substr(5, text.size() - 7);
  const size_t open = text.find('<');
  name = text.substr(0, open);
  if (open == std::string::npos) return true;
  if (text.back() != '>') return false;
  type = text.substr(open + 1, text.size() - open - 2);
  return type != "void";
}

std::optional<FunctionObject> operation_of(const Expr& given, const std::vector<std::string>& types) {
  static const std::map<std::string, std::string> known = {
      {"plus", "+"}, {"minus", "-"}, {"multiplies", "*"}};
  std::string name, type;
  if (types.size() != 2 || !read_operation(given, name, type) || !known.count(name)) return std::nullopt;
  const std::string common = common_number(types[0], types[1]);
  if (common.empty() || (!type.empty() && type != common)) return std::nullopt;
  FunctionObject made;
  made.operation = known.at(name);
  return made;
}

FunctionObject of_lambda(const Lambda& lambda, const Symbols& symbols) {
  FunctionObject made;
  const Effects effects = effects_of(lambda, symbols.pure);
  made.unknown = effects.unknown;
  made.writes = effects.scalar_writes;
  return made;
}

const Stmt* declaration_of(const Function& function, const std::string& name) {
  const Stmt* found = nullptr;
  size_t count = 0;
  walk(function.body, [&](const Stmt& s) {
    if (!s.is(Stmt::Kind::declare) || s.name != name) return;
    found = &s;
    ++count;
  });
  return count == 1 ? found : nullptr;
}

// A function of the file that nothing overloads and no local hides.
bool is_one_function(const std::string& name, const Unit& unit, const Symbols& symbols) {
  size_t count = 0;
  const Function* found = nullptr;
  for (const std::vector<Function>* list : {&unit.functions, &unit.others})
    for (const Function& f : *list)
      if (f.name == name) found = &f, ++count;
  return count == 1 && !symbols.types.count(name) && found->template_begin == 0;
}

// Square{2.0f}: an object for the algorithm alone.
std::optional<FunctionObject> temporary(const Expr& given, const Unit& unit, const std::string& name) {
  std::string type = given.text, arguments;
  if (given.is(Expr::Kind::call)) {
    if (given.kids.empty()) return std::nullopt;  // Square(): every field 0 or not
    std::vector<std::string> texts;
    for (const Expr& kid : given.kids) texts.push_back(to_text(kid));
    arguments = join_texts(texts, ", ");
  } else {
    const size_t open = given.text.find('{');
    if (!given.is(Expr::Kind::opaque) || open == std::string::npos || !ends_with(given.text, "}"))
      return std::nullopt;
    type = trim(given.text.substr(0, open));
    arguments = trim(given.text.substr(open + 1, given.text.size() - open - 2));
    if (arguments.empty() || arguments.find('{') != std::string::npos) return std::nullopt;
  }
  if (!read_class(unit.text, type)) return std::nullopt;
  FunctionObject made;
  Stmt declared;
  declared.text =
      type + " " + name + (given.is(Expr::Kind::call) ? "(" + arguments + ");" : "{" + arguments + "};");
  made.before.push_back(declared);
  made.callee = name;
  made.unknown = true;
  return made;
}

}  // namespace

Expr FunctionObject::applied(const std::vector<Expr>& arguments) const {
  if (operation.empty()) return Expr::call(callee, arguments);
  return Expr::binary(arguments[0], operation, arguments[1]);
}

std::optional<FunctionObject> read_function_object(
    const Expr& raw, const std::vector<std::string>& types, const Unit& unit, const Function& function,
    const Symbols& symbols, const std::function<std::string(const std::string&)>& fresh) {
  const Expr& given = bare(raw);
  if (auto operation = operation_of(given, types)) return operation;
  if (given.is(Expr::Kind::opaque) && starts_with(given.text, "[")) {
    const auto lambda = read_lambda(given.text);
    if (!lambda || lambda->parameters.size() != types.size()) return std::nullopt;
    FunctionObject made = of_lambda(*lambda, symbols);
    made.callee = fresh("step");
    made.before.push_back(make_declare("const auto", made.callee, given));
    return made;
  }
  if (given.is(Expr::Kind::name)) {
    const Stmt* declared = declaration_of(function, given.text);
    const auto lambda = declared ? declared_lambda(unit, *declared) : std::nullopt;
    if (!lambda && !is_one_function(given.text, unit, symbols)) return std::nullopt;
    FunctionObject made = lambda ? of_lambda(*lambda, symbols) : FunctionObject{};
    made.unknown = lambda ? made.unknown : symbols.pure.count(given.text) == 0;
    made.callee = given.text;
    return made;
  }
  if (given.is(Expr::Kind::call, "std::ref") && given.kids.size() == 1 &&
      bare(given.kids[0]).is(Expr::Kind::name)) {
    FunctionObject made;
    made.callee = bare(given.kids[0]).text;
    made.unknown = true;
    made.writes.insert(made.callee);
    return made;
  }
  return temporary(given, unit, fresh("step"));
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// Expressions over objects as expressions over their numbers.
#include "ke-build/search/rewrites/class_values.h"

#include "ke-build/search/rewrites/class_words.h"

#include <algorithm>

namespace ke {

ClassValue ClassValues::variables(const std::string& name, const Layout& layout) {
  ClassValue value{layout.of.name, {}};
  for (const Layout::Leaf& leaf : layout.leaves) {
    const std::string variable = fresh(name + replace_all(leaf.path, ".", "_"));
    own_.types[variable] = leaf.type;
    inside_.insert(variable);
    value.leaves.push_back(Expr::name(variable));
  }
  return value;
}

std::string ClassValues::fresh(const std::string& wanted) {
  std::string name = fresh_name(function_, wanted);
  for (int i = 2; !taken_.insert(name).second; ++i) name = fresh_name(function_, wanted + std::to_string(i));
  return name;
}

Expr ClassValues::declared(const std::string& type, const std::string& name, const Expr& value,
                           bool constant) {
  out_.push_back(make_declare((constant ? "const " : "") + type, name, value));
  own_.types[name] = type;
  inside_.insert(name);
  if (constant) constants_.insert(name);
  return Expr::name(name);
}

// Every number in a variable of its own, or a constant of its type.
ClassValue ClassValues::settled(const ClassValue& value, const std::string& name) {
  const Layout& layout = *layouts_.find(value.type);
  ClassValue out{value.type, {}};
  for (size_t i = 0; i < value.leaves.size(); ++i) {
    const Layout::Leaf& leaf = layout.leaves[i];
    const Expr& old = value.leaves[i];
    if (constants_.count(old.text) && value_type(own_.types[old.text]) == leaf.type) {
      out.leaves.push_back(old);
      continue;
    }
    out.leaves.push_back(
        declared(leaf.type, fresh(name + replace_all(leaf.path, ".", "_")), value.leaves[i], true));
  }
  return out;
}

// Is it a number of an element?
bool ClassValues::touch(const Expr& leaf, bool write) {
  bool found = false;
  for (Element& element : elements)
    for (const Expr& own : element.value.leaves)
      if (same(own, leaf)) {
        found = true;
        element.certain = element.certain || (!alive_ && !guard_ && maybe_ == 0);
        element.written = element.written || write;
      }
  return found;
}

bool ClassValues::floats(const Expr& raw) const {
  const Expr& e = bare(raw);
  const auto any = [&](size_t from) {
    for (size_t i = from; i < e.kids.size(); ++i)
      if (floats(e.kids[i])) return true;
    return false;
  };
  switch (e.kind) {
    case Expr::Kind::name: {
      const auto type = own_.types.find(e.text);
      return type != own_.types.end() && is_floating_type(value_type(type->second));
    }
    case Expr::Kind::number:
      return !starts_with(e.text, "0x") && e.text.find_first_of(".eE") != std::string::npos;
    case Expr::Kind::unary:
      return e.text != "!" && any(0);
    case Expr::Kind::binary:
      return (e.text == "+" || e.text == "-" || e.text == "*" || e.text == "/") && any(0);
    case Expr::Kind::conditional:
      return any(1);
    case Expr::Kind::cast:
      return is_floating_type(e.text);
    case Expr::Kind::call:
      if (starts_with(e.text, "static_cast<")) return is_floating_type(e.text.substr(12, e.text.size() - 13));
      return unqualified(e.text).find("rint") == std::string::npos &&
             unqualified(e.text).find("lround") == std::string::npos && any(0);
    default:
      return false;
  }
}

// Computed although nobody may have asked for it: floating-point numbers trap nobody, integers may.
bool ClassValues::may_compute(const Expr& e) const {
  bool fine = true;
  walk(e, [&](const Expr& part) {
    switch (part.kind) {
      case Expr::Kind::assign:
      case Expr::Kind::postfix:
      case Expr::Kind::opaque:
      case Expr::Kind::member:
        fine = false;
        break;
      case Expr::Kind::subscript:
        fine = false;  // arrays may overlap the structures
        break;
      case Expr::Kind::unary:
        fine = fine && (part.text == "!" ||
                        ((part.text == "-" || part.text == "+") &&
                         (!speculates() || floats(part) || bare(part.kids[0]).is(Expr::Kind::number))));
        break;
      case Expr::Kind::binary: {
        static const std::set<std::string> tests = {"<", ">", "<=", ">=", "==", "!=", "&&", "||"};
        fine = fine && (tests.count(part.text) != 0 || !speculates() || floats(part));
        break;
      }
      case Expr::Kind::cast:
        fine = fine && (is_floating_type(part.text) || (words::is_number_type(part.text) && !speculates()));
        break;
      case Expr::Kind::call:
        fine = fine && is_pure_call(part.text, {}) && (!speculates() || floats(part));
        break;
      default:
        break;
    }
  });
  return fine;
}

std::optional<Expr> ClassValues::number(const Expr& e, ClassScope& scope, int depth) {
  const auto value = eval(e, scope, depth);
  return value && value->type.empty() && may_compute(value->leaves[0]) ? std::optional(value->leaves[0])
                                                                       : std::nullopt;
}

ClassValues::Value ClassValues::part_of(const ClassValue& object, const std::string& field) {
  const Layout* layout = layouts_.find(object.type);
  if (!layout) return std::nullopt;
  for (const Field& f : layout->of.fields) {
    if (f.name != field) continue;
    ClassValue part;
    const bool plain = words::is_number_type(f.type);
    part.type = plain ? "" : f.type;
    const std::string prefix = "." + field;
    for (size_t i = 0; i < layout->leaves.size(); ++i)
      if (layout->leaves[i].path == prefix || starts_with(layout->leaves[i].path, prefix + "."))
        part.leaves.push_back(object.leaves[i]);
    return part;
  }
  return std::nullopt;
}

// `this->x`, whatever a parameter of that name is.
ClassValues::Value ClassValues::own_field(const std::string& field, const ClassScope& scope) {
  const auto itself = scope.find(words::kItself);
  const auto part = itself == scope.end() ? std::nullopt : part_of(itself->second, field);
  if (part)
    for (const Expr& leaf : part->leaves) touch(leaf, false);
  return part;
}

// A vector or a box that the function is given, or has made in front of the loop.
ClassValues::Value ClassValues::outer_object(const std::string& name) {
  const auto known = outer_.find(name);
  if (known != outer_.end()) return known->second;
  const auto type = symbols_.types.find(name);
  const words::Plainly as = type == symbols_.types.end() ? words::Plainly{} : words::plainly(type->second);
  const bool given = std::any_of(function_.parameters.begin(), function_.parameters.end(),
                                 [&](const Parameter& p) { return p.name == name; });
  const bool local = as.reference && symbols_.locals.count(name) != 0;
  const bool stands = !as.reference || local || (apart_ && given && as.constant);
  const Layout* layout = as.type.empty() || !stands ? nullptr : layouts_.find(as.type);
  if (!layout) return std::nullopt;
  ClassValue value{layout->of.name, {}};
  for (const Layout::Leaf& leaf : layout->leaves) {
    const std::string variable = fresh(name + replace_all(leaf.path, ".", "_"));
    own_.types[variable] = leaf.type;
    before_.push_back(make_declare("const " + leaf.type, variable, parse_expression(name + leaf.path)));
    value.leaves.push_back(Expr::name(variable));
  }
  outer_[name] = value;
  follows_ = follows_ || local;
  return value;
}

ClassValues::Value ClassValues::eval(const Expr& raw, ClassScope& scope, int depth,
                                     const std::string& expected) {
  if (out_.size() > words::kMostStatements) return std::nullopt;
  const Expr& e = bare(raw);
  const auto grouped = [&](const Expr& inner) {
    return raw.is(Expr::Kind::group) && !words::is_leaf(inner) ? Expr{Expr::Kind::group, "", {inner}} : inner;
  };
  switch (e.kind) {
    case Expr::Kind::number:
      return ClassValue{"", {e}};
    case Expr::Kind::name: {
      const auto known = scope.find(e.text);
      if (known != scope.end()) {
        for (const Expr& leaf : known->second.leaves) touch(leaf, false);
        return known->second;
      }
      if (depth == 0)
        if (const auto object = outer_object(e.text)) return object;
      // A name of the function's own, or where a helper is written out, of its surroundings.
      if (depth > 0 && own_.types.count(e.text)) return std::nullopt;
      if (depth > 0) taken_.insert(e.text);
      return ClassValue{"", {e}};
    }
    case Expr::Kind::subscript:
      for (Element& element : elements)
        if (depth == 0 && same(element.access, e)) {
          for (const Expr& leaf : element.value.leaves) touch(leaf, false);
          return element.value;
        }
      return std::nullopt;
    case Expr::Kind::member: {
      if (words::is_this(e.kids[0]) && starts_with(e.text, "->")) return own_field(e.text.substr(2), scope);
      if (!starts_with(e.text, ".")) return std::nullopt;
      const auto object = eval(e.kids[0], scope, depth);
      return object && !object->type.empty() ? part_of(*object, e.text.substr(1)) : std::nullopt;
    }
    case Expr::Kind::conditional:
      return selected(e, scope, depth, expected);
    case Expr::Kind::call:
      return call(e, scope, depth);
    case Expr::Kind::opaque: {
      if (const auto parts = words::called_part(e.text)) {
        const auto object = eval(parts->object, scope, depth);
        const auto arguments = object ? evaluated(parts->arguments, scope, depth) : std::nullopt;
        return arguments ? method(*object, parts->name, *arguments, depth, false) : std::nullopt;
      }
      // `Vec3{a, b}`, `{a, b}`
      const size_t open = e.text.find('{');
      if (open == std::string::npos || e.text.back() != '}') return std::nullopt;
      const std::string type = trim(e.text.substr(0, open));
      const auto arguments = words::listed(e.text.substr(open + 1, e.text.size() - open - 2));
      return arguments ? made_of(type.empty() ? expected : type, *arguments, scope, depth) : std::nullopt;
    }
    case Expr::Kind::unary:
      if (e.text == "*" && words::is_this(e.kids[0])) {
        const auto known = scope.find(words::kItself);
        return known == scope.end() ? std::nullopt : Value(known->second);
      }
      [[fallthrough]];
    case Expr::Kind::binary:
    case Expr::Kind::cast: {
      auto value = operands(e, scope, depth);
      if (value && value->type.empty()) value->leaves[0] = grouped(value->leaves[0]);
      return value;
    }
    default:
      return std::nullopt;
  }
}

ClassValues::Value ClassValues::operands(const Expr& e, ClassScope& scope, int depth) {
  std::vector<ClassValue> values;
  const bool chooses = e.text == "&&" || e.text == "||";
  for (size_t i = 0; i < e.kids.size(); ++i) {
    maybe_ += chooses && i > 0 ? 1 : 0;
    const auto value = eval(e.kids[i], scope, depth);
    maybe_ -= chooses && i > 0 ? 1 : 0;
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  const bool plain =
      std::all_of(values.begin(), values.end(), [](const ClassValue& v) { return v.type.empty(); });
  if (!plain)
    return e.is(Expr::Kind::cast) ? std::nullopt : invoke("operator" + e.text, values, depth, false);
  Expr copy = e;
  for (size_t i = 0; i < e.kids.size(); ++i) copy.kids[i] = values[i].leaves[0];
  if (!may_compute(copy)) return std::nullopt;
  return ClassValue{"", {copy}};
}

ClassValues::Value ClassValues::selected(const Expr& e, ClassScope& scope, int depth,
                                         const std::string& expected) {
  const auto test = number(e.kids[0], scope, depth);
  ++maybe_;
  const auto yes = test ? eval(e.kids[1], scope, depth, expected) : std::nullopt;
  const auto no = yes ? eval(e.kids[2], scope, depth, expected) : std::nullopt;
  --maybe_;
  if (!no || words::last_name(yes->type) != words::last_name(no->type)) return std::nullopt;
  if (yes->type.empty()) return ClassValue{"", {Expr::conditional(*test, yes->leaves[0], no->leaves[0])}};
  const Expr picked = declared("bool", fresh("picked"), *test, true);
  ClassValue out{yes->type, {}};
  for (size_t i = 0; i < yes->leaves.size(); ++i)
    out.leaves.push_back(Expr::conditional(picked, yes->leaves[i], no->leaves[i]));
  return settled(out, "chosen");
}

}  // namespace ke

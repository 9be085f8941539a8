// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/stmt.h"

#include <algorithm>
#include <sstream>

namespace ke {
namespace {

// One simple statement needs no braces.
bool is_simple(const Stmts& body) {
  if (body.size() != 1) return false;
  const Stmt& only = body[0];
  return only.is(Stmt::Kind::expression) || only.is(Stmt::Kind::jump);
}

void print(const Stmt& s, int indent, std::string& out);

void print_all(const Stmts& statements, int indent, std::string& out) {
  for (const Stmt& s : statements) print(s, indent, out);
}

void print_body(const Stmts& body, int indent, std::string& out) {
  if (is_simple(body)) {
    out += "\n";
    print_all(body, indent + 2, out);
    return;
  }
  out += " {\n";
  print_all(body, indent + 2, out);
  out += std::string(indent, ' ') + "}\n";
}

void print_branch(const Stmt& s, int indent, std::string& out) {
  out += "if (" + to_text(s.value) + ")";
  if (s.otherwise.empty()) return print_body(s.body, indent, out);
  out += " {\n";
  print_all(s.body, indent + 2, out);
  out += std::string(indent, ' ') + "} else";
  if (s.otherwise.size() == 1 && s.otherwise[0].is(Stmt::Kind::branch)) {
    out += " ";
    return print_branch(s.otherwise[0], indent, out);
  }
  out += " {\n";
  print_all(s.otherwise, indent + 2, out);
  out += std::string(indent, ' ') + "}\n";
}

std::string increment(const Stmt& s) {
  return s.step == 1 ? "++" + s.name : s.name + " += " + std::to_string(s.step);
}

void print(const Stmt& s, int indent, std::string& out) {
  const std::string margin(indent, ' ');
  if (s.is(Stmt::Kind::pragma)) {
    out += s.text + "\n";
    return;
  }
  out += margin;
  switch (s.kind) {
    case Stmt::Kind::block:
      out += "{\n";
      print_all(s.body, indent + 2, out);
      out += margin + "}\n";
      break;
    case Stmt::Kind::loop:
      out += "for (" + s.type + " " + s.name + " = " + to_text(s.lower) + "; " + s.name + " " + s.text + " " +
             to_text(s.upper) + "; " + increment(s) + ")";
      print_body(s.body, indent, out);
      break;
    case Stmt::Kind::wild:
      if (s.text.rfind("do while ", 0) == 0) {
        out += "do {\n";
        print_all(s.body, indent + 2, out);
        out += margin + "} " + s.text.substr(3) + ";\n";
        break;
      }
      out += s.text;
      print_body(s.body, indent, out);
      break;
    case Stmt::Kind::declare: {
      out += s.type + (s.type.back() == '*' || s.type.back() == '&' ? "" : " ") + s.name;
      for (const Expr& size : s.dims) out += "[" + to_text(size) + "]";
      if (s.constructed)
        out += to_text(s.value).substr(s.value.text.size());
      else if (s.has_init)
        out += " = " + to_text(s.value);
      out += ";\n";
      break;
    }
    case Stmt::Kind::expression:
      out += to_text(s.value) + ";\n";
      break;
    case Stmt::Kind::branch:
      print_branch(s, indent, out);
      break;
    default:
      out += s.text + "\n";
      break;
  }
}

void rename_text(std::string& text, const std::string& from, const std::string& to) {
  Expr verbatim{Expr::Kind::opaque, text, {}};
  if (identifiers(text).count(from) == 0) return;
  substitute(verbatim, from, Expr::name(to));
  text = verbatim.text;
}

}  // namespace

Stmt make_expression(Expr value) {
  Stmt s;
  s.kind = Stmt::Kind::expression;
  s.value = std::move(value);
  return s;
}
Stmt make_declare(std::string type, std::string name, Expr init) {
  Stmt s;
  s.kind = Stmt::Kind::declare;
  s.type = std::move(type);
  s.name = std::move(name);
  s.has_init = true;
  s.value = std::move(init);
  return s;
}
Stmt make_array(std::string type, std::string name, Expr size) {
  Stmt s;
  s.kind = Stmt::Kind::declare;
  s.type = std::move(type);
  s.name = std::move(name);
  s.dims.push_back(std::move(size));
  return s;
}
Stmt make_loop(std::string type, std::string name, Expr lower, Expr upper, int64_t step, Stmts body) {
  Stmt s;
  s.kind = Stmt::Kind::loop;
  s.text = "<";
  s.type = std::move(type);
  s.name = std::move(name);
  s.lower = std::move(lower);
  s.upper = std::move(upper);
  s.step = step;
  s.body = std::move(body);
  return s;
}
Stmt make_comment(std::string text) {
  Stmt s;
  s.kind = Stmt::Kind::comment;
  s.text = "// " + std::move(text);
  return s;
}
Stmt make_pragma(std::string text) {
  Stmt s;
  s.kind = Stmt::Kind::pragma;
  s.text = std::move(text);
  return s;
}
Stmt make_branch(Expr condition, Stmts body, Stmts otherwise) {
  Stmt s;
  s.kind = Stmt::Kind::branch;
  s.value = std::move(condition);
  s.body = std::move(body);
  s.otherwise = std::move(otherwise);
  return s;
}

bool is_loop_pragma(const std::string& text) {
  const size_t hash = text.find_first_not_of(" \t");
  if (hash == std::string::npos || text[hash] != '#') return false;
  std::istringstream words(text.substr(hash + 1));
  std::string pragma, owner, what;
  words >> pragma >> owner >> what;
  return pragma == "pragma" && owner == "GCC" && (what == "ivdep" || what == "unroll");
}

bool begins_with_loop(const Stmts& statements) {
  const auto first = std::find_if(statements.begin(), statements.end(),
                                  [](const Stmt& s) { return !s.is(Stmt::Kind::comment); });
  return first != statements.end() && first->is(Stmt::Kind::loop);
}

Expr exclusive_upper(const Stmt& loop) {
  return loop.text == "<=" ? sum(loop.upper, Expr::number(1)) : loop.upper;
}

std::string to_text(const Stmts& statements, int indent) {
  std::string out;
  print_all(statements, indent, out);
  return out;
}

void walk(const Stmts& statements, const std::function<void(const Stmt&)>& visit) {
  for (const Stmt& s : statements) {
    visit(s);
    walk(s.body, visit);
    walk(s.otherwise, visit);
  }
}

void walk_expressions(const Stmts& statements, const std::function<void(const Expr&)>& visit) {
  walk(statements, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::loop)) {
      walk(s.lower, visit);
      walk(s.upper, visit);
    }
    for (const Expr& size : s.dims) walk(size, visit);
    if (s.has_init || s.is(Stmt::Kind::expression) || s.is(Stmt::Kind::branch)) walk(s.value, visit);
  });
}

size_t uses_of(const Stmts& statements, const std::string& name) {
  size_t count = 0;
  walk_expressions(statements, [&](const Expr& e) { count += e.is(Expr::Kind::name, name); });
  return count;
}

void substitute(Stmts& statements, const std::string& name, const Expr& replacement) {
  for (Stmt& s : statements) {
    substitute(s.lower, name, replacement);
    substitute(s.upper, name, replacement);
    substitute(s.value, name, replacement);
    for (Expr& size : s.dims) substitute(size, name, replacement);
    substitute(s.body, name, replacement);
    substitute(s.otherwise, name, replacement);
  }
}

void rename(Stmts& statements, const std::string& from, const std::string& to) {
  substitute(statements, from, Expr::name(to));
  for (Stmt& s : statements) {
    if (s.name == from) s.name = to;
    if (s.is(Stmt::Kind::wild) || s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::jump))
      rename_text(s.text, from, to);
    for (Stmts* part : {&s.body, &s.otherwise})
      for (Stmt& kid : *part) {
        Stmts one{std::move(kid)};
        rename(one, from, to);
        kid = std::move(one[0]);
      }
  }
}

bool mentions(const Stmts& statements, const std::string& name) {
  bool found = false;
  walk(statements, [&](const Stmt& s) {
    if (s.name == name) found = true;
    if ((s.is(Stmt::Kind::wild) || s.is(Stmt::Kind::opaque) || s.is(Stmt::Kind::jump)) &&
        identifiers(s.text).count(name))
      found = true;
    for (const Expr* e : {&s.lower, &s.upper, &s.value})
      if (mentions(*e, name)) found = true;
    for (const Expr& size : s.dims)
      if (mentions(size, name)) found = true;
  });
  return found;
}

bool mentions(const Stmt& statement, const std::string& name) { return mentions(Stmts{statement}, name); }

}  // namespace ke

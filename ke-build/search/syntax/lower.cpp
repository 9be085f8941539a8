// SPDX-License-Identifier: MIT
// From the concrete syntax tree to Expr and Stmt. What is not understood is kept verbatim and acts as a
// barrier.
#include "ke-build/search/syntax/cst.h"
#include "ke-build/search/syntax/facts.h"

#include <algorithm>

namespace ke::cst {
namespace {

// Deeply nested hostile text must not overflow the stack.
constexpr int kMaxDepth = 200;
thread_local int depth = 0;
struct DepthGuard {
  DepthGuard() { ++depth; }
  ~DepthGuard() { --depth; }
};

std::string operator_of(const Source& source, TSNode node) {
  TSNode op = field(node, "operator");
  return ts_node_is_null(op) ? "" : source.of(op);
}

Expr opaque(const Source& source, TSNode node) { return {Expr::Kind::opaque, folded(source.of(node)), {}}; }

Expr lower_call(const Source& source, TSNode node) {
  TSNode callee = field(node, "function"), arguments = field(node, "arguments");
  if (ts_node_is_null(callee) || ts_node_is_null(arguments) || !is(arguments, "argument_list"))
    return opaque(source, node);
  bool plain = is(callee, "identifier") || is(callee, "qualified_identifier") ||
               is(callee, "template_function") || is(callee, "primitive_type") ||
               (is(callee, "field_expression") && is(field(callee, "argument"), "identifier"));
  if (!plain) return opaque(source, node);
  Expr call{Expr::Kind::call, folded(source.of(callee)), {}};
  for (TSNode argument : named_children(arguments))
    if (!is(argument, "comment")) call.kids.push_back(lower_expression(source, argument));
  return call;
}

Expr lower_subscript(const Source& source, TSNode node) {
  TSNode base = field(node, "argument"), indices = field(node, "indices");
  if (ts_node_is_null(base) || ts_node_is_null(indices)) return opaque(source, node);
  std::vector<TSNode> index = named_children(indices);
  if (index.size() != 1) return opaque(source, node);
  return Expr::subscript(lower_expression(source, base), lower_expression(source, index[0]));
}

Expr lower_with_operands(const Source& source, TSNode node, Expr::Kind kind,
                         std::initializer_list<const char*> fields, std::string text) {
  Expr e{kind, std::move(text), {}};
  for (const char* name : fields) {
    TSNode kid = field(node, name);
    if (ts_node_is_null(kid)) return opaque(source, node);
    e.kids.push_back(lower_expression(source, kid));
  }
  return e;
}

bool is_atom(TSNode node) {
  for (const char* kind : {"number_literal", "char_literal", "true", "false", "null", "string_literal"})
    if (is(node, kind)) return true;
  return false;
}

Stmt verbatim(const Source& source, TSNode node) {
  Stmt s;
  s.text = source.of(node);
  return s;
}

void place(Stmt& s, TSNode node) {
  s.begin = ts_node_start_byte(node);
  s.end = ts_node_end_byte(node);
  s.line = static_cast<int>(ts_node_start_point(node).row) + 1;
}

Stmts lower_statement(const Source& source, TSNode node);

// The source text of everything before the first declarator: `static const float`.
std::string declared_type(const Source& source, TSNode node) {
  TSNode first = field(node, "declarator");
  if (ts_node_is_null(first)) return "";
  return folded(source.between(ts_node_start_byte(node), ts_node_start_byte(first)));
}

Stmts lower_declaration(const Source& source, TSNode node) {
  std::string base = declared_type(source, node);
  Stmts result;
  for (uint32_t i = 0; i < ts_node_child_count(node); ++i) {
    const char* name = ts_node_field_name_for_child(node, i);
    if (!name || std::string_view(name) != "declarator") continue;
    TSNode declarator = ts_node_child(node, i), init{};
    if (is(declarator, "function_declarator")) {
      auto vector = lower_vector(source, declarator, base);
      if (!vector) return {verbatim(source, node)};
      result.push_back(std::move(*vector));
      continue;
    }
    if (is(declarator, "init_declarator")) {
      init = field(declarator, "value");
      declarator = field(declarator, "declarator");
    }
    Declarator read = read_declarator(source, declarator);
    bool listed = !ts_node_is_null(init) && (is(init, "initializer_list") || is(init, "argument_list"));
    bool zeroed = listed && is(init, "initializer_list") && !read.sizes.empty();
    bool vector =
        listed && is(init, "argument_list") && base.rfind("std::vector<", 0) == 0 && read.suffix.empty();
    if (!read.readable || base.empty() || base.find("static") != std::string::npos ||
        (listed && !zeroed && !vector))
      return {verbatim(source, node)};
    Stmt s;
    s.kind = Stmt::Kind::declare;
    s.type = base + read.suffix;
    s.name = read.name;
    for (TSNode size : read.sizes) s.dims.push_back(lower_expression(source, size));
    s.has_init = !ts_node_is_null(init);
    if (vector) {
      // std::vector<float> row(n): storage of its own, made from values.
      s.constructed = true;
      s.value = Expr{Expr::Kind::call, "std::vector", {}};
      for (TSNode argument : named_children(init)) s.value.kids.push_back(lower_expression(source, argument));
    } else if (zeroed)
      s.value = opaque(source, init);
    else if (s.has_init)
      s.value = lower_expression(source, init);
    result.push_back(std::move(s));
  }
  return result.empty() ? Stmts{verbatim(source, node)} : result;
}

// `v++`, `++v`, `v += 4`
bool read_step(const Source& source, TSNode update, const std::string& var, int64_t& step) {
  Expr e = lower_expression(source, update);
  if ((e.is(Expr::Kind::unary, "++") || e.is(Expr::Kind::postfix, "++")) &&
      e.kids[0].is(Expr::Kind::name, var)) {
    step = 1;
    return true;
  }
  if (!e.is(Expr::Kind::assign, "+=") || !e.kids[0].is(Expr::Kind::name, var) ||
      !e.kids[1].is(Expr::Kind::number))
    return false;
  const std::string& text = e.kids[1].text;
  if (text.empty() || text.size() > 6 || text[0] == '0' ||
      !std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); }))
    return false;
  step = std::stoll(text);
  return true;
}

// The counter of `for (i = 0; ...)`, as C was written before 1999: as good as one of the loop's own when the
// function declares it once and nothing reads it outside of the loops that set it.
class OuterCounter {
 public:
  OuterCounter(const Source& source, std::string name) : source_(source), name_(std::move(name)) {}

  /// Its type, or "".
  std::string type_in(TSNode function_body) {
    const bool plain = only_counts(function_body, false, 0) && declarations_ == 1;
    return plain && type_.find_first_of("*&") == std::string::npos ? type_ : "";
  }

  static TSNode assigned(TSNode loop) {
    TSNode init = field(loop, "initializer");
    const bool plain =
        !ts_node_is_null(init) && is(init, "assignment_expression") && is(field(init, "left"), "identifier");
    return plain ? field(init, "left") : TSNode{};
  }

 private:
  bool only_counts(TSNode node, bool inside, int level) {
    if (level > kMaxDepth) return false;
    if (is(node, "identifier")) return inside || source_.of(node) != name_;
    if (is(node, "declaration")) {
      for (const Stmt& s : lower_declaration(source_, node)) {
        if (!s.is(Stmt::Kind::declare)) return source_.of(node).find(name_) == std::string::npos;
        if (s.has_init && !inside && mentions(s.value, name_)) return false;
        if (s.name != name_) continue;
        ++declarations_;
        type_ = s.dims.empty() ? s.type : "*";
      }
      return true;
    }
    if (is(node, "for_statement")) {
      const TSNode counter = assigned(node);
      if (!ts_node_is_null(counter) && source_.of(counter) == name_) {
        if (!only_counts(field(field(node, "initializer"), "right"), inside, level + 1)) return false;
        for (const char* part : {"condition", "update", "body"}) {
          const TSNode child = field(node, part);
          if (!ts_node_is_null(child) && !only_counts(child, true, level + 1)) return false;
        }
        return true;
      }
    }
    for (TSNode child : named_children(node)) {
      if (!only_counts(child, inside, level + 1)) return false;
    }
    return true;
  }

  const Source& source_;
  std::string name_, type_;
  int declarations_ = 0;
};

bool read_outer_counter(const Source& source, TSNode node, Stmt& loop) {
  const TSNode counter = OuterCounter::assigned(node);
  if (ts_node_is_null(counter)) return false;
  TSNode function = node;
  while (!ts_node_is_null(function) && !is(function, "function_definition")) {
    if (is(function, "lambda_expression")) return false;
    function = ts_node_parent(function);
  }
  if (ts_node_is_null(function)) return false;
  const Expr set = lower_expression(source, field(node, "initializer"));
  if (!set.is(Expr::Kind::assign, "=")) return false;
  loop.name = source.of(counter);
  loop.type = OuterCounter(source, loop.name).type_in(field(function, "body"));
  loop.lower = set.kids[1];
  return !loop.type.empty();
}

bool read_own_counter(const Source& source, TSNode init, Stmt& loop) {
  Stmts declared = lower_declaration(source, init);
  if (declared.size() != 1 || !declared[0].is(Stmt::Kind::declare) || !declared[0].has_init ||
      !declared[0].dims.empty())
    return false;
  loop.name = declared[0].name;
  loop.type = declared[0].type;
  loop.lower = declared[0].value;
  return true;
}

bool read_header(const Source& source, TSNode node, Stmt& loop) {
  TSNode init = field(node, "initializer"), condition = field(node, "condition"),
         update = field(node, "update");
  if (ts_node_is_null(init) || ts_node_is_null(condition) || ts_node_is_null(update)) return false;
  const bool counted =
      is(init, "declaration") ? read_own_counter(source, init, loop) : read_outer_counter(source, node, loop);
  if (!counted) return false;
  if (loop.type.find_first_of("*&") != std::string::npos || !read_step(source, update, loop.name, loop.step))
    return false;
  Expr test = lower_expression(source, condition);
  bool known = test.is(Expr::Kind::binary) &&
               (test.text == "<" || test.text == "<=" || (test.text == "!=" && loop.step == 1));
  if (!known || !test.kids[0].is(Expr::Kind::name, loop.name) || mentions(test.kids[1], loop.name))
    return false;
  loop.text = test.text;
  loop.upper = test.kids[1];
  return true;
}

Stmt lower_for(const Source& source, TSNode node) {
  TSNode body = field(node, "body");
  if (ts_node_is_null(body)) return verbatim(source, node);
  Stmt loop;
  loop.kind = Stmt::Kind::loop;
  loop.body = lower_body(source, body);
  bool counted = is(node, "for_statement") && read_header(source, node, loop);
  if (counted) {
    Effects effects = effects_of(loop.body);
    // A loop that changes its own bounds or its variable is not a counted one.
    counted = effects.scalar_writes.count(loop.name) == 0;
    for (const Expr* bound : {&loop.upper})
      for (const std::string& name : names_in(*bound))
        counted = counted && effects.scalar_writes.count(name) == 0;
  }
  if (!counted) {
    loop.kind = Stmt::Kind::wild;
    loop.type = loop.name = "";
    loop.lower = loop.upper = Expr{};
    loop.text = folded(source.between(ts_node_start_byte(node), ts_node_start_byte(body)));
  }
  return loop;
}

Stmt lower_if(const Source& source, TSNode node) {
  TSNode condition = field(node, "condition"), yes = field(node, "consequence"),
         no = field(node, "alternative");
  TSNode value = ts_node_is_null(condition) ? condition : field(condition, "value");
  if (ts_node_is_null(value) || ts_node_is_null(yes) || ts_node_named_child_count(condition) != 1 ||
      has_child(node, "constexpr") || is(value, "declaration"))
    return verbatim(source, node);
  Stmt s = make_branch(lower_expression(source, value), lower_body(source, yes));
  if (!ts_node_is_null(no)) {
    std::vector<TSNode> inner = named_children(no);
    if (inner.size() != 1) return verbatim(source, node);
    s.otherwise = lower_body(source, inner[0]);
  }
  return s;
}

Stmts lower_statement(const Source& source, TSNode node) {
  DepthGuard guard;
  if (depth > kMaxDepth || ts_node_has_error(node)) return {verbatim(source, node)};
  Stmt s;
  if (is(node, "declaration")) return lower_declaration(source, node);
  if (is(node, "for_statement") || is(node, "for_range_loop")) {
    s = lower_for(source, node);
  } else if (is(node, "while_statement") && !ts_node_is_null(field(node, "body"))) {
    TSNode body = field(node, "body");
    s.kind = Stmt::Kind::wild;
    s.text = folded(source.between(ts_node_start_byte(node), ts_node_start_byte(body)));
    s.body = lower_body(source, body);
  } else if (is(node, "do_statement") && !ts_node_is_null(field(node, "condition"))) {
    s.kind = Stmt::Kind::wild;
    s.text = "do while " + folded(source.of(field(node, "condition")));
    s.body = lower_body(source, field(node, "body"));
  } else if (is(node, "if_statement")) {
    s = lower_if(source, node);
  } else if (is(node, "compound_statement")) {
    s.kind = Stmt::Kind::block;
    s.body = lower_body(source, node);
  } else if (is(node, "expression_statement")) {
    std::vector<TSNode> inner = named_children(node);
    if (inner.size() != 1) return {verbatim(source, node)};
    s = make_expression(lower_expression(source, inner[0]));
  } else if (is(node, "continue_statement") || is(node, "break_statement") || is(node, "return_statement")) {
    s = verbatim(source, node);
    s.kind = Stmt::Kind::jump;
    s.text = folded(s.text);
  } else if (is(node, "comment")) {
    s = verbatim(source, node);
    s.kind = Stmt::Kind::comment;
  } else if (is(node, "preproc_call") && folded(source.of(node)).rfind("#pragma GCC", 0) == 0) {
    s.kind = Stmt::Kind::pragma;
    s.text = folded(source.of(node));
  } else {
    s = verbatim(source, node);
  }
  return {s};
}

}  // namespace

Expr lower_expression(const Source& source, TSNode node) {
  DepthGuard guard;
  if (depth > kMaxDepth || ts_node_has_error(node)) return opaque(source, node);
  if (is(node, "identifier")) return Expr::name(source.of(node));
  if (is(node, "qualified_identifier")) return Expr::name(folded(source.of(node)));
  if (is_atom(node)) return {Expr::Kind::number, source.of(node), {}};
  if (is(node, "binary_expression"))
    return lower_with_operands(source, node, Expr::Kind::binary, {"left", "right"},
                               operator_of(source, node));
  if (is(node, "assignment_expression"))
    return lower_with_operands(source, node, Expr::Kind::assign, {"left", "right"},
                               operator_of(source, node));
  if (is(node, "conditional_expression"))
    return lower_with_operands(source, node, Expr::Kind::conditional,
                               {"condition", "consequence", "alternative"}, "?");
  if (is(node, "unary_expression") || is(node, "pointer_expression"))
    return lower_with_operands(source, node, Expr::Kind::unary, {"argument"}, operator_of(source, node));
  if (is(node, "update_expression")) {
    bool prefix = ts_node_start_byte(field(node, "operator")) < ts_node_start_byte(field(node, "argument"));
    return lower_with_operands(source, node, prefix ? Expr::Kind::unary : Expr::Kind::postfix, {"argument"},
                               operator_of(source, node));
  }
  if (is(node, "cast_expression"))
    return lower_with_operands(source, node, Expr::Kind::cast, {"value"},
                               folded(source.of(field(node, "type"))));
  if (is(node, "field_expression"))
    return lower_with_operands(source, node, Expr::Kind::member, {"argument"},
                               operator_of(source, node) + source.of(field(node, "field")));
  if (is(node, "parenthesized_expression")) {
    std::vector<TSNode> inner = named_children(node);
    if (inner.size() == 1) return {Expr::Kind::group, "", {lower_expression(source, inner[0])}};
  }
  if (is(node, "subscript_expression")) return lower_subscript(source, node);
  if (is(node, "call_expression")) return lower_call(source, node);
  return opaque(source, node);
}

Stmts lower_body(const Source& source, TSNode body) {
  Stmts result;
  std::vector<TSNode> parts =
      is(body, "compound_statement") ? named_children(body) : std::vector<TSNode>{body};
  uint32_t last_row = 0;
  size_t last_start = 0;
  for (TSNode part : parts) {
    Stmts lowered = lower_statement(source, part);
    for (Stmt& s : lowered) place(s, part);
    bool trailing = is(part, "comment") && !result.empty() && ts_node_start_point(part).row == last_row;
    // A comment behind a statement moves in front of it: it is printed on a line of its own.
    if (trailing) {
      result.insert(result.begin() + static_cast<long>(last_start), lowered[0]);
      continue;
    }
    last_start = result.size();
    last_row = ts_node_end_point(part).row;
    for (Stmt& s : lowered) result.push_back(std::move(s));
  }
  return result;
}

}  // namespace ke::cst

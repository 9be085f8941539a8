// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/classes.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/signature.h"

#include <algorithm>

namespace ke {
namespace {

using namespace cst;

struct Found {
  std::string text, parameter;  // of the class; the type that a template is over
  int count = 0;
};

bool is_class(TSNode node) { return is(node, "struct_specifier") || is(node, "class_specifier"); }

void find(const Source& source, TSNode node, const std::string& name, Found& found, int depth) {
  constexpr int kDeep = 20;
  for (TSNode child : named_children(node)) {
    const TSNode body = field(child, "body"), own = field(child, "name");
    if (is_class(child) && !ts_node_is_null(body) && !ts_node_is_null(own) && source.of(own) == name) {
      ++found.count;
      found.text = source.of(child);
      found.parameter.clear();
      if (is(node, "template_declaration")) {
        const std::vector<TSNode> parameters = named_children(field(node, "parameters"));
        const std::vector<TSNode> names =
            parameters.size() == 1 ? named_children(parameters[0]) : std::vector<TSNode>{};
        found.parameter = names.size() == 1 ? source.of(names[0]) : "?";
      }
    } else if (depth < kDeep && (is(child, "namespace_definition") || is(child, "declaration_list") ||
                                 is(child, "template_declaration") || is(child, "declaration") ||
                                 type(child).rfind("preproc_if", 0) == 0)) {
      find(source, child, name, found, depth + 1);
    }
  }
}

class ClassReader {
 public:
  ClassReader(const std::string& text, std::string name) : source_{text} { made_.name = std::move(name); }

  std::optional<Class> read(TSNode root) {
    for (TSNode child : named_children(root)) {
      if (is(child, "comment")) continue;
      if (!is_class(child) || ts_node_has_error(child)) return std::nullopt;
      for (TSNode part : named_children(child))
        if (is(part, "base_class_clause") || is(part, "virtual_specifier")) return std::nullopt;
      for (TSNode member : named_children(field(child, "body")))
        if (!read_member(member)) return std::nullopt;
    }
    for (std::vector<Method>* list : {&made_.methods, &made_.constructors})
      for (Method& method : *list) name_fields(method);
    return made_.fields.empty() ? std::nullopt : std::optional(made_);
  }

 private:
  bool read_member(TSNode member) {
    if (is(member, "comment") || is(member, "access_specifier")) return true;
    if (is(member, "function_definition")) return read_method(member);
    if (is(member, "field_declaration")) return read_fields(member);
    return false;
  }

  static bool stands_for_one_object(const std::string& head) {
    const std::set<std::string> words = identifiers(head);
    for (const char* word :
         {"static", "virtual", "volatile", "mutable", "friend", "using", "typedef", "union", "enum"})
      if (words.count(word) != 0) return false;
    return true;
  }

  bool read_fields(TSNode member) {
    const TSNode type = field(member, "type");
    if (ts_node_is_null(type) || has_child(member, "bitfield_clause")) return false;
    const std::string base = source_.of(type);
    if (!stands_for_one_object(source_.of(member))) return false;
    size_t before = made_.fields.size();
    for (uint32_t i = 0; i < ts_node_child_count(member); ++i) {
      const char* name = ts_node_field_name_for_child(member, i);
      if (!name) continue;
      const TSNode child = ts_node_child(member, i);
      if (std::string_view(name) == "declarator") {
        if (!is(child, "field_identifier")) return false;
        made_.fields.push_back({base, source_.of(child), std::nullopt});
      } else if (std::string_view(name) == "default_value") {
        if (made_.fields.size() == before || is(child, "initializer_list")) return false;
        made_.fields.back().start = lower_expression(source_, child);
      }
    }
    return made_.fields.size() > before;
  }

  bool read_method(TSNode member) {
    std::string suffix;
    const TSNode declarator = function_declarator(member, suffix), body = field(member, "body");
    if (ts_node_is_null(declarator) || ts_node_is_null(body)) return false;
    Method method;
    method.name = replace_all(source_.of(field(declarator, "declarator")), " ", "");
    const TSNode type = field(member, "type");
    method.return_type = (ts_node_is_null(type) ? "" : source_.of(type)) + suffix;
    read_parameters(source_, field(declarator, "parameters"), method.parameters);
    const std::string head = source_.between(ts_node_start_byte(member), ts_node_start_byte(body));
    if (method.name.find('~') != std::string::npos || identifiers(head).count("virtual") != 0) return false;
    method.body = lower_body(source_, body);
    const bool constructor = method.name == made_.name;
    for (TSNode part : named_children(member))
      if (is(part, "field_initializer_list") && !read_starts(part, method)) return false;
    (constructor ? made_.constructors : made_.methods).push_back(std::move(method));
    return true;
  }

  // : mean_(0), count_{n}
  bool read_starts(TSNode list, Method& method) const {
    for (TSNode start : named_children(list)) {
      const std::vector<TSNode> parts = named_children(start);
      if (!is(start, "field_initializer") || parts.size() != 2) return false;
      const std::vector<TSNode> values = named_children(parts[1]);
      if (values.size() > 1) return false;
      method.starts.emplace_back(source_.of(parts[0]),
                                 values.empty() ? Expr::number(0) : lower_expression(source_, values[0]));
    }
    return true;
  }

  // A field is its bare name everywhere: parameters that hide one are renamed, and `this->` goes.
  void name_fields(Method& method) const {
    for (Parameter& p : method.parameters)
      if (std::any_of(made_.fields.begin(), made_.fields.end(),
                      [&](const Field& f) { return f.name == p.name; })) {
        const std::string name = p.name + "_in";
        rename(method.body, p.name, name);
        for (auto& [field, value] : method.starts) substitute(value, p.name, Expr::name(name));
        p.name = name;
      }
    bare_fields(method.body);
  }

  static void bare_fields(Expr& e) {
    for (Expr& kid : e.kids) bare_fields(kid);
    if (e.is(Expr::Kind::member) && e.kids[0].text == "this") e = Expr::name(e.text.substr(2));
  }

  static void bare_fields(Stmts& statements) {
    for (Stmt& s : statements) {
      for (Expr* e : {&s.lower, &s.upper, &s.value}) bare_fields(*e);
      if (s.is(Stmt::Kind::jump)) s.text = replace_all(s.text, "this->", "");
      bare_fields(s.body);
      bare_fields(s.otherwise);
    }
  }

  const Source source_;
  Class made_;
};

}  // namespace

std::optional<Class> read_class(const std::string& text, const std::string& type) {
  const size_t open = type.find('<');
  const std::string name = type.substr(0, open);
  const std::string argument = open == std::string::npos || type.back() != '>' || type.size() < open + 2
                                   ? ""
                                   : type.substr(open + 1, type.size() - open - 2);
  if (name.empty() || text.find(name) == std::string::npos || argument.find(',') != std::string::npos)
    return std::nullopt;
  const std::shared_ptr<const SyntaxTree> whole = parsed(text);
  Found found;
  if (whole->valid()) find(Source{text}, whole->root(), name, found, 0);
  if (found.count != 1 || found.parameter.empty() != argument.empty()) return std::nullopt;
  Expr own{Expr::Kind::opaque, found.text, {}};
  if (!argument.empty()) substitute(own, found.parameter, Expr::name(argument));
  const std::string alone = own.text + ";";
  const SyntaxTree tree(alone);
  return tree.valid() ? ClassReader(alone, name).read(tree.root()) : std::nullopt;
}

}  // namespace ke

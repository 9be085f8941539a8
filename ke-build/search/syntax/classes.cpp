// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/classes.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/signature.h"

#include <algorithm>
#include <memory>

namespace ke {
namespace {

using namespace cst;

struct Found {
  std::string text, parameter;  // of the class; the type that a template is over
  std::string scope;            // "kit::query"
  int count = 0;
};

bool is_class(TSNode node) { return is(node, "struct_specifier") || is(node, "class_specifier"); }

void find(const Source& source, TSNode node, const std::string& name, const std::string& scope, Found& found,
          int depth) {
  constexpr int kDeep = 20;
  for (TSNode child : named_children(node)) {
    const TSNode body = field(child, "body"), own = field(child, "name");
    if (is_class(child) && !ts_node_is_null(body) && !ts_node_is_null(own) && source.of(own) == name) {
      ++found.count;
      found.text = source.of(child);
      found.scope = scope;
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
      const TSNode inner = is(child, "namespace_definition") ? field(child, "name") : TSNode{};
      find(source, child, name,
           ts_node_is_null(inner) ? scope : scope + (scope.empty() ? "" : "::") + source.of(inner), found,
           depth + 1);
    }
  }
}

// `bool Filter::keep(int i) const { ... }`
struct DefinedOutside {
  std::string name;
  std::vector<Parameter> parameters;
  Stmts body;
};

void collect_outside(const Source& source, TSNode node, const std::string& owner,
                     std::vector<DefinedOutside>& out, int depth) {
  constexpr int kDeep = 20;
  for (TSNode child : named_children(node)) {
    if (is(child, "function_definition")) {
      std::string suffix;
      const TSNode declarator = function_declarator(child, suffix), body = field(child, "body");
      if (ts_node_is_null(declarator) || ts_node_is_null(body) || !is(body, "compound_statement")) continue;
      const std::string declared = replace_all(source.of(field(declarator, "declarator")), " ", "");
      const size_t colon = declared.rfind("::");
      if (colon == std::string::npos) continue;
      const std::string scope = "::" + declared.substr(0, colon);
      if (!ends_with(scope, "::" + owner)) continue;
      DefinedOutside found{declared.substr(colon + 2), {}, {}};
      read_parameters(source, field(declarator, "parameters"), found.parameters);
      if (ts_node_has_error(child)) {
        Stmt unread;  // opaque: nobody looks into it
        found.body.push_back(unread);
      } else {
        found.body = lower_body(source, body);
      }
      out.push_back(std::move(found));
    } else if (depth < kDeep && (is(child, "namespace_definition") || is(child, "declaration_list") ||
                                 type(child).rfind("preproc_if", 0) == 0)) {
      collect_outside(source, child, owner, out, depth + 1);
    }
  }
}

class ClassReader {
 public:
  ClassReader(const std::string& text, std::string name, const std::vector<DefinedOutside>& outside)
      : source_{text}, outside_(outside) {
    made_.name = std::move(name);
  }

  std::optional<Class> read(TSNode root) {
    for (TSNode child : named_children(root)) {
      if (is(child, "comment")) continue;
      if (!is_class(child) || ts_node_has_error(child)) return std::nullopt;
      for (TSNode part : named_children(child))
        if (is(part, "base_class_clause") || is(part, "virtual_specifier")) return std::nullopt;
      for (TSNode member : named_children(field(child, "body")))
        if (!read_member(member)) return std::nullopt;
    }
    for (Method& method : made_.methods) take_definition(method);
    for (std::vector<Method>* list : {&made_.methods, &made_.constructors})
      for (Method& method : *list) name_fields(method);
    return made_.fields.empty() ? std::nullopt : std::optional(made_);
  }

 private:
  bool read_member(TSNode member) {
    if (is(member, "comment") || is(member, "access_specifier")) return true;
    if (is(member, "function_definition")) return read_method(member);
    if (is(member, "field_declaration"))
      return is_prototype(member) ? read_prototype(member) : read_fields(member);
    // A constructor that is declared.
    return is(member, "declaration") && is_prototype(member) && read_prototype(member);
  }

  // The only function of that name, and the only definition of it: nobody has to choose.
  void take_definition(Method& method) const {
    const auto same_name = [&](const auto& other) { return other.name == method.name; };
    if (method.defined || std::count_if(made_.methods.begin(), made_.methods.end(), same_name) != 1) return;
    if (std::count_if(outside_.begin(), outside_.end(), same_name) != 1) return;
    const DefinedOutside& found = *std::find_if(outside_.begin(), outside_.end(), same_name);
    const bool alike = std::equal(found.parameters.begin(), found.parameters.end(), method.parameters.begin(),
                                  method.parameters.end(), [](const Parameter& a, const Parameter& b) {
                                    return replace_all(a.type, " ", "") == replace_all(b.type, " ", "");
                                  });
    if (!alike) return;
    method.parameters = found.parameters;
    method.body = found.body;
    method.defined = true;
  }

  static bool is_prototype(TSNode member) {
    std::string suffix;
    return !ts_node_is_null(function_declarator(member, suffix));
  }

  // `bool keep(int i) const;`
  bool read_prototype(TSNode member) {
    std::string suffix;
    const TSNode declarator = function_declarator(member, suffix);
    Method method = signature_of(member, declarator, suffix);
    method.defined = false;
    const std::set<std::string> words = identifiers(source_.of(member));
    if (words.count("virtual") != 0 || words.count("friend") != 0 || !is_plain_name(method.name))
      return false;
    (method.name == made_.name ? made_.constructors : made_.methods).push_back(std::move(method));
    return true;
  }

  // Neither a destructor nor a pointer to a function.
  static bool is_plain_name(const std::string& name) {
    return starts_with(name, "operator") || identifiers(name).count(name) != 0;
  }

  Method signature_of(TSNode member, TSNode declarator, const std::string& suffix) const {
    Method method;
    method.name = replace_all(source_.of(field(declarator, "declarator")), " ", "");
    const TSNode type = field(member, "type"), list = field(declarator, "parameters");
    method.return_type = (ts_node_is_null(type) ? "" : source_.of(type)) + suffix;
    read_parameters(source_, list, method.parameters);
    for (TSNode parameter : named_children(list))
      if (is(parameter, "optional_parameter_declaration")) method.optional = true;
    return method;
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
    Method method = signature_of(member, declarator, suffix);
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
  const std::vector<DefinedOutside>& outside_;
  Class made_;
};

}  // namespace

std::optional<Class> read_class(const std::string& text, const std::string& type,
                                const std::string& headers) {
  const size_t open = type.find('<'), colon = type.substr(0, open).rfind("::");
  const std::string scope = colon == std::string::npos ? "" : type.substr(0, colon);
  const size_t begin = scope.empty() ? 0 : colon + 2;
  const std::string name = type.substr(begin, open == std::string::npos ? open : open - begin);
  const std::string argument = open == std::string::npos || type.back() != '>' || type.size() < open + 2
                                   ? ""
                                   : type.substr(open + 1, type.size() - open - 2);
  if (identifiers(name).count(name) == 0 || argument.find(',') != std::string::npos) return std::nullopt;
  Found found;
  std::vector<DefinedOutside> outside;
  for (const std::string* part : {&text, &headers}) {
    if (part->find(name) == std::string::npos) continue;
    const std::shared_ptr<const SyntaxTree> whole = parsed(*part);
    if (!whole->valid()) return std::nullopt;
    find(Source{*part}, whole->root(), name, "", found, 0);
    if (argument.empty()) collect_outside(Source{*part}, whole->root(), name, outside, 0);
  }
  if (found.count != 1 || found.parameter.empty() != argument.empty() ||
      !ends_with("::" + found.scope, scope.empty() ? "" : "::" + scope))
    return std::nullopt;
  Expr own{Expr::Kind::opaque, found.text, {}};
  if (!argument.empty()) substitute(own, found.parameter, Expr::name(argument));
  const std::string alone = own.text + ";";
  const SyntaxTree tree(alone);
  return tree.valid() ? ClassReader(alone, name, outside).read(tree.root()) : std::nullopt;
}

}  // namespace ke

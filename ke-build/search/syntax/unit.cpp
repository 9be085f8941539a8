// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/unit.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/signature.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

using namespace cst;

struct Definition {
  Function function;
  TSNode node{}, body{};
};

std::string last_component(const std::string& name) {
  std::string plain = name.substr(0, name.find('<'));
  size_t colon = plain.rfind("::");
  return colon == std::string::npos ? plain : plain.substr(colon + 2);
}

bool is_clonable(const Source& source, TSNode node, TSNode body, const std::string& declared_name) {
  std::string head = source.between(ts_node_start_byte(node), ts_node_start_byte(body));
  for (const char* word :
       {"inline", "constexpr", "consteval", "KE_CLONES", "target", "auto", "__global__", "__device__"})
    if (identifiers(head).count(word)) return false;
  if (head.find("target_clones") != std::string::npos) return false;
  // The attribute stands in front of the definition, where the grammar does not see it.
  size_t line = source.text.substr(0, ts_node_start_byte(node)).find_last_of(";}");
  size_t from = line == std::string_view::npos ? 0 : line;
  std::string before = source.between(static_cast<uint32_t>(from), ts_node_start_byte(node));
  size_t macro = before.rfind("KE_CLONES");
  if (macro != std::string::npos && before.find('#', macro) == std::string::npos &&
      before.find("define KE_CLONES", macro > 8 ? macro - 7 : 0) == std::string::npos)
    return false;
  for (TSNode up = ts_node_parent(node); !ts_node_is_null(up); up = ts_node_parent(up))
    for (const char* outer : {"template_declaration", "field_declaration_list", "function_definition"}) {
      TSNode parameters = field(up, "parameters");
      bool explicit_one = is(up, "template_declaration") && !ts_node_is_null(parameters) &&
                          ts_node_named_child_count(parameters) == 0;
      if (is(up, outer) && !explicit_one) return false;
    }
  // `void Kernel::run()` may be a member function: the class is not visible here.
  return declared_name.find("::") == std::string::npos;
}

void read_template(const Source& source, TSNode node, Function& function) {
  TSNode outer = ts_node_parent(node);
  if (ts_node_is_null(outer) || !is(outer, "template_declaration")) return;
  for (TSNode parameter : named_children(field(outer, "parameters"))) {
    std::vector<TSNode> names = named_children(parameter);
    bool type = is(parameter, "type_parameter_declaration") && names.size() == 1;
    function.template_parameters.push_back(type ? source.of(names[0]) : "");
  }
  function.template_begin = ts_node_start_byte(outer);
  function.specialization = function.template_parameters.empty();
}

void collect_instantiations(const Source& source, TSNode node, std::vector<Instantiation>& out) {
  for (TSNode child : named_children(node)) {
    if (is(child, "namespace_definition") || is(child, "declaration_list"))
      collect_instantiations(source, child, out);
    if (!is(child, "template_instantiation")) continue;
    std::string suffix;
    TSNode declarator = function_declarator(child, suffix);
    TSNode called = ts_node_is_null(declarator) ? declarator : field(declarator, "declarator");
    if (ts_node_is_null(called) || !is(called, "template_function")) continue;
    Instantiation made{
        source.of(field(called, "name")), {}, ts_node_start_byte(child), ts_node_end_byte(child)};
    for (TSNode argument : named_children(field(called, "arguments")))
      made.arguments.push_back(folded(source.of(argument)));
    out.push_back(made);
  }
}

void collect(const Source& source, TSNode node, std::vector<Definition>& out, int depth) {
  for (TSNode child : named_children(node)) {
    if (is(child, "function_definition")) {
      TSNode body = field(child, "body");
      std::string suffix;
      TSNode declarator = function_declarator(child, suffix);
      if (ts_node_is_null(body) || ts_node_is_null(declarator) || !is(body, "compound_statement")) continue;
      std::string declared = source.of(field(declarator, "declarator"));
      Definition d;
      d.node = child;
      d.body = body;
      d.function.name = last_component(declared);
      TSNode type = field(child, "type");
      d.function.return_type = (ts_node_is_null(type) ? "" : source.of(type)) + suffix;
      d.function.begin = ts_node_start_byte(child);
      d.function.body_begin = ts_node_start_byte(body);
      d.function.end = ts_node_end_byte(child);
      read_parameters(source, field(declarator, "parameters"), d.function.parameters);
      read_template(source, child, d.function);
      d.function.clonable = is_clonable(source, child, body, declared);
      d.function.member = is(node, "field_declaration_list") || declared.find("::") != std::string::npos;
      out.push_back(d);
    } else if (depth < 20 && (is(child, "namespace_definition") || is(child, "declaration_list") ||
                              is(child, "template_declaration") || is(child, "linkage_specification") ||
                              type(child).rfind("preproc_if", 0) == 0 || is(child, "class_specifier") ||
                              is(child, "struct_specifier") || is(child, "field_declaration_list"))) {
      collect(source, child, out, depth + 1);
    }
  }
}

void lower(const Source& source, Definition& d) {
  if (!ts_node_has_error(d.node)) d.function.body = lower_body(source, d.body);
  std::set<std::string> calls;
  walk_expressions(d.function.body, [&](const Expr& e) {
    if (e.is(Expr::Kind::call)) calls.insert(last_component(e.text));
    if (e.is(Expr::Kind::opaque)) calls.merge(identifiers(e.text));  // lambdas
  });
  walk(d.function.body, [&](const Stmt& s) {
    if (s.is(Stmt::Kind::jump) || s.is(Stmt::Kind::opaque)) calls.merge(identifiers(s.text));
  });
  d.function.calls.assign(calls.begin(), calls.end());
}

void collect_macros(const Source& source, TSNode node, std::map<std::string, Expansion>& out) {
  for (TSNode child : named_children(node)) {
    if (type(child).rfind("preproc_if", 0) == 0) collect_macros(source, child, out);
    TSNode value = field(child, "value");
    if (!is(child, "preproc_function_def") || ts_node_is_null(value)) continue;
    Expansion macro;
    bool plain = true;
    for (TSNode parameter : named_children(field(child, "parameters"))) {
      plain = plain && is(parameter, "identifier");
      macro.parameters.push_back(source.of(parameter));
    }
    macro.body = parse_expression(folded(replace_all(source.of(value), "\\\n", " ")));
    std::string name = source.of(field(child, "name"));
    // Defined twice means that it depends on something: nothing is known then.
    bool again = out.count(name) != 0;
    if (again)
      out[name].body = Expr{};
    else if (plain)
      out[name] = macro;
  }
}

void collect_returns(const std::vector<Function>& functions, std::map<std::string, Expansion>& out) {
  std::map<std::string, int> overloads;
  for (const Function& f : functions) ++overloads[f.name];
  for (const Function& f : functions) {
    bool single =
        f.body.size() == 1 && f.body[0].is(Stmt::Kind::jump) && starts_with(f.body[0].text, "return ");
    if (!single || overloads[f.name] != 1 || out.count(f.name)) continue;
    Expansion e;
    for (const Parameter& p : f.parameters) e.parameters.push_back(p.name);
    std::string value = f.body[0].text.substr(7);
    e.body = parse_expression(value.substr(0, value.rfind(';')));
    out[f.name] = e;
  }
}

uint32_t behind_includes(TSNode root) {
  uint32_t at = 0, comments = 0;
  bool heading = true;  // comments before anything else: the file's own
  for (TSNode child : named_children(root)) {
    bool pragma_once = is(child, "preproc_call");
    heading = heading && is(child, "comment");
    const bool leading = heading && at == comments;
    if (is(child, "preproc_include") || (pragma_once && at == comments) || leading)
      at = ts_node_end_byte(child);
    if (leading) comments = at;
    if (is(child, "function_definition") || is(child, "namespace_definition")) break;
  }
  return at;
}

void collect_enumerations(const Source& source, TSNode node, std::set<std::string>& out, int depth = 0) {
  for (TSNode child : named_children(node)) {
    const TSNode name = field(child, "name");
    if (is(child, "enum_specifier") && !ts_node_is_null(name)) out.insert(source.of(name));
    if (depth < 20 && !is(child, "function_definition")) collect_enumerations(source, child, out, depth + 1);
  }
}

void read_headers(const std::string& headers, Unit& unit) {
  if (headers.empty() || headers.size() > (4u << 20)) return;
  const std::shared_ptr<const SyntaxTree> read = cst::parsed(headers);
  const SyntaxTree& tree = *read;
  if (!tree.valid()) return;
  Source source{headers};
  std::vector<Definition> definitions;
  collect(source, tree.root(), definitions, 0);
  for (Definition& d : definitions) {
    lower(source, d);
    unit.others.push_back(d.function);
  }
  collect_macros(source, tree.root(), unit.expansions);
  if (headers.find("enum") != std::string::npos) collect_enumerations(source, tree.root(), unit.enumerations);
}

}  // namespace

const Function* Unit::find(const std::string& name) const {
  for (const std::vector<Function>* list : {&functions, &others})
    for (const Function& f : *list)
      if (f.name == name) return &f;
  return nullptr;
}

namespace {

void collect_prototypes(const Source& source, TSNode node, std::vector<Function>& out, int depth) {
  for (TSNode child : named_children(node)) {
    if (is(child, "declaration")) {
      std::string suffix;
      const TSNode declarator = function_declarator(child, suffix);
      if (ts_node_is_null(declarator)) continue;
      Function f;
      f.name = last_component(source.of(field(declarator, "declarator")));
      read_parameters(source, field(declarator, "parameters"), f.parameters);
      out.push_back(std::move(f));
    } else if (depth < 20 &&
               (is(child, "namespace_definition") || is(child, "declaration_list") ||
                is(child, "linkage_specification") || type(child).rfind("preproc_if", 0) == 0)) {
      collect_prototypes(source, child, out, depth + 1);
    }
  }
}

}  // namespace

std::vector<Function> prototypes_in(const std::string& text) {
  std::vector<Function> out;
  const std::shared_ptr<const SyntaxTree> tree = cst::parsed(text);
  if (tree->valid()) collect_prototypes(Source{text}, tree->root(), out, 0);
  return out;
}

Expr parse_expression(const std::string& text) {
  std::string wrapped = "void f() { x = " + text + "; }";
  SyntaxTree tree(wrapped);
  if (!tree.valid() || ts_node_has_error(tree.root())) return {};
  Source source{wrapped};
  std::vector<Definition> definitions;
  collect(source, tree.root(), definitions, 0);
  if (definitions.size() != 1) return {};
  Stmts body = lower_body(source, definitions[0].body);
  bool one =
      body.size() == 1 && body[0].is(Stmt::Kind::expression) && body[0].value.is(Expr::Kind::assign, "=");
  return one ? body[0].value.kids[1] : Expr{};
}

namespace {

// What keep_plain() and keep_sizes() left beside a rewritten function is for machines and sizes that gain
// nothing from rewriting it.
bool stays_plain(const std::string& text, const std::string& name) {
  return ends_with(name, "_plain") && text.find(" keep the plain kernel") != std::string::npos;
}

}  // namespace

std::optional<Unit> read_unit(const std::string& text, const std::string& entry, const std::string& headers) {
  if (text.size() > (4u << 20)) return std::nullopt;
  const std::shared_ptr<const SyntaxTree> read = cst::parsed(text);
  const SyntaxTree& tree = *read;
  if (!tree.valid()) return std::nullopt;
  Source source{text};
  std::vector<Definition> definitions;
  collect(source, tree.root(), definitions, 0);
  // A specialisation is what calls with these types reach.
  auto named = [&](const Definition& d) { return d.function.name == entry; };
  auto found = std::find_if(definitions.begin(), definitions.end(),
                            [&](const Definition& d) { return named(d) && d.function.specialization; });
  if (found == definitions.end()) found = std::find_if(definitions.begin(), definitions.end(), named);
  if (found == definitions.end() || ts_node_has_error(found->node)) return std::nullopt;
  Unit unit;
  unit.text = text;
  unit.errors = count_errors(tree.root());
  unit.preamble_at = behind_includes(tree.root());
  for (Definition& d : definitions) lower(source, d);
  found->function.entry = true;
  unit.functions.push_back(found->function);
  std::set<size_t> taken{static_cast<size_t>(found - definitions.begin())};
  for (size_t i = 0; i < unit.functions.size() && i < 32; ++i)
    for (const std::string& callee : std::vector<std::string>(unit.functions[i].calls))
      for (size_t k = 0; k < definitions.size(); ++k)
        if (definitions[k].function.name == callee && !stays_plain(text, callee) && taken.insert(k).second)
          unit.functions.push_back(definitions[k].function);
  for (size_t k = 0; k < definitions.size(); ++k)
    if (!taken.count(k)) unit.others.push_back(definitions[k].function);
  collect_macros(source, tree.root(), unit.expansions);
  collect_instantiations(source, tree.root(), unit.instantiations);
  if (text.find("enum") != std::string::npos) collect_enumerations(source, tree.root(), unit.enumerations);
  read_headers(headers, unit);
  std::vector<Function> all = unit.functions;
  all.insert(all.end(), unit.others.begin(), unit.others.end());
  collect_returns(all, unit.expansions);
  for (auto at = unit.expansions.begin(); at != unit.expansions.end();)
    at = at->second.body.is(Expr::Kind::opaque) ? unit.expansions.erase(at) : std::next(at);
  return unit;
}

size_t count_syntax_errors(const std::string& text) {
  const std::shared_ptr<const SyntaxTree> tree = cst::parsed(text);
  return tree->valid() ? count_errors(tree->root()) : 1;
}

namespace {

// `for (...) statement`: several statements in its place need braces.
bool stands_alone(const Unit& unit, const Stmt& statement) {
  const std::shared_ptr<const SyntaxTree> tree = cst::parsed(unit.text);
  if (!tree->valid()) return true;
  const TSNode node = ts_node_descendant_for_byte_range(tree->root(), statement.begin, statement.end - 1);
  const TSNode parent = ts_node_parent(node);
  return ts_node_is_null(parent) || !cst::is(parent, "compound_statement");
}

}  // namespace

namespace {

// The text in front of `end`, which is before the loop, without the pragmas that speak of it.
std::string without_loop_pragmas(const Unit& unit, const Stmt& loop, size_t end) {
  std::string front = unit.text.substr(0, end);
  const std::shared_ptr<const SyntaxTree> tree = cst::parsed(unit.text);
  if (!tree->valid()) return front;
  const Source source{unit.text};
  TSNode node = ts_node_descendant_for_byte_range(tree->root(), loop.begin, loop.end - 1);
  for (node = ts_node_prev_sibling(node); !ts_node_is_null(node); node = ts_node_prev_sibling(node)) {
    if (is(node, "comment")) continue;
    const std::string text = source.of(node);
    if (!is(node, "preproc_call") || !is_loop_pragma(text)) break;
    const size_t begin = ts_node_start_byte(node), last = begin + text.find_last_not_of(" \t\r\n");
    const size_t before = front.rfind('\n', begin), behind = front.find('\n', last);
    const size_t from = before == std::string::npos ? 0 : before + 1;
    front.erase(from, behind == std::string::npos ? behind : behind + 1 - from);
  }
  return front;
}

}  // namespace

std::string replace_statement(const Unit& unit, const Stmt& original, const Stmts& replacement) {
  size_t line = unit.text.rfind('\n', original.begin == 0 ? 0 : original.begin - 1);
  line = line == std::string::npos ? 0 : line + 1;
  int indent = 0;
  size_t at = line;
  for (; at < original.begin && (unit.text[at] == ' ' || unit.text[at] == '\t'); ++at)
    indent += unit.text[at] == '\t' ? 4 : 1;
  Stmt block;
  block.kind = Stmt::Kind::block;
  block.body = replacement;
  const bool braces = replacement.size() > 1 && stands_alone(unit, original);
  std::string printed = to_text(braces ? Stmts{block} : replacement, indent);
  // The printed text brings its own margin; the newline behind the original stays.
  bool own_line = at == original.begin;
  const size_t from = own_line ? line : original.begin;
  const bool speaks_of_it = own_line && original.is(Stmt::Kind::loop) && !begins_with_loop(replacement);
  const std::string front =
      speaks_of_it ? without_loop_pragmas(unit, original, from) : unit.text.substr(0, from);
  if (!own_line) printed = "\n" + printed;
  if (!printed.empty() && printed.back() == '\n') printed.pop_back();
  return front + printed + unit.text.substr(original.end);
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/cst.h"

#include "ke-build/search/syntax/unit.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <string>
#include <utility>

extern "C" const TSLanguage* tree_sitter_cuda();

namespace ke::cst {

namespace {

// The grammar does not know our own attribute macro: it is blanked out, byte for byte.
std::string without_clones(std::string_view text) {
  static constexpr std::string_view kMacro = "KE_CLONES";
  std::string out(text);
  for (size_t at = out.find(kMacro); at != std::string::npos; at = out.find(kMacro, at + kMacro.size())) {
    size_t line = out.rfind('\n', at);
    bool directive =
        out.find_first_not_of(" \t", line == std::string::npos ? 0 : line + 1) != std::string::npos &&
        out[out.find_first_not_of(" \t", line == std::string::npos ? 0 : line + 1)] == '#';
    if (!directive) out.replace(at, kMacro.size(), kMacro.size(), ' ');
  }
  return out;
}

}  // namespace

SyntaxTree::SyntaxTree(std::string_view raw) {
  const std::string text = without_clones(raw);
  TSParser* parser = ts_parser_new();
  if (ts_parser_set_language(parser, tree_sitter_cuda()))
    tree_ = ts_parser_parse_string(parser, nullptr, text.data(), static_cast<uint32_t>(text.size()));
  ts_parser_delete(parser);
}

SyntaxTree::~SyntaxTree() {
  if (tree_) ts_tree_delete(tree_);
}

std::shared_ptr<const SyntaxTree> parsed(const std::string& text) {
  constexpr size_t kKept = 6;
  thread_local std::deque<std::pair<std::string, std::shared_ptr<const SyntaxTree>>> kept;
  auto at = std::find_if(kept.begin(), kept.end(), [&](const auto& entry) { return entry.first == text; });
  auto found = at == kept.end() ? std::pair(text, std::make_shared<const SyntaxTree>(text)) : std::move(*at);
  at == kept.end() ? void() : void(kept.erase(at));
  kept.push_front(std::move(found));
  if (kept.size() > kKept) kept.pop_back();
  return kept.front().second;
}

std::string Source::of(TSNode node) const {
  return between(ts_node_start_byte(node), ts_node_end_byte(node));
}

TSNode field(TSNode node, std::string_view name) {
  return ts_node_child_by_field_name(node, name.data(), static_cast<uint32_t>(name.size()));
}

std::vector<TSNode> named_children(TSNode node) {
  std::vector<TSNode> children;
  uint32_t count = ts_node_named_child_count(node);
  children.reserve(count);
  TSTreeCursor cursor = ts_tree_cursor_new(node);
  if (ts_tree_cursor_goto_first_child(&cursor)) {
    do {
      TSNode child = ts_tree_cursor_current_node(&cursor);
      if (ts_node_is_named(child)) children.push_back(child);
    } while (ts_tree_cursor_goto_next_sibling(&cursor));
  }
  ts_tree_cursor_delete(&cursor);
  return children;
}

namespace {

void each_node_below(TSNode node, const std::function<void(TSNode)>& visit, int depth) {
  constexpr int kDeepestNode = 200;
  visit(node);
  if (depth > kDeepestNode) return;
  for (TSNode child : named_children(node)) each_node_below(child, visit, depth + 1);
}

}  // namespace

void each_node(TSNode node, const std::function<void(TSNode)>& visit) { each_node_below(node, visit, 0); }

TSNode definition_at(const SyntaxTree& tree, uint32_t begin, uint32_t end) {
  TSNode node = ts_node_descendant_for_byte_range(tree.root(), begin, end - 1);
  while (!ts_node_is_null(node) && !is(node, "function_definition")) node = ts_node_parent(node);
  return node;
}

bool has_child(TSNode node, std::string_view wanted) {
  for (uint32_t i = 0; i < ts_node_child_count(node); ++i)
    if (is(ts_node_child(node, i), wanted)) return true;
  return false;
}

size_t count_errors(TSNode node) {
  if (ts_node_is_error(node)) return 1;
  if (ts_node_is_missing(node)) return 1;
  if (!ts_node_has_error(node)) return 0;
  size_t count = 0;
  for (uint32_t i = 0; i < ts_node_child_count(node); ++i) count += count_errors(ts_node_child(node, i));
  return count;
}

std::string folded(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!space) out += c;
    if (space && !out.empty() && out.back() != ' ') out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

Declarator read_declarator(const Source& source, TSNode node) {
  Declarator result;
  while (true) {
    if (is(node, "identifier") || is(node, "field_identifier")) {
      result.name = source.of(node);
      return result;
    }
    if (is(node, "array_declarator")) {
      TSNode size = field(node, "size");
      if (ts_node_is_null(size)) break;
      result.sizes.insert(result.sizes.begin(), size);
      node = field(node, "declarator");
    } else if (is(node, "pointer_declarator") || is(node, "reference_declarator")) {
      result.suffix += is(node, "pointer_declarator") ? "*" : "&";
      TSNode inner{};
      for (TSNode child : named_children(node)) {
        std::string text = source.of(child);
        if (is(child, "type_qualifier") || is(child, "ms_pointer_modifier")) {
          if (text.find("restrict") != std::string::npos) result.restricted = true;
          result.suffix += " " + text;
        } else {
          inner = child;
        }
      }
      if (ts_node_is_null(inner)) break;
      node = inner;
    } else {
      break;
    }
    if (ts_node_is_null(node)) break;
  }
  result.readable = false;
  return result;
}

// `std::vector<float> row(n)` reads like the declaration of a function that takes an `n`; inside of a
// function it is a variable, unless the parameters are types of the language.
std::optional<Stmt> lower_vector(const Source& source, TSNode declarator, const std::string& base) {
  const TSNode name = field(declarator, "declarator"), list = field(declarator, "parameters");
  if (base.rfind("std::vector<", 0) != 0 || ts_node_is_null(name) || ts_node_is_null(list) ||
      !is(name, "identifier"))
    return std::nullopt;
  Stmt s;
  s.kind = Stmt::Kind::declare;
  s.type = base;
  s.name = source.of(name);
  s.has_init = s.constructed = true;
  s.value = Expr{Expr::Kind::call, "std::vector", {}};
  for (TSNode parameter : named_children(list)) {
    // `static_cast<std::size_t>(n)` reads like a function of that type.
    const bool cast = source.of(parameter).rfind("static_cast<", 0) == 0;
    if (!cast && !is(field(parameter, "type"), "type_identifier")) return std::nullopt;
    s.value.kids.push_back(parse_expression(folded(source.of(parameter))));
    if (s.value.kids.back().is(Expr::Kind::opaque)) return std::nullopt;
  }
  return s.value.kids.empty() ? std::nullopt : std::optional(s);
}

}  // namespace ke::cst

// SPDX-License-Identifier: MIT
// Thin helpers over tree-sitter: an owned tree and node access by field and type.
#pragma once

#include "ke-build/search/syntax/expr.h"
#include "ke-build/search/syntax/stmt.h"

#include <tree_sitter/api.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ke::cst {

class SyntaxTree {
 public:
  explicit SyntaxTree(std::string_view text);
  ~SyntaxTree();
  SyntaxTree(const SyntaxTree&) = delete;
  SyntaxTree& operator=(const SyntaxTree&) = delete;
  bool valid() const { return tree_ != nullptr; }
  TSNode root() const { return ts_tree_root_node(tree_); }

 private:
  TSTree* tree_ = nullptr;
};

/// The tree of a text. Those of the last few texts are kept for the thread: a rewrite reads its text, then
/// what it made of it, and the next one begins with that.
std::shared_ptr<const SyntaxTree> parsed(const std::string& text);

/// The text that a tree was made from, needed to read a node's words.
struct Source {
  std::string_view text;
  std::string of(TSNode node) const;
  std::string between(uint32_t begin, uint32_t end) const {
    return std::string(text.substr(begin, end - begin));
  }
};

inline std::string_view type(TSNode node) { return ts_node_type(node); }
inline bool is(TSNode node, std::string_view wanted) { return type(node) == wanted; }
TSNode field(TSNode node, std::string_view name);
std::vector<TSNode> named_children(TSNode node);
/// The node and everything below it, parents first; what is nested deeper than any kernel is left out.
void each_node(TSNode node, const std::function<void(TSNode)>& visit);
/// The definition of a function whose text lies at these bytes; null where there is none.
TSNode definition_at(const SyntaxTree& tree, uint32_t begin, uint32_t end);
bool has_child(TSNode node, std::string_view wanted);
size_t count_errors(TSNode node);
/// One line, runs of white space folded.
std::string folded(std::string_view text);

/// A declarator such as `*const name[16]`: the name and what it adds to the type.
struct Declarator {
  std::string name, suffix;  // "*", "&", "* const"
  std::vector<TSNode> sizes;
  bool restricted = false;
  bool readable = true;
};
Declarator read_declarator(const Source& source, TSNode node);

/// `std::vector<float> row(n)` as a variable; nothing when it declares something else.
std::optional<Stmt> lower_vector(const Source& source, TSNode declarator, const std::string& base);

Expr lower_expression(const Source& source, TSNode node);
Stmts lower_body(const Source& source, TSNode body);

}  // namespace ke::cst

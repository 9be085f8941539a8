// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/lambda.h"

#include "ke-build/base/text.h"
#include "ke-build/search/syntax/signature.h"

namespace ke {
namespace {

using namespace cst;

TSNode lambda_in(TSNode node, int depth) {
  if (is(node, "lambda_expression")) return node;
  constexpr int kDeep = 8;  // `void f() { x = <lambda>; }`
  for (TSNode child : depth < kDeep ? named_children(node) : std::vector<TSNode>{}) {
    const TSNode found = lambda_in(child, depth + 1);
    if (!ts_node_is_null(found)) return found;
  }
  return TSNode{};
}

bool read_captures(const Source& source, TSNode list, Lambda& made) {
  if (ts_node_is_null(list)) return false;
  for (TSNode part : named_children(list))
    if (!is(part, "lambda_default_capture") && !is(part, "identifier") && !is(part, "this")) return false;
  std::string text = source.of(list);
  if (text.size() < 2) return false;
  for (const std::string& raw : split(text.substr(1, text.size() - 2), ',')) {
    const std::string part = trim(raw);
    if (part.empty() || part == "this") continue;
    if (part.find_first_of("*.") != std::string::npos) return false;
    if (part == "=" || part == "&")
      made.rest = part == "=" ? Lambda::Rest::by_value : Lambda::Rest::by_reference;
    else if (part[0] == '&')
      made.by_reference.insert(trim(part.substr(1)));
    else
      made.by_value.insert(part);
  }
  return true;
}

bool read_head(const Source& source, TSNode declarator, Lambda& made) {
  if (ts_node_is_null(declarator)) return true;  // []{ ... }
  for (TSNode part : named_children(declarator)) {
    if (is(part, "parameter_list")) {
      for (TSNode parameter : named_children(part))
        if (!is(parameter, "parameter_declaration") && !is(parameter, "comment")) return false;
      read_parameters(source, part, made.parameters);
    } else if (is(part, "trailing_return_type")) {
      made.return_type = trim(trim(folded(source.of(part))).substr(2));
    } else if (!is(part, "noexcept")) {
      return false;
    }
  }
  return true;
}

// Walks a body with the names that are visible in it.
class Outside {
 public:
  explicit Outside(std::set<std::string>& found) : found_(found) {}

  void statements(const Stmts& list, std::set<std::string> inner) {
    for (const Stmt& s : list) {
      for (const Expr& size : s.dims) expression(size, inner);
      if (s.is(Stmt::Kind::loop)) expression(s.lower, inner);
      if (!s.is(Stmt::Kind::loop)) expression(s.value, inner);
      if (s.is(Stmt::Kind::jump) || s.is(Stmt::Kind::wild) || s.is(Stmt::Kind::opaque)) text(s.text, inner);
      if (s.is(Stmt::Kind::declare)) inner.insert(s.name);
      std::set<std::string> deeper = inner;
      if (s.is(Stmt::Kind::loop)) {
        deeper.insert(s.name);
        expression(s.upper, deeper);
      }
      statements(s.body, deeper);
      statements(s.otherwise, deeper);
    }
  }

 private:
  void text(const std::string& words, const std::set<std::string>& inner) {
    for (const std::string& name : identifiers(words))
      if (!inner.count(name)) found_.insert(name);
  }
  void expression(const Expr& e, const std::set<std::string>& inner) {
    walk(e, [&](const Expr& part) {
      const bool has_names = part.is(Expr::Kind::name) || part.is(Expr::Kind::call) ||
                             part.is(Expr::Kind::opaque) || part.is(Expr::Kind::cast);
      if (has_names) text(part.text, inner);
    });
  }

  std::set<std::string>& found_;
};

std::set<std::string> names_of_parameters(const Lambda& lambda) {
  std::set<std::string> names;
  for (const Parameter& p : lambda.parameters) names.insert(p.name);
  return names;
}

// Returned expressions are text to the analyses.
Stmts with_returned_values(Stmts statements) {
  for (Stmt& s : statements) {
    if (s.is(Stmt::Kind::jump) && starts_with(s.text, "return "))
      s = make_expression(parse_expression(s.text.substr(7, s.text.rfind(';') - 7)));
    s.body = with_returned_values(std::move(s.body));
    s.otherwise = with_returned_values(std::move(s.otherwise));
  }
  return statements;
}

}  // namespace

std::optional<Lambda> read_lambda(const std::string& text) {
  if (!starts_with(trim(text), "[")) return std::nullopt;
  const std::string wrapped = "void f() { x = " + text + "; }";
  const std::shared_ptr<const SyntaxTree> tree = parsed(wrapped);
  if (!tree->valid() || ts_node_has_error(tree->root())) return std::nullopt;
  const Source source{wrapped};
  const TSNode node = lambda_in(tree->root(), 0);
  if (ts_node_is_null(node) || source.of(node) != trim(text)) return std::nullopt;
  const TSNode body = field(node, "body"), captures = field(node, "captures");
  for (TSNode part : named_children(node))
    if (!is(part, "lambda_capture_specifier") && !is(part, "abstract_function_declarator") &&
        !is(part, "compound_statement") && !is(part, "comment"))
      return std::nullopt;
  Lambda made;
  if (ts_node_is_null(body) || !read_captures(source, captures, made) ||
      !read_head(source, field(node, "declarator"), made))
    return std::nullopt;
  made.body = lower_body(source, body);
  // Places in a text of its own say nothing about the file.
  const std::function<void(Stmts&)> unplaced = [&](Stmts& list) {
    for (Stmt& s : list) {
      s.begin = s.end = 0;
      unplaced(s.body);
      unplaced(s.otherwise);
    }
  };
  unplaced(made.body);
  return made;
}

std::set<std::string> free_names(const Lambda& lambda) {
  std::set<std::string> found;
  Outside(found).statements(lambda.body, names_of_parameters(lambda));
  for (const char* word : {"return", "std", "break", "continue", "this", "while", "do"}) found.erase(word);
  return found;
}

Effects effects_of(const Lambda& lambda, const std::set<std::string>& pure) {
  Effects effects = effects_of(with_returned_values(lambda.body), pure);
  std::set<std::string> own = effects.declared;
  for (const Parameter& p : lambda.parameters)
    if (!ends_with(p.type, "&") || starts_with(p.type, "const")) own.insert(p.name);
  const std::set<std::string> outside = free_names(lambda);
  for (std::set<std::string>* names : {&effects.scalar_reads, &effects.scalar_writes})
    for (auto at = names->begin(); at != names->end();)
      at = own.count(*at) && !outside.count(*at) ? names->erase(at) : std::next(at);
  return effects;
}

}  // namespace ke

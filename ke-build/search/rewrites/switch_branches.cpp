// SPDX-License-Identifier: MIT
// A `switch` as a chain of branches: nothing else here looks into one. The compiler makes a switch of such a
// chain again where that pays.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/jumps.h"
#include "ke-build/search/rewrites/plain_tests.h"
#include "ke-build/search/rewrites/support.h"
#include "ke-build/search/syntax/cst.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kMostCases = 8;                 // interpreters keep their table of jumps
constexpr size_t kMostGrowth = 3, kSmall = 200;  // of the text, where cases fall through into others

/// Labels that stand in front of the same statements.
struct Case {
  std::vector<Expr> labels;
  bool is_default = false;
  Stmts body;
};

bool is_fallthrough(const Stmt& s) {
  return s.is(Stmt::Kind::opaque) && s.text.size() < 40 && s.text.find("fallthrough") != std::string::npos;
}

// Statements of one `case`, its label left out.
Stmts statements_of(const cst::Source& source, TSNode node) {
  const TSNode value = cst::field(node, "value");
  Stmts out;
  for (TSNode child : cst::named_children(node)) {
    if (!ts_node_is_null(value) && ts_node_eq(child, value)) continue;
    Stmts made = cst::lower_body(source, child);
    if (cst::is(child, "compound_statement")) {
      Stmt block;  // braces of its own: not the body of anything
      block.kind = Stmt::Kind::block;
      block.body = std::move(made);
      out.push_back(std::move(block));
      continue;
    }
    for (Stmt& s : made)
      if (!is_fallthrough(s)) out.push_back(std::move(s));
  }
  const bool remarks =
      std::all_of(out.begin(), out.end(), [](const Stmt& s) { return s.is(Stmt::Kind::comment); });
  return remarks ? Stmts{} : out;
}

bool is_label(const Expr& raw) {
  const Expr& e = bare(raw);
  return e.is(Expr::Kind::unary, "-") ? is_label(e.kids[0])
                                      : e.is(Expr::Kind::name) || e.is(Expr::Kind::number);
}

std::optional<std::vector<Case>> read_cases(const cst::Source& source, TSNode body) {
  std::vector<Case> cases;
  bool open = false;  // the labels so far have no statements yet
  for (TSNode child : cst::named_children(body)) {
    if (cst::is(child, "comment")) continue;
    if (!cst::is(child, "case_statement")) return std::nullopt;
    if (!open) cases.emplace_back();
    Case& now = cases.back();
    const TSNode value = cst::field(child, "value");
    if (ts_node_is_null(value)) {
      now.is_default = true;
    } else {
      now.labels.push_back(cst::lower_expression(source, value));
      if (!is_label(now.labels.back())) return std::nullopt;
    }
    now.body = statements_of(source, child);
    open = now.body.empty();
  }
  return cases.empty() ? std::nullopt : std::optional(std::move(cases));
}

// What runs from this case on, up to the jump that ends it.
std::optional<Stmts> body_from(const std::vector<Case>& cases, size_t at) {
  Stmts all;
  for (; at < cases.size(); ++at) {
    for (const Stmt& s : all)
      if (s.is(Stmt::Kind::declare) && mentions(cases[at].body, s.name)) return std::nullopt;
    all.insert(all.end(), cases[at].body.begin(), cases[at].body.end());
    if (never_ends(all, "break")) break;
  }
  auto body = without_jumps(all, "break");
  if (!body || body->size() != 1 || !body->front().is(Stmt::Kind::block)) return body;
  return Stmts(body->front().body);  // the branch has braces of its own
}

// `switch (m) { case 1: int t; t = 3; ...; case 2: t = 4; ... }`, `case 1: while (n--) { case 2: ... }`
bool are_entwined(const std::vector<Case>& cases) {
  bool found = false;
  for (const Case& one : cases) {
    walk(one.body, [&](const Stmt& s) {
      found = found ||
              (s.is(Stmt::Kind::opaque) && (starts_with(s.text, "case") || starts_with(s.text, "default")));
    });
    for (const Stmt& s : one.body) {
      found = found || s.is(Stmt::Kind::opaque);
      if (!s.is(Stmt::Kind::declare)) continue;
      for (const Case& other : cases) found = found || (&other != &one && mentions(other.body, s.name));
    }
  }
  return found;
}

Expr test_of(const Expr& subject, const Case& one) {
  Expr test = Expr::binary(subject, "==", one.labels[0]);
  for (size_t i = 1; i < one.labels.size(); ++i)
    test = Expr::binary(test, "||", Expr::binary(subject, "==", one.labels[i]));
  return test;
}

std::optional<Stmt> chain_of(const Expr& subject, const std::vector<Case>& cases) {
  Stmts chain;
  size_t labels = 0;
  const auto last = std::find_if(cases.begin(), cases.end(), [](const Case& c) { return c.is_default; });
  if (last != cases.end()) {
    auto body = body_from(cases, static_cast<size_t>(last - cases.begin()));
    if (!body) return std::nullopt;
    chain = *std::move(body);
  }
  for (size_t i = cases.size(); i-- > 0;) {
    if (cases[i].is_default) continue;
    auto body = body_from(cases, i);
    if (!body) return std::nullopt;
    labels += cases[i].labels.size();
    chain = {make_branch(test_of(subject, cases[i]), *std::move(body), std::move(chain))};
  }
  return labels > 0 && labels <= kMostCases ? std::optional(std::move(chain[0])) : std::nullopt;
}

class Switches {
 public:
  Switches(const Unit& unit, const RewriteRules& rules, const Function& function)
      : unit_(unit), rules_(rules), symbols_(symbols_of(unit, function)), tree_(cst::parsed(unit.text)) {}

  std::optional<Stmt> branches(const Stmt& s) const {
    if (!s.is(Stmt::Kind::opaque) || !starts_with(s.text, "switch") || !tree_->valid()) return std::nullopt;
    const TSNode node = ts_node_descendant_for_byte_range(tree_->root(), s.begin, s.end - 1);
    if (!cst::is(node, "switch_statement") || ts_node_has_error(node)) return std::nullopt;
    const TSNode clause = cst::field(node, "condition"), value = cst::field(clause, "value");
    if (ts_node_is_null(value) || ts_node_named_child_count(clause) != 1) return std::nullopt;
    const cst::Source source{unit_.text};
    const Expr subject = cst::lower_expression(source, value);
    if (!may_be_tested_again(subject, unit_, rules_, symbols_)) return std::nullopt;
    auto cases = read_cases(source, cst::field(node, "body"));
    if (!cases) return std::nullopt;
    for (Case& one : *cases) read_inner(one.body);
    if (are_entwined(*cases)) return std::nullopt;
    auto chain = chain_of(subject, *cases);
    const size_t most = kMostGrowth * (s.end - s.begin) + kSmall;
    return chain && to_text(Stmts{*chain}, 0).size() <= most ? chain : std::nullopt;
  }

 private:
  void read_inner(Stmts& statements) const {
    for (Stmt& s : statements) {
      if (auto inner = branches(s)) s = *std::move(inner);
      read_inner(s.body);
      read_inner(s.otherwise);
    }
  }

  const Unit& unit_;
  const RewriteRules& rules_;
  const Symbols symbols_;
  const std::shared_ptr<const cst::SyntaxTree> tree_;
};

}  // namespace

std::vector<Rewritten> switch_branches(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  for (const Function& function : unit.functions) {
    if (unit.text.find("switch") == std::string::npos || has_labels(function)) continue;
    const Switches switches(unit, rules, function);
    walk(function.body, [&](const Stmt& s) {
      const auto chain = switches.branches(s);
      if (!chain) return;
      std::string text = replace_statement(unit, s, {*chain});
      if (parses_as_well(unit, text)) out.push_back({std::move(text), "line " + std::to_string(s.line)});
    });
  }
  return out;
}

}  // namespace ke

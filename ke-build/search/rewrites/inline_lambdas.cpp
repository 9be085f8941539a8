// SPDX-License-Identifier: MIT
// A lambda that a function gives a name and calls (`const auto at = [&](long y, long x) { ... };`) is written
// out where it is called: the loops around see its subscripts and sums then. What it refers to keeps its
// name; what it copied must not change after that.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/call_order.h"
#include "ke-build/search/rewrites/lambda_calls.h"
#include "ke-build/search/rewrites/local_lambdas.h"
#include "ke-build/search/rewrites/loop_forms.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

// `s = (s + e)` as `s += e`.
void shorten_sum(Stmt& s) {
  if (!s.is(Stmt::Kind::expression) || !s.value.is(Expr::Kind::assign, "=")) return;
  const Expr& place = s.value.kids[0];
  const Expr value = bare(s.value.kids[1]);
  const bool sum = (value.is(Expr::Kind::binary, "+") || value.is(Expr::Kind::binary, "*")) &&
                   place.is(Expr::Kind::name) && same(bare(value.kids[0]), place);
  if (sum)
    s.value = Expr::assign(place, value.text + "=", bare(value.kids[1]));
  else
    s.value.kids[1] = value;
}

class CallsWritten {
 public:
  CallsWritten(const Unit& unit, const Function& function, const Symbols& symbols, std::string name,
               const Lambda& lambda)
      : function_(function),
        symbols_(symbols),
        name_(std::move(name)),
        calls_(lambda, symbols, reading_lambdas(unit, function, symbols),
               [this](const std::string& wanted) { return fresh(wanted); }) {}

  // Statements in which no call can be written out stay as they are.
  Stmts statements(const Stmts& list) {
    Stmts out;
    for (const Stmt& s : list) {
      Stmt own = s;
      own.body.clear();
      own.otherwise.clear();
      Stmts made = own_calls(own);
      // Declarations stand in one statement of the source; what holds bodies is the last one. A call by
      // itself holds none, and is gone: the last one may be a branch or loop of what was called.
      if (!s.body.empty()) made.back().body = statements(s.body);
      if (!s.otherwise.empty()) made.back().otherwise = statements(s.otherwise);
      out.insert(out.end(), made.begin(), made.end());
    }
    return out;
  }
  int count() const { return count_; }

 private:
  bool is_own_call(const Expr& e) const { return e.is(Expr::Kind::call, name_); }

  Stmts own_calls(const Stmt& s) {
    const auto is_call = [this](const Expr& e) { return is_own_call(e); };
    const Order order = order_of_calls(s, is_call, symbols_.pure);
    const bool header = s.is(Stmt::Kind::loop);
    if (order == Order::fixed && !header) return {s};
    int here = 0;
    auto made = replace_calls(Stmts{s}, is_call, [&](const Expr& call, Stmts* before) -> std::optional<Expr> {
      const bool free = before && (order == Order::any || (order == Order::reads && calls_.only_reads()));
      auto inlined = calls_.call(call.kids, free);
      if (!inlined || (!inlined->before.empty() && !free)) return std::nullopt;
      if (before) before->insert(before->end(), inlined->before.begin(), inlined->before.end());
      ++here;
      return inlined->value ? inlined->value : std::optional(Expr{});
    });
    if (!made || here == 0) return {s};
    // A call by itself leaves nothing but what it does.
    const bool alone = s.is(Stmt::Kind::expression) && is_own_call(bare(s.value));
    if (alone && made->empty()) return {s};
    if (!alone) shorten_sum(made->back());
    count_ += here;
    return *std::move(made);
  }

  std::string fresh(const std::string& wanted) {
    const auto taken = [&](const std::string& name) {
      return taken_.count(name) != 0 || std::count(function_.calls.begin(), function_.calls.end(), name) != 0;
    };
    std::string name = fresh_name(function_, wanted);
    for (int i = 2; taken(name); ++i) name = fresh_name(function_, wanted + std::to_string(i));
    taken_.insert(name);
    return name;
  }

  const Function& function_;
  const Symbols& symbols_;
  const std::string name_;
  std::set<std::string> taken_;
  LambdaCalls calls_;
  int count_ = 0;
};

bool still_named(const Stmts& list, const std::string& name) {
  bool found = mentions(list, name);
  walk_expressions(list, [&](const Expr& e) {
    found = found || (e.is(Expr::Kind::call) && identifiers(e.text).count(name) != 0);
  });
  return found;
}

// Behind the declaration, back to front, so that places in the text stay what they are.
std::optional<Rewritten> written_out(const Unit& unit, const Function& function, const Symbols& symbols,
                                     const Stmts& list, size_t at) {
  const auto lambda = declared_lambda(unit, list[at]);
  if (!lambda) return std::nullopt;
  const std::string& name = list[at].name;
  const Stmts rest(list.begin() + static_cast<std::ptrdiff_t>(at) + 1, list.end());
  bool replaced = false;
  walk(rest, [&](const Stmt& s) {
    replaced = replaced || s.name == name;  // declared anew
    walk(s.value, [&](const Expr& e) {
      replaced = replaced || (e.is(Expr::Kind::assign) && bare(e.kids[0]).is(Expr::Kind::name, name));
    });
  });
  const auto type = symbols.types.find(name);
  if (replaced || type == symbols.types.end() || type->second.empty() || free_names(*lambda).count(name) ||
      !means_the_same(*lambda, rest, function, symbols))
    return std::nullopt;
  CallsWritten calls(unit, function, symbols, name, *lambda);
  std::vector<std::pair<const Stmt*, Stmts>> edits;
  Stmts left;
  for (size_t i = at + 1; i < list.size(); ++i) {
    // Declared in one statement: `float a = f(1), b = f(2);`
    size_t end = i + 1;
    while (end < list.size() && list[end].begin == list[i].begin) ++end;
    const Stmts group(list.begin() + static_cast<std::ptrdiff_t>(i),
                      list.begin() + static_cast<std::ptrdiff_t>(end));
    const int before = calls.count();
    Stmts made = still_named(group, name) ? calls.statements(group) : group;
    left.insert(left.end(), made.begin(), made.end());
    if (calls.count() != before) edits.emplace_back(&list[i], std::move(made));
    i = end - 1;
  }
  if (calls.count() == 0) return std::nullopt;
  Unit edited = unit;
  for (size_t i = edits.size(); i-- > 0;)
    edited.text = replace_statement(edited, *edits[i].first, edits[i].second);
  const bool shares = (at > 0 && list[at - 1].begin == list[at].begin) ||
                      (at + 1 < list.size() && list[at + 1].begin == list[at].begin);
  if (!still_named(left, name) && !shares) edited.text = replace_statement(edited, list[at], {});
  if (!parses_as_well(unit, edited.text)) return std::nullopt;
  return Rewritten{edited.text, std::to_string(calls.count()) + " calls of " + name + ", line " +
                                    std::to_string(list[at].line)};
}

void visit_lambdas(const Unit& unit, const Function& function, const Symbols& symbols, const Stmts& list,
                   std::vector<Rewritten>& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    visit_lambdas(unit, function, symbols, list[i].body, out);
    visit_lambdas(unit, function, symbols, list[i].otherwise, out);
    auto made = written_out(unit, function, symbols, list, i);
    if (!made) continue;
    // `at(y, x) = v` looks as if it changed the counters: such places first.
    const auto lambda = declared_lambda(unit, list[i]);
    out.insert(lambda && ends_with(lambda->return_type, "&") ? out.begin() : out.end(), *std::move(made));
  }
}

// `out(r, i) = v` makes a loop look as if it changed its counter, whose type is known nevertheless.
Symbols with_counters(const Unit& unit, const Function& function) {
  Symbols symbols = symbols_of(unit, function);
  walk(function.body, [&](const Stmt& s) {
    const auto header = s.is(Stmt::Kind::wild) ? header_of(s.text) : std::nullopt;
    const size_t equals = header ? header->init.find(" = ") : std::string::npos;
    if (equals == std::string::npos) return;
    const std::string declared = header->init.substr(0, equals);
    const size_t space = declared.rfind(' ');
    if (space == std::string::npos || !is_integer_type(declared.substr(0, space))) return;
    const auto [at, fresh] = symbols.types.emplace(declared.substr(space + 1), declared.substr(0, space));
    if (!fresh && at->second != declared.substr(0, space)) at->second.clear();
  });
  return symbols;
}

}  // namespace

std::vector<Rewritten> inline_lambdas(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  if (!rules.cpp) return out;
  for (const Function& function : unit.functions)
    if (!starts_with(function.name, "ke_"))
      visit_lambdas(unit, function, with_counters(unit, function), function.body, out);
  return out;
}

}  // namespace ke

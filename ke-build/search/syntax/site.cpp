// SPDX-License-Identifier: MIT
#include "ke-build/search/syntax/site.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <iterator>

namespace ke {
namespace {

// More loops than a kernel has: hostile text must not make the analysis slow.
constexpr size_t kMaxSites = 64;

void collect_pairs(const Expr& condition, std::set<NamePair>& pairs) {
  walk(condition, [&](const Expr& e) {
    if (!e.is(Expr::Kind::call, "ke_disjoint") || e.kids.size() != 4) return;
    // ke_disjoint(a + first, a + last, b + first, b + last)
    auto base = [](const Expr& kid) {
      std::string text = to_text(kid);
      text = text.substr(0, text.find(' '));
      return ends_with(text, ".data()") ? text.substr(0, text.size() - 7) : text;
    };
    std::string a = base(e.kids[0]), b = base(e.kids[2]);
    pairs.insert(std::minmax(a, b));
  });
}

// if (ke_..._open(...)) { template } else { plain loops }, and if (!ke_open) { plain loops }
bool declines(const Expr& e) {
  return (e.is(Expr::Kind::call) && starts_with(e.text, "ke_") && ends_with(e.text, "_open")) ||
         (e.is(Expr::Kind::name) && starts_with(e.text, "ke_open"));
}

// At the end of a list, where the loop would be next.
void drop_loop_pragmas(Stmts& list) {
  for (size_t i = list.size(); i-- > 0;) {
    const bool speaks =
        (list[i].is(Stmt::Kind::pragma) || list[i].is(Stmt::Kind::opaque)) && is_loop_pragma(list[i].text);
    if (speaks)
      list.erase(list.begin() + static_cast<long>(i));
    else if (!list[i].is(Stmt::Kind::comment) && !list[i].is(Stmt::Kind::pragma))
      return;
  }
}

}  // namespace

const Stmt& Site::nest() const {
  const Stmt* outermost = path.back();
  for (size_t i = path.size(); i-- > 0;) {
    if (path[i]->is(Stmt::Kind::wild)) break;
    if (path[i]->is(Stmt::Kind::loop)) outermost = path[i];
  }
  return *outermost;
}

Sites::Sites(const Unit& unit, bool noalias) {
  symbols_.reserve(unit.functions.size());
  for (const Function& function : unit.functions) {
    if (starts_with(function.name, "ke_")) continue;  // generated, and finished
    symbols_.push_back(symbols_of(unit, function));
    Site site;
    site.unit = &unit;
    site.function = &function;
    site.symbols = &symbols_.back();
    site.noalias = noalias;
    visit(function.body, site);
  }
}

void Sites::visit(const Stmts& statements, Site& site) {
  for (const Stmt& s : statements) {
    site.path.push_back(&s);
    if (s.is(Stmt::Kind::loop) && !is_lane_loop(s) && !is_remainder(s) && sites_.size() < kMaxSites)
      sites_.push_back(site);
    if (is_overlap_guard(s)) {
      Site inner = site;
      collect_pairs(s.value, inner.disjoint);
      const Expr& question = bare(s.value);
      inner.declined =
          site.declined || (question.is(Expr::Kind::unary, "!") && declines(bare(question.kids[0])));
      visit(s.body, inner);
      // Where a template does not pay, its plain loops may still gain from something else.
      if (declines(question)) {
        inner.declined = true;
        visit(s.otherwise, inner);
      }
    } else if (!(s.is(Stmt::Kind::loop) && (is_lane_loop(s) || is_remainder(s)))) {
      visit(s.body, site);
      visit(s.otherwise, site);
    }
    site.path.pop_back();
  }
}

std::vector<Site> Sites::fresh() const {
  std::vector<Site> out;
  std::copy_if(sites_.begin(), sites_.end(), std::back_inserter(out),
               [](const Site& s) { return !s.declined; });
  return out;
}

bool is_lane_loop(const Stmt& loop) { return loop.is(Stmt::Kind::loop) && starts_with(loop.name, "lane"); }

bool is_remainder(const Stmt& loop) {
  // `for (x = x_tail; ...)` behind the strips, `for (...; x < x_inner; ...)` in front of the interior.
  auto ends_in = [](const Expr& e, const char* word) {
    return e.is(Expr::Kind::name) && e.text.find(word) != std::string::npos;
  };
  return loop.is(Stmt::Kind::loop) && (ends_in(loop.lower, "_tail") || ends_in(loop.upper, "_inner"));
}

bool is_overlap_guard(const Stmt& branch) {
  if (!branch.is(Stmt::Kind::branch)) return false;
  bool found = false;
  // ke_disjoint(...), or a template's own question whether it can do the work: else the plain loops run.
  walk(branch.value, [&](const Expr& e) {
    found = found || ((e.is(Expr::Kind::call) || e.is(Expr::Kind::name)) && starts_with(e.text, "ke_"));
  });
  return found;
}

Stmts rebuilt(const Stmt& tree, const Stmt* target, const Stmts& replacement) {
  if (&tree == target) return replacement;
  Stmt copy = tree;
  for (auto [from, to] : {std::pair{&tree.body, &copy.body}, std::pair{&tree.otherwise, &copy.otherwise}}) {
    to->clear();
    for (const Stmt& kid : *from) {
      if (&kid == target && !begins_with_loop(replacement)) drop_loop_pragmas(*to);
      for (Stmt& made : rebuilt(kid, target, replacement)) to->push_back(std::move(made));
    }
  }
  return {copy};
}

std::string fresh_name(const Function& function, const std::string& wanted) {
  auto taken = [&](const std::string& name) {
    bool parameter = std::any_of(function.parameters.begin(), function.parameters.end(),
                                 [&](const Parameter& p) { return p.name == name; });
    return parameter || mentions(function.body, name);
  };
  std::string name = wanted;
  for (int i = 2; taken(name) && i < 1000; ++i) name = wanted + std::to_string(i);
  return name;
}

}  // namespace ke

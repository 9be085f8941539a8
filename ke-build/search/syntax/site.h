// SPDX-License-Identifier: MIT
// A counted loop somewhere in a function, with what surrounds it: the place where a rewrite works.
#pragma once

#include "ke-build/search/syntax/facts.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ke {

using NamePair = std::pair<std::string, std::string>;  // sorted

struct Site {
  const Unit* unit = nullptr;
  const Function* function = nullptr;
  const Symbols* symbols = nullptr;
  std::vector<const Stmt*> path;  // enclosing statements, outermost first; the loop itself is last
  std::set<NamePair> disjoint;    // pairs that an enclosing `if (ke_disjoint(...))` has already checked
  bool noalias = false;           // the contract says that nothing overlaps
  bool declined = false;          // plain loops that a template keeps for sizes that it declines

  const Stmt& loop() const { return *path.back(); }
  /// The outermost counted loop around the site that no uncounted loop encloses any more.
  const Stmt& nest() const;
};

/// All sites of a function, outer loops first. Loops that rewrites left as remainders or fall-backs are not
/// offered again.
class Sites {
 public:
  Sites(const Unit& unit, bool noalias);
  const std::vector<Site>& all() const { return sites_; }
  /// For templates: without the loops that another template has declined. What pays there runs there; a
  /// second kernel would only serve the sizes that pay for none.
  std::vector<Site> fresh() const;

 private:
  void visit(const Stmts& statements, Site& site);
  std::vector<Symbols> symbols_;
  std::vector<Site> sites_;
};

/// Names that generated code uses: `lane` loops, `i_tail` bounds. Their loops are finished.
bool is_lane_loop(const Stmt& loop);
bool is_remainder(const Stmt& loop);
bool is_overlap_guard(const Stmt& branch);

/// A copy of `tree` in which `target` (found by address) is replaced. Pragmas that speak of it go where what
/// stands in its place begins with something else than a loop.
Stmts rebuilt(const Stmt& tree, const Stmt* target, const Stmts& replacement);

/// A name that occurs nowhere in the function: `wanted`, or wanted2, wanted3, ...
std::string fresh_name(const Function& function, const std::string& wanted);

}  // namespace ke

// SPDX-License-Identifier: MIT
// Recipes: sequences of rewrites that pay only together, chosen by the structure of the loops and never by
// what the operator is called. Small budgets are won by trying them first.
#pragma once

#include "ke-build/search/rewrites/memo.h"

#include <string>
#include <vector>

namespace ke {

struct RecipeStep {
  std::string rewrite;
  int value = 0;
  bool everywhere = true;  // at every site, else only at the first
  bool own = true;         // one of those that the recipe is named for
};

struct CodeRecipe {
  std::string name;
  std::vector<RecipeStep> steps;
  std::vector<std::string> flags;
};

const std::vector<CodeRecipe>& code_recipes();

struct Cooked {
  std::string source;
  std::vector<std::string> applied;  // "multi_accumulator lanes=16 on the loop over i, line 9"
  std::vector<std::string> flags;
  double prior = 1;  // product of the applied rewrites' gains
};

/// Applies recipes to one kernel; what they have in common is worked out once.
class Kitchen {
 public:
  Kitchen(std::string source, std::string entry, RewriteRules rules);

  /// Applies the steps that are applicable; `applied` is empty when none of those was that the recipe is
  /// named for.
  Cooked cook(const CodeRecipe& recipe);

 private:
  std::string source_;
  RewriteMemo memo_;
};

}  // namespace ke

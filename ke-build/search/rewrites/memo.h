// SPDX-License-Identifier: MIT
// What rewrites made of which text: compositions have most of their steps in common, and reading a text costs
// more than anything that is done with it.
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace ke {

class RewriteMemo {
 public:
  using Apply = std::vector<Rewritten> (*)(const Unit& unit, const RewriteRules& rules, int value);

  RewriteMemo(std::string entry, RewriteRules rules) : entry_(std::move(entry)), rules_(std::move(rules)) {}

  /// What `apply` makes of the text; empty where it cannot be read. Valid until the memo goes.
  const std::vector<Rewritten>& results(Apply apply, int value, const std::string& source);

 private:
  std::string entry_;
  RewriteRules rules_;
  std::map<std::string, std::optional<Unit>> units_;  // by source text
  std::map<std::tuple<Apply, int, std::string>, std::vector<Rewritten>> results_;
};

}  // namespace ke

// SPDX-License-Identifier: MIT
// Attention: per query the scores of all keys (a product, scaled or shifted), their exponentials above the
// largest score and the total of these, and the values that they weigh. Told by what the loops compute and in
// which order; what is done with the weighted values stays the user's own code.
#pragma once

#include "ke-build/search/templates/nest.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ke {

struct AttentionSite {
  Site region;       // the loop over the queries
  std::string type;  // "float" or "double"
  Element q, k, v;
  std::optional<Element> bias;  // e in the form of the score
  const Stmt *depth = nullptr, *key = nullptr,
             *width = nullptr;  // loops over products, keys, columns of values
  Expr end;                  // exclusive bound of the keys, in terms of the region's variable and outer names
  bool ends_differ = false;  // from query to query
  std::string score;         // over s, e and extra[i]
  std::vector<std::string> extras;  // what extra[i] stands for
  Expr start;                       // what the search for the largest score starts with
  std::string most, total;          // names of the largest score and of the total in the user's code
  const Stmt *most_made = nullptr, *total_made = nullptr;  // statements that the results stand in for
  const Stmt* weighed = nullptr;                           // the loops that add weight times value
  Expr target;                                             // of these
  bool rows_inside = false;                                // `weighed` holds the loop over the columns
  std::string normalised;            // " / sum", what each weight is divided by before; or ""
  std::vector<const Stmt*> dropped;  // statements that need not run any more
  Independence independence;
};

/// Reads the attention whose queries the site's loop runs over. Nothing when its loops do anything else with
/// the scores, or when the scores outlive them.
std::optional<AttentionSite> read_attention(const Site& site);

}  // namespace ke

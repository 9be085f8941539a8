// SPDX-License-Identifier: MIT
// Contractions: sums of products of an element per row and an element per column, over common indices.
// C += A B in every loop order and layout, A B^T, covariance, pairwise distances, scores of attention,
// convolution as a product of filters and patches. What is done with each sum stays the user's own code.
#pragma once

#include "ke-build/search/templates/nest.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

struct ContractionSite {
  Site region;                    // the loop that is replaced; sums are made ahead for parts of it
  const Stmt* inner = nullptr;    // the loops that only sum; the region itself, or inside of it
  const Stmt* block = nullptr;    // the loop that runs in blocks of rows
  std::vector<const Stmt*> rows;  // outermost first; rows[0] == block. Empty: one row, blocks of columns
  std::vector<const Stmt*> cols, depth;
  std::vector<const Stmt*> kept;    // loops of `inner` that are no sums, outermost first
  Element row, col;                 // the elements multiplied
  bool single = false;              // no row's element: the product is a form over b alone
  std::vector<std::string> extras;  // names that the product is made with, too: @e0, ...
  Expr product;                     // over the names a (row) and b (column)
  std::optional<Expr> factor;       // of the finished sum
  Expr target;                      // s, or c[i * n + j]
  bool subtract = false;
  std::string type;         // of the sum: "float", "double", "int"
  std::vector<Poly> forms;  // all must be >= 0, else the term is skipped
  bool guard_rows = false;  // the forms belong to the rows' side
  Independence independence;
};

struct SummingLoops;
/// Where the sums of such a chain go, and which of its loops the target depends on (kept) or not (depth).
/// Nothing when the target is no variable and no element, its type is not summed, or no loop sums.
std::optional<ContractionSite> sums_of(const SummingLoops& chain, const Site& inner);

/// Fills in what must not overlap. False when making the sums of the region ahead could change what the
/// kernel computes: something else runs, leaves, or changes what they read.
bool can_sum_ahead(ContractionSite& site);

/// "float", "double" or "int": the type of a sum's target; "" for others.
std::string type_of_sum(const Expr& target, const Symbols& symbols);
/// Elements of this type may be converted to the sum's before they are multiplied.
bool type_fits_sum(const std::string& element, const std::string& sum);

/// Reads the contraction whose summing loops are rooted at the site's loop. Nothing when there is none, or
/// when making sums ahead could change what the kernel computes.
std::optional<ContractionSite> read_contraction(const Site& inner);

}  // namespace ke

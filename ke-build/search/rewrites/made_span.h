// SPDX-License-Identifier: MIT
// What a span is a view of.
#pragma once

#include "ke-build/search/rewrites/support.h"

#include <optional>
#include <string>

namespace ke {

/// `const std::span row(x + from, n);`: n elements of x, behind the first ones.
struct MadeSpan {
  std::string pointer, counter;  // its name; the type that counts elements
  std::optional<Expr> offset;
  Expr length;
  const Stmt* declaration = nullptr;
  /// The element that a counter names.
  Expr at(const std::string& counter_name) const;
};

/// The span of that name which the site sees. Nothing where it may become another one, or where what it was
/// made of changes somewhere in the function.
std::optional<MadeSpan> made_span(const Site& site, const std::string& name);

}  // namespace ke

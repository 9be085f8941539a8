// SPDX-License-Identifier: MIT
// Functions that leave early, as expressions: `if (v < 0) return 0; if (v > 255) return 255; return v;`.
#pragma once

#include "ke-build/search/syntax/stmt.h"

#include <optional>

namespace ke {

struct ReturnedValue {
  Stmts before;  // what the body does first
  std::optional<Expr> value;
};

/// Nothing when the body leaves in another way, or loops do.
std::optional<ReturnedValue> returned_value(const Stmts& body);

}  // namespace ke

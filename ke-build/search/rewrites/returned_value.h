// SPDX-License-Identifier: MIT
// Functions that leave early, as expressions: `if (v < 0) return 0; if (v > 255) return 255; return v;`.
// Those without a value become branches: `if (v < 0) return; sum += v;`.
#pragma once

#include "ke-build/search/syntax/stmt.h"

#include <functional>
#include <optional>

namespace ke {

struct ReturnedValue {
  Stmts before;  // what the body does first
  std::optional<Expr> value;
};

/// Nothing when the body leaves in another way, or loops do. Where several values are returned, each goes
/// through `converted`: a selection would convert all of them to one type first.
std::optional<ReturnedValue> returned_value(const Stmts& body,
                                            const std::function<Expr(const Expr&)>& converted = {});

}  // namespace ke

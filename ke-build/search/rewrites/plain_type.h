// SPDX-License-Identifier: MIT
// The exact type of an expression of plain numbers, as a declaration may spell it.
#pragma once

#include "ke-build/search/syntax/facts.h"

#include <string>

namespace ke {

bool is_plain_number(const std::string& type);

/// "float" of `x[i] * 0.5f`, "int" of `0`, "std::uint8_t" of an element of such; "" where the text does not
/// tell.
std::string plain_type_of(const Expr& expr, const Symbols& symbols);

/// The element type of pointers, arrays and vectors of numbers, of std::array and std::span, too; else "".
std::string number_in(const std::string& type);

/// The type of `a + b`; "" where that is not clear.
std::string common_number(const std::string& a, const std::string& b);

}  // namespace ke

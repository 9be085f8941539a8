// SPDX-License-Identifier: MIT
// Calls in source text by the name that they are spelled with.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace ke {

/// The text with the names of free functions that are called replaced by what `rename` answers for their
/// qualifier ("", "::", "std::") and name; an empty answer keeps the call. Comments, literals and methods
/// (`x.f()`, `p->f()`) stay.
std::string renamed_calls(
    std::string_view text,
    const std::function<std::string(const std::string& qualifier, const std::string& name)>& rename);

}  // namespace ke

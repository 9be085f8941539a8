// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace ke {

/// Text of the project's own headers that a source includes (`#include "..."`, followed a few levels deep):
/// their macros and inline helpers tell what the kernel's subscripts and calls mean. System headers are not
/// read.
std::string project_headers(const std::string& source, const std::string& path,
                            const std::vector<std::string>& include_flags);

}  // namespace ke

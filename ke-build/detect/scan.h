// SPDX-License-Identifier: MIT
// The compiler's own list of headers (-M), for sources that have not been built as they are now.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/recipe.h"

#include <string>
#include <string_view>
#include <vector>

namespace ke {

/// Prerequisites of the first rule in a Makefile fragment as compilers write it: `\` line ends, `\ `, `\#`
/// and `$$`.
std::vector<std::string> parse_depfile(std::string_view text);

struct Scan {
  bool ok = false;
  std::vector<std::string> files;  // canonical paths, the source included
  std::string error;               // last lines of the compiler's output
};

/// Preprocesses with the recipe's flags; precompiled headers are read as text, and missing headers are an
/// error.
Scan scan_includes(const Recipe& recipe, const std::string& source, double timeout_s);

/// Runs several scans, two at a time.
struct ScanRequest {
  Recipe recipe;
  std::string source;
};
std::vector<Scan> scan_all(const std::vector<ScanRequest>& requests, double timeout_s);

}  // namespace ke

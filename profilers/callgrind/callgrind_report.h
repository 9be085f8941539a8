// SPDX-License-Identifier: MIT
// A callgrind.out file: instructions in all and per function.
#pragma once

#include "ke-build/base/result.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ke::callgrind {

struct Counts {
  uint64_t instructions = 0;                                // Ir of `totals:`, or of `summary:`
  std::vector<std::pair<std::string, uint64_t>> functions;  // own instructions, most first
};

/// Reads format version 1 with name and position compression (valgrind's manual, "Callgrind Format
/// Specification"). ERRORS: tool (another version, no Ir column, no total).
Result<Counts> parse_counts(const std::string& text);

}  // namespace ke::callgrind

// SPDX-License-Identifier: MIT
// What a machine-written source may add to a repository. The rules are narrow on purpose: a kernel computes.
#pragma once

#include <string>

namespace ke {

constexpr size_t kSourceLimitBytes = 1u << 20;
constexpr size_t kSkillLimitBytes = 64u << 10;

/// Why `candidate` may not replace `base`, or "". Refused: inline assembly, start-up code, calls into the
/// system, headers beyond mathematics, containers and intrinsics, text that hides itself, and sources of more
/// than kSourceLimitBytes. What the base has already may stay.
std::string refuse_source(const std::string& base, const std::string& candidate);
/// Why this text may not become a skill file, or "".
std::string refuse_skill(const std::string& text);

}  // namespace ke

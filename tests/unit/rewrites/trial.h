// SPDX-License-Identifier: MIT
// Compiles an original and a rewritten kernel into one program, under AddressSanitizer, and runs both on the
// same inputs.
#pragma once

#include "ke-build/search/rewrites/rewrite.h"

#include <string>

namespace ke {

struct Trial {
  std::string original, rewritten;
  std::string driver;  // body of main(); calls original::f and rewritten::f; prints what differs
  bool sanitize = true;
  std::string flags = {};  // extra compiler flags
};

/// For large kernels, which take seconds to optimise under sanitizers and less than one to compile as they
/// stand.
constexpr const char* kUnoptimised = "-O0";

/// What the program printed, plus how it ended when that was not well. Empty: no difference.
std::string differences(const Trial& trial);

/// The first result of a rewrite on the entry `f`; fails the test when it does not apply.
std::string rewritten_by(const char* rewrite, const std::string& source, int value, RewriteRules rules = {});
size_t results_of(const char* rewrite, const std::string& source, int value = 0, RewriteRules rules = {});

}  // namespace ke

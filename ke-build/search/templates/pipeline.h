// SPDX-License-Identifier: MIT
// From a kernel to complete template candidates: helpers and templates of the language out of the way first,
// then every family that recognises something, then what the rest of the kernel's own code gains from.
#pragma once

#include "ke-build/search/templates/family.h"

#include <string>
#include <vector>

namespace ke {

struct TemplateCandidate {
  std::string source;
  std::string family, detail;
  std::vector<std::string> flags;
  double prior = 1;
};

/// Best guess first; empty when no family recognises anything, which takes one reading of the source. With
/// `only`, what that family does by itself.
std::vector<TemplateCandidate> template_candidates(const std::string& source, const std::string& entry,
                                                   const RewriteRules& rules, const std::string& only = "");

}  // namespace ke

// SPDX-License-Identifier: MIT
// What a family makes of the entry `f` of a source.
#pragma once

#include "ke-build/search/templates/pipeline.h"
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ke {

inline bool recognised(const std::string& family, const std::string& source, RewriteRules rules = {}) {
  for (const TemplateCandidate& made : template_candidates(source, "f", rules))
    if (made.family == family) return true;
  return false;
}

/// The family's first candidate; fails the test when there is none.
inline std::string made_by(const std::string& family, const std::string& source, RewriteRules rules = {}) {
  for (TemplateCandidate& made : template_candidates(source, "f", rules))
    if (made.family == family) return made.source;
  ADD_FAILURE() << family << " does not recognise\n" << source;
  return source;
}

/// As a machine of that level runs it: "0", "1" (AVX2) or "2" (AVX-512).
inline void expect_same_at(const std::string& level, const std::string& family, const std::string& source,
                           const std::string& driver) {
  const std::string made =
      "static inline int ke_level(void) { return " + level + "; }\n" + made_by(family, source);
  EXPECT_EQ(differences({source, made, driver, true, "-DKE_LEVELS"}), "") << level << source;
}

inline void expect_same(const std::string& family, const std::string& source, const std::string& driver,
                        RewriteRules rules = {}) {
  EXPECT_EQ(differences({source, made_by(family, source, rules), driver}), "") << source;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// Tunables and flags of one version of the source as the parameters of a space, and back.
#pragma once

#include "ke-build/model/candidate.h"
#include "ke-build/model/operator.h"
#include "ke-build/model/recipe.h"
#include "ke-build/search/space/space.h"
#include "ke-build/search/synthesizers/flag_sets.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ke {

class TuningSpace {
 public:
  /// The space around a candidate: its source and what its flags hold beyond the known sets stay as they are.
  /// Tunables that the `baseline` source reads and this one no longer does are no parameters.
  TuningSpace(const Operator& op, const Recipe& recipe, const Candidate& candidate,
              const std::string& baseline = "");
  TuningSpace(const TuningSpace&) = delete;

  const Space& space() const { return space_; }
  /// Nothing when the candidate is not of this space: another source, or flags of other origin.
  std::optional<Levels> levels_of(const Candidate& candidate) const;
  /// The candidate at a configuration; its moves are those of `parent` and one per difference, in the words
  /// of the synthesizers, so that skills can ask for them again.
  Candidate candidate_at(const Levels& levels, const Candidate& parent) const;

 private:
  std::vector<std::string> flags_at(const Levels& levels) const;
  bool legal(const Levels& levels) const;

  const Operator& op_;
  std::string source_;
  std::map<std::string, std::string> others_;  // values of tunables that are no parameters here
  std::vector<std::string> fixed_;             // flags that belong to the source
  std::vector<Tunable> tunables_;              // parameters, in this order
  std::vector<FlagSet> broad_;   // levels of the next parameter, when there are any; the first one is empty
  std::vector<FlagSet> single_;  // on or off, one parameter each
  Space space_;
};

}  // namespace ke

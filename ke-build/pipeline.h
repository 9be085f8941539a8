// SPDX-License-Identifier: MIT
// The tour of the engine's half of the house: detect, search (which evaluates), learn. ke-ci ends it with
// propose and gate.
#pragma once

#include "ke-build/detect/detect.h"
#include "ke-build/search/search.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ke {

struct PipelineOptions {
  EvaluateOptions evaluate;
  SearchOptions search;
  std::string store_path;               // <build>/ke/store.db
  std::vector<std::string> skill_dirs;  // kb/skills of the tool, .ke/skills of the repository
  bool explain_winner = false;          // differential runs of the winner behind the search, some seconds
};

/// Everything one operator's session needs, opened in order: spec, recipe, target build, baseline.
struct Workbench {
  Operator op;
  Subject baseline;
};
Result<Workbench> open_workbench(const Project& project, const Registration& registration);

/// Skills of the store and of these folders, unfiltered; recall() picks what fits.
Result<std::vector<Skill>> known_skills(Store& store, const std::vector<std::string>& folders);

/// search OP: workbench, evaluator, recall, search, learn. The skill is stored when there is a winner.
struct SessionOutcome {
  SearchResult result;
  std::optional<Skill> skill;
};
Result<SessionOutcome> run_session(const Project& project, const Registration& registration,
                                   const PipelineOptions& options);

}  // namespace ke

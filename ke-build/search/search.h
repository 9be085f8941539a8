// SPDX-License-Identifier: MIT
// Budgeted tree search: select, synthesize, evaluate, back up, stop. A node is a candidate, an edge is what
// was done.
#pragma once

#include "ke-build/base/files.h"
#include "ke-build/evaluate/evaluate.h"
#include "ke-build/model/session.h"
#include "ke-build/store/store.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ke {

struct SearchProgress {
  std::string op, doing;  // "multi_accumulator lanes=16"
  int64_t evaluations = 0;
  double elapsed_s = 0, budget_s = 0;
  double best = 1;  // screening speed-up of the incumbent
};

struct SearchOptions {
  Budget budget;
  double opening_s = 0;        // spent on opening the evaluator; counts
  std::string policy = "uct";  // uct, greedy, evolutionary, random
  uint64_t seed = 0;
  double target = 0;  // stop when the confirmed speed-up reaches it; 0: no target
  int64_t stall =
      60;  // stop after so many evaluations without progress, and after as many as it took to get there
  double clean_slate = 0.2;               // share of expansions that see no memory
  std::vector<std::string> synthesizers;  // empty: all
  std::vector<std::string> without;       // parts that are left out (search/parts.h)
  std::vector<Skill> skills;              // retrieved by learn::recall
  std::function<void(const SearchProgress&)> on_progress;
};

/// uct, greedy, evolutionary, ...
std::vector<std::string> policy_names();
/// ERRORS: usage, with the nearest name.
Result<> check_policy(const std::string& name);
/// ERRORS: usage, when `synthesizers` or `without` name what there is not.
Result<> check_parts(const SearchOptions& options);

/// The fastest candidate whose confirmation did not say faster.
struct Unconfirmed {
  double speedup = 0;  // when it was screened; 0: there was none
  std::string why;
};

struct SearchResult {
  Session session;
  Node baseline;
  Node best;                     // meaningful when session.best != 0
  Unconfirmed unconfirmed = {};  // by this process
};

/// Two searches of one operator would measure on the same cores and write the same tree. Whoever is about to
/// search holds this from before the judge is opened. Empty for a store in memory.
struct OperatorHold {
  std::optional<FileLock> lock;
};
/// ERRORS: conflict, while another process holds it.
Result<OperatorHold> hold_operator(const Store& store, const std::string& op);

/// Resumes an unfinished session of the same operator hash, or starts one. No finished evaluation is repeated
/// or lost. The last part of the budget is kept for confirming the winner on fresh data.
Result<SearchResult> search(const OperatorHold& held, const Operator& op, const Subject& baseline,
                            Evaluator& evaluator, Store& store, const SearchOptions& options);

}  // namespace ke

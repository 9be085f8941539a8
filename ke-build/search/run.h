// SPDX-License-Identifier: MIT
// Everything that one running search holds, for the files of this room: search.cpp tells the story,
// session.cpp starts or resumes, plan.cpp chooses, step.cpp evaluates and stores, finals.cpp confirms.
#pragma once

#include "ke-build/search/catalogue.h"
#include "ke-build/search/clock.h"
#include "ke-build/search/policy.h"
#include "ke-build/search/search.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// A candidate that was chosen for evaluation.
struct Choice {
  int64_t parent = 0;
  Memory memory = Memory::inherit_parent;
  Suggestion suggestion;
};

struct Run {
  const Operator& op;
  const Subject& baseline;
  Evaluator& evaluator;
  Store& store;
  const SearchOptions& options;
  PolicyRow policy;
  Catalogue catalogue;
  Session session;
  Tree tree;
  BudgetClock clock;
  size_t first_kinds =
      0;  // of moves that get a turn at the root before the others (learned/first_moves.h); 0: all
  // One step is one evaluation, whatever its effort: the root is step 0. All randomness derives from seed and
  // step.
  int64_t step = 0;
  std::vector<Choice> queue = {};                              // chosen and compiled ahead
  std::set<int64_t> asked_to_keep = {};                        // nodes, the plain kernel where they lose
  std::map<int64_t, std::map<std::string, int>> efforts = {};  // node -> efforts spent on it beyond screening
  Ledger spent_before = {};                                    // by earlier processes of this session
  int64_t screened = 0;                                        // by this process
  double screening_s = 0;                                      // wall time that it took
  double evaluator_s = 0;                                      // wall time inside the evaluator
  double started_s = 0;
  int failures_in_a_row = 0;  // of the harness, not of candidates
  bool out_of_time = false;   // the evaluator gave up because of the deadline
  Unconfirmed unconfirmed = {};
  int64_t reserved_for = 1;  // the node whose confirmation the clock expects
};

/// What must be the same for a session to go on: contract, baseline source, and how the repository compiles
/// it.
std::string op_hash_of(const Operator& op, const Subject& baseline);

/// Starts a session with its root, or loads the unfinished one and its tree.
Result<Run> open_run(const Operator& op, const Subject& baseline, Evaluator& evaluator, Store& store,
                     const SearchOptions& options, std::vector<std::unique_ptr<Synthesizer>> synthesizers);

/// Stores the session's present state: counters, elapsed time and ledger. Call it inside the step's
/// transaction.
Result<> save_session(Run& run);

/// Seconds that the measured device was busy for this session: timed calls, reference and checks, opening
/// included.
double device_spent_s(const Run& run);

/// The next candidates, at most `kAhead`: compiled together, measured one after the other.
inline constexpr int64_t kAhead = 2;
std::vector<Choice> plan(Run& run, const Tree& tree, int64_t step, int64_t count);

/// Screens the next candidate and stores it. False when nothing is left to try.
Result<bool> screen_next(Run& run);
/// Screens this one and stores it.
Result<> screen(Run& run, Choice choice);
/// Spends a decision or confirmation on a node, and stores it.
Result<> examine(Run& run, int64_t node, Effort effort);

/// Evaluator::variants_hold() of a node; true where the harness failed.
Result<bool> variants_hold(Run& run, int64_t node);

/// Tells the clock what confirming the node that leads now is expected to take.
void reserve_for_leader(Run& run);

/// Decides between the fastest nodes and confirms the best one; sets session.best. May be called again later.
Result<> confirm_winner(Run& run);

/// search() with these synthesizers instead of the generated table.
Result<SearchResult> run_search(const Operator& op, const Subject& baseline, Evaluator& evaluator,
                                Store& store, const SearchOptions& options,
                                std::vector<std::unique_ptr<Synthesizer>> synthesizers);

}  // namespace ke

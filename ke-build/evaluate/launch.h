// SPDX-License-Identifier: MIT
// A started runner that knows the operator: writes inputs, poisons outputs, hands out what was computed.
// Everything above it (verify, bench) is the same for every kind of hardware.
#pragma once

#include "ke-build/evaluate/folder.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/evaluate/runner.h"

#include <memory>
#include <string>
#include <vector>

namespace ke {

struct LaunchOptions {
  int max_calls = 1;
  uint64_t layout_seed = 0;
  bool element_alignment = false;  // arrays without a declared alignment get that of their element only
  bool spin = false;
  // Every large array shows one small tile again and again, so that no call waits for memory. For timing
  // only: results mean nothing. Offsets and matrices with structure stay whole, since a repeated part of them
  // would not be legal.
  bool tiled = false;
  std::vector<std::string> mandatory_layers;
  Placing placing;
  std::vector<Axes> also;      // shapes that calls may take by reshape(); arrays have room for the largest
  std::vector<int> in_place;   // per argument, the other one that this input lies on, or -1; empty: none does
  bool other_thread = false;   // as RunnerOptions
  int callers = 1;             // as RunnerOptions
  bool brief_threads = false;  // as RunnerOptions
  bool within_team = false;    // as RunnerOptions
  bool flushes = false;        // as RunnerOptions
  bool grants_cores = false;   // as SandboxPolicy
  int openmp_limit = 0;        // as RunnerOptions
  bool sleeping_teams = false;  // as RunnerOptions
  std::vector<int> cpus = {};   // as RunnerOptions
  // Works on the memory of this launch, which is never awake together with it: same operator, same calls, as
  // promoted.
  const class Launch* beside = nullptr;
};

/// The layout of one call in a program's own types: the operator's arguments in order, then its axes.
std::vector<RunnerSlot> slots_of(const Operator& op, const Axes& axes, bool promoted, bool element_alignment);

class Launch {
 public:
  /// ERRORS: as Runner::start.
  static Result<Launch> start(const Operator& op, const Axes& axes, const Program& program,
                              const LaunchOptions& options);

  /// Writes the inputs of one call (promoted where the program wants it) and poisons its pure outputs.
  void put(int call, const Inputs& inputs, uint64_t poison_seed);
  /// Gives one call another of the shapes that the launch has room for.
  void reshape(int call, const Axes& axes);
  /// As Runner::run; what the program's habits allow is not reported.
  RunOutcome run(int first, int calls, double timeout_s);
  /// Output arguments in order, as the judge sees them.
  std::vector<const void*> outputs(int call) const;
  Runner& runner() { return *runner_; }
  /// How often the first thread of the process has given its core away by itself; 0 where nobody says.
  int64_t voluntary_switches();
  /// Another launch of this program can work on the same memory.
  bool fits_beside(const Program& program) const {
    return program.promoted == promoted_ && program.runner.empty() == hosted_;
  }
  int max_calls() const { return max_calls_; }

 private:
  Launch(const Operator& op, const Axes& axes, const Program& program)
      : op_(&op),
        axes_(axes),
        promoted_(program.promoted),
        hosted_(program.runner.empty()),
        habits_(program.habits) {}

  const Operator* op_;
  Axes axes_;
  bool promoted_, hosted_;
  Habits habits_;
  int max_calls_ = 1;
  std::vector<int> in_place_;
  std::unique_ptr<Runner> runner_;
};

/// `crashed`, `timed_out` or `unsafe` for a run that did not finish.
Outcome outcome_of(const RunOutcome& run);

}  // namespace ke

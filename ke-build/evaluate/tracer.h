// SPDX-License-Identifier: MIT
// Runs an instrumented kernel and tells what each call has compared and entered.
#pragma once

#include "backends/cpu/trace_table.h"
#include "ke-build/base/clock.h"
#include "ke-build/evaluate/call_once.h"

#include <cstdint>
#include <memory>
#include <unordered_set>
#include <vector>

namespace ke {

/// Inputs of one call, by themselves.
struct Example {
  Axes axes;
  std::map<std::string, double> scalars;
  Inputs inputs;
};

/// What one call did, as hashes: features of the blocks that it entered and of what its comparisons came out
/// as, and counts of how often a comparison came out as the feature `outcome`, each time that doubles.
struct CallTrace {
  struct Count {
    uint64_t hash, outcome;
  };
  bool finished = false;  // otherwise nothing is known of it
  // It did not come to its end, or stood in a set of calls that did not and whose halves nobody had time for.
  bool suspect = false;
  bool late = false;  // that was at the end of its time
  std::unique_ptr<ke_runner::TraceTable> table;
  std::vector<uint64_t> features;
  std::vector<Count> counts;
};

class Tracer {
 public:
  /// `program` was built with Role::traced.
  Tracer(const Operator& op, const Program& program, std::vector<std::string> mandatory)
      : op_(op), program_(program), mandatory_(std::move(mandatory)) {}

  /// One per example, in as few processes as may be; unfinished ones once the time is up. ERRORS: sandbox.
  Result<std::vector<CallTrace>> run(const std::vector<const Example*>& examples, const Deadline& deadline);

  const Program& program() const { return program_; }
  /// Places of the blocks that any call so far has entered, and whether there may be more of them.
  const std::unordered_set<uint64_t>& entered() const { return entered_; }
  bool missed_blocks() const { return missed_blocks_; }

 private:
  Result<std::vector<CallTrace>> run_together(const std::vector<const Example*>& examples);

  const Operator& op_;
  const Program& program_;
  std::vector<std::string> mandatory_;
  std::unordered_set<uint64_t> entered_;
  bool missed_blocks_ = false;
};

}  // namespace ke

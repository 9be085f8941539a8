// SPDX-License-Identifier: MIT
// One comparison as the product makes it: two versions of a noise kernel, fresh launches, a verdict. Versions
// are equal, or one of them does a known share of its work twice.
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/evaluate/bench.h"
#include "ke-build/evaluate/judge_state.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace ke {

struct Trial {
  std::string kernel;  // one of noise_kernels()
  int percent = 0;     // by how much the baseline works more than the candidate
};

struct Comparison {
  Trial trial;
  Outcome verdict = Outcome::noisy;
  double seconds = 0;  // wall time, launches and checks included, waiting for the lock left out
  double timed_s = 0;  // of it, inside timed calls
  double load = 0;     // runnable processes when it began, itself not counted
  std::vector<std::vector<TimedPair>> launches;
};

/// The rule under test: faster or slower at all, on medians of launches.
DecisionRule rule_under_test();

Json to_json(const Comparison& comparison);
Result<Comparison> comparison_from(const Json& line, const std::string& origin);

/// Opens one judge per kernel when it is first needed.
class Arena {
 public:
  explicit Arena(std::string state_dir) : state_dir_(std::move(state_dir)) {}
  Result<Comparison> compare(const Trial& trial);

 private:
  struct Corner {
    std::unique_ptr<JudgeState> judge;
    std::map<int, Program> programs;  // by percent
  };
  Result<Corner*> corner(const std::string& kernel);
  Result<const Program*> program(Corner& corner, const Trial& trial);

  std::string state_dir_;
  std::map<std::string, Corner> corners_;
};

}  // namespace ke

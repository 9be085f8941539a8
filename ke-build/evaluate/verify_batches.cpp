// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/verify_batches.h"

#include "ke-build/base/random.h"
#include "ke-build/model/spec.h"

#include <algorithm>

namespace ke {
namespace {

constexpr int kHurriedRounds = 3;
constexpr int kEarlyTrap = 16, kTraps = 1, kThreadedTraps = 8;
constexpr double kHurried_s = 0.01;  // of one shape, beyond the first round

// One process that is told of a large batch and ended where the call `trap` would begin.
Result<std::optional<Finding>> cut_off(const Operator& op, const Program& program, const Pool& pool,
                                       int calls, int trap, const VerifyOptions& options) {
  LaunchOptions start;
  start.max_calls = calls;
  start.placing.trap = trap;
  start.layout_seed = options.seed;
  start.mandatory_layers = options.mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
  for (int call = 0; call < trap; ++call)
    launch.put(call, pool.cases[0].inputs, options.seed + static_cast<uint64_t>(call));
  const RunOutcome run = launch.run(0, calls, options.call_timeout_s * 4);
  if (run.finished()) return std::optional<Finding>();  // the call in the spec reads no number: no trap
  if (run.state == RunOutcome::State::timed_out)
    return std::optional(not_finished(run, place(op, pool, pool.cases[0])));
  for (int call = 0; call < trap; ++call) {
    const CheckResult result = pool.cases[0].plan.check(launch.outputs(call));
    if (!result.ok)
      return std::optional(Finding{Outcome::untrusted,
                                   fmt::format("a call of a batch had returned before it had finished: {} {}",
                                               result.reason, place(op, pool, pool.cases[0])),
                                   0, 0, false});
  }
  return std::optional<Finding>();
}

}  // namespace

// Threads that wake up by themselves seldom meet. Calls that follow each other at once keep them awake, and
// what they do without a lock goes wrong sooner or later.
Result<std::optional<Finding>> hurry(const Operator& op, const Program& program, const Pool& pool,
                                     const VerifyOptions& options) {
  const int64_t bytes = std::max<int64_t>(1, case_bytes(op, pool.axes));
  if (op.contract.threads < 2 || pool.cases.empty() || bytes > kHurriedBytes / 8)
    return std::optional<Finding>();
  LaunchOptions start;
  start.max_calls = static_cast<int>(std::min<int64_t>(kHurriedCalls, kHurriedBytes / bytes));
  start.layout_seed = options.seed;
  start.mandatory_layers = options.mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
  const Deadline enough(kHurried_s);
  for (int round = 0; round < kHurriedRounds && (round == 0 || !enough.passed()); ++round) {
    for (int call = 0; call < start.max_calls; ++call)
      launch.put(call, pool.cases[0].inputs, options.seed + static_cast<uint64_t>(call));
    const RunOutcome run = launch.run(0, start.max_calls, options.call_timeout_s * 4);
    if (!run.finished()) return std::optional(not_finished(run, place(op, pool, pool.cases[0])));
    if (auto finding = misbehaved(op, run, launch.runner())) return finding;
    for (int call = 0; call < start.max_calls; ++call) {
      const CheckResult result = pool.cases[0].plan.check(launch.outputs(call));
      if (!result.ok)
        return std::optional(Finding{
            Outcome::wrong,
            result.reason + " in one of many calls in a row " + place(op, pool, pool.cases[0]), 0, 0, true});
    }
  }
  return std::optional<Finding>();
}

// A caller reads when a call has returned, not at the end of a batch. Helpers that lag behind are slowest in
// their first call, and not always late.
Result<std::optional<Finding>> returns_finished(const Operator& op, const Program& program, const Pool& pool,
                                                const VerifyOptions& options) {
  const int64_t bytes = std::max<int64_t>(1, case_bytes(op, pool.axes));
  if (pool.cases.empty() || bytes > kHurriedBytes / 2) return std::optional<Finding>();
  const auto calls = static_cast<int>(std::min<int64_t>(kHurriedCalls, kHurriedBytes / bytes));
  Random random(secret_seed());
  if (calls < 2) return std::optional<Finding>();
  for (int round = 0; round < (op.contract.threads > 1 ? kThreadedTraps : kTraps); ++round) {
    // Late, early, anywhere, and behind the first call.
    const int latest = round % 2 == 0 ? calls - 1 : std::min(kEarlyTrap, calls - 1);
    const int earliest = round % 4 == 0 ? std::max(1, calls / 2) : 1;
    const int trap =
        round % 4 == 3
            ? 1
            : earliest + static_cast<int>(random.below(static_cast<uint64_t>(latest - earliest + 1)));
    KE_TRY(std::optional<Finding> finding, cut_off(op, program, pool, calls, trap, options));
    if (finding) return finding;
  }
  return std::optional<Finding>();
}

}  // namespace ke

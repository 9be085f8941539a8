// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/verify_threads.h"

#include "ke-build/base/clock.h"
#include "ke-build/evaluate/reference.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr int kTogether = 64, kTogetherWindows = 200;  // calls of two threads
constexpr int kFirstCalls = 24;                        // processes
constexpr int64_t kAtOnceBytes = 1 << 21;
constexpr double kTogether_s = 0.3;

/// A window of `calls` calls, each pair of them at the same time.
std::optional<Finding> window_of_pairs(const Operator& op, Launch& launch, const Pool& pool, int calls,
                                       const std::string& when, const VerifyOptions& options) {
  if (auto finding = out_of_time(options)) return finding;
  const auto at = [&](int call) -> const Case& {
    return pool.cases[static_cast<size_t>(call) % pool.cases.size()];
  };
  for (int call = 0; call < calls; ++call)
    launch.put(call, at(call).inputs, options.seed + static_cast<uint64_t>(call));
  const RunOutcome run = launch.run(0, calls, calls * options.call_timeout_s);
  if (!run.finished()) return Finding{outcome_of(run), run.reason + " " + when, 0, 0, false};
  for (int call = 0; call < calls; ++call) {
    const CheckResult result = at(call).plan.check(launch.outputs(call));
    if (!result.ok)
      return Finding{Outcome::wrong,
                     fmt::format("{} {} on {}: data that calls share must be thread_local where "
                                 "$.ke.contract.reentrant is true",
                                 result.reason, when, axes_text(op, pool.axes)),
                     0, 0, false};
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<Finding>> verify_two_threads(const Operator& op, const Program& program,
                                                  const Pool& pool, const VerifyOptions& options) {
  const int64_t bytes = std::max<int64_t>(1, case_bytes(op, pool.axes));
  if (pool.cases.empty() || bytes > kAtOnceBytes) return std::optional<Finding>();
  LaunchOptions start = varied_launch(
      options, static_cast<int>(std::clamp<int64_t>(2 * kAtOnceBytes / bytes / 2 * 2, 2, kTogether)));
  start.callers = 2;
  {
    KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
    const Deadline enough(kTogether_s);
    for (int window = 0; window < kTogetherWindows && (window == 0 || !enough.passed()); ++window)
      if (auto finding = window_of_pairs(op, launch, pool, start.max_calls,
                                         "when two threads call it at the same time", options))
        return finding;
  }
  start.max_calls = 2;
  const Deadline enough(kTogether_s);
  for (int process = 0; process < kFirstCalls && !enough.passed(); ++process) {
    start.layout_seed = options.seed + static_cast<uint64_t>(process);
    KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
    if (auto finding =
            window_of_pairs(op, launch, pool, 2, "when two threads call it for the first time", options))
      return finding;
  }
  return std::optional<Finding>();
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/new_threads.h"

#include "ke-build/base/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr int kProcesses = 2;
constexpr int kFewThreads = 4, kMostThreads = 12;
constexpr double kThreads_s = 0.1;  // of one process; no more threads than the fewest beyond
constexpr double kTimes = 4, kAllowed_s = 1e-3;
constexpr double kLongCall_s = 0.05;  // beside such calls nothing that a thread begins with shows

// The least of several new threads, so that what the machine does meanwhile counts for nothing; infinity when
// it does not get through, which others tell better.
Result<double> least_first_call(const Operator& op, const Pool& pool, const Program& program,
                                const BenchOptions& options, Random& random) {
  LaunchOptions start;
  start.brief_threads = true;
  start.layout_seed = random.next();
  start.mandatory_layers = options.mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
  const Deadline enough(kThreads_s);
  double least_s = HUGE_VAL;
  // The first one pays for the process as well.
  for (int thread = 0; thread <= kMostThreads && (thread <= kFewThreads || !enough.passed()); ++thread) {
    launch.put(0, pool.cases.front().inputs, random.next());
    const RunOutcome run = launch.run(0, 1, 60);
    if (!run.finished()) return HUGE_VAL;
    if (thread > 0) least_s = std::min(least_s, run.seconds);
  }
  return least_s;
}

}  // namespace

Result<std::optional<Finding>> slow_in_new_threads(const Operator& op, const Pool& pool,
                                                   const Program& baseline, const Program& candidate,
                                                   const BenchOptions& options) {
  // Threads of a kernel's own are started anew as well, and take their time.
  if (op.level == Level::pure || op.contract.threads > 1 || pool.cases.empty() || pool.call_s > kLongCall_s)
    return std::optional<Finding>();
  Random random(secret_seed());
  double own_s = 0, usual_s = 0;
  for (int process = 0; process < kProcesses; ++process) {
    KE_TRY(usual_s, least_first_call(op, pool, baseline, options, random));
    KE_TRY(own_s, least_first_call(op, pool, candidate, options, random));
    if (!std::isfinite(own_s) || own_s <= kTimes * usual_s + kAllowed_s) return std::optional<Finding>();
  }
  return std::optional(Finding{Outcome::slower,
                               fmt::format("takes {:.2g} s for the first call of every new thread on {}; the "
                                           "baseline takes {:.2g} s",
                                           own_s, axes_text(op, pool.axes), usual_s),
                               0, 0, false});
}

}  // namespace ke

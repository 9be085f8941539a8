// SPDX-License-Identifier: MIT
// How long one call takes, and how many fit between two time stamps.
#include "ke-build/base/clock.h"
#include "ke-build/base/measure_lock.h"
#include "ke-build/base/stats.h"
#include "ke-build/evaluate/bench.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr double kShakesPerBatch = 20;  // a batch lasts at least so many hand-shakes ...
constexpr double kShortestBatch_s = 400e-6;
constexpr double kLongestShakes_s = 600e-6;  // ... but a restless machine must not make batches long
constexpr int64_t kLargestBatchBytes = 64 << 20;
constexpr int kMostCalls = 128;

}  // namespace

Result<> calibrate(const Operator& op, Pool& pool, const Program& baseline, double spare,
                   const BenchOptions& options, Ledger& ledger) {
  KE_TRY(const FileLock lock, lock_for_measuring(options.lock_path, options.lock_timeout_s));
  const double start_s = now_s();
  LaunchOptions start;
  start.spin = may_spin(op, pool);
  start.mandatory_layers = options.mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, baseline, start));
  pool.overhead_s = pool.overhead_cpu_s = 1;
  for (int i = 0; i < 5; ++i) {
    KE_TRY(const Overhead overhead, launch.runner().measure_overhead(3));
    pool.overhead_s = std::min(pool.overhead_s, overhead.seconds);
    pool.overhead_cpu_s = std::min(pool.overhead_cpu_s, overhead.cpu_seconds);
  }
  std::vector<double> seconds;
  const Deadline deadline(0.2);
  for (int i = 0; i < 7 && (i < 2 || !deadline.passed()); ++i) {
    launch.put(0, pool.cases[static_cast<size_t>(i) % pool.cases.size()].inputs, static_cast<uint64_t>(i));
    const RunOutcome run = launch.run(0, 1, 60);
    if (!run.finished())
      return Error{ErrorCode::usage, "the baseline " + run.reason + " on workload " + pool.name};
    // A machine that is busy lets it wait for a core, which is no time of the kernel.
    const double processor_s = run.cpu_seconds - pool.overhead_cpu_s;
    const bool disturbed = op.contract.threads == 1 && run.seconds > 2 * processor_s + pool.overhead_s;
    seconds.push_back(disturbed && processor_s > 0 ? processor_s : run.seconds);
  }
  const double usual_s = median(seconds);
  pool.call_s = std::max({1e-8, usual_s / 10, usual_s - pool.overhead_s});
  const double wanted_s =
      std::max(kShortestBatch_s, std::min(kShakesPerBatch * pool.overhead_s, kLongestShakes_s));
  const int64_t fit =
      std::max<int64_t>(1, kLargestBatchBytes / std::max<int64_t>(1, case_bytes(op, pool.axes)));
  const double calls = std::ceil(wanted_s * spare / pool.call_s);
  pool.batch =
      static_cast<int>(std::clamp<double>(calls, 1, static_cast<double>(std::min<int64_t>(fit, kMostCalls))));
  ledger.timed_s += now_s() - start_s;
  return ok();
}

}  // namespace ke

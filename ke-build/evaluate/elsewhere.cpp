// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/elsewhere.h"

#include "ke-build/base/measure_lock.h"
#include "ke-build/base/random.h"
#include "ke-build/base/stats.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ke {
namespace {

constexpr double kFalselySlow = 1e-3;
constexpr double kFarBeyond = 10;
constexpr int kFarRounds = 4;
constexpr int kMostRounds = 40;
constexpr double kHandshake_s = 50e-6;  // of one window, either side
constexpr double kWall_s = 5;           // of all shapes together
constexpr int64_t kMostBytes = 64 << 20;
constexpr double kLongWindow_s = 0.02;

class Shape {
 public:
  enum class Rival { baseline, itself };

  Shape(const Operator& op, const Pool& pool, const Program& rival, const Program& candidate, Rival which,
        const BenchOptions& options, Ledger& ledger)
      : op_(op),
        pool_(pool),
        programs_{&rival, &candidate},
        which_(which),
        options_(options),
        ledger_(ledger) {
    for (size_t i = 0; i < pool.cases.size(); ++i)
      if (pool.cases[i].style == InputStyle::typical) cases_.push_back(i);
    const int64_t fit = kMostBytes / std::max<int64_t>(1, case_bytes(op, pool.axes));
    calls_ = static_cast<int>(std::clamp<int64_t>(fit, 1, std::max<int64_t>(1, std::ssize(cases_))));
  }
  /// Subnormal numbers, NaN and overflow take other paths in mathematical functions; that is no matter of
  /// shape.
  bool has_typical_values() const { return !cases_.empty(); }

  Result<std::optional<Finding>> look(const Deadline& deadline) {
    for (const size_t side : {0, 1}) {
      KE_DO(start(side));
    }
    const int most = std::exchange(calls_, 1);
    KE_DO(run(0));
    calls_ = static_cast<int>(std::clamp(kLongWindow_s / std::max(1e-6, seconds_[0]), 1.0, double(most)));
    for (int round = 0; round < kMostRounds && !finding_ && !deadline.passed(); ++round) {
      const size_t first = random_.below(2);
      for (const size_t side : {first, 1 - first}) {
        if (finding_) break;
        KE_DO(run(side));
      }
      if (!finding_) judge();
      if (slow_.losses() >= 2) break;
    }
    return finding_;
  }

 private:
  const Case& at(int call) const { return pool_.cases[cases_[static_cast<size_t>(call)]]; }

  Result<> start(size_t side) {
    const double start_s = now_s();
    LaunchOptions options;
    options.max_calls = calls_;
    options.layout_seed = random_.next();
    options.spin = may_spin(op_, pool_);
    options.mandatory_layers = options_.mandatory_layers;
    KE_TRY(Launch launch, Launch::start(op_, pool_.axes, *programs_[side], options));
    launches_[side].emplace(std::move(launch));
    ledger_.timed_s += now_s() - start_s;
    return ok();
  }

  Result<> run(size_t side) {
    const double put_s = now_s();
    for (int call = 0; call < calls_; ++call) launches_[side]->put(call, at(call).inputs, random_.next());
    const double run_s = now_s();
    const RunOutcome outcome =
        launches_[side]->run(0, calls_, side == 0 ? 60 : std::max(2.0, 50 * seconds_[0] * calls_));
    const double check_s = now_s();
    ledger_.check_s += run_s - put_s;
    ledger_.timed_s += check_s - run_s;
    seconds_[side] = outcome.seconds;
    if (!outcome.finished()) return blame(side, {outcome_of(outcome), outcome.reason, 0, 0, false});
    if (auto finding = misbehaved(op_, outcome, launches_[side]->runner())) return blame(side, *finding);
    for (int call = 0; side == 1 && call < calls_ && !finding_; ++call) {
      const CheckResult result = at(call).plan.check(launches_[side]->outputs(call));
      if (!result.ok) KE_DO(blame(side, {Outcome::wrong, result.reason, 0, static_cast<size_t>(call), true}));
    }
    ledger_.check_s += now_s() - check_s;
    return ok();
  }

  Result<> blame(size_t side, Finding finding) {
    finding.reason += " in a timed call on " + axes_text(pool_.axes);
    if (side == 0 && which_ == Rival::baseline)
      return Error{ErrorCode::tool, "the baseline failed while it was measured: " + finding.reason};
    finding_ = std::move(finding);
    return ok();
  }

  void judge() {
    const double allowed_s = kSlowElsewhere * seconds_[0] + kHandshake_s + kSlackPerCall_s * calls_;
    const bool slow = seconds_[1] > allowed_s;
    slow_.add(slow);
    far_ = seconds_[1] > kFarBeyond * allowed_s ? far_ + 1 : 0;
    if (slow) ratios_.push_back(seconds_[1] / seconds_[0]);
    if (!slow_.rejects(kFalselySlow) && far_ < kFarRounds) return;
    const std::string where = axes_text(pool_.axes);
    const std::string text =
        which_ == Rival::itself
            ? fmt::format("takes {:.1f} times the time of what was measured, on {}", median(ratios_), where)
            : fmt::format("takes {:.1f} times the baseline's time on {}, a shape that was not announced",
                          median(ratios_), where);
    finding_ = Finding{Outcome::slower, text, 0, 0, false};
  }

  const Operator& op_;
  const Pool& pool_;
  const Program* programs_[2];
  Rival which_;
  const BenchOptions& options_;
  Ledger& ledger_;
  Random random_{secret_seed()};
  std::optional<Launch> launches_[2];
  std::vector<size_t> cases_;  // of the pool
  int calls_ = 1, far_ = 0;
  double seconds_[2] = {0, 0};
  std::vector<double> ratios_;
  SignEProcess slow_;
  std::optional<Finding> finding_;
};

bool is_announced(const Operator& op, const Axes& axes) {
  return std::any_of(op.workloads.begin(), op.workloads.end(),
                     [&](const Workload& workload) { return axes_of(op, workload) == axes; });
}

}  // namespace

Result<std::optional<Finding>> slow_elsewhere(const Operator& op, const std::vector<Pool>& pools,
                                              const Program& baseline, const Program& candidate,
                                              const BenchOptions& options, Ledger& ledger) {
  KE_TRY(const FileLock lock, lock_for_measuring(options.lock_path, options.lock_timeout_s));
  const Deadline deadline(kWall_s);
  for (const Pool& pool : pools) {
    if (deadline.passed() || pool.cases.empty()) break;
    if (is_announced(op, pool.axes)) continue;  // it is timed better elsewhere
    Shape shape(op, pool, baseline, candidate, Shape::Rival::baseline, options, ledger);
    if (!shape.has_typical_values()) continue;
    KE_TRY(std::optional<Finding> finding, shape.look(deadline));
    if (finding) return finding;
  }
  return std::optional<Finding>();
}

Result<std::optional<Finding>> slow_when_linked(const Operator& op, const std::vector<Pool>& workloads,
                                                const Program& measured, const Program& linked,
                                                const BenchOptions& options, Ledger& ledger) {
  KE_TRY(const FileLock lock, lock_for_measuring(options.lock_path, options.lock_timeout_s));
  const Deadline deadline(kWall_s);
  for (const Pool& pool : workloads) {
    if (deadline.passed()) break;
    Shape shape(op, pool, measured, linked, Shape::Rival::itself, options, ledger);
    if (!shape.has_typical_values()) continue;
    KE_TRY(std::optional<Finding> finding, shape.look(deadline));
    if (finding) return finding;
  }
  return std::optional<Finding>();
}

}  // namespace ke

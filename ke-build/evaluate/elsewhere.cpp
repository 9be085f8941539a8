// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/elsewhere.h"

#include "ke-build/base/measure_lock.h"
#include "ke-build/base/random.h"
#include "ke-build/evaluate/new_threads.h"
#include "ke-build/evaluate/slowness.h"
#include "ke-build/evaluate/verify_uses.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace ke {
namespace {

// Where processes came to lie, on which core and beside whom, may slow one down for as long as it lives.
constexpr int kLaunches = 2;
constexpr int kMostRounds = 40;
constexpr double kElsewhere_s = 5;  // of all shapes together
constexpr double kOthers_s = 4;     // of other numbers and other places
constexpr double kAgain_s = 5;      // of a second launch, which only suspects get
constexpr int64_t kElsewhereBytes = 64 << 20;
constexpr int64_t kViews = 6;
constexpr double kLongWindow_s = 0.02;
// So many calls share the cost of a hand-shake where they are short; in a millisecond nothing hides behind
// it.
constexpr int64_t kShortCalls = 16;
constexpr double kShortWindow_s = 1e-3;
// Of the same code by its linked name, so that the hand-shake is a hundredth.
constexpr int64_t kLinkedCalls = 256;
constexpr double kLinkedWindow_s = 5e-3;

class Shape {
 public:
  enum class Rival { baseline, itself };
  enum class Look { shape, values, views, in_place, other_thread, one_thread, by_turns };

  /// `in_place` as in LaunchOptions, for the look of this name.
  Shape(const Operator& op, const Pool& pool, const Program& rival, const Program& candidate, Rival which,
        const BenchOptions& options, Ledger& ledger, Look look = Look::shape, std::vector<int> in_place = {})
      : look_(look),
        in_place_(std::move(in_place)),
        op_(op),
        pool_(pool),
        programs_{&rival, &candidate},
        which_(which),
        options_(options),
        ledger_(ledger) {
    for (const Case& example : pool.cases)
      if (is_fit(example.style)) cases_.push_back({&pool, &example});
  }
  /// Every second call has the arguments of `other`, which is no larger: what is kept for the last shape, or
  /// the last scalars, is made anew each time.
  void alternate_with(const Pool& other) {
    const Called own = cases_.front();
    cases_.clear();
    for (const Case& example : other.cases)
      if (cases_.empty() && is_fit(example.style)) cases_ = {own, {&other, &example}};
    other_ = &other;
  }
  void look_only_at(const Case& example) {
    std::erase_if(cases_, [&](const Called& one) { return one.example != &example; });
  }
  /// Subnormal numbers, NaN and overflow take other paths in mathematical functions; that is no matter of
  /// shape.
  bool has_fit_values() const { return !cases_.empty(); }

  Result<std::optional<Finding>> look(const Deadline& deadline) {
    calls_ = most_calls();
    for (int launch = 0; launch < kLaunches; ++launch) {
      KE_TRY(const std::optional<Slowness> found, launched(launch == 0 ? deadline : Deadline(kAgain_s)));
      if (finding_ || !found) break;
      if (launch + 1 == kLaunches) finding_ = slower(*found);
    }
    return finding_;
  }

 private:
  struct Called {
    const Pool* pool;
    const Case* example;
  };

  int most_calls() const {
    const int64_t fit = kElsewhereBytes / std::max<int64_t>(1, case_bytes(op_, pool_.axes));
    // Some places are as good as those of an allocator.
    const int64_t usual = which_ == Rival::itself ? kLinkedCalls : kShortCalls;
    const int64_t wanted = look_ == Look::views ? kViews : std::max(usual, std::ssize(cases_));
    return static_cast<int>(std::clamp<int64_t>(fit, other_ == nullptr ? 1 : 2, wanted));
  }
  bool is_fit(InputStyle style) const {
    const bool special = style == InputStyle::tiny || has_specials(style) || style == InputStyle::extremes ||
                         style == InputStyle::rescaled || style == InputStyle::giants;
    return look_ == Look::values ? style != InputStyle::typical && !special : style == InputStyle::typical;
  }
  double factor() const {
    const bool lenient = look_ == Look::values || look_ == Look::by_turns;
    return which_ == Rival::itself ? kSlowByName : lenient ? kSlowForValues : kSlowElsewhere;
  }
  const Called& at(int call) const { return cases_[static_cast<size_t>(call) % cases_.size()]; }

  // What one pair of processes shows; nothing when that is nothing bad.
  Result<std::optional<Slowness>> launched(const Deadline& deadline) {
    const size_t first = random_.below(2);
    for (const size_t side : {first, 1 - first}) {
      KE_DO(start(side));
    }
    // Neither side is judged by the first call of a process.
    const int most = std::exchange(calls_, 1);
    for (const size_t side : {0, 1}) {
      if (!finding_) KE_DO(run(side));
    }
    const double call_s = std::max(1e-6, windows_[0].wall_s);
    const double window_s = which_ == Rival::itself ? kLinkedWindow_s : kShortWindow_s;
    const double wanted =
        std::max(window_s / call_s, std::min(kLongWindow_s / call_s, double(std::ssize(cases_))));
    calls_ = static_cast<int>(std::clamp(wanted, other_ == nullptr ? 1.0 : 2.0, double(most)));
    Slowness slowness(calls_, op_.contract.threads == 1, factor(),
                      which_ == Rival::itself ? 0 : kSlackPerCall_s);
    for (int round = 0; round < kMostRounds && !finding_ && !deadline.passed(); ++round) {
      const size_t begins = random_.below(2);
      for (const size_t side : {begins, 1 - begins}) {
        if (!finding_) KE_DO(run(side));
      }
      if (finding_) break;
      slowness.add(windows_[0], windows_[1]);
      if (slowness.found() || slowness.fine()) break;
    }
    calls_ = most;
    return slowness.found() ? std::optional(slowness) : std::nullopt;
  }

  Result<> start(size_t side) {
    const double start_s = now_s();
    LaunchOptions options;
    options.max_calls = calls_;
    options.layout_seed = random_.next();
    options.spin = may_spin(op_, pool_);
    options.element_alignment = options.placing.anywhere = look_ == Look::views;
    options.mandatory_layers = options_.mandatory_layers;
    options.in_place = in_place_;
    options.other_thread = look_ == Look::other_thread;
    options.openmp_limit = look_ == Look::one_thread ? 1 : 0;
    if (other_ != nullptr) options.also = {other_->axes};
    KE_TRY(Launch launch, Launch::start(op_, pool_.axes, *programs_[side], options));
    launches_[side].emplace(std::move(launch));
    ledger_.timed_s += now_s() - start_s;
    return ok();
  }

  Result<> run(size_t side) {
    const double put_s = now_s();
    for (int call = 0; call < calls_; ++call) {
      if (other_ != nullptr) launches_[side]->reshape(call, at(call).pool->axes);
      launches_[side]->put(call, at(call).example->inputs, random_.next());
    }
    const double run_s = now_s();
    const RunOutcome outcome =
        launches_[side]->run(0, calls_, side == 0 ? 60 : std::max(2.0, 50 * windows_[0].wall_s * calls_));
    const double check_s = now_s();
    ledger_.check_s += run_s - put_s;
    ledger_.timed_s += check_s - run_s;
    windows_[side] = {outcome.seconds, outcome.cpu_seconds};
    if (!outcome.finished()) return blame(side, {outcome_of(outcome), outcome.reason, 0, 0, false});
    if (auto finding = misbehaved(op_, outcome, launches_[side]->runner())) return blame(side, *finding);
    for (int call = 0; side == 1 && call < calls_ && !finding_; ++call) {
      const CheckResult result = at(call).example->plan.check(launches_[side]->outputs(call));
      if (!result.ok) KE_DO(blame(side, {Outcome::wrong, result.reason, 0, static_cast<size_t>(call), true}));
    }
    ledger_.check_s += now_s() - check_s;
    return ok();
  }

  Result<> blame(size_t side, Finding finding) {
    finding.reason += " in a timed call on " + axes_text(op_, pool_.axes);
    const bool usual = look_ == Look::shape || look_ == Look::values || look_ == Look::views;
    if (side == 0 && which_ == Rival::baseline && usual)
      return Error{ErrorCode::tool, "the baseline failed while it was measured: " + finding.reason};
    finding_ = std::move(finding);
    return ok();
  }

  Finding slower(const Slowness& found) const {
    const std::string where = axes_text(op_, pool_.axes), waits = found.computes() ? "" : ", waiting,";
    const std::string text = which_ == Rival::itself
                                 ? fmt::format("takes{} {:.1f} times the time of what was measured, on {}",
                                               waits, found.ratio(), where)
                                 : fmt::format("takes{} {:.1f} times the baseline's time on {}, {}", waits,
                                               found.ratio(), where, what());
    return {Outcome::slower, text, 0, 0, false};
  }

  std::string what() const {
    if (look_ == Look::views) return "where arrays begin at any element, as views do";
    if (look_ == Look::values) return fmt::format("for {} inputs", name_of(at(0).example->style));
    if (look_ == Look::in_place) return "where its output lies in the place of an input";
    if (look_ == Look::other_thread) return "in a thread that is not the program's first";
    if (look_ == Look::one_thread) return "with one OpenMP thread";
    if (look_ == Look::by_turns) return "by turns with calls on " + axes_text(op_, other_->axes);
    return "a shape that was not announced";
  }

  Look look_;
  std::vector<int> in_place_;
  const Operator& op_;
  const Pool& pool_;
  const Program* programs_[2];
  Rival which_;
  const BenchOptions& options_;
  Ledger& ledger_;
  Random random_{secret_seed()};
  std::optional<Launch> launches_[2];
  const Pool* other_ = nullptr;
  std::vector<Called> cases_;
  int calls_ = 1;
  WindowTime windows_[2];
  std::optional<Finding> finding_;
};

constexpr double kStart_s = 0.03;

// Programs that never call it wait for its constructors as well.
Result<std::optional<Finding>> slow_to_start(const Operator& op, const Pool& pool, const Program& baseline,
                                             const Program& candidate, const BenchOptions& options) {
  const Program* programs[] = {&baseline, &candidate};
  double least_s[] = {HUGE_VAL, HUGE_VAL};
  for (int round = 0; round < kLaunches; ++round) {
    for (const size_t side : {0, 1}) {
      LaunchOptions start;
      start.mandatory_layers = options.mandatory_layers;
      KE_TRY(Launch launch, Launch::start(op, pool.axes, *programs[side], start));
      least_s[side] = std::min(least_s[side], launch.runner().start_cpu_s());
    }
    if (least_s[1] < least_s[0] + kStart_s) return std::optional<Finding>();
  }
  return std::optional(Finding{Outcome::slower,
                               fmt::format("takes {:.2g} s to start, before main() begins; the baseline "
                                           "takes {:.2g} s",
                                           least_s[1], least_s[0]),
                               0, 0, false});
}

/// The largest shape beside `pool` that is no larger and has typical inputs; none where there is no such one.
const Pool* another_shape(const Operator& op, const std::vector<Pool>& pools, const Pool& pool) {
  const Pool* found = nullptr;
  for (const Pool& one : pools) {
    const bool typical = !one.cases.empty() && one.cases.front().style == InputStyle::typical;
    if (!typical || one.axes == pool.axes || case_bytes(op, one.axes) > case_bytes(op, pool.axes)) continue;
    if (found == nullptr || case_bytes(op, found->axes) < case_bytes(op, one.axes)) found = &one;
  }
  return found;
}

/// Programs call one kernel with several shapes; a process that is timed knows one.
Result<std::optional<Finding>> slow_by_turns(const Operator& op, const std::vector<Pool>& pools,
                                             const Pool& pool, const Program& baseline,
                                             const Program& candidate, const BenchOptions& options,
                                             Ledger& ledger, const Deadline& deadline) {
  const Pool* other = op.level == Level::pure ? nullptr : another_shape(op, pools, pool);
  if (other == nullptr) return std::optional<Finding>();
  Shape shape(op, pool, baseline, candidate, Shape::Rival::baseline, options, ledger, Shape::Look::by_turns);
  if (!shape.has_fit_values()) return std::optional<Finding>();
  shape.alternate_with(*other);
  KE_TRY(std::optional<Finding> finding, shape.look(deadline));
  if (finding && finding->outcome != Outcome::slower) finding.reset();  // verify() decides what is right
  return finding;
}

/// Ways of calling that are legal and that no workload names.
Result<std::optional<Finding>> slow_otherwise(const Operator& op, const Pool& pool, const Program& baseline,
                                              const Program& candidate, const BenchOptions& options,
                                              Ledger& ledger, const Deadline& deadline) {
  using Look = Shape::Look;
  std::vector<std::pair<Look, std::vector<int>>> looks;
  if (op.level != Level::pure) looks.push_back({Look::other_thread, {}});
  if (!op.contract.noalias)
    for (std::vector<int>& use : in_place_uses(op)) looks.push_back({Look::in_place, std::move(use)});
  if (op.contract.threads > 1) looks.push_back({Look::one_thread, {}});
  for (const auto& [look, use] : looks) {
    if (deadline.passed()) break;
    Shape shape(op, pool, baseline, candidate, Shape::Rival::baseline, options, ledger, look, use);
    KE_TRY(std::optional<Finding> finding, shape.look(deadline));
    // Not everybody stands every way of calling, the baseline included.
    if (finding && finding->outcome == Outcome::slower) return finding;
  }
  return std::optional<Finding>();
}

}  // namespace

Result<std::optional<Finding>> slow_elsewhere(const Operator& op, const std::vector<Pool>& pools,
                                              const Program& baseline, const Program& candidate,
                                              const BenchOptions& options, Ledger& ledger) {
  KE_TRY(const FileLock lock, lock_for_measuring(options.lock_path, options.lock_timeout_s));
  const Deadline deadline(kElsewhere_s);
  for (const Pool& pool : pools) {
    if (deadline.passed() || pool.cases.empty()) break;
    if (is_announced(op, pool.axes)) continue;  // it is timed better elsewhere
    Shape shape(op, pool, baseline, candidate, Shape::Rival::baseline, options, ledger);
    if (!shape.has_fit_values()) continue;
    KE_TRY(std::optional<Finding> finding, shape.look(deadline));
    if (finding) return finding;
  }
  if (!pools.empty()) {
    KE_TRY(std::optional<Finding> finding, slow_to_start(op, pools.back(), baseline, candidate, options));
    if (finding) return finding;
  }
  // At the announced shapes, where time was taken: other numbers, arrays that begin elsewhere, other callers.
  const Deadline more(kOthers_s);
  for (const Pool& pool : pools) {
    if (more.passed() || pool.cases.empty()) break;
    if (!is_announced(op, pool.axes)) continue;
    if (pool.cases.front().style == InputStyle::typical) {
      KE_TRY(std::optional<Finding> otherwise,
             slow_otherwise(op, pool, baseline, candidate, options, ledger, more));
      if (otherwise) return otherwise;
      KE_TRY(std::optional<Finding> anew, slow_in_new_threads(op, pool, baseline, candidate, options));
      if (anew) return anew;
      KE_TRY(std::optional<Finding> turns,
             slow_by_turns(op, pools, pool, baseline, candidate, options, ledger, more));
      if (turns) return turns;
    }
    Shape views(op, pool, baseline, candidate, Shape::Rival::baseline, options, ledger, Shape::Look::views);
    if (views.has_fit_values()) {
      KE_TRY(std::optional<Finding> finding, views.look(more));
      if (finding) return finding;
    }
    // One style at a time: what is slow for one of them would be lost in the sum.
    std::set<InputStyle> seen;
    for (const Case& example : pool.cases) {
      Shape values(op, pool, baseline, candidate, Shape::Rival::baseline, options, ledger,
                   Shape::Look::values);
      values.look_only_at(example);
      if (more.passed() || !values.has_fit_values() || !seen.insert(example.style).second) continue;
      KE_TRY(std::optional<Finding> finding, values.look(more));
      if (finding) return finding;
    }
  }
  return std::optional<Finding>();
}

Result<std::optional<Finding>> slow_when_linked(const Operator& op, const std::vector<Pool>& workloads,
                                                const Program& measured, const Program& linked,
                                                const BenchOptions& options, Ledger& ledger) {
  KE_TRY(const FileLock lock, lock_for_measuring(options.lock_path, options.lock_timeout_s));
  const Deadline deadline(kElsewhere_s);
  for (const Pool& pool : workloads) {
    if (deadline.passed()) break;
    Shape shape(op, pool, measured, linked, Shape::Rival::itself, options, ledger);
    if (!shape.has_fit_values()) continue;
    KE_TRY(std::optional<Finding> finding, shape.look(deadline));
    if (finding) return finding;
  }
  return std::optional<Finding>();
}

}  // namespace ke

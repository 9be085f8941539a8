// SPDX-License-Identifier: MIT
// The bench rung: every workload in turn, then the floor, the power and the sentinel have their say.
#include "ke-build/base/measure_lock.h"
#include "ke-build/base/stats.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/diagnosis.h"
#include "ke-build/evaluate/machine_dir.h"
#include "ke-build/evaluate/rungs.h"
#include "ke-build/evaluate/sentinel.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

// Screening answers "faster than the baseline at all?"; what is equal within this band steers the search as
// equal.
constexpr double kScreenBand = 0.05;
constexpr int kScreenPairs = 60;
constexpr double kBlocksInBudget = 20;
constexpr double kForWorkloads = 0.85;  // of what is left; the sentinel and other shapes have the rest

Speedup identical_speedup(const Pool& pool) {
  Speedup speedup;
  speedup.workload = pool.name;
  speedup.weight = pool.weight;
  speedup.low = speedup.high = speedup.ratio = 1;
  speedup.confidence = 1;
  speedup.baseline_s = speedup.candidate_s = pool.call_s;
  speedup.verdict = Outcome::equal;
  return speedup;
}

Result<> explain(Climb& climb, const Pool& pool, const Speedup& speedup) {
  Measured measured;
  measured.workload = pool.name;
  measured.seconds = std::max(1e-9, speedup.candidate_s - pool.overhead_s / pool.batch);
  measured.call_overhead_s = pool.overhead_s / pool.batch;
  measured.threads = climb.state.op.contract.threads;
  measured.isa = isa_of(climb.subject);
  KE_TRY(Diagnosis diagnosis, diagnose(climb.state.op, pool.axes, measured, climb.state.ceilings));
  climb.evaluation.diagnoses.push_back(std::move(diagnosis));
  return ok();
}

// Faster than this machine can move the data or do the sums: whatever it did, it did not do the work.
Result<bool> above_floor(Climb& climb, const Pool& pool, const Speedup& speedup, bool again = false) {
  const int threads = climb.state.op.contract.threads;
  KE_TRY(const double floor_s, physics_floor_s(climb.state.op, pool.axes, climb.state.ceilings, threads));
  if (speedup.candidate_s >= floor_s) return true;
  if (!again) {
    // Ceilings that were measured while others used the machine are too low; they are looked at again before
    // anybody is accused.
    KE_TRY(const FileLock lock, lock_for_measuring(measure_lock_path(climb.state.options.state_dir), 600));
    KE_TRY(climb.state.ceilings, load_or_measure_ceilings(machine_dir_of(climb.state.options)));
    return above_floor(climb, pool, speedup, true);
  }
  climb.evaluation.outcome = Outcome::untrusted;
  climb.evaluation.reason = fmt::format(
      "bench: {:.3g} s per call on {} is less than the {:.3g} s that this machine needs at "
      "least for the bytes and operations of the contract",
      speedup.candidate_s, pool.name, floor_s);
  return false;
}

Result<bool> measure_workload(Climb& climb, const Pool& pool, const BenchOptions& options,
                              std::vector<bool>& noninferior) {
  Evaluation& evaluation = climb.evaluation;
  if (climb.identical) {
    evaluation.speedups.push_back(identical_speedup(pool));
    noninferior.push_back(true);
    KE_DO(explain(climb, pool, evaluation.speedups.back()));
    return true;
  }
  KE_TRY(const BenchResult result,
         bench(climb.state.op, pool, climb.state.program, climb.program, options, evaluation.ledger));
  evaluation.ledger.timed_s += result.lock_wait_s;
  if (result.finding) {
    evaluation.outcome = result.finding->outcome;
    evaluation.reason = "bench: " + result.finding->reason;
    return false;
  }
  noninferior.push_back(result.noninferior);
  if (result.speedup.pairs == 0) return true;  // the time was up: nothing is known
  evaluation.speedups.push_back(result.speedup);
  KE_DO(explain(climb, pool, result.speedup));
  return above_floor(climb, pool, result.speedup);
}

// A deadline that is near is shared by the workloads that are left: shorter blocks for each, rather than none
// for the last one. Shorter blocks cost power and no validity (base/decision.h).
void share_what_is_left(const Climb& climb, size_t workloads, BenchOptions& options) {
  if (climb.effort == Effort::screen) return;
  const double each_s = kForWorkloads * climb.deadline.left_s() / static_cast<double>(workloads);
  if (each_s >= options.patience * options.wall_s) return;
  options.budget_s = options.wall_s = each_s / options.patience;
  options.block_s = options.budget_s / kBlocksInBudget;
}

// What loses on one size may be the best on another: of tunables each has its own value, and a kernel that
// loses on the small ones runs beside the one that was there. Twice the time on two sizes is no such case.
bool is_hopeless(const Climb& climb) {
  if (!climb.state.op.kernel.tunables.empty()) return false;
  const auto& speedups = climb.evaluation.speedups;
  const auto lost =
      std::count_if(speedups.begin(), speedups.end(), [](const Speedup& s) { return s.ratio < 0.5; });
  return lost > 1 || (lost == 1 && climb.state.op.workloads.size() == 1);
}

}  // namespace

std::string isa_of(const Subject& subject) {
#if defined(__x86_64__)
  const std::string& source = subject.candidate.source;
  bool wide = source.find("target_clones") != std::string::npos ||
              source.find("__attribute__((target") != std::string::npos ||
              source.find("KE_CLONES") != std::string::npos;
  for (const std::vector<std::string>* flags : {&subject.recipe.flags, &subject.candidate.flags}) {
    for (const std::string& flag : *flags) {
      wide = wide || starts_with(flag, "-march=") || starts_with(flag, "-mavx");
    }
  }
  return wide ? "" : "SSE2";
#else
  (void)subject;
  return "";
#endif
}

BenchOptions bench_options(const JudgeState& state, Effort effort, const Deadline* deadline) {
  const EvaluateOptions& options = state.options;
  BenchOptions bench;
  bench.lock_path = measure_lock_path(options.state_dir);
  bench.deadline = deadline;
  bench.mandatory_layers = options.mandatory_layers;
  bench.same_bits = state.deterministic && state.op.contract.deterministic;
  if (effort == Effort::screen) {
    const double workloads = std::max<double>(1, static_cast<double>(state.op.workloads.size()));
    bench.rule = DecisionRule::make(options.alpha, 0, kScreenBand, std::min(options.max_pairs, kScreenPairs),
                                    DecisionRule::Unit::pairs);
    bench.budget_s = options.screen_s / workloads;
    bench.block_s = bench.budget_s;
    bench.wall_s = 4 * bench.budget_s;
    bench.useful_units = 3 * minimum_units(options.alpha);
    return bench;
  }
  bench.rule = DecisionRule::make(options.alpha, options.minimum_gain, options.noninferiority,
                                  options.max_pairs, DecisionRule::Unit::block_medians);
  bench.budget_s = bench.wall_s = options.decide_s;
  // Twenty blocks fit into the budget; fewer pairs than seven make the median of a block as noisy as one
  // pair.
  bench.block_s = options.decide_s / kBlocksInBudget;
  bench.pairs_per_block = 11;
  bench.minimum_pairs = minimum_units(options.alpha);
  bench.useful_units = minimum_units(options.alpha) + 3;
  bench.patience = 2;
  bench.luck = effort == Effort::confirm;
  return bench;
}

Result<bool> bench_rung(Climb& climb) {
  Evaluation& evaluation = climb.evaluation;
  const bool last_word = climb.effort == Effort::confirm || climb.effort == Effort::repeat;
  evaluation.rung = last_word ? "confirm" : "bench";
  evaluation.repro = repro_line(evaluation.folder, evaluation.rung);
  BenchOptions options = bench_options(climb.state, climb.effort, &climb.deadline);
  if (climb.effort != Effort::screen && !climb.identical) {
    JudgeState& state = climb.state;
    double& seconds = evaluation.ledger.compile_s;
    KE_DO(state.folders->relink(state.baseline_folder, state.op, state.baseline, state.program, seconds));
    KE_DO(state.folders->relink(evaluation.folder, state.op, climb.subject, climb.program, seconds));
  }
  std::vector<bool> noninferior;
  for (const Pool& pool : climb.exam.workloads) {
    share_what_is_left(climb, climb.exam.workloads.size() - noninferior.size(), options);
    KE_TRY(const bool standing, measure_workload(climb, pool, options, noninferior));
    if (!standing) return false;
    if (climb.effort == Effort::screen && is_hopeless(climb)) break;
  }
  conclude(evaluation, noninferior);
  if (last_word && !climb.identical) {
    KE_TRY(const std::string unfit, sentinel(climb.state, climb.exam, evaluation.ledger));
    if (!unfit.empty()) {
      evaluation.outcome = Outcome::noisy;
      evaluation.reason = "confirm: " + unfit;
      return false;
    }
  }
  if (!climb.state.powerless.empty()) {
    evaluation.outcome = Outcome::untrusted;
    evaluation.reason = "verify: the test has no power: " + climb.state.powerless;
    evaluation.speedup = 0;
    return false;
  }
  evaluation.confirmed =
      climb.effort == Effort::confirm && evaluation.speedups.size() == climb.exam.workloads.size();
  return true;
}

}  // namespace ke

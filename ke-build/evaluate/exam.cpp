// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/exam.h"

#include "ke-build/base/random.h"
#include "ke-build/evaluate/at_once.h"
#include "ke-build/evaluate/baseline_hints.h"
#include "ke-build/evaluate/lengths.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace ke {
namespace {

constexpr int kHiddenShapes = 10;
constexpr double kHiddenBudget_s = 3;
constexpr double kUncommonBudget_s = 3;
constexpr double kThoroughBudget_s = 3;
constexpr double kLengthsBudget_s = 0.5;
constexpr double kThoroughShare = 0.1;    // of what is left for a confirmation
constexpr double kThoroughLengths = 0.3;  // of that
constexpr double kSpare = 8;              // a candidate may be so much faster before its batches get short
constexpr int kSetsPerBatch = 10;         // pairs of one launch: enough for a decision at alpha 0.01
constexpr int kMostSets = 512;
constexpr double kPatience_s = 60;  // of one call of the baseline, which is known to work

// What the repository's kernel does itself, its candidates may do as well.
bool grant_habit(JudgeState& state, const Finding& finding) {
  Habits& habits = state.program.habits;
  const bool threads = finding.started_thread && !habits.starts_threads;
  const bool floats = finding.left_float_state && !habits.leaves_float_state;
  habits.starts_threads = habits.starts_threads || threads;
  habits.leaves_float_state = habits.leaves_float_state || floats;
  if (threads)
    state.notes.push_back("the kernel as it is starts threads, but $.ke.contract.threads says one");
  if (floats) state.notes.push_back("the kernel as it is leaves the floating-point environment changed");
  return threads || floats;
}

Result<> settle_habits(JudgeState& state, const std::vector<Pool>& workloads) {
  VerifyOptions options = verify_options(state);
  options.call_timeout_s = kPatience_s;
  for (const Pool& pool : workloads) {
    KE_TRY(const std::optional<Finding> finding, verify_at_once(state.op, state.program, pool, options));
    if (finding) grant_habit(state, *finding);
  }
  return ok();
}

// Shapes at which the baseline must be right. When a judge opens, fewer say that spec and kernel do not
// belong together; that is known when fresh ones are drawn, and an unlucky draw is no reason to end there.
constexpr double kMostShapes = 0.75, kHalfOfShapes = 0.5;

// Keeps the cases on which the baseline is right. Of three draws of typical inputs, one must be right at most
// shapes: a mean of two numbers that are nearly the same cancels, too.
Result<std::optional<Finding>> settle(JudgeState& state, std::vector<Pool>& pools, double kept,
                                      ErrorStats& errors, Random& random) {
  const size_t drawn = pools.size();
  int redrawn = 0;
  for (size_t i = 0; i < pools.size();) {
    ErrorStats own;
    KE_TRY(std::optional<Finding> finding,
           verify_pool(state.op, state.program, pools[i], i, verify_options(state), &own));
    if (!finding) {
      add_errors(errors, own);
      ++i;
      redrawn = 0;
    } else if (finding->unrepeatable) {
      state.deterministic = false;
      state.notes.push_back("the kernel as it is does not repeat its bits: " + finding->reason);
    } else if (grant_habit(state, *finding)) {
      continue;
    } else if (finding->mismatch &&
               (pools[i].cases[finding->at].style != InputStyle::typical || redrawn < 2)) {
      const Case& bad = pools[i].cases[finding->at];
      if (bad.style == InputStyle::typical) {
        ++redrawn;
        KE_DO(add_cases(pools[i], *state.reference, InputStyle::typical, 1, random));
      }
      pools[i].cases.erase(pools[i].cases.begin() + static_cast<std::ptrdiff_t>(finding->at));
      continue;
    } else if (finding->mismatch &&
               static_cast<double>(pools.size() - 1) >= kept * static_cast<double>(drawn)) {
      pools.erase(pools.begin() + static_cast<std::ptrdiff_t>(i));
      redrawn = 0;
    } else {
      return finding;
    }
  }
  return std::optional<Finding>();
}

// Nobody promised that the kernel accepts these shapes, or is accurate on these inputs: what the baseline
// does not pass is no evidence.
Result<> add_uncommon(const JudgeState& state, ReferenceProgram& reference, Exam& exam, ErrorStats& errors,
                      Random& random) {
  std::vector<Pool> pools;
  if (exam.thorough_s > 0) {
    Random other(random.next());  // how many there are hangs on the machine
    KE_TRY(pools, make_thorough(reference, exam.thorough_s, other));
  }
  KE_TRY(std::vector<Pool> more, make_uncommon(reference, kUncommonBudget_s, random));
  std::move(more.begin(), more.end(), std::back_inserter(pools));
  for (Pool& pool : pools) {
    while (!pool.cases.empty()) {
      ErrorStats own;
      KE_TRY(const std::optional<Finding> finding,
             verify_pool(state.op, state.program, pool, exam.hidden.size(), verify_options(state), &own));
      if (finding && finding->mismatch && finding->at < pool.cases.size()) {
        pool.cases.erase(pool.cases.begin() + static_cast<std::ptrdiff_t>(finding->at));
        continue;
      }
      if (!finding) {
        add_errors(errors, own);
        exam.hidden.push_back(std::move(pool));
      }
      break;
    }
  }
  return ok();
}

/// Whether a candidate may be measured by the baseline's errors.
bool errors_count(const JudgeState& state) {
  const bool own =
      state.op.reference.kind == Reference::Kind::baseline && !state.reference->program().promoted;
  // A reference in double has errors of its own, as large as those of kernels in double.
  const bool coarse = std::any_of(state.op.arguments.begin(), state.op.arguments.end(),
                                  [](const Argument& a) { return a.output && a.dtype == Dtype::f64; });
  const Tolerance& tolerance = state.op.tolerance;
  return !own && !coarse && tolerance.kind == Tolerance::Kind::derived && !tolerance.any_error &&
         tolerance.products <= 0;
}

// One case each, to learn on.
Result<std::vector<Pool>> begin_workloads(JudgeState& state, Random& random) {
  std::vector<Pool> workloads;
  for (const Workload& workload : state.op.workloads) {
    Pool pool;
    pool.name = workload.name;
    pool.axes = axes_of(state.op, workload);
    pool.scalars = workload.scalars;
    pool.weight = workload.weight;
    KE_DO(add_cases(pool, *state.reference, InputStyle::typical, 1, random));
    workloads.push_back(std::move(pool));
  }
  return workloads;
}

Result<Exam> draw_hidden(JudgeState& state, Random& random) {
  Exam exam;
  KE_TRY(exam.hidden, make_hidden(*state.reference, kHiddenShapes, kHiddenBudget_s, random));
  KE_TRY(exam.workloads, begin_workloads(state, random));
  return exam;
}

/// What is known of how long the baseline's calls take, and how many sets of inputs that wants.
std::vector<int> plan_as_before(const JudgeState& state, std::vector<Pool>& workloads) {
  std::vector<int> sets;
  for (size_t i = 0; i < workloads.size(); ++i) {
    const Pool& known = state.exam.workloads[i];
    Pool& fresh = workloads[i];
    fresh.call_s = known.call_s;
    fresh.overhead_s = known.overhead_s;
    fresh.overhead_cpu_s = known.overhead_cpu_s;
    fresh.batch = known.batch;
    sets.push_back(static_cast<int>(known.cases.size()));
  }
  return sets;
}

Result<> add_unannounced(const JudgeState& state, ReferenceProgram& reference, Exam& exam, ErrorStats errors,
                         Random& random) {
  KE_DO(add_uncommon(state, reference, exam, errors, random));
  KE_TRY(exam.lengths, make_lengths(reference, kLengthsBudget_s, kThoroughLengths * exam.thorough_s, random));
  KE_DO(drop_lengths(state.op, state.program, exam.lengths, verify_options(state)));
  if (errors_count(state)) exam.baseline_errors = errors;
  exam.baseline_worst = errors.max;
  return ok();
}

// Inputs on which the baseline itself is beyond its bound are no evidence, as long as they are a minority.
Result<std::optional<Finding>> settle_workload(const JudgeState& state, Pool& pool) {
  VerifyOptions options = verify_options(state);
  options.call_timeout_s = kPatience_s;
  const size_t drawn = pool.cases.size();
  while (true) {
    KE_TRY(const std::optional<Finding> finding, verify_at_once(state.op, state.program, pool, options));
    if (!finding || !finding->mismatch || 2 * (pool.cases.size() - 1) < drawn) return finding;
    pool.cases.erase(pool.cases.begin() + static_cast<std::ptrdiff_t>(finding->at));
  }
}

Result<std::optional<Finding>> fill_workloads(const JudgeState& state, ReferenceProgram& reference,
                                              std::vector<Pool>& workloads, const std::vector<int>& sets,
                                              Random& random) {
  for (size_t i = 0; i < workloads.size(); ++i) {
    Pool& pool = workloads[i];
    KE_DO(fill_pool(pool, reference, sets[i], state.options, random));
    KE_TRY(const std::optional<Finding> finding, settle_workload(state, pool));
    if (finding) return finding;
    pool.batch = std::min(pool.batch, std::max(1, static_cast<int>(pool.cases.size()) / 3));
  }
  return std::optional<Finding>();
}

// Two halves of about the same cost, at the same time where a core is free. They have a reference process
// each, and change nothing of the judge. `errors` are those of the baseline on hidden shapes; `sets` per
// workload, none where nothing will be timed.
Result<std::optional<Finding>> draw_the_rest(const JudgeState& state, Exam& exam, const ErrorStats& errors,
                                             const std::vector<int>& sets, Random& random) {
  Random other(random.next());
  std::optional<Finding> finding;
  const Deadline none(3600);
  KE_DO(at_once(sets.empty() ? 1 : 2, none, [&](size_t half) -> Result<> {
    ReferenceProgram own = state.reference->another();
    if (half == 0) return add_unannounced(state, own, exam, errors, random);
    KE_TRY(finding, fill_workloads(state, own, exam.workloads, sets, other));
    return ok();
  }));
  return finding;
}

}  // namespace

double thorough_s(double left_s) { return std::clamp(kThoroughShare * left_s, 0.1, kThoroughBudget_s); }

Error disagreement(const JudgeState& state, const Finding& finding) {
  if (!finding.mismatch) {
    return {ErrorCode::usage,
            fmt::format("{}: the kernel as it is {}; expected it to accept every shape in $.ke.hidden and "
                        "every input of its domains{}",
                        state.op.spec_path, finding.reason, domains_to_declare(state.op))};
  }
  if (!state.exam.workloads.empty() && !state.exam.workloads.front().cases.empty()) {
    const Pool& pool = state.exam.workloads.front();
    const auto seen = old_contents_seen(state.op, pool.axes, state.program, pool.cases.front().inputs,
                                        state.options.mandatory_layers);
    if (seen && !seen->empty())
      return {ErrorCode::usage, fmt::format("{}: the kernel as it is {}", state.op.spec_path, *seen)};
  }
  return {ErrorCode::usage,
          fmt::format("{}: the kernel as it is disagrees with its reference: {}; correct the kernel, the "
                      "reference, the domains or $.ke.tolerance",
                      state.op.spec_path, finding.reason)};
}

VerifyOptions verify_options(const JudgeState& state) {
  VerifyOptions options;
  options.deterministic = state.deterministic && state.op.contract.deterministic;
  options.seed = judge_seed(state.options, 3);
  options.rival = &state.program;
  options.mandatory_layers = state.options.mandatory_layers;
  return options;
}

Result<std::optional<Finding>> settle_exam(JudgeState& state, Purpose purpose, Random& random) {
  const double start_s = now_s(), timed_s = state.ledger.timed_s;
  KE_TRY(state.exam, draw_hidden(state, random));
  KE_DO(settle_habits(state, state.exam.workloads));
  ErrorStats errors;
  KE_TRY(std::optional<Finding> finding, settle(state, state.exam.hidden, kMostShapes, errors, random));
  if (finding) return finding;
  std::vector<int> sets;
  const BenchOptions options = bench_options(state, Effort::screen, nullptr);
  for (Pool& pool : state.exam.workloads) {
    if (purpose != Purpose::measure) break;
    KE_DO(calibrate(state.op, pool, state.program, kSpare, options, state.ledger));
    sets.push_back(std::min(kMostSets, kSetsPerBatch * pool.batch));
  }
  KE_TRY(finding, draw_the_rest(state, state.exam, errors, sets, random));
  state.ledger.check_s += now_s() - start_s - (state.ledger.timed_s - timed_s);
  return finding;
}

Result<Exam> draw_exam(JudgeState& state, Random& random, const Deadline& deadline) {
  const double start_s = now_s();
  KE_TRY(Exam exam, draw_hidden(state, random));
  exam.thorough_s = thorough_s(deadline.left_s());
  const std::vector<int> sets = plan_as_before(state, exam.workloads);
  ErrorStats errors;
  KE_TRY(std::optional<Finding> finding, settle(state, exam.hidden, kHalfOfShapes, errors, random));
  if (finding) return disagreement(state, *finding);
  KE_TRY(finding, draw_the_rest(state, exam, errors, sets, random));
  if (finding) return disagreement(state, *finding);
  state.ledger.check_s += now_s() - start_s;
  return exam;
}

Result<Exam> draw_workloads(JudgeState& state, Random& random) {
  const double start_s = now_s();
  Exam exam;
  KE_TRY(exam.workloads, begin_workloads(state, random));
  const std::vector<int> sets = plan_as_before(state, exam.workloads);
  KE_TRY(const auto finding, fill_workloads(state, *state.reference, exam.workloads, sets, random));
  if (finding) return disagreement(state, *finding);
  state.ledger.check_s += now_s() - start_s;
  return exam;
}

}  // namespace ke

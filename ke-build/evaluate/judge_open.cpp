// SPDX-License-Identifier: MIT
// Opening a judge: everything that must hold before the first candidate is looked at.
#include "ke-build/base/files.h"
#include "ke-build/base/measure_lock.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/baseline_hints.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "ke-build/evaluate/judge_state.h"
#include "ke-build/evaluate/lengths.h"
#include "ke-build/evaluate/lesser_machine.h"
#include "ke-build/evaluate/power.h"
#include "ke-build/evaluate/purity.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr int kHiddenShapes = 10;
constexpr double kHiddenBudget_s = 3;
constexpr double kUncommonBudget_s = 3;
constexpr double kLengthsBudget_s = 0.5;
constexpr double kSpare = 8;       // a candidate may be so much faster before its batches get short
constexpr int kSetsPerBatch = 10;  // pairs of one launch: enough for a decision at alpha 0.01
constexpr int kMostSets = 512;
constexpr int64_t kLargestPowerTest = 1 << 21;

Result<> build_baseline(JudgeState& state, const Operator& op) {
  state.baseline_folder = state.folders->path_of(op, state.baseline);
  KE_DO(state.folders->write(state.baseline_folder, op, state.baseline, state.baseline));
  KE_TRY(const Product product,
         state.folders->build(state.baseline_folder, op, state.baseline, Role::kernel));
  state.ledger.compile_s += product.seconds;
  if (!product.built) {
    return Error{
        ErrorCode::usage,
        fmt::format(
            "{}: the kernel does not build with the repository's own flags; expected $.ke.kernel.call "
            "`{}` to compile against {}: {}",
            op.spec_path, op.kernel.call, state.baseline.recipe.source, product.failure)};
  }
  if (op.level == Level::pure) {
    KE_TRY(const std::string impure, impurity_of_file(product.program));
    if (!impure.empty())
      return Error{
          ErrorCode::usage,
          fmt::format("{}: $.ke.level: \"pure\", but the kernel {} {}; expected a kernel that works on its "
                      "arguments alone, or the level \"hosted\"",
                      op.spec_path, op.sources.front(), impure)};
  }
  state.program = program_of(product, state.baseline.recipe, Role::kernel);
  return ok();
}

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

// Shapes at which the baseline must be right. When a judge opens, fewer say that spec and kernel do not
// belong together; that is known when fresh ones are drawn, and an unlucky draw is no reason to end there.
constexpr double kMostShapes = 0.75, kHalfOfShapes = 0.5;

// Keeps the cases on which the baseline itself is right: what it gets wrong in its own precision (squares of
// subnormals, a sum that cancels) is no evidence against a candidate. Of three draws of typical inputs, one
// must be right at most shapes: a mean of two numbers that are nearly the same cancels, too.
Result<std::optional<Finding>> settle(JudgeState& state, std::vector<Pool>& pools, double kept,
                                      Random& random) {
  const size_t drawn = pools.size();
  int redrawn = 0;
  for (size_t i = 0; i < pools.size();) {
    KE_TRY(std::optional<Finding> finding,
           verify_pool(state.op, state.program, pools[i], i, verify_options(state)));
    if (!finding) {
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

// Inputs on which the baseline itself is beyond its bound are no evidence, as long as they are a minority.
Result<std::optional<Finding>> settle_workload(JudgeState& state, Pool& pool) {
  VerifyOptions options = verify_options(state);
  options.call_timeout_s = 60;
  const size_t drawn = pool.cases.size();
  while (true) {
    KE_TRY(const std::optional<Finding> finding, verify_at_once(state.op, state.program, pool, options));
    if (!finding || !finding->mismatch || 2 * (pool.cases.size() - 1) < drawn) return finding;
    pool.cases.erase(pool.cases.begin() + static_cast<std::ptrdiff_t>(finding->at));
  }
}

Result<Pool> open_workload(JudgeState& state, const Workload& workload, Random& random) {
  Pool pool;
  pool.name = workload.name;
  pool.axes = axes_of(state.op, workload);
  pool.scalars = workload.scalars;
  pool.weight = workload.weight;
  KE_DO(add_cases(pool, *state.reference, InputStyle::typical, 1, random));
  return pool;
}

Result<> measure_workload(JudgeState& state, Pool& pool) {
  const BenchOptions options = bench_options(state, Effort::screen, nullptr);
  return calibrate(state.op, pool, state.program, kSpare, options, state.ledger);
}

// The kernel with its running sums in bfloat16; nothing, with a note, where it does not compile like that.
Result<std::unique_ptr<ReferenceProgram>> lowered_sums(JudgeState& state) {
  const auto is_float = [](const Argument& argument) { return argument.dtype == Dtype::f32; };
  const std::vector<Argument>& arguments = state.op.arguments;
  std::unique_ptr<ReferenceProgram> none;
  // An output in a short format is not much more exact than such a sum.
  const auto is_short = [](const Argument& argument) {
    return argument.output && is_floating(argument.dtype) && unit_roundoff(argument.dtype) > 0x1p-20;
  };
  if (state.op.tolerance.kind != Tolerance::Kind::derived ||
      !std::any_of(arguments.begin(), arguments.end(), is_float) ||
      std::any_of(arguments.begin(), arguments.end(), is_short))
    return none;
  Subject subject = state.baseline;
  subject.candidate.flags.clear();
  KE_TRY(const Product product,
         state.folders->build(state.folders->reference_path(state.op, subject, "lowered"), state.op, subject,
                              Role::lowered));
  state.ledger.compile_s += product.seconds;
  if (!product.built) {
    state.notes.push_back(
        "whether the test notices sums in a lower precision could not be tried: the kernel does "
        "not compile with another type in the place of float");
    return none;
  }
  return std::make_unique<ReferenceProgram>(
      state.op, program_of(product, state.baseline.recipe, Role::lowered),
      std::min(2.0, state.options.reference_s), state.options.mandatory_layers);
}

// The first power check uses data that every later verdict rests on.
Result<> prove_power(JudgeState& state, Random& random) {
  KE_TRY(const std::unique_ptr<ReferenceProgram> sums, lowered_sums(state));
  for (const Pool& pool : state.exam.workloads) {
    if (case_bytes(state.op, pool.axes) / 8 > kLargestPowerTest && !state.exam.hidden.empty()) continue;
    const Case& example = pool.cases.front();
    bool changed = false;
    const Inputs rough = lower_precision(state.op, example.inputs, &changed);
    Expected lower;
    if (changed) {
      KE_TRY(std::vector<Expected> answers, state.reference->expected(pool.axes, {&rough}));
      lower = std::move(answers.front());
    }
    // Sums that no longer grow may end no loop: then there is nothing to compare.
    const auto summed = sums ? sums->expected(pool.axes, {&example.inputs})
                             : Result<std::vector<Expected>>(Error{ErrorCode::not_found, "not built"});
    const Expected* previous = pool.cases.size() > 1 ? &pool.cases[1].plan.expected() : nullptr;
    const std::vector<Degradation> wrong =
        degrade(state.op, pool.axes, example.plan.expected(), previous, changed ? &lower : nullptr, random,
                summed ? &summed->front() : nullptr, &example.inputs);
    const PowerResult power = power_check(example.plan, wrong);
    if (!power.ok && state.powerless.empty()) state.powerless = "workload " + pool.name + ": " + power.reason;
  }
  return ok();
}

// Nobody promised that the kernel accepts these shapes, or is accurate on these inputs: what the baseline
// does not pass is no evidence.
Result<> add_uncommon(JudgeState& state, Exam& exam, Random& random) {
  KE_TRY(std::vector<Pool> pools, make_uncommon(*state.reference, kUncommonBudget_s, random));
  for (Pool& pool : pools) {
    while (!pool.cases.empty()) {
      KE_TRY(const std::optional<Finding> finding,
             verify_pool(state.op, state.program, pool, exam.hidden.size(), verify_options(state)));
      if (finding && finding->mismatch && finding->at < pool.cases.size()) {
        pool.cases.erase(pool.cases.begin() + static_cast<std::ptrdiff_t>(finding->at));
        continue;
      }
      if (!finding) exam.hidden.push_back(std::move(pool));
      break;
    }
  }
  return ok();
}

Result<> settle_habits(JudgeState& state) {
  VerifyOptions options = verify_options(state);
  options.call_timeout_s = 60;
  for (const Pool& pool : state.exam.workloads) {
    KE_TRY(const std::optional<Finding> finding, verify_at_once(state.op, state.program, pool, options));
    if (finding) grant_habit(state, *finding);
  }
  return ok();
}

Result<> add_lengths(JudgeState& state, Exam& exam, Random& random) {
  KE_TRY(exam.lengths, make_lengths(*state.reference, kLengthsBudget_s, random));
  return drop_lengths(state.op, state.program, exam.lengths, verify_options(state));
}

Result<> note_errors(JudgeState& state, Exam& exam) {
  const bool own =
      state.op.reference.kind == Reference::Kind::baseline && !state.reference->program().promoted;
  // A reference in double has errors of its own, as large as those of kernels in double.
  const bool coarse = std::any_of(state.op.arguments.begin(), state.op.arguments.end(),
                                  [](const Argument& a) { return a.output && a.dtype == Dtype::f64; });
  const Tolerance& tolerance = state.op.tolerance;
  if (own || coarse || tolerance.kind != Tolerance::Kind::derived || tolerance.any_error ||
      tolerance.products > 0)
    return ok();
  KE_TRY(exam.baseline_errors, errors_on(state.op, state.program, exam.hidden, verify_options(state)));
  return ok();
}

// The workloads' own first answers, then as many sets as a block of pairs needs.
Result<std::optional<Finding>> prepare_workloads(JudgeState& state, Random& random) {
  for (Pool& pool : state.exam.workloads) {
    KE_DO(measure_workload(state, pool));
    const double start_s = now_s();
    KE_DO(fill_pool(pool, *state.reference, std::min(kMostSets, kSetsPerBatch * pool.batch), state.options,
                    random));
    KE_TRY(const std::optional<Finding> finding, settle_workload(state, pool));
    state.ledger.check_s += now_s() - start_s;
    if (finding) return finding;
    pool.batch = std::min(pool.batch, std::max(1, static_cast<int>(pool.cases.size()) / 3));
  }
  return std::optional<Finding>();
}

// Draws the first exam and takes out what the baseline does not pass; a finding is one that cannot be taken
// out.
Result<std::optional<Finding>> settle_exam(JudgeState& state, Purpose purpose, Random& random) {
  KE_TRY(state.exam, draw_exam(state, random, true));
  KE_DO(settle_habits(state));
  KE_TRY(const std::optional<Finding> finding, settle(state, state.exam.hidden, kMostShapes, random));
  if (finding) return finding;
  KE_DO(add_uncommon(state, state.exam, random));
  KE_DO(add_lengths(state, state.exam, random));
  KE_DO(note_errors(state, state.exam));
  if (purpose == Purpose::verify) return finding;
  return prepare_workloads(state, random);
}

// A kernel whose decisions hang on single roundings (a threshold, an escape) disagrees with itself in double
// without being wrong: then it is its own reference.
Result<> settle_reference(JudgeState& state, const Operator& op, Purpose purpose, Random& random) {
  KE_TRY(std::optional<Finding> finding, settle_exam(state, purpose, random));
  const bool promoted = op.reference.kind == Reference::Kind::baseline && state.reference->program().promoted;
  if (finding && finding->mismatch && promoted) {
    KE_TRY(ChosenReference own,
           own_precision_reference(
               op, state.baseline, *state.folders, state.options,
               "promoted to double it disagrees (" + finding->reason +
                   "); if a sum is longer than assumed, say so by $.ke.tolerance.reduction"));
    state.reference = std::move(own.program);
    state.op = state.reference->op();
    state.notes.push_back(own.note);
    KE_TRY(finding, settle_exam(state, purpose, random));
  }
  if (finding) return disagreement(state, *finding);
  return ok();
}

}  // namespace

uint64_t judge_seed(const EvaluateOptions& options, uint64_t stream) {
  return options.secret ? secret_seed() : options.seed * 0x9e3779b97f4a7c15u + stream;
}

VerifyOptions verify_options(const JudgeState& state) {
  VerifyOptions options;
  options.deterministic = state.deterministic && state.op.contract.deterministic;
  options.seed = judge_seed(state.options, 3);
  options.rival = &state.program;
  options.mandatory_layers = state.options.mandatory_layers;
  return options;
}

Result<Exam> draw_exam(JudgeState& state, Random& random, bool first) {
  const double start_s = now_s();
  Exam exam;
  KE_TRY(exam.hidden, make_hidden(*state.reference, kHiddenShapes, kHiddenBudget_s, random));
  for (size_t i = 0; i < state.op.workloads.size(); ++i) {
    KE_TRY(Pool pool, open_workload(state, state.op.workloads[i], random));
    exam.workloads.push_back(std::move(pool));
    if (first) continue;
    Pool& fresh = exam.workloads.back();
    const Pool& known = state.exam.workloads[i];
    fresh.call_s = known.call_s;
    fresh.overhead_s = known.overhead_s;
    fresh.overhead_cpu_s = known.overhead_cpu_s;
    fresh.batch = known.batch;
    KE_DO(fill_pool(fresh, *state.reference, static_cast<int>(known.cases.size()), state.options, random));
    KE_TRY(const std::optional<Finding> finding, settle_workload(state, fresh));
    if (finding) return disagreement(state, *finding);
    fresh.batch = std::min(fresh.batch, std::max(1, static_cast<int>(fresh.cases.size()) / 3));
  }
  if (!first) {
    KE_TRY(const std::optional<Finding> finding, settle(state, exam.hidden, kHalfOfShapes, random));
    if (finding) return disagreement(state, *finding);
    KE_DO(add_uncommon(state, exam, random));
    KE_DO(add_lengths(state, exam, random));
    KE_DO(note_errors(state, exam));
  }
  state.ledger.check_s += now_s() - start_s;
  return exam;
}

Result<std::unique_ptr<JudgeState>> open_judge(const Operator& op, const Subject& baseline,
                                               const EvaluateOptions& options, Purpose purpose) {
  auto state = std::make_unique<JudgeState>();
  state->op = op;
  state->baseline = baseline;
  state->options = options;
  KE_DO(make_dirs(options.state_dir));
  for (const SandboxRole role : {SandboxRole::runner, SandboxRole::compiler}) {
    SandboxPolicy policy;
    policy.role = role;
    policy.mandatory = options.mandatory_layers;
    KE_DO(require_layers(policy));
  }
  KE_TRY(state->backend, backend_for(op.kernel.language));
  if (const BackendProbe probe = state->backend->probe(); !probe.usable)
    return Error{ErrorCode::refused, probe.missing};
  state->folders = std::make_unique<Folders>(*state->backend, options.state_dir, options.build_s);
  KE_DO(build_baseline(*state, op));
  KE_TRY(ChosenReference chosen, choose_reference(op, baseline, *state->folders, options));
  state->ledger.compile_s += chosen.seconds;
  state->reference = std::move(chosen.program);
  state->op = state->reference->op();
  if (!chosen.note.empty()) state->notes.push_back(chosen.note);
  if (const std::string fixed = untried_scalars(op); !fixed.empty()) state->notes.push_back(fixed);
  if (const std::string missing = missing_disassembler(); !missing.empty()) state->notes.push_back(missing);
  Random random(judge_seed(options, 1));
  KE_DO(settle_reference(*state, op, purpose, random));
  if (purpose == Purpose::verify) return state;
  KE_DO(prove_power(*state, random));
  KE_TRY(const FileLock lock, lock_for_measuring(measure_lock_path(options.state_dir), 600));
  KE_TRY(state->ceilings, load_or_measure_ceilings(options.state_dir));
  state->ledger.timed_s += state->ceilings.seconds;
  for (const Pool& pool : state->exam.workloads)
    KE_DO(remember_handshake(state->ceilings, options.state_dir, pool.overhead_s));
  return state;
}

}  // namespace ke

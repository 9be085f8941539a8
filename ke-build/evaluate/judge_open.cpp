// SPDX-License-Identifier: MIT
// Opening a judge: everything that must hold before the first candidate is looked at.
#include "ke-build/base/files.h"
#include "ke-build/base/measure_lock.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/at_once.h"
#include "ke-build/evaluate/exam.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "ke-build/evaluate/lesser_machine.h"
#include "ke-build/evaluate/machine_dir.h"
#include "ke-build/evaluate/power_proof.h"
#include "ke-build/evaluate/purity.h"
#include "ke-build/evaluate/relaxed_errors.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace ke {
namespace {

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

// Inputs of megabytes come and go by the hundred; given back to the kernel and asked for again, each page is
// cleared and mapped anew.
void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kAll = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kAll);
  mallopt(M_TRIM_THRESHOLD, kAll);
#endif
}

// Everything that the first exam needs, built at the same time where cores are free.
Result<ChosenReference> build_for_exam(JudgeState& state, const Operator& op, Purpose purpose) {
  Result<> baseline = ok(), lowered = ok(), relaxed = ok();
  std::optional<Result<ChosenReference>> chosen;
  double lowered_s = 0, relaxed_s = 0;
  const auto build_sums = [&]() -> Result<> {
    if (purpose == Purpose::verify || !may_lower_sums(op)) return ok();
    KE_TRY(const Product product,
           build_lowered_sums(*state.folders, op, state.baseline));  // found there later
    lowered_s = product.seconds;
    return ok();
  };
  const auto build_freely = [&]() -> Result<> {
    if (!has_relaxed_errors(op)) return ok();
    KE_TRY(const Product product, build_relaxed(*state.folders, op, state.baseline));
    relaxed_s = product.seconds;
    return ok();
  };
  const auto job = [&](size_t i) -> Result<> {
    if (i == 0) baseline = build_baseline(state, op);
    if (i == 1) chosen = choose_reference(op, state.baseline, *state.folders, state.options);
    if (i == 2) lowered = build_sums();
    if (i == 3) relaxed = build_freely();
    return ok();
  };
  KE_DO(at_once(4, Deadline(3 * state.options.build_s), job));
  KE_DO(baseline);
  if (!chosen) chosen = choose_reference(op, state.baseline, *state.folders, state.options);
  KE_DO(lowered);
  KE_DO(relaxed);
  if (*chosen) state.ledger.compile_s += lowered_s + relaxed_s + (*chosen)->seconds;
  return *std::move(chosen);
}

constexpr double kCoarsest = 256;  // bounds that a kernel may be off without being another one
// Other inputs show such errors up to twice as large, and other orders of the steps have others.
constexpr double kCoarseMargin = 8;
// A small sample has seen those of the kernel's relaxed build; others draw larger ones.
constexpr double kRelaxedMargin = 3;
constexpr double kMostRelaxed = 4;  // times the bound: beyond, a lower precision would pass

// The baseline's largest error on typical inputs in units of its bound; nothing where it has no size.
Result<std::optional<double>> coarseness(const JudgeState& state) {
  double largest = 0;
  for (const auto* pools : {&state.exam.hidden, &state.exam.workloads})
    for (const Pool& pool : *pools) {
      if (pool.cases.empty() || pool.cases.front().style != InputStyle::typical) continue;
      LaunchOptions start;
      start.mandatory_layers = state.options.mandatory_layers;
      KE_TRY(Launch launch, Launch::start(state.op, pool.axes, state.program, start));
      launch.put(0, pool.cases.front().inputs, 1);
      if (!launch.run(0, 1, state.options.reference_s).finished()) return std::optional<double>();
      largest = std::max(largest, pool.cases.front().plan.errors(launch.outputs(0)).max);
    }
  return largest > 1 && largest <= kCoarsest ? std::optional(largest) : std::nullopt;
}

// What is rounded before it meets any input (coordinates of an image, angles, steps) makes a kernel less
// exact than its sums say, and every other order of the same steps as well: another exam, with wider bounds.
// The contract stays as it was where the kernel fails that, too.
Result<std::optional<Finding>> settle_own_errors(JudgeState& state, Purpose purpose, double errors,
                                                 Random& random) {
  const Operator exact = state.op;
  state.op.tolerance.factor *= kCoarseMargin * errors;
  state.reference = std::make_unique<ReferenceProgram>(state.reference->under(state.op));
  KE_TRY(const std::optional<Finding> finding, settle_exam(state, purpose, random));
  if (finding) {
    state.op = exact;
    return finding;
  }
  state.notes.push_back(fmt::format(
      "its own errors reach {:.1f} times the bound that follows from its sums, so candidates may be off by "
      "eight times as much. $.ke.tolerance.reduction names the longest chain behind one result (a "
      "recurrence, "
      "moments), $.ke.domains which values an input takes; coordinates, angles and steps in float do the "
      "same",
      errors));
  return finding;
}

void widen(ErrorStats& errors, double factor) {
  for (double* error : {&errors.max, &errors.p999, &errors.rms}) *error /= factor;
}

// Candidates may contract and reorder, and err as the kernel itself does where its compiler does that. The
// exam is not drawn again, which would double what opening a judge takes.
Result<> settle_relaxed(JudgeState& state) {
  KE_TRY(const double errors, relaxed_errors(state));
  if (errors <= 1 / kRelaxedMargin) return ok();
  const double factor = std::min(kMostRelaxed, kRelaxedMargin * errors);
  state.op.tolerance.factor *= factor;
  state.reference = std::make_unique<ReferenceProgram>(state.reference->under(state.op));
  for (auto* pools : {&state.exam.workloads, &state.exam.hidden, &state.exam.lengths})
    for (Pool& pool : *pools)
      for (Case& one : pool.cases) one.plan.widen(factor);
  if (state.exam.baseline_errors) widen(*state.exam.baseline_errors, factor);
  state.exam.baseline_worst /= factor;
  state.notes.push_back(fmt::format(
      "built with fused multiply-adds and sums in another order its own errors reach {:.1f} times the bound "
      "that follows from its sums, so candidates may be off by {:.1f} times that bound",
      errors, factor));
  return ok();
}

// A kernel whose decisions hang on single roundings (a threshold, an escape) disagrees with itself in double
// without being wrong: then it is its own reference.
Result<> settle_reference(JudgeState& state, const Operator& op, Purpose purpose, Random& random) {
  KE_TRY(std::optional<Finding> finding, settle_exam(state, purpose, random));
  const bool promoted = op.reference.kind == Reference::Kind::baseline && state.reference->program().promoted;
  if (finding && finding->mismatch && promoted && op.tolerance.kind == Tolerance::Kind::derived) {
    KE_TRY(const std::optional<double> errors, coarseness(state));
    if (errors) {
      KE_TRY(finding, settle_own_errors(state, purpose, *errors, random));
    }
  }
  if (finding && finding->mismatch && promoted) {
    KE_TRY(ChosenReference own,
           own_precision_reference(
               op, state.baseline, *state.folders, state.options,
               "promoted to double it disagrees (" + finding->reason +
                   "); if a sum is longer than assumed, say so by $.ke.tolerance.reduction"));
    state.reference = std::move(own.program);
    state.op = state.reference->op();
    state.notes.push_back(own.note);
    if (state.relaxed) state.reference->set_rounded(*state.relaxed);
    KE_TRY(finding, settle_exam(state, purpose, random));
  }
  if (finding) return disagreement(state, *finding);
  return settle_relaxed(state);
}

/// What an owner should know whose declared tolerance leaves no room for other roundings than the kernel's
/// own.
std::string narrow_tolerance(const JudgeState& state) {
  constexpr double kRoom = 0.5;  // who rounds otherwise errs by as much to the other side
  const Tolerance::Kind kind = state.op.tolerance.kind;
  const bool declared = kind == Tolerance::Kind::absolute || kind == Tolerance::Kind::ulp;
  if (!declared || state.exam.baseline_worst <= kRoom) return "";
  return fmt::format(
      "the kernel as it is needs {:.0f} % of $.ke.tolerance by itself, so versions that only round otherwise "
      "may be called wrong; declare at least twice what it needs, or leave $.ke.tolerance out, and the bound "
      "follows from the sums",
      100 * state.exam.baseline_worst);
}

}  // namespace

uint64_t judge_seed(const EvaluateOptions& options, uint64_t stream) {
  return options.secret ? secret_seed() : options.seed * 0x9e3779b97f4a7c15u + stream;
}

Result<std::unique_ptr<JudgeState>> open_judge(const Operator& op, const Subject& baseline,
                                               const EvaluateOptions& options, Purpose purpose) {
  keep_freed_memory();
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
  KE_TRY(ChosenReference chosen, build_for_exam(*state, op, purpose));
  state->reference = std::move(chosen.program);
  state->op = state->reference->op();
  if (!chosen.note.empty()) state->notes.push_back(chosen.note);
  if (const std::string fixed = untried_scalars(op); !fixed.empty()) state->notes.push_back(fixed);
  if (const std::string fixed = untried_sizes(op); !fixed.empty()) state->notes.push_back(fixed);
  if (const std::string missing = missing_disassembler(); !missing.empty()) state->notes.push_back(missing);
  KE_DO(ask_relaxed(*state));
  Random random(judge_seed(options, 1));
  KE_DO(settle_reference(*state, op, purpose, random));
  if (const std::string narrow = narrow_tolerance(*state); !narrow.empty()) state->notes.push_back(narrow);
  if (purpose == Purpose::verify) return state;
  KE_TRY(state->powerless, missing_power(*state, random));
  KE_TRY(const FileLock lock, lock_for_measuring(measure_lock_path(options.state_dir), 600));
  KE_TRY(state->ceilings, load_or_measure_ceilings(machine_dir_of(options)));
  state->ledger.timed_s += state->ceilings.seconds;
  for (const Pool& pool : state->exam.workloads)
    remember_handshake(state->ceilings, machine_dir_of(options), pool.overhead_s);
  return state;
}

}  // namespace ke

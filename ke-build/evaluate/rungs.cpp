// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/rungs.h"

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/stats.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/beside_baseline.h"
#include "ke-build/evaluate/dispatch.h"
#include "ke-build/evaluate/elsewhere.h"
#include "ke-build/evaluate/guided.h"
#include "ke-build/evaluate/legality.h"
#include "ke-build/evaluate/lesser_machine.h"
#include "ke-build/evaluate/purity.h"
#include "ke-build/evaluate/sanitize.h"
#include "ke-build/evaluate/shared_instances.h"
#include "ke-build/evaluate/source_rules.h"
#include "ke-build/evaluate/symbol_rules.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

bool fail(Climb& climb, Outcome outcome, const std::string& reason) {
  climb.evaluation.outcome = outcome;
  climb.evaluation.reason = climb.evaluation.rung + ": " + reason;
  return false;
}

void enter(Climb& climb, const std::string& rung) {
  climb.evaluation.rung = rung;
  climb.evaluation.repro = repro_line(climb.evaluation.folder, rung);
}

// Of the baseline's speed, where a dispatch variant is undecided: below the first a screening is followed by
// a decision, below the second even the decision does not help.
constexpr double kInDoubt = 0.98, kBehind = 0.95;
constexpr double kHopeless = 0.8;  // slower by a screening alone

double worst_ratio(const Evaluation& evaluation) {
  double worst = HUGE_VAL;
  for (const Speedup& speedup : evaluation.speedups) worst = std::min(worst, speedup.ratio);
  return worst;
}

bool same_file(const std::string& a, const std::string& b) {
  auto first = read_file(a), second = read_file(b);
  return first && second && *first == *second;
}

/// Fails a candidate whose flags give other files of the repository another version of a library's function.
Result<bool> keeps_instances(Climb& climb) {
  const std::vector<std::string> meaning = meaning_flags(climb.subject.candidate.flags);
  if (meaning.empty() || climb.subject.recipe.language == "C") return true;
  Subject plain = climb.subject;
  std::vector<std::string>& flags = plain.candidate.flags;
  std::erase_if(flags, [&](const std::string& flag) {
    return std::find(meaning.begin(), meaning.end(), flag) != meaning.end();
  });
  JudgeState& state = climb.state;
  const std::string folder = state.folders->path_of(state.op, plain);
  KE_DO(state.folders->write(folder, state.op, state.baseline, plain));
  KE_TRY(const Product product, state.folders->build(folder, state.op, plain, Role::kernel));
  climb.evaluation.ledger.compile_s += product.seconds;
  if (!product.built)
    return fail(climb, Outcome::unsafe,
                fmt::format("does not compile without {}, so that nobody can tell what they change for other "
                            "files: {}",
                            fmt::join(meaning, " "), product.failure));
  const Program program = program_of(product, plain.recipe, Role::kernel);
  KE_TRY(const std::string changed, other_instance(climb.program.path + ".o", program.path + ".o"));
  if (changed.empty()) return true;
  return fail(climb, Outcome::unsafe,
              fmt::format("has an instance of {} that {} changes, and the linker may take it for every file "
                          "of the program; write the loop out",
                          changed, fmt::join(meaning, " ")));
}

}  // namespace

std::string repro_line(const std::string& folder, const std::string& rung) {
  return shell_line({"ninja", "-C", folder, rung == "confirm" ? "bench" : rung});
}

Result<bool> compile_rung(Climb& climb) {
  JudgeState& state = climb.state;
  enter(climb, "compile");
  climb.evaluation.level_asked = name_of(state.op.level);
  if (state.op.level == Level::pure) climb.evaluation.level = "none";
  if (const std::string why = illegal_candidate(state.op, climb.subject.candidate); !why.empty()) {
    return fail(climb, Outcome::unsafe, "not legal under the contract: " + why);
  }
  if (const std::string why =
          illegal_source(state.op, state.baseline.candidate.source, climb.subject.candidate.source);
      !why.empty()) {
    return fail(climb, Outcome::unsafe, "the source says " + why);
  }
  const std::string& folder = climb.evaluation.folder;
  KE_DO(state.folders->write(folder, state.op, state.baseline, climb.subject));
  KE_TRY(const Product product, state.folders->build(folder, state.op, climb.subject, Role::kernel));
  climb.evaluation.ledger.compile_s += product.seconds;
  if (!product.built) return fail(climb, Outcome::build_failed, product.failure);
  climb.program = program_of(product, climb.subject.recipe, Role::kernel);
  climb.program.habits = state.program.habits;
  climb.identical = same_file(climb.program.path, state.program.path);
  if (state.op.level == Level::pure) {
    KE_TRY(const std::string impure, impurity_of_file(climb.program.path));
    if (!impure.empty()) return fail(climb, Outcome::unsafe, "pure: the kernel " + impure);
    // Whatever it defines is seen by itself alone: nothing of a library or of the runner is linked to it.
    climb.evaluation.level = name_of(Level::pure);
    return true;
  }
  KE_TRY(const std::string taken, illegal_symbols(state.program.path, climb.program.path));
  if (!taken.empty()) return fail(climb, Outcome::unsafe, "the program " + taken);
  if (climb.effort == Effort::confirm) {
    KE_TRY(const bool kept, keeps_instances(climb));
    if (!kept) return false;
  }
  if (asks_the_processor(climb.subject.candidate.source) || state.op.isa == Isa::native) return true;
  KE_TRY(const std::string unasked, unasked_instructions(state.program.path, climb.program.path));
  if (!unasked.empty()) return fail(climb, Outcome::unsafe, "the program " + unasked);
  return true;
}

Result<bool> verify_rung(Climb& climb) {
  enter(climb, "verify");
  if (climb.identical) return true;
  const double start_s = now_s();
  VerifyOptions options = verify_options(climb.state);
  // Honest candidates of a search seldom fail there; what is proposed is tried.
  if (climb.effort == Effort::screen) options.rival = nullptr;
  options.lengths = &climb.exam.lengths;
  // Honest kernels take seconds; one that uses up the limit of every call would take minutes.
  constexpr double kPatience_s = 60;
  const Deadline deadline(std::min(kPatience_s, climb.deadline.left_s()));
  options.deadline = &deadline;
  if (climb.exam.baseline_errors) options.baseline_errors = &*climb.exam.baseline_errors;
  KE_TRY(const std::optional<Finding> finding,
         verify(climb.state.op, climb.program, climb.exam.hidden, options));
  climb.evaluation.ledger.check_s += now_s() - start_s;
  return finding ? fail(climb, finding->outcome, finding->reason) : true;
}

Result<bool> beside_rung(Climb& climb) {
  if (climb.identical) return true;
  enter(climb, "beside");
  const double start_s = now_s();
  constexpr double kShare = 0.2;  // of what a confirmation has left
  KE_TRY(const BesideBaseline beside,
         wrong_beside_baseline(climb.state, climb.program,
                               std::min(kBeside_s, kShare * std::max(0.0, climb.deadline.left_s()))));
  climb.evaluation.ledger.check_s += now_s() - start_s;
  if (!beside.left_out.empty())
    climb.evaluation.left_out.push_back("beside the kernel as it is: " + beside.left_out);
  return beside.finding ? fail(climb, beside.finding->outcome, beside.finding->reason) : true;
}

Result<bool> sanitize_rung(Climb& climb) {
  JudgeState& state = climb.state;
  enter(climb, "sanitize");
  if (!state.baseline_sanitized) {
    KE_TRY(const SanitizeReport own, sanitize(state, state.baseline, climb.exam, climb.evaluation.ledger));
    state.baseline_sanitized = true;
    state.baseline_faults = own.kinds;
    if (!own.kinds.empty()) state.notes.push_back("the baseline itself fails under sanitizers: " + own.first);
  }
  KE_TRY(const SanitizeReport report, sanitize(state, climb.subject, climb.exam, climb.evaluation.ledger));
  for (const std::string& kind : report.kinds) {
    if (state.baseline_faults.count(kind) == 0) return fail(climb, Outcome::unsafe, report.first);
  }
  if (climb.identical || state.op.level == Level::pure) return true;
  const double start_s = now_s();
  KE_TRY(const std::optional<Finding> finding, fails_at_home(state, climb.program, climb.exam));
  climb.evaluation.ledger.check_s += now_s() - start_s;
  if (!finding) return true;
  KE_TRY(const std::optional<Finding> own, fails_at_home(state, state.program, climb.exam));
  return own ? true : fail(climb, finding->outcome, finding->reason);
}

Result<bool> guided_rung(Climb& climb) {
  if (climb.identical) return true;
  enter(climb, "guided");
  KE_TRY(const Guided guided, fails_where_guided(climb.state, climb.subject, climb.program, climb.exam,
                                                 climb.deadline, climb.evaluation.ledger));
  if (!guided.left_out.empty())
    climb.evaluation.left_out.push_back("inputs made after what its code compares: " + guided.left_out);
  if (guided.finding) return fail(climb, guided.finding->outcome, guided.finding->reason);
  if (!guided.covered) return true;
  if (!guided.covered->unknown.empty())
    climb.evaluation.left_out.push_back("which of its blocks were entered: " + guided.covered->unknown);
  climb.evaluation.coverage = guided.covered->coverage;
  return true;
}

Result<bool> elsewhere_rung(Climb& climb) {
  if (climb.identical || climb.evaluation.outcome == Outcome::slower) return true;
  JudgeState& state = climb.state;
  KE_TRY(const std::optional<Finding> finding,
         slow_elsewhere(state.op, climb.exam.hidden, state.program, climb.program,
                        bench_options(state, climb.effort, nullptr), climb.evaluation.ledger));
  if (!finding) return true;
  climb.evaluation.confirmed = false;
  return fail(climb, finding->outcome, finding->reason);
}

namespace {

/// What is wrong with a subject that is linked by name, or nothing.
Result<std::optional<Finding>> linked_finding(Climb& climb, const Subject& subject, const std::string& folder,
                                              bool is_candidate) {
  JudgeState& state = climb.state;
  KE_TRY(const Product product, state.folders->build(folder, state.op, subject, Role::linked));
  climb.evaluation.ledger.compile_s += product.seconds;
  if (!product.built) return std::optional(Finding{Outcome::build_failed, product.failure, 0, 0, false});
  Program program = program_of(product, subject.recipe, Role::linked);
  program.habits = state.program.habits;
  const double start_s = now_s();
  KE_TRY(std::optional<Finding> finding, verify(state.op, program, climb.exam.hidden, verify_options(state)));
  climb.evaluation.ledger.check_s += now_s() - start_s;
  if (finding || !is_candidate) return finding;
  return slow_when_linked(state.op, climb.exam.workloads, climb.program, program,
                          bench_options(state, climb.effort, nullptr), climb.evaluation.ledger);
}

}  // namespace

Result<bool> linked_rung(Climb& climb) {
  if (climb.identical) return true;
  enter(climb, "verify");
  JudgeState& state = climb.state;
  KE_TRY(const std::string missing,
         missing_entry(state.program.path, climb.program.path, state.op.kernel.entry));
  std::string why = missing;
  Outcome outcome = Outcome::build_failed;
  if (why.empty()) {
    // The call would reach the baseline's own function.
    KE_TRY(const bool by_name, shares_entry(state.program.path, state.op.kernel.entry));
    if (!by_name) return true;
    KE_TRY(const auto finding, linked_finding(climb, climb.subject, climb.evaluation.folder, true));
    if (!finding) return true;
    KE_TRY(const auto own, linked_finding(climb, state.baseline, state.baseline_folder, false));
    if (own && finding->outcome != Outcome::slower)
      return true;  // the repository does something that this build does not know
    why = finding->reason;
    outcome = finding->outcome;
  }
  return fail(climb, outcome, "as the repository links it: " + why);
}

Result<bool> instructions_rung(Climb& climb) {
  JudgeState& state = climb.state;
  const bool asks = asks_the_processor(climb.subject.candidate.source);
  if (climb.identical || state.op.isa == Isa::native) return true;
  enter(climb, "confirm");
  KE_TRY(const std::string illegal, illegal_code(state, climb.evaluation.folder));
  if (!illegal.empty()) return fail(climb, Outcome::unsafe, "the program " + illegal);
  if (asks) return true;
  KE_TRY(const std::optional<Finding> finding,
         fails_below(state, climb.subject, climb.evaluation.folder, climb.program, climb.exam, 1));
  return finding ? fail(climb, finding->outcome, finding->reason) : true;
}

namespace {

/// What machines of a variant's level do not have is not there.
Result<std::optional<Finding>> variant_on_its_machine(Climb& variant, const std::string& isa) {
  const int level = level_of_flags({"-march=" + isa});
  if (variant.state.op.isa == Isa::native || (isa != "default" && !starts_with(isa, "x86-64")))
    return std::optional<Finding>();
  return fails_below(variant.state, variant.subject, variant.evaluation.folder, variant.program, variant.exam,
                     isa == "default" ? 1 : level);
}

}  // namespace

Result<bool> variants_rung(Climb& climb) {
  JudgeState& state = climb.state;
  enter(climb, "confirm");
  for (const std::string& isa :
       hidden_variants(state.baseline.candidate.source, climb.subject.candidate.source)) {
    const Subject alone = only_variant(climb.subject, isa);
    Evaluation one;
    one.folder = state.folders->path_of(state.op, alone);
    Climb variant{state, alone, climb.exam, Effort::screen, climb.deadline, one, {}, false};
    KE_TRY(bool standing, compile_rung(variant));
    if (standing) {
      KE_TRY(standing, verify_rung(variant));
    }
    if (standing) {
      KE_TRY(const std::optional<Finding> illegal, variant_on_its_machine(variant, isa));
      if (illegal) standing = fail(variant, illegal->outcome, illegal->reason);
    }
    if (standing) {
      KE_TRY(standing, bench_rung(variant));
    }
    if (standing && is_in_doubt(one)) {
      one.speedups.clear();
      one.diagnoses.clear();
      Climb again{state,          alone, climb.exam,      Effort::decide,
                  climb.deadline, one,   variant.program, variant.identical};
      KE_TRY(standing, bench_rung(again));
    }
    climb.evaluation.ledger += one.ledger;
    if (standing && !falls_short(one)) continue;
    return fail(climb, one.outcome,
                "variant " + isa + " by itself is " + name_of(one.outcome) + ": " + one.reason);
  }
  return true;
}

bool is_in_doubt(const Evaluation& screened) {
  const double worst = worst_ratio(screened);
  return screened.outcome == Outcome::slower ? worst >= kHopeless : worst < kInDoubt;
}

bool falls_short(const Evaluation& variant) {
  if (variant.outcome != Outcome::noisy) return variant.outcome == Outcome::slower;
  return variant.unmeasured > 0 || worst_ratio(variant) < kBehind;
}

namespace {

std::string open_interval(const Evaluation& evaluation) {
  constexpr double kNothing = 1000;  // an interval that wide has seen too few pairs to be one
  if (evaluation.low < 1 / kNothing && evaluation.high > kNothing)
    return "; undecided: too few pairs were measured in its time to bound that; more time may "
           "(search --budget, evaluate --timeout)";
  return fmt::format(
      "; undecided between {:.3f} and {:.3f}, `ke-build noise` says what this machine can tell",
      evaluation.low, evaluation.high);
}

}  // namespace

void conclude(Evaluation& evaluation, const std::vector<bool>& noninferior) {
  double sum = 0, low = 0, high = 0, weights = 0;
  bool any_slower = false, any_faster = false, all_equal = true;
  const Speedup* worst = nullptr;
  for (const Speedup& speedup : evaluation.speedups) {
    weights += speedup.weight;
    sum += speedup.weight * std::log(speedup.ratio);
    low += speedup.weight * (speedup.low > 0 ? std::log(speedup.low) : -HUGE_VAL);
    high += speedup.weight * std::log(speedup.high);
    any_slower = any_slower || speedup.verdict == Outcome::slower;
    any_faster = any_faster || speedup.verdict == Outcome::faster;
    all_equal = all_equal && speedup.verdict == Outcome::equal;
    if (worst == nullptr || speedup.ratio < worst->ratio) worst = &speedup;
  }
  const size_t all = noninferior.size();
  evaluation.unmeasured = all - evaluation.speedups.size();
  if (worst == nullptr || weights <= 0) {
    evaluation.outcome = Outcome::noisy;
    evaluation.reason =
        fmt::format("{}: no time was left to measure any of {} workload(s)", evaluation.rung, all);
    return;
  }
  evaluation.speedup = std::exp(sum / weights);
  evaluation.low = std::exp(low / weights);
  evaluation.high = std::exp(high / weights);
  const bool safe = std::all_of(noninferior.begin(), noninferior.end(), [](bool fine) { return fine; });
  evaluation.outcome = any_slower           ? Outcome::slower
                       : all_equal          ? Outcome::equal
                       : any_faster && safe ? Outcome::faster
                                            : Outcome::noisy;
  evaluation.reason = fmt::format(
      "{}: {:.3f} times the baseline's speed over {} workload(s), worst {:.3f} on {}", evaluation.rung,
      evaluation.speedup, evaluation.speedups.size(), worst->ratio, worst->workload);
  if (evaluation.outcome == Outcome::noisy) evaluation.reason += open_interval(evaluation);
  if (evaluation.unmeasured > 0 && !any_slower) {
    evaluation.outcome = Outcome::noisy;
    evaluation.reason += fmt::format("; no time was left to measure {} other(s)", evaluation.unmeasured);
  }
  if (any_slower && evaluation.speedup > 1)
    evaluation.reason += ": a gain on some does not make up for a loss on others";
}

}  // namespace ke

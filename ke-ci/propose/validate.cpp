// SPDX-License-Identifier: MIT
#include "ke-ci/propose/validate.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"
#include "ke-build/detect/detect.h"
#include "ke-build/evaluate/dispatch.h"
#include "ke-build/model/spec.h"
#include "ke-ci/propose/content.h"
#include "ke-ci/propose/paths.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

#include <algorithm>

#include <sys/utsname.h>

namespace ke {
namespace {

/// The steps in order, each recorded with its duration; after a "no" the rest is skipped.
class Steps {
 public:
  Steps(const ValidateInput& input, Validation& validation)
      : input_(input), options_(input.options), validation_(validation) {}

  Result<Validated> run();

 private:
  /// nullopt text: the step passed with `detail`.
  struct Answer {
    bool passed = true;
    std::string detail;
  };
  Result<bool> step(const char* name, Result<Answer> (Steps::*body)());
  Answer no(std::string why) const { return {false, std::move(why)}; }

  Result<Answer> clone();
  Result<Answer> apply();
  Result<Answer> configure();
  Result<Answer> build();
  Result<Answer> test();
  Result<Answer> measure();
  Result<Answer> variants();

  Result<> write_lock();
  std::string missing_from_recipe() const;
  Result<bool> drop_variants();

  ValidateInput input_;
  const ProposeOptions& options_;
  Validation& validation_;
  BuildPlace place_;
  CleanBuild base_;
  Project project_;
  Registration registration_;
  Operator op_;
  Subject baseline_, subject_;
  std::unique_ptr<Evaluator> evaluator_;
  Validated result_;
};

Result<bool> Steps::step(const char* name, Result<Answer> (Steps::*body)()) {
  log_progress(fmt::format("{}: clean clone: {}", input_.report.op, name));
  const double start_s = now_s();
  KE_TRY(auto answer, (this->*body)());
  validation_.steps.push_back({name, answer.passed, answer.detail, now_s() - start_s});
  if (!answer.passed) result_.reason = fmt::format("{}: {}", name, answer.detail);
  return answer.passed;
}

Result<Steps::Answer> Steps::clone() {
  KE_TRY(base_, base_build(input_.project, input_.base, options_.scratch_dir, options_.build_timeout_s));
  KE_TRY(const auto base_registration, find_registration(base_.project, input_.report.op));
  KE_TRY(op_, read_spec(base_registration));
  KE_TRY(baseline_, subject_of(base_.project, base_registration));
  if (token_hash(baseline_.candidate.source) != token_hash(input_.report.baseline_source)) {
    return no(fmt::format("{} at commit {} is not the source that was searched; commit it, or search again",
                          input_.report.source_path, input_.base.substr(0, 12)));
  }
  place_ = {options_.scratch_dir, "ke-" + input_.report.op};
  result_.folder = clone_folder(place_);
  KE_DO(remove_tree(result_.folder));
  KE_DO(remove_tree(result_.folder + "-build"));
  KE_TRY(const auto git, clone_at(input_.project.repository, input_.base, result_.folder));
  return Answer{true, fmt::format("base commit {} checked out afresh, with an empty build folder",
                                  input_.base.substr(0, 12))};
}

/// Variants that this machine cannot run leave the source; the report says so.
Result<bool> Steps::drop_variants() {
  ReportData& report = input_.report;
  const auto isas = variants_of(report.baseline_source, report.candidate_source);
  if (!isas.empty() && !has_clones_macro(report.candidate_source)) return false;
  for (const std::string& isa : isas) {
    VariantResult variant;
    variant.isa = isa;
    variant.runs_here = variant.proposed = runs_here(isa);
    variant.detail = variant.runs_here
                         ? isa == "default" ? "the repository's own flags" : "the clones for " + isa
                         : "this machine cannot run it, so nobody checked it; taken out of the proposal";
    if (!variant.runs_here) report.candidate_source = without_variant(report.candidate_source, isa);
    validation_.variants.push_back(std::move(variant));
  }
  return true;
}

Result<> Steps::write_lock() {
  KE_TRY(auto lock, read_lock(result_.folder));
  const auto earlier = lock.operators.find(input_.report.op);
  Candidate winner;
  winner.source = input_.report.candidate_source;
  winner.flags = input_.report.flags;
  winner.tunables = input_.report.tunables;
  LockEntry entry =
      lock_entry(input_.report, op_, winner, earlier == lock.operators.end() ? nullptr : &earlier->second);
  lock.operators[input_.report.op] = std::move(entry);
  const std::string text = lock_text(lock);
  KE_DO(parse_lock(text, kLockFile));  // flags that the reader would refuse are never written
  return write_inside(result_.folder, kLockFile, text, true);
}

Result<Steps::Answer> Steps::apply() {
  ReportData& report = input_.report;
  const std::string compiler = other_compiler(report.flags);
  if (!compiler.empty())
    return no(fmt::format(
        "the winner is compiled with {}, and CMake has one compiler per project and language: configure with "
        "-DCMAKE_{}_COMPILER={} and search there to adopt it",
        compiler, op_.kernel.language == "c" ? "C" : "CXX", compiler));
  KE_TRY(const bool separable, drop_variants());
  if (!separable)
    return no(
        "the source dispatches at run time without the macro KE_CLONES, so its variants cannot be checked "
        "one by one");
  const std::string source_says = refuse_source(report.baseline_source, report.candidate_source);
  if (!source_says.empty()) return no(source_says);
  KE_TRY(const auto path, repository_path(input_.project, input_.registration.sources.front()));
  report.source_path = path;
  if (report.candidate_source != report.baseline_source) {
    auto written = write_inside(result_.folder, path, report.candidate_source, false);
    if (!written) return no(written.error().message);
    result_.paths.push_back(path);
  }
  KE_DO(write_lock());
  result_.paths.push_back(kLockFile);
  if (report.skill && !report.skill_text.empty()) {
    const std::string skill_says =
        is_plain_name(report.skill->name) ? refuse_skill(report.skill_text) : "its name is no plain name";
    if (!skill_says.empty()) return no(skill_says);
    const std::string skill_path = ".ke/skills/" + report.skill->name + "/SKILL.md";
    KE_DO(write_inside(result_.folder, skill_path, report.skill_text, true));
    result_.paths.push_back(skill_path);
  }
  return Answer{true, join_texts(result_.paths, ", ")};
}

/// Flags and defines of the lock that the clone's own build does not use.
std::string Steps::missing_from_recipe() const {
  const Recipe& recipe = subject_.recipe;
  for (const std::string& flag : input_.report.flags) {
    if (std::find(recipe.flags.begin(), recipe.flags.end(), flag) == recipe.flags.end()) return flag;
  }
  for (const auto& [name, value] : input_.report.tunables) {
    const std::string define = name + "=" + value;
    const bool defined =
        std::find(recipe.defines.begin(), recipe.defines.end(), define) != recipe.defines.end();
    const bool as_flag =
        std::find(recipe.flags.begin(), recipe.flags.end(), "-D" + define) != recipe.flags.end();
    if (!defined && !as_flag) return "-D" + define;
  }
  return "";
}

Result<Steps::Answer> Steps::configure() {
  auto project = configure_clone(input_.project, place_, options_.build_timeout_s);
  if (!project) return no(project.error().message);
  project_ = std::move(*project);
  auto registration = find_registration(project_, input_.report.op);
  if (!registration) return no(registration.error().message);
  registration_ = std::move(*registration);
  return Answer{true, fmt::format("like the build folder that was searched: {}{}{}", project_.generator,
                                  project_.configuration.empty() ? "" : ", ", project_.configuration)};
}

Result<Steps::Answer> Steps::build() {
  auto built = build_clone(project_, options_.build_timeout_s);
  if (!built) return no(built.error().message);
  KE_TRY(subject_, subject_of(project_, registration_));
  const std::string missing = missing_from_recipe();
  if (!missing.empty())
    return no(fmt::format("the project's build does not apply '{}' from {}; are its rules too old?", missing,
                          kLockFile));
  return Answer{true, "the whole project, by its own commands"};
}

Result<Steps::Answer> Steps::test() {
  KE_TRY(const auto tests, run_own_tests(project_, options_.test_timeout_s));
  validation_.tests = tests.tests;
  return Answer{tests.passed, tests.detail};
}

Result<Steps::Answer> Steps::measure() {
  KE_TRY(evaluator_, Evaluator::open(op_, baseline_, options_.evaluate));
  KE_TRY(validation_.measured,
         evaluator_->evaluate(subject_, Effort::confirm, Deadline(options_.measure_timeout_s)));
  const Evaluation& measured = validation_.measured;
  if (measured.outcome != Outcome::faster) {
    return no(fmt::format("{} on the clone's own build: {}", name_of(measured.outcome), measured.reason));
  }
  return Answer{true,
                fmt::format("{} [{} – {}] over a clean build of the base", format_ratio(measured.speedup),
                            format_ratio(measured.low), format_ratio(measured.high))};
}

Result<Steps::Answer> Steps::variants() {
  std::vector<std::string> checked, left_out;
  for (VariantResult& variant : validation_.variants) {
    if (!variant.runs_here) {
      left_out.push_back(variant.isa);
      continue;
    }
    const Subject alone = only_variant(subject_, variant.isa);
    const Deadline deadline(options_.measure_timeout_s);
    KE_TRY(variant.evaluation, evaluator_->evaluate(alone, Effort::screen, deadline));
    if (variant.evaluation.outcome == Outcome::slower || variant.evaluation.outcome == Outcome::noisy) {
      KE_TRY(variant.evaluation, evaluator_->evaluate(alone, Effort::decide, deadline));
    }
    const Outcome outcome = variant.evaluation.outcome;
    // What this machine cannot tell apart from the baseline is not slower as far as anybody knows.
    const bool even = outcome == Outcome::noisy && variant.evaluation.speedup >= 1;
    if (outcome != Outcome::faster && outcome != Outcome::equal && !even) {
      return no(fmt::format("variant {} by itself is {}: {}", variant.isa, name_of(outcome),
                            variant.evaluation.reason));
    }
    checked.push_back(variant.isa);
  }
  if (checked.empty() && left_out.empty()) return Answer{true, "the source has no dispatch variants"};
  std::string detail =
      join_texts(checked, ", ") + (checked.size() == 1 ? " is correct and not slower by itself"
                                                       : " are correct and not slower by themselves");
  if (!left_out.empty())
    detail += "; taken out, because this machine cannot run it: " + join_texts(left_out, ", ");
  return Answer{true, detail};
}

Result<Validated> Steps::run() {
  using Body = Result<Answer> (Steps::*)();
  const std::pair<const char*, Body> steps[] = {
      {"clone", &Steps::clone},      {"apply", &Steps::apply}, {"configure", &Steps::configure},
      {"build", &Steps::build},      {"test", &Steps::test},   {"measure", &Steps::measure},
      {"variants", &Steps::variants}};
  validation_.commit = input_.base;
  for (const auto& [name, body] : steps) {
    KE_TRY(const bool passed, step(name, body));
    if (!passed) return result_;
  }
  ReportData& report = input_.report;
  report.result = validation_.measured;
  // Witnesses that fail leave the roofline's word; they decide nothing here.
  const ProfileOptions quick{"", kQuickRuns, 0.5};
  auto after = evaluator_->profile(subject_, quick);
  auto before = evaluator_->profile(baseline_, quick);
  report.after = after ? *std::move(after) : validation_.measured.diagnoses;
  report.before = before ? *std::move(before) : evaluator_->baseline().diagnoses;
  KE_DO(write_lock());  // again, now with the figures of this build
  result_.passed = true;
  return result_;
}

}  // namespace

LockEntry lock_entry(const ReportData& report, const Operator& op, const Candidate& winner,
                     const LockEntry* earlier) {
  LockEntry entry;
  entry.source = report.source_path;
  if (earlier && earlier->source == entry.source) {
    entry.flags = earlier->flags;
    entry.defines = earlier->defines;
  }
  for (const std::string& flag : winner.flags) {
    if (std::find(entry.flags.begin(), entry.flags.end(), flag) == entry.flags.end())
      entry.flags.push_back(flag);
  }
  for (const auto& [name, value] : winner.tunables) entry.defines[name] = value;
  entry.token_hash = token_hash(winner.source);
  entry.candidate = candidate_hash(winner);
  entry.hardware = report.session.hardware;
  entry.compiler = report.session.compiler;
  struct utsname machine {};
  if (uname(&machine) == 0) entry.processor = machine.machine;
  entry.base_flags = report.session.flags;
  for (const Speedup& speedup : report.result.speedups) {
    LockWorkload workload{speedup.workload, {}, speedup.ratio, speedup.low, speedup.high};
    for (const Workload& declared : op.workloads) {
      if (declared.name == speedup.workload) workload.axes = axes_of(op, declared);
    }
    entry.workloads.push_back(std::move(workload));
  }
  entry.speedup = report.result.speedup;
  entry.low = report.result.low;
  entry.high = report.result.high;
  entry.session = report.session.id;
  entry.validated = utc_now().substr(0, 10);
  return entry;
}

Result<Validated> validate(ValidateInput input) {
  Validation validation;
  Steps steps(input, validation);
  auto result = steps.run();
  if (result) validation.passed = result->passed;
  input.report.validation = std::move(validation);
  return result;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// The evaluator: opens a judge, sends candidates up the ladder, keeps their folders and the ledger.
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/at_once.h"
#include "ke-build/evaluate/confirmation.h"
#include "ke-build/evaluate/diagnosis.h"
#include "ke-build/evaluate/exam.h"
#include "ke-build/evaluate/legality.h"
#include "ke-build/evaluate/machine_dir.h"
#include "ke-build/evaluate/profile/profile.h"
#include "ke-build/evaluate/rungs.h"
#include "ke-build/evaluate/sentinel.h"
#include "ke-build/evaluate/source_rules.h"
#include "ke-build/evaluate/subject_json.h"
#include "ke-build/model/codec.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace ke {
namespace {

// What is neither compiling nor timed nor checking is the engine's own time.
void close_ledger(Ledger& ledger, double wall_s) {
  ledger.engine_s = std::max(0.0, wall_s - ledger.compile_s - ledger.timed_s - ledger.check_s);
}

class JudgeEvaluator : public Evaluator {
 public:
  explicit JudgeEvaluator(std::unique_ptr<JudgeState> state) : state_(std::move(state)) {}

  Result<> describe_baseline(double started_s) {
    baseline_.candidate = candidate_hash(state_->baseline.candidate);
    baseline_.folder = state_->baseline_folder;
    baseline_.outcome = Outcome::equal;
    baseline_.level = baseline_.level_asked = name_of(state_->op.level);
    baseline_.sandbox = sandbox_layers(SandboxRole::runner);
    const Deadline none(3600);
    Climb climb{*state_, state_->baseline, state_->exam,    Effort::screen,
                none,    baseline_,        state_->program, true};
    KE_TRY(const bool standing, bench_rung(climb));
    KE_TRY(const std::string unfit, look_at_the_machine());
    baseline_.rung = "bench";
    baseline_.detectable = state_->detectable;
    baseline_.environment = environment_text(state_->begun);
    if (standing) {
      baseline_.speedup = 1;
      baseline_.low = baseline_.high = 1;
      std::vector<std::string> notes = state_->notes;
      if (!unfit.empty()) notes.insert(notes.begin(), unfit);
      baseline_.reason = notes.empty() ? "the baseline" : "the baseline; " + join_texts(notes, "; ");
    }
    close_ledger(state_->ledger, now_s() - started_s);
    baseline_.ledger = state_->ledger;
    opening_checks_s_ = state_->ledger.check_s;
    return write_file(join(baseline_.folder, "evaluation.json"), to_text(to_json(baseline_)));
  }

  /// Why it cannot be trusted now, or "".
  Result<std::string> look_at_the_machine() {
    KE_TRY(const bool steady, was_steady_lately(machine_dir_of(state_->options)));
    if (!steady) return sentinel(*state_, state_->exam, state_->ledger);
    KE_TRY(const SentinelHistory history, sentinel_history(machine_dir_of(state_->options)));
    state_->detectable = history.detectable;
    return std::string();
  }

  Result<Evaluation> evaluate(const Subject& subject, Effort effort, const Deadline& deadline) override {
    const double start_s = now_s();
    Evaluation evaluation;
    evaluation.candidate = candidate_hash(subject.candidate);
    evaluation.folder = state_->folders->path_of(state_->op, subject);
    evaluation.sandbox = sandbox_layers(SandboxRole::runner);
    const Ledger before = state_->ledger;
    KE_DO(climb_ladder(subject, effort, deadline, evaluation));
    evaluation.detectable = state_->detectable;
    evaluation.environment = environment_text(state_->begun);
    // Drawing fresh data is charged to the judge; it belongs to this evaluation.
    evaluation.ledger.check_s += state_->ledger.check_s - before.check_s;
    const double wall_s = now_s() - start_s;
    close_ledger(evaluation.ledger, wall_s);
    if (effort == Effort::screen)
      costs_[evaluation.folder] = {wall_s - evaluation.ledger.compile_s, opening_checks_s_};
    state_->ledger = before;
    state_->ledger += evaluation.ledger;
    KE_DO(write_file(join(evaluation.folder, "evaluation.json"), to_text(to_json(evaluation))));
    return evaluation;
  }

  Result<> prepare(const std::vector<Subject>& subjects, const Deadline& deadline) override {
    const double start_s = now_s();
    const Result<> prepared =
        at_once(subjects.size(), deadline, [&](size_t i) { return prepare_one(subjects[i]); });
    state_->ledger.compile_s += now_s() - start_s;
    return prepared;
  }

  Result<bool> variants_hold(const Subject& subject, const Deadline& deadline) override {
    Evaluation evaluation;
    evaluation.folder = state_->folders->path_of(state_->op, subject);
    Climb climb{*state_, subject, state_->exam, Effort::screen, deadline, evaluation, {}, false};
    KE_TRY(bool standing, compile_rung(climb));
    if (standing && !climb.identical) {
      KE_DO(compiled(evaluation, [&] { return build_variants(*state_, subject, deadline); }));
      KE_TRY(standing, variants_rung(climb));
    }
    state_->ledger += evaluation.ledger;
    return standing;
  }

  Result<std::vector<Diagnosis>> profile(const Subject& subject, const ProfileOptions& options) override {
    const double start_s = now_s();
    Ledger ledger;
    Result<std::vector<Diagnosis>> diagnoses = ke::profile(*state_, subject, options, ledger);
    close_ledger(ledger, now_s() - start_s);
    state_->ledger += ledger;
    return diagnoses;
  }

  double confirmation_s(const Subject& subject) const override {
    const auto known = costs_.find(state_->folders->path_of(state_->op, subject));
    return known == costs_.end() ? 0 : expected_confirmation_s(*state_, subject, known->second);
  }

  const Evaluation& baseline() const override { return baseline_; }
  Ledger ledger() const override { return state_->ledger; }

 private:
  Result<> prepare_one(const Subject& subject) {
    if (!illegal_candidate(state_->op, subject.candidate).empty() ||
        !illegal_source(state_->op, state_->baseline.candidate.source, subject.candidate.source).empty())
      return ok();
    const std::string folder = state_->folders->path_of(state_->op, subject);
    KE_DO(state_->folders->write(folder, state_->op, state_->baseline, subject));
    KE_TRY(const Product product, state_->folders->build(folder, state_->op, subject, Role::kernel));
    (void)product;
    return ok();
  }

  template <class Build>
  Result<> compiled(Evaluation& evaluation, Build build) {
    const double start_s = now_s();
    Result<> built = build();
    evaluation.ledger.compile_s += now_s() - start_s;
    return built;
  }

  // What one candidate was not timed on is as fresh for the next one.
  Result<Exam> fresh_exam(const Deadline& deadline) {
    // As thorough as its own would be; and not for ever: what was wrong in it has been told. Where draws are
    // no secret, the next one would be the same.
    const bool again = times_given_ < kMostTimes || !state_->options.secret;
    const bool fits = unused_ && again && unused_->thorough_s >= thorough_s(deadline.left_s());
    times_given_ = fits ? times_given_ + 1 : 1;
    if (fits) return *std::exchange(unused_, std::nullopt);
    Random random(judge_seed(state_->options, 2));
    return draw_exam(*state_, random, deadline);
  }

  Result<> climb_ladder(const Subject& subject, Effort effort, const Deadline& deadline,
                        Evaluation& evaluation) {
    Exam fresh;
    Climb climb{*state_, subject, state_->exam, effort, deadline, evaluation, {}, false};
    KE_TRY(bool standing, up(climb, {"compile", compile_rung}));
    if (!standing) return ok();
    if (effort == Effort::confirm) {
      if (!climb.identical)
        KE_DO(compiled(evaluation, [&] { return build_variants(*state_, subject, deadline); }));
      const double start_s = now_s();
      KE_TRY(fresh, fresh_exam(deadline));
      log_debug(fmt::format("{}: drawing took {:.2f} s", state_->op.name, now_s() - start_s));
    }
    Climb rest{*state_,       subject,        effort == Effort::confirm ? fresh : state_->exam,
               effort,        deadline,       evaluation,
               climb.program, climb.identical};
    const bool known = effort != Effort::confirm && verified_[evaluation.folder];
    if (!known) {
      KE_TRY(standing, up(rest, {"verify", verify_rung}));
      if (!standing) {
        if (effort == Effort::confirm) unused_ = std::move(fresh);
        return ok();
      }
      verified_[evaluation.folder] = true;
    }
    if (effort == Effort::confirm) {
      KE_TRY(standing, confirmation_rungs(rest));
      if (!standing) {
        unused_ = std::move(fresh);
        return ok();
      }
    }
    if (effort == Effort::repeat) return repeat(rest);
    KE_TRY(standing, up(rest, {"bench", bench_rung}));
    if (standing && effort != Effort::screen) {
      KE_TRY(standing, up(rest, {"elsewhere", elsewhere_rung}));
    }
    return ok();
  }

  // Times of a machine that does not repeat itself, or of wrong outputs, are none.
  Result<> repeat(const Climb& climb) {
    Random random(judge_seed(state_->options, 31));
    KE_TRY(const Exam fresh, draw_workloads(*state_, random));
    Climb again{climb.state,    climb.subject,    fresh,         climb.effort,
                climb.deadline, climb.evaluation, climb.program, climb.identical};
    KE_TRY(const bool standing, up(again, {"bench", bench_rung}));
    if (!standing) climb.evaluation.speedups.clear();
    return ok();
  }

  // What other machines will run costs a screening, a decision costs ten.
  Result<bool> confirmation_rungs(Climb& climb) {
    KE_TRY(bool standing, up(climb, {"variants", variants_rung}));
    if (standing && !climb.identical)
      KE_DO(
          compiled(climb.evaluation, [&] { return build_the_rest(*state_, climb.subject, climb.deadline); }));
    constexpr Rung kRungs[] = {{"instructions", instructions_rung},
                               {"beside", beside_rung},
                               {"sanitize", sanitize_rung},
                               {"linked", linked_rung},
                               {"guided", guided_rung}};
    for (const Rung& rung : kRungs) {
      if (!standing) break;
      KE_TRY(standing, up(climb, rung));
    }
    return standing;
  }

  struct Rung {
    const char* name;
    Result<bool> (*climb)(Climb& climb);
  };

  Result<bool> up(Climb& climb, const Rung& rung) {
    const double start_s = now_s();
    Result<bool> standing = rung.climb(climb);
    if (climb.effort == Effort::confirm)
      log_debug(fmt::format("{}: {} took {:.2f} s", state_->op.name, rung.name, now_s() - start_s));
    return standing;
  }

  std::unique_ptr<JudgeState> state_;
  Evaluation baseline_;
  static constexpr int kMostTimes = 4;
  std::optional<Exam> unused_;            // drawn for a confirmation that ended before it timed anything
  int times_given_ = 0;                   // the last exam of a confirmation
  std::map<std::string, bool> verified_;  // by folder: right on the screening's hidden shapes
  std::map<std::string, ScreeningCost> costs_;  // by folder
  double opening_checks_s_ = 0;
};

}  // namespace

double Evaluator::confirmation_s(const Subject&) const { return 0; }

Result<bool> Evaluator::variants_hold(const Subject&, const Deadline&) { return true; }

Result<std::vector<Diagnosis>> Evaluator::profile(const Subject&, const ProfileOptions&) {
  return Error{ErrorCode::usage, "this evaluator cannot make differential runs"};
}

Result<std::unique_ptr<Evaluator>> Evaluator::open(const Operator& op, const Subject& baseline,
                                                   const EvaluateOptions& options) {
  const double start_s = now_s();
  KE_TRY(std::unique_ptr<JudgeState> state, open_judge(op, baseline, options));
  auto evaluator = std::make_unique<JudgeEvaluator>(std::move(state));
  KE_DO(evaluator->describe_baseline(start_s));
  return std::unique_ptr<Evaluator>(std::move(evaluator));
}

}  // namespace ke

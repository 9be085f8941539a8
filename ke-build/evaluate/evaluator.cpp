// SPDX-License-Identifier: MIT
// The evaluator: opens a judge, sends candidates up the ladder, keeps their folders and the ledger.
#include "ke-build/base/files.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/diagnosis.h"
#include "ke-build/evaluate/legality.h"
#include "ke-build/evaluate/rungs.h"
#include "ke-build/evaluate/subject_json.h"
#include "ke-build/model/codec.h"
#include "ke-build/model/spec.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

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
    baseline_.level = name_of(state_->op.level);
    baseline_.sandbox = sandbox_layers(SandboxRole::runner);
    const Deadline none(3600);
    Climb climb{*state_, state_->baseline, state_->exam,    Effort::screen,
                none,    baseline_,        state_->program, true};
    KE_TRY(const bool standing, bench_rung(climb));
    KE_TRY(const std::string unfit, sentinel(*state_, state_->exam, state_->ledger));
    baseline_.rung = "bench";
    if (standing) {
      baseline_.speedup = 1;
      baseline_.low = baseline_.high = 1;
      std::vector<std::string> notes = state_->notes;
      if (!unfit.empty()) notes.insert(notes.begin(), unfit);
      baseline_.reason = notes.empty() ? "the baseline" : "the baseline; " + join_texts(notes, "; ");
    }
    close_ledger(state_->ledger, now_s() - started_s);
    baseline_.ledger = state_->ledger;
    return write_file(join(baseline_.folder, "evaluation.json"), to_text(to_json(baseline_)));
  }

  Result<Evaluation> evaluate(const Subject& subject, Effort effort, const Deadline& deadline) override {
    const double start_s = now_s();
    Evaluation evaluation;
    evaluation.candidate = candidate_hash(subject.candidate);
    evaluation.folder = state_->folders->path_of(state_->op, subject);
    evaluation.sandbox = sandbox_layers(SandboxRole::runner);
    const Ledger before = state_->ledger;
    KE_DO(climb_ladder(subject, effort, deadline, evaluation));
    // Drawing fresh data is charged to the judge; it belongs to this evaluation.
    evaluation.ledger.check_s += state_->ledger.check_s - before.check_s;
    close_ledger(evaluation.ledger, now_s() - start_s);
    state_->ledger = before;
    state_->ledger += evaluation.ledger;
    KE_DO(write_file(join(evaluation.folder, "evaluation.json"), to_text(to_json(evaluation))));
    return evaluation;
  }

  Result<> prepare(const std::vector<Subject>& subjects, const Deadline& deadline) override {
    const double start_s = now_s();
    std::atomic<size_t> next = 0;
    std::vector<Result<>> results(2, ok());
    const auto work = [&](size_t worker) {
      while (!deadline.passed() && results[worker]) {
        const size_t i = next++;
        if (i >= subjects.size()) break;
        results[worker] = prepare_one(subjects[i]);
      }
    };
    const unsigned workers = std::min(2u, std::max(1u, std::thread::hardware_concurrency()));
    std::thread second;
    if (workers > 1 && subjects.size() > 1) second = std::thread(work, 1);
    work(0);
    if (second.joinable()) second.join();
    state_->ledger.compile_s += now_s() - start_s;
    for (const Result<>& result : results) KE_DO(result);
    return ok();
  }

  const Evaluation& baseline() const override { return baseline_; }
  Ledger ledger() const override { return state_->ledger; }

 private:
  Result<> prepare_one(const Subject& subject) {
    if (!illegal_candidate(state_->op, subject.candidate).empty()) return ok();
    const std::string folder = state_->folders->path_of(state_->op, subject);
    KE_DO(state_->folders->write(folder, state_->op, state_->baseline, subject));
    KE_TRY(const Product product, state_->folders->build(folder, state_->op, subject, Role::kernel));
    (void)product;
    return ok();
  }

  Result<> climb_ladder(const Subject& subject, Effort effort, const Deadline& deadline,
                        Evaluation& evaluation) {
    Exam fresh;
    Climb climb{*state_, subject, state_->exam, effort, deadline, evaluation, {}, false};
    KE_TRY(bool standing, compile_rung(climb));
    if (!standing) return ok();
    if (effort == Effort::confirm) {
      Random random(judge_seed(state_->options, 2));
      KE_TRY(fresh, draw_exam(*state_, random, false));
    }
    Climb rest{*state_,       subject,        effort == Effort::confirm ? fresh : state_->exam,
               effort,        deadline,       evaluation,
               climb.program, climb.identical};
    const bool known = effort != Effort::confirm && verified_[evaluation.folder];
    if (!known) {
      KE_TRY(standing, verify_rung(rest));
      if (!standing) return ok();
      verified_[evaluation.folder] = true;
    }
    if (effort == Effort::confirm) {
      KE_TRY(standing, sanitize_rung(rest));
      if (!standing) return ok();
    }
    KE_TRY(standing, bench_rung(rest));
    if (standing && effort == Effort::confirm) {
      KE_TRY(standing, variants_rung(rest));
    }
    return ok();
  }

  std::unique_ptr<JudgeState> state_;
  Evaluation baseline_;
  std::map<std::string, bool> verified_;  // by folder: right on the screening's hidden shapes
};

}  // namespace

Result<std::unique_ptr<Evaluator>> Evaluator::open(const Operator& op, const Subject& baseline,
                                                   const EvaluateOptions& options) {
  const double start_s = now_s();
  KE_TRY(std::unique_ptr<JudgeState> state, open_judge(op, baseline, options));
  auto evaluator = std::make_unique<JudgeEvaluator>(std::move(state));
  KE_DO(evaluator->describe_baseline(start_s));
  return std::unique_ptr<Evaluator>(std::move(evaluator));
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// One step: evaluate, store everything that it changed in one transaction.
#include "ke-build/base/log.h"
#include "ke-build/search/run.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr int kMaxFailures = 3;

const char* name_of(Effort effort) {
  switch (effort) {
    case Effort::screen:
      return "screen";
    case Effort::decide:
      return "decide";
    case Effort::repeat:
      return "repeat";
    case Effort::confirm:
      return "confirm";
  }
  return "screen";
}

void report(const Run& run, const std::string& doing) {
  if (!run.options.on_progress) return;
  const double best = merit(run.tree.at(run.tree.incumbent()).evaluation);
  run.options.on_progress({run.op.name, doing, run.session.evaluations, run.clock.elapsed_s(),
                           run.session.budget.seconds, std::max(1.0, best)});
}

std::string doing_text(const Move& move) {
  return move.detail.empty() ? move.action : move.action + " " + move.detail;
}

// Time inside the evaluator is accounted for by its own ledger; everything else is the engine's.
template <class Body>
auto timed(Run& run, Body body) {
  const double start = now_s();
  auto result = body();
  run.evaluator_s += now_s() - start;
  return result;
}

Result<Evaluation> evaluate(Run& run, const Candidate& candidate, Effort effort) {
  const Subject subject{run.baseline.recipe, candidate};
  const Deadline deadline = effort == Effort::screen ? run.clock.evaluation_deadline()
                                                     : Deadline(std::min(run.clock.left_s(), 3600.0));
  auto evaluation = timed(run, [&] { return run.evaluator.evaluate(subject, effort, deadline); });
  if (evaluation) {
    evaluation->candidate = candidate_hash(candidate);
    run.failures_in_a_row = 0;
  }
  return evaluation;
}

// The harness failed, not the candidate: nothing is stored. A few failures are survived by trying something
// else.
Result<> after_failure(Run& run, Error error) {
  if (error.code == ErrorCode::budget) {
    run.out_of_time = true;
    return ok();
  }
  const bool passing = error.code == ErrorCode::tool || error.code == ErrorCode::internal;
  if (!passing || ++run.failures_in_a_row >= kMaxFailures) {
    return std::move(error).note(
        fmt::format("session {} is kept and can be resumed; it stopped", run.session.id));
  }
  log_warn(fmt::format("{}: an evaluation failed and is skipped: {}", run.op.name, error.message));
  return ok();
}

void count(Run& run, const Evaluation& evaluation) {
  ++run.step;
  ++run.session.evaluations;
  ++run.session.outcomes[name_of(evaluation.outcome)];
}

// Of the best candidate that was not confirmed: users would look for what happened to it.
void note_unconfirmed(Run& run, double screened, const Evaluation& evaluation, bool cut_short) {
  if (screened <= run.unconfirmed.speedup) return;
  run.unconfirmed = {screened, cut_short ? "the time was up before a confirmation could measure it; a larger "
                                           "budget has room for that"
                                         : evaluation.reason};
}

Result<> store_node(Run& run, int64_t id) {
  return run.store.transaction([&]() -> Result<> {
    KE_DO(run.store.add_node(run.session.id, run.tree.at(id), run.step));
    for (const int64_t ancestor : run.tree.lineage(run.tree.at(id).parent)) {
      const Node& node = run.tree.at(ancestor);
      KE_DO(run.store.update_statistics(run.session.id, ancestor, node.visits, node.value, run.step));
    }
    return save_session(run);
  });
}

Result<> fill_queue(Run& run) {
  // Batches begin at multiples of kAhead, so that a resumed search can find where the interrupted one began.
  const int64_t room = std::max<int64_t>(
      1, std::min(kAhead - run.step % kAhead, run.clock.screening_left(run.session.evaluations)));
  run.queue = plan(run, run.tree, run.step, room);
  if (run.queue.size() < 2) return ok();  // evaluate() compiles a single one itself
  std::vector<Subject> subjects;
  for (const Choice& choice : run.queue)
    subjects.push_back({run.baseline.recipe, choice.suggestion.candidate});
  report(run, "compiling ahead");
  auto prepared =
      timed(run, [&] { return run.evaluator.prepare(subjects, run.clock.evaluation_deadline()); });
  if (!prepared) return after_failure(run, std::move(prepared.error()));
  return ok();
}

}  // namespace

Result<bool> screen_next(Run& run) {
  const double start_s = now_s();
  if (run.queue.empty()) KE_DO(fill_queue(run));
  if (run.queue.empty()) return false;
  Choice choice = std::move(run.queue.front());
  run.queue.erase(run.queue.begin());
  KE_DO(screen(run, std::move(choice)));
  ++run.screened;
  run.screening_s += now_s() - start_s;
  return true;
}

Result<> screen(Run& run, Choice choice) {
  const std::string doing = doing_text(choice.suggestion.candidate.moves.back());
  report(run, doing);
  auto evaluation = evaluate(run, choice.suggestion.candidate, Effort::screen);
  if (!evaluation) {
    run.catalogue.exclude(candidate_hash(choice.suggestion.candidate));
    return after_failure(run, std::move(evaluation.error()));
  }
  log_debug(fmt::format("{}: {} -> {} {:.2f}x: {}", run.op.name, doing, ke::name_of(evaluation->outcome),
                        evaluation->speedup, evaluation->reason));
  count(run, *evaluation);
  Node node;
  node.parent = choice.parent;
  node.memory = choice.memory;
  node.candidate = std::move(choice.suggestion.candidate);
  node.evaluation = *std::move(evaluation);
  const int64_t id = run.tree.add(std::move(node));
  KE_DO(store_node(run, id));
  report(run, doing);
  return ok();
}

Result<bool> variants_hold(Run& run, int64_t node) {
  report(run, "trying what other machines would run");
  const Subject subject{run.baseline.recipe, run.tree.at(node).candidate};
  auto held =
      timed(run, [&] { return run.evaluator.variants_hold(subject, run.clock.evaluation_deadline()); });
  if (held) return *held;
  KE_DO(after_failure(run, std::move(held.error())));
  return true;
}

Result<> examine(Run& run, int64_t node, Effort effort) {
  report(run, effort == Effort::confirm ? "confirming the winner" : "deciding between finalists");
  const double start_s = now_s();
  auto evaluation = evaluate(run, run.tree.at(node).candidate, effort);
  log_debug(fmt::format("{}: {} took {:.1f} s, {:.1f} s were expected of a confirmation", run.op.name,
                        name_of(effort), now_s() - start_s, run.clock.expected_confirmation_s()));
  ++run.efforts[node][name_of(effort)];
  if (!evaluation) return after_failure(run, std::move(evaluation.error()));
  count(run, *evaluation);
  const double screened = merit(run.tree.at(node).evaluation);
  const bool cut_short = evaluation->outcome == Outcome::noisy && evaluation->unmeasured > 0;
  const bool won =
      effort == Effort::confirm && evaluation->outcome == Outcome::faster && evaluation->confirmed;
  if (effort == Effort::confirm && !won) note_unconfirmed(run, screened, *evaluation, cut_short);
  // What was known of it is more than an answer that the time was too short for.
  if (cut_short) return save_session(run);
  run.tree.set_evaluation(node, *evaluation);
  const double beaten = run.session.best != 0 ? run.tree.at(run.session.best).evaluation.speedup : 0;
  if (won && evaluation->speedup > beaten) run.session.best = node;
  KE_DO(run.store.transaction([&]() -> Result<> {
    KE_DO(run.store.add_evaluation(run.session.id, node, *evaluation, name_of(effort), run.step));
    return save_session(run);
  }));
  report(run, "done");
  return ok();
}

}  // namespace ke

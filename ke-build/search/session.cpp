// SPDX-License-Identifier: MIT
// Starting a session, or going on with one that was killed.
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/machine.h"
#include "ke-build/base/text.h"
#include "ke-build/learn/learn.h"
#include "ke-build/search/learned/warm.h"
#include "ke-build/search/parts.h"
#include "ke-build/search/run.h"

#include <fmt/format.h>

namespace ke {

std::string op_hash_of(const Operator& op, const Subject& baseline) {
  const Recipe& recipe = baseline.recipe;
  std::string text = op.spec_text + '\0' + candidate_hash(baseline.candidate) + '\0' + recipe.compiler_id +
                     " " + recipe.compiler_version + '\0';
  for (const auto* list : {&recipe.flags, &recipe.defines, &recipe.includes})
    text += join_texts(*list, "\n") + '\0';
  return sha256(text);
}

namespace {

Session new_session(const Operator& op, const Subject& baseline, const Evaluator& evaluator,
                    const SearchOptions& options, const std::string& op_hash) {
  Session session;
  session.id = new_uuid();
  session.op = op.name;
  session.op_hash = op_hash;
  session.hardware = machine_name();
  session.compiler = trim(baseline.recipe.compiler_id + " " + baseline.recipe.compiler_version);
  session.flags = join_texts(baseline.recipe.flags, " ");
  session.engine_version = KE_VERSION;
  session.seed = options.seed;
  session.policy = options.policy;
  session.clean_slate = options.clean_slate;
  session.state = "running";
  session.budget = options.budget;
  session.started = utc_now();
  session.without = options.without;
  const std::vector<Diagnosis>& diagnoses = evaluator.baseline().diagnoses;
  session.facts =
      facts_of(op, baseline.candidate.source, diagnoses.empty() ? Bound::unknown : diagnoses.front().bound);
  return session;
}

Result<> start(Run& run) {
  Node root;
  root.candidate = run.baseline.candidate;
  root.candidate.moves.clear();
  root.evaluation = run.evaluator.baseline();
  root.evaluation.candidate = candidate_hash(root.candidate);
  root.evaluation.speedup = 1;
  root.evaluation.outcome = Outcome::equal;
  const int64_t id = run.tree.add(std::move(root));
  return run.store.transaction([&]() -> Result<> {
    KE_DO(run.store.add_session(run.session));
    return run.store.add_node(run.session.id, run.tree.at(id), 0);
  });
}

// The queue that was chosen and not yet evaluated when the process died: chosen again from the tree as it was
// then.
Result<> restore_queue(Run& run) {
  const int64_t begin = run.step - run.step % kAhead;
  if (begin == run.step) return ok();
  KE_TRY(auto past, run.store.nodes_as_of(run.session.id, begin));
  const Tree then(std::move(past));
  for (Choice& choice : plan(run, then, begin, kAhead)) {
    if (!run.tree.knows(candidate_hash(choice.suggestion.candidate))) run.queue.push_back(std::move(choice));
  }
  run.catalogue.forget();  // what was open then is not what is open now
  return ok();
}

Result<> resume(Run& run) {
  KE_TRY(auto nodes, run.store.nodes(run.session.id));
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].id != static_cast<int64_t>(i) + 1 || nodes[i].parent >= nodes[i].id) {
      return Error{ErrorCode::io,
                   fmt::format("store {}: session {} has a broken tree at node {}; start over with a "
                               "fresh store",
                               run.store.path(), run.session.id, nodes[i].id)};
    }
  }
  if (nodes.empty()) {
    return Error{ErrorCode::io,
                 fmt::format("store {}: session {} has no root", run.store.path(), run.session.id)};
  }
  run.tree = Tree(std::move(nodes));
  KE_TRY(const auto records, run.store.evaluations(run.session.id));
  for (const EvaluationRecord& record : records) {
    run.step = std::max(run.step, record.step);
    if (record.effort != "screen") ++run.efforts[record.node][record.effort];
  }
  log_info(fmt::format("{}: resuming session {} after {} evaluations and {:.0f} s", run.op.name,
                       run.session.id, run.session.evaluations, run.session.elapsed_s));
  return restore_queue(run);
}

}  // namespace

Result<Run> open_run(const Operator& op, const Subject& baseline, Evaluator& evaluator, Store& store,
                     const SearchOptions& options, std::vector<std::unique_ptr<Synthesizer>> synthesizers) {
  const double start_s = now_s();
  const std::string op_hash = op_hash_of(op, baseline);
  KE_TRY(auto unfinished, store.unfinished(op.name, op_hash));
  Session session = unfinished ? *unfinished : new_session(op, baseline, evaluator, options, op_hash);
  session.budget = options.budget;  // a resumed session may get another ceiling
  KE_TRY(const PolicyRow policy, policy_named(session.policy));
  KE_DO(policy_named(options.policy));
  if (session.policy != options.policy || session.seed != options.seed ||
      session.clean_slate != options.clean_slate || session.without != options.without) {
    log_info(
        fmt::format("{}: the unfinished session goes on with its own policy {}, seed {} and clean-slate "
                    "share {}, and without what it was started without",
                    op.name, session.policy, session.seed, session.clean_slate));
  }
  std::erase_if(synthesizers, [&](const auto& synthesizer) { return lacks(session, synthesizer->name()); });
  WarmStart warm = warm_start(store, session, options.skills);
  if (!unfinished) session.learned = warm.note;
  const double opening_s = options.opening_s + now_s() - start_s;
  Run run{op,
          baseline,
          evaluator,
          store,
          options,
          policy,
          Catalogue(op, baseline.recipe, std::move(warm.skills), session.seed, std::move(synthesizers)),
          session,
          Tree(),
          BudgetClock(options.budget, session.elapsed_s + opening_s, opening_s)};
  run.spent_before = session.ledger;
  run.started_s = start_s;
  if (lacks(session, "stated")) run.catalogue.forget_stated();
  run.catalogue.set_model(std::move(warm.model));
  run.first_kinds = warm.first_kinds;
  if (unfinished) {
    KE_DO(resume(run));
  } else {
    KE_DO(start(run));
  }
  return run;
}

double device_spent_s(const Run& run) {
  const Ledger now = run.evaluator.ledger();
  return run.spent_before.timed_s + run.spent_before.check_s + now.timed_s + now.check_s;
}

Result<> save_session(Run& run) {
  run.session.elapsed_s = run.clock.elapsed_s();
  run.session.ledger = run.spent_before;
  run.session.ledger += run.evaluator.ledger();
  run.session.ledger.engine_s += std::max(0.0, now_s() - run.started_s - run.evaluator_s);
  return run.store.update_session(run.session);
}

}  // namespace ke

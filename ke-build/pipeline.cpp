// SPDX-License-Identifier: MIT
#include "ke-build/pipeline.h"

#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/learn/learn.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

namespace ke {

Result<Workbench> open_workbench(const Project& project, const Registration& registration) {
  Workbench bench;

  // The contract: what the kernel computes, on which inputs, how exactly.
  KE_TRY(bench.op, read_spec(registration));

  // The target's other objects are linked as the project links them, so they must exist.
  KE_DO(build_target(project, registration.target, 1800));

  // How the repository itself compiles this very source file.
  KE_TRY(bench.baseline.recipe, recipe_for(project, registration));

  // The kernel as it stands is the root of the tree.
  KE_TRY(bench.baseline.candidate.source, read_file(bench.op.sources.front(), 16u << 20));
  if (bench.baseline.candidate.source.find(bench.op.kernel.entry) == std::string::npos)
    log_warn(fmt::format("{}: $.ke.kernel.entry: '{}' does not occur in {}: only flags can be tried",
                         bench.op.spec_path, bench.op.kernel.entry, bench.op.sources.front()));
  return bench;
}

Result<std::vector<Skill>> known_skills(Store& store, const std::vector<std::string>& folders) {
  KE_TRY(auto skills, store.skills());
  for (const std::string& folder : folders) {
    for (Skill& skill : load_skills(folder)) skills.push_back(std::move(skill));
  }
  return skills;
}

Result<SessionOutcome> run_session(const Project& project, const Registration& registration,
                                   const PipelineOptions& options) {
  KE_TRY(const Workbench bench, open_workbench(project, registration));
  KE_TRY(auto store, Store::open(options.store_path));
  KE_TRY(const auto held, hold_operator(*store, bench.op.name));

  // What earlier sessions taught about code like this.
  KE_TRY(const auto skills, known_skills(*store, options.skill_dirs));
  SearchOptions search_options = options.search;
  search_options.skills =
      recall(bench.op, bench.baseline.candidate.source, skills, 8, bench.baseline.recipe.compiler_id);

  // The judge: baseline, expected outputs, ceilings, and the proof that its test has power.
  const double start_s = now_s();
  KE_TRY(auto evaluator, Evaluator::open(bench.op, bench.baseline, options.evaluate));
  search_options.opening_s = now_s() - start_s;
  if (evaluator->baseline().outcome == Outcome::untrusted) {
    return Error{ErrorCode::usage, fmt::format("{}: {}; until then no candidate can be trusted",
                                               registration.name, evaluator->baseline().reason)};
  }

  // The tree grows until the budget is spent; the winner is confirmed on fresh data.
  SessionOutcome outcome;
  KE_TRY(outcome.result, search(held, bench.op, bench.baseline, *evaluator, *store, search_options));

  // Why the winner is as fast as it is; the search itself has no time for that.
  if (options.explain_winner && outcome.result.session.best != 0) {
    Subject winner = bench.baseline;
    winner.candidate = outcome.result.best.candidate;
    auto diagnoses = evaluator->profile(winner, {"", kQuickRuns, 0.5});
    // A winner without an explanation is a winner.
    if (diagnoses) outcome.result.best.evaluation.diagnoses = *std::move(diagnoses);
    if (!diagnoses) log_warn("the winner was not explained: " + diagnoses.error().message);
  }

  // One skill per winning session, for the next search to read.
  if (outcome.result.session.best != 0) {
    KE_TRY(const auto nodes, store->nodes(outcome.result.session.id));
    KE_TRY(outcome.skill, learn(bench.op, outcome.result.session, nodes));
    KE_DO(store->add_skill(*outcome.skill));
  }
  return outcome;
}

}  // namespace ke

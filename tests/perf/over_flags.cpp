// SPDX-License-Identifier: MIT
// over_flags BUILD_DIR OPERATOR SESSION: the session's winner against the kernel as it is under flags alone.
// Prints one JSON document. Baseline, flags-only build and winner are timed in interleaved rounds on the
// judge's workloads; the flags-only build is also checked against the contract, because a build that computes
// something else is no rival.
#include "ke-build/base/measure_lock.h"
#include "ke-build/evaluate/profile/contest.h"
#include "ke-build/evaluate/rungs.h"
#include "ke-build/pipeline.h"
#include "ke-build/project/project.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>

namespace ke {
namespace {

const std::vector<std::string> kFlags = {"-O3", "-march=native", "-ffast-math"};

Result<Program> built(JudgeState& state, const Subject& subject, const std::string& what) {
  const std::string folder = state.folders->path_of(state.op, subject);
  KE_DO(state.folders->write(folder, state.op, state.baseline, subject));
  KE_TRY(const Product product, state.folders->build(folder, state.op, subject, Role::kernel));
  if (!product.built) return Error{ErrorCode::tool, what + " does not build: " + product.failure};
  return program_of(product, subject.recipe, Role::kernel);
}

/// "right", or what the contract says against the flags-only build. The flags stand in its recipe, as a
/// repository would adopt them: there nobody asks whether they are legal.
Result<std::string> verdict(JudgeState& state, const Subject& subject, const Program& program) {
  const Deadline deadline(120);
  Evaluation evaluation;
  Climb climb{state, subject, state.exam, Effort::screen, deadline, evaluation, program, false};
  KE_TRY(const bool right, verify_rung(climb));
  return right ? std::string("right") : fmt::format("{}: {}", name_of(evaluation.outcome), evaluation.reason);
}

Json row_of(const Pool& pool, const Standing& base, const Standing& flags) {
  return {{"workload", pool.name},
          {"weight", pool.weight},
          {"over_flags", flags.ratio.middle},
          {"low", flags.ratio.low},
          {"high", flags.ratio.high},
          {"rounds", flags.ratio.pairs},
          {"over_base", base.ratio.middle},
          {"failure", flags.failure + base.failure}};
}

Result<Json> compare(const std::string& build_dir, const std::string& name, const std::string& session) {
  KE_TRY(const Project project, open_project(build_dir, ""));
  KE_TRY(const Registration registration, find_registration(project, name));
  KE_TRY(const Workbench bench, open_workbench(project, registration));
  const std::string state_dir = project.build_dir + "/ke";
  KE_TRY(auto store, Store::open(state_dir + "/store.db"));
  KE_TRY(const Session won, store->session(session));
  KE_TRY(const std::vector<Node> nodes, store->nodes(session));
  Subject winner = bench.baseline, alone = bench.baseline;
  for (const Node& node : nodes) {
    if (node.id == won.best && won.best != 0) winner.candidate = node.candidate;
  }
  alone.recipe.flags.insert(alone.recipe.flags.end(), kFlags.begin(), kFlags.end());
  EvaluateOptions options;
  options.state_dir = state_dir;
  KE_TRY(const auto state, open_judge(bench.op, bench.baseline, options));
  KE_TRY(const Program winning, built(*state, winner, "the winner"));
  KE_TRY(const Program flagged, built(*state, alone, "the flags-only build"));
  Json document = {{"operator", name}, {"session", session}, {"winner", won.best}, {"flags", kFlags}};
  KE_TRY(document["verdict"], verdict(*state, alone, flagged));
  double sum = 0, weights = 0;
  document["workloads"] = Json::array();
  for (const Pool& pool : state->exam.workloads) {
    std::vector<Contestant> entries;
    for (const auto& [who, program] :
         {std::pair{"winner", winning}, std::pair{"base", state->program}, std::pair{"flags", flagged}}) {
      entries.push_back({who, state->op, pool.axes, program, {}, false, false, pool.batch});
      for (const Case& example : pool.cases) entries.back().inputs.push_back(&example.inputs);
    }
    ContestOptions rounds;
    rounds.lock_path = measure_lock_path(state_dir);
    rounds.budget_s = 4;
    rounds.least_rounds = 12;
    rounds.most_rounds = 60;
    rounds.launches = 6;
    KE_TRY(const auto standings, contest(entries, rounds, state->ledger));
    document["workloads"].push_back(row_of(pool, standings[1], standings[2]));
    if (!standings[2].failure.empty()) continue;
    sum += pool.weight * std::log(standings[2].ratio.middle);
    weights += pool.weight;
  }
  document["over_flags"] = weights > 0 ? std::exp(sum / weights) : 0;
  return document;
}

}  // namespace
}  // namespace ke

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: over_flags BUILD_DIR OPERATOR SESSION\n", stderr);
    return 2;
  }
  const auto document = ke::compare(argv[1], argv[2], argv[3]);
  if (!document) std::fprintf(stderr, "over_flags: %s\n", document.error().message.c_str());
  if (document) std::fputs(ke::to_text(*document).c_str(), stdout);
  return document ? 0 : 2;
}

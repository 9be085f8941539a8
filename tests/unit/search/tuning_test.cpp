// SPDX-License-Identifier: MIT
#include "ke-build/search/tuning.h"

#include "bench.h"
#include "ke-build/evaluate/legality.h"
#include "ke-build/search/tuning_space.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ke {
namespace {

Operator tunable_operator() {
  Operator op;
  op.name = op.kernel.entry = "toy";
  Argument x;
  x.name = "x";
  op.arguments = {x};
  for (const char* name : {"TILE", "WIDTH", "DEPTH"})
    op.kernel.tunables.push_back({name, {"1", "2", "4", "8", "16", "32", "64"}, "1"});
  return op;
}

Candidate tunable_candidate() {
  Candidate candidate;
  candidate.source =
      "float toy(const float* x, long n) { float s = 0; for (long i = 0; i < n; ++i) s += x[i]; return s; "
      "}\n";
  return candidate;
}

Recipe gnu() {
  Recipe recipe;
  recipe.compiler_id = "GNU";
  recipe.flags = {"-O2"};
  return recipe;
}

// Best at TILE=16, WIDTH=8, DEPTH=2; reassociation and unrolling help, too.
double speedup_of(const Candidate& candidate) {
  const std::map<std::string, double> best = {{"TILE", 4}, {"WIDTH", 3}, {"DEPTH", 1}};
  double log_gain = 2;
  for (const auto& [name, exponent] : best) {
    const auto set = candidate.tunables.find(name);
    const double own = set == candidate.tunables.end() ? 0 : std::log2(std::stod(set->second));
    log_gain -= 0.08 * std::pow(own - exponent, 2);
  }
  for (const std::string& flag : candidate.flags)
    log_gain += flag == "-fassociative-math" || flag == "-funroll-loops" ? 0.2 : 0;
  return std::exp(log_gain);
}

TEST(TuningSpaces, TurnCandidatesIntoConfigurationsAndBack) {
  const Operator op = tunable_operator();
  const Recipe recipe = gnu();
  Candidate parent = tunable_candidate();
  parent.flags = {"-fopenmp"};  // belongs to the source
  const TuningSpace tuning(op, recipe, parent);
  ASSERT_TRUE(tuning.levels_of(parent));
  Random random(4);
  for (int i = 0; i < 200; ++i) {
    const Levels levels = tuning.space().levels(*tuning.space().draw(random));
    const Candidate candidate = tuning.candidate_at(levels, parent);
    const auto back = tuning.levels_of(candidate);
    ASSERT_TRUE(back);
    EXPECT_EQ(candidate_hash(tuning.candidate_at(*back, parent)), candidate_hash(candidate));
    EXPECT_EQ(candidate.flags.empty(), false) << "what belongs to the source stays";
    Candidate own = candidate;
    std::erase(own.flags, "-fopenmp");
    EXPECT_EQ(illegal_candidate(op, own), "");
  }
}

TEST(TuningSpaces, HoldOnlyWhatTheConstraintsAllow) {
  Operator op = tunable_operator();
  op.kernel.constraints = {{"TILE * WIDTH <= 64", "k.cpp:1"}, {"DEPTH <= TILE", "k.cpp:2"}};
  const Recipe recipe = gnu();
  const Candidate parent = tunable_candidate();
  const TuningSpace tuning(op, recipe, parent);
  Random random(4);
  size_t drawn = 0;
  for (int i = 0; i < 300; ++i) {
    const auto configuration = tuning.space().draw(random);
    if (!configuration) continue;
    ++drawn;
    EXPECT_EQ(illegal_candidate(op, tuning.candidate_at(tuning.space().levels(*configuration), parent)), "");
    for (const Configuration near : tuning.space().neighbours(*configuration))
      EXPECT_EQ(illegal_candidate(op, tuning.candidate_at(tuning.space().levels(near), parent)), "");
  }
  EXPECT_GT(drawn, 200u);
}

TEST(TuningSpaces, WhatAVersionNoLongerReadsIsNoParameter) {
  const Operator op = tunable_operator();
  const Recipe recipe = gnu();
  const std::string baseline = tunable_candidate().source + "int tile() { return TILE; }\n";
  const TuningSpace tuning(op, recipe, tunable_candidate(), baseline);
  for (const SpaceParameter& parameter : tuning.space().parameters()) EXPECT_NE(parameter.name, "TILE");
  EXPECT_TRUE(tuning.levels_of(tunable_candidate()));
}

TEST(TuningSpaces, DoNotHoldOtherSourcesOrFlags) {
  const Operator op = tunable_operator();
  const Recipe recipe = gnu();
  const TuningSpace tuning(op, recipe, tunable_candidate());
  Candidate other = tunable_candidate();
  other.source += "// another\n";
  EXPECT_FALSE(tuning.levels_of(other));
  other = tunable_candidate();
  other.flags = {"-fstrange"};
  EXPECT_FALSE(tuning.levels_of(other));
}

TEST(Tuning, WaitsUntilSomethingIsKnown) {
  Tree tree;
  Node root;
  root.candidate = tunable_candidate();
  root.evaluation.outcome = Outcome::equal;
  root.evaluation.speedup = 1;
  tree.add(root);
  const Operator op = tunable_operator();
  const Recipe recipe = gnu();
  EXPECT_FALSE(tune({op, recipe, tree, {1}, {}, 1}, 1));
}

TEST(Tuning, MovesSayEveryDifferenceInTheWordsOfTheSynthesizers) {
  const Operator op = tunable_operator();
  const Recipe recipe = gnu();
  const TuningSpace tuning(op, recipe, tunable_candidate());
  Candidate parent = tunable_candidate();
  parent.tunables["TILE"] = "8";
  parent.flags = {"-funroll-loops"};
  const Candidate candidate = tuning.candidate_at(*tuning.levels_of(tunable_candidate()), parent);
  ASSERT_EQ(candidate.moves.size(), 2u);
  EXPECT_EQ(action_of(candidate.moves[0]), "tunables/TILE TILE=1");
  EXPECT_EQ(candidate.moves[1].action, "without");
  EXPECT_TRUE(candidate.tunables.empty()) << "the default is what an unset macro means";
}

// The evaluator of a search with tunables only.
class TunedEvaluator : public Evaluator {
 public:
  TunedEvaluator() {
    baseline_.outcome = Outcome::equal;
    baseline_.speedup = 1;
  }
  Result<Evaluation> evaluate(const Subject& subject, Effort effort, const Deadline&) override {
    Evaluation evaluation;
    evaluation.speedup = speedup_of(subject.candidate) / speedup_of(tunable_candidate());
    evaluation.outcome = evaluation.speedup > 1.01 ? Outcome::faster : Outcome::slower;
    evaluation.confirmed = effort == Effort::confirm && evaluation.outcome == Outcome::faster;
    if (effort == Effort::screen) asked.push_back(candidate_hash(subject.candidate));
    return evaluation;
  }
  Result<> prepare(const std::vector<Subject>&, const Deadline&) override { return ok(); }
  const Evaluation& baseline() const override { return baseline_; }
  Ledger ledger() const override { return {}; }
  std::vector<std::string> asked;

 private:
  Evaluation baseline_;
};

std::vector<std::unique_ptr<Synthesizer>> tuning_synthesizers() {
  auto all = make_synthesizers();
  std::erase_if(all, [](const auto& one) { return one->name() != "tunables" && one->name() != "flags"; });
  return all;
}

TEST(Tuning, FindsAJointOptimumThatNoSingleStepReaches) {
  Operator op = tunable_operator();
  op.spec_text = "{}";
  const Subject baseline{gnu(), tunable_candidate()};
  double gained = 0;
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    auto store = must(Store::open(":memory:"));
    TunedEvaluator evaluator;
    SearchOptions options;
    options.budget.evaluations = 60;
    options.seed = seed;
    const SearchResult result =
        must(run_search(op, baseline, evaluator, *store, options, tuning_synthesizers()));
    ASSERT_NE(result.session.best, 0);
    gained += speedup_of(result.best.candidate) / std::exp(2.4) / 5;
    std::set<std::string> once(evaluator.asked.begin(), evaluator.asked.end());
    EXPECT_EQ(once.size(), evaluator.asked.size()) << "no candidate is screened twice";
  }
  EXPECT_GT(gained, 0.9) << "share of the best of 7^3 tunables times 2^10 flags, in 60 evaluations";
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
#include "bench.h"
#include "ke-build/search/learned/trials.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ke {
namespace {

constexpr const char* kSource = R"(
void scale(const float* x, float* y, long n) {
  float sum = 0.0f;
  for (long i = 0; i < n; ++i) sum += x[i] * x[i];
  for (long i = 0; i < n; ++i) y[i] = x[i] / sum;
}
)";

struct World {
  World() {
    op.name = op.op_type = op.kernel.entry = "scale";
    Argument x;
    x.name = "x";
    op.arguments = {x};
    op.kernel.tunables = {{"TILE", {"8", "16", "32", "64"}, "16"}, {"WIDE", {"0", "1"}, "0"}};
    recipe.compiler_id = "GNU";
    recipe.flags = {"-O2"};
    root.id = 1;
    root.candidate.source = kSource;
    root.evaluation.outcome = Outcome::equal;
    root.evaluation.speedup = 1;
  }
  std::vector<Suggestion> propose(const std::string& name, const Node& parent,
                                  std::vector<const Node*> siblings = {}) {
    Random random(1);
    const auto ask = [&](const Node& node, const std::string& wanted) {
      std::vector<Suggestion> all;
      for (auto& synthesizer : make_synthesizers()) {
        if (synthesizer->composes() || synthesizer->name() != wanted) continue;
        for (Suggestion& suggestion : synthesizer->propose({op, recipe, node, {}, {}, skills, random})) {
          all.push_back(std::move(suggestion));
        }
      }
      return all;
    };
    for (auto& synthesizer : make_synthesizers()) {
      if (synthesizer->name() == name) {
        return synthesizer->propose({op, recipe, parent, siblings, {&root}, skills, random, ask});
      }
    }
    ADD_FAILURE() << "no synthesizer " << name;
    return {};
  }
  Operator op;
  Recipe recipe;
  Node root;
  std::vector<Skill> skills;
};

TEST(Synthesizers, EveryRowOfTheTableIsDeterministicAndSaysWhatItDid) {
  World world;
  for (const auto& row : make_synthesizers()) {
    const auto first = world.propose(row->name(), world.root),
               second = world.propose(row->name(), world.root);
    ASSERT_EQ(first.size(), second.size()) << row->name();
    for (size_t i = 0; i < first.size(); ++i) {
      EXPECT_EQ(candidate_hash(first[i].candidate), candidate_hash(second[i].candidate)) << row->name();
      ASSERT_FALSE(first[i].candidate.moves.empty()) << row->name();
      EXPECT_EQ(first[i].candidate.moves.back().synthesizer, row->name());
      EXPECT_FALSE(first[i].candidate.moves.back().action.empty()) << row->name();
      EXPECT_GT(first[i].prior, 0) << row->name();
    }
  }
}

TEST(Synthesizers, NoneChokesOnCodeThatItCannotRead) {
  World world;
  for (const char* source : {"", "}}}} ((( \"unterminated", "\xff\xfe\x00garbage", "void scale("}) {
    world.root.candidate.source = source;
    for (const auto& row : make_synthesizers()) (void)world.propose(row->name(), world.root);
  }
}

// -funroll-loops made the plain loops of a popcount slower by a fifth, for which the whole was rejected.
TEST(Plain, LeavesTheLoopsOfTheKernelAsItWasAlone) {
  World world;
  Node wide = world.root;
  for (const Suggestion& suggestion : world.propose("rewrite", world.root))
    if (suggestion.candidate.source.find("KE_CLONES") != std::string::npos)
      wide.candidate = suggestion.candidate;
  wide.candidate.flags = {"-fno-math-errno", "-funroll-loops", "-fprefetch-loop-arrays"};
  Random random(1);
  for (auto& synthesizer : make_synthesizers()) {
    if (synthesizer->name() != "plain") continue;
    SynthesisContext context{world.op, world.recipe, wide, {}, {&world.root}, world.skills, random};
    context.root = &world.root.candidate;
    const auto suggested = synthesizer->propose(context);
    ASSERT_EQ(suggested.size(), 1u);
    EXPECT_EQ(suggested[0].candidate.flags, std::vector<std::string>{"-fno-math-errno"});
  }
}

TEST(Tunables, OfferEveryOtherValueOfASmallSpace) {
  World world;
  std::map<std::string, double> offered;
  for (const Suggestion& suggestion : world.propose("tunables", world.root)) {
    offered[suggestion.candidate.moves.back().detail] = suggestion.prior;
  }
  EXPECT_EQ(offered.size(), 4u);
  EXPECT_GT(offered["TILE=32"], offered["TILE=64"]) << "neighbours first";
  EXPECT_EQ(offered.count("TILE=16"), 0u);
}

TEST(Tunables, AForbiddenStepBringsTheNearestLegalValuesAlong) {
  World world;
  world.op.kernel.constraints = {{"TILE < 32 || WIDE == 1", "k.cpp:1"}, {"TILE != 64", "k.cpp:2"}};
  std::map<std::string, Candidate> offered;
  for (const Suggestion& suggestion : world.propose("tunables", world.root))
    offered[suggestion.candidate.moves.back().detail] = suggestion.candidate;
  ASSERT_EQ(offered.count("TILE=32"), 1u);
  EXPECT_EQ(offered["TILE=32"].tunables, (std::map<std::string, std::string>{{"TILE", "32"}, {"WIDE", "1"}}));
  EXPECT_EQ(offered["TILE=32"].moves.size(), 2u);
  EXPECT_EQ(offered["TILE=8"].tunables.size(), 1u);
  EXPECT_EQ(offered.count("TILE=64"), 0u) << "no other value makes it legal";
}

TEST(Tunables, OfferOnlyNeighboursOfALargeSpace) {
  World world;
  world.op.kernel.tunables = {{"N", {}, "50"}};
  for (int i = 0; i < 100; ++i) world.op.kernel.tunables[0].values.push_back(std::to_string(i));
  const auto suggestions = world.propose("tunables", world.root);
  ASSERT_EQ(suggestions.size(), 2u);
  EXPECT_EQ(suggestions[0].candidate.tunables.at("N"), "49");
  EXPECT_EQ(suggestions[1].candidate.tunables.at("N"), "51");
}

TEST(Tunables, GoingBackToTheDefaultIsTheBaselineAgain) {
  World world;
  Node node = world.root;
  node.candidate.tunables["WIDE"] = "1";
  bool found = false;
  for (const Suggestion& suggestion : world.propose("tunables", node)) {
    found = found || candidate_hash(suggestion.candidate) == candidate_hash(world.root.candidate);
  }
  EXPECT_TRUE(found);
}

TEST(Skills, AreAppliedAsOneComposedCandidate) {
  World world;
  Skill skill;
  skill.name = "scale-reassociate";
  skill.actions = {"flags/reassociate", "tunables/TILE TILE=64", "flags/unroll"};
  skill.speedup = 4;
  world.skills = {skill};
  const auto suggestions = world.propose("skill", world.root);
  ASSERT_EQ(suggestions.size(), 1u);
  const Candidate& candidate = suggestions[0].candidate;
  EXPECT_EQ(candidate.tunables.at("TILE"), "64");
  EXPECT_NE(std::find(candidate.flags.begin(), candidate.flags.end(), "-fassociative-math"),
            candidate.flags.end());
  EXPECT_NE(std::find(candidate.flags.begin(), candidate.flags.end(), "-funroll-loops"),
            candidate.flags.end());
  EXPECT_EQ(candidate.moves.size(), 4u);
  EXPECT_EQ(candidate.moves.back().action, "scale-reassociate");
  EXPECT_GT(suggestions[0].prior, 3);
}

TEST(Skills, ThatHardlyFitAreNotOffered) {
  World world;
  Skill skill;
  skill.name = "foreign";
  skill.actions = {"rewrite/no_such_rewrite", "mystery/box", "flags/unroll"};
  skill.speedup = 9;
  world.skills = {skill};
  EXPECT_TRUE(world.propose("skill", world.root).empty());
  world.skills[0].actions = {"mystery/box", "flags/unroll"};
  const auto half = world.propose("skill", world.root);
  ASSERT_EQ(half.size(), 1u);
  EXPECT_LT(half[0].prior, 1 + 8 * 0.5);
  world.skills[0].gains = {2.0, 0.1};
  EXPECT_TRUE(world.propose("skill", world.root).empty()) << "what gained is what does not apply here";
  world.skills[0].gains = {0.1, 2.0};
  const auto most = world.propose("skill", world.root);
  ASSERT_EQ(most.size(), 1u);
  EXPECT_GT(most[0].prior, half[0].prior) << "nearly all of its gain is promised for half";
  world.skills[0].gains = {0, 0};
  EXPECT_EQ(world.propose("skill", world.root).size(), 1u) << "nothing is known of the parts";
}

TEST(Skills, AreUsedOncePerLineage) {
  World world;
  Skill skill;
  skill.name = "scale-unroll";
  skill.actions = {"flags/unroll"};
  skill.speedup = 2;
  world.skills = {skill};
  const auto suggestions = world.propose("skill", world.root);
  ASSERT_EQ(suggestions.size(), 1u);
  Node node = world.root;
  node.candidate = suggestions[0].candidate;
  EXPECT_TRUE(world.propose("skill", node).empty());
}

TEST(Skills, AreReadByTheNextSearch) {
  Bench bench({});
  bench.op.kernel.tunables = {{"TILE", {"8", "16", "32", "64"}, "8"}};
  Skill skill;
  skill.name = "toy-tile";
  skill.actions = {"tunables/TILE TILE=64", "flags/unroll"};
  skill.speedup = 5;
  bench.options.skills = {skill};
  bench.options.budget.evaluations = 4;
  std::vector<Candidate> seen;
  bench.evaluator.on_evaluate = [&](const Subject& subject, Effort) -> Result<> {
    seen.push_back(subject.candidate);
    return ok();
  };
  (void)must(search({}, bench.op, bench.baseline, bench.evaluator, *bench.store, bench.options));
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen[0].moves.back().synthesizer, "skill") << "what won before is tried first";
  EXPECT_EQ(seen[0].tunables.at("TILE"), "64");
}

TEST(Skills, TakeTurnsWithWhatTheCodeSuggests) {
  std::vector<Mark> marks;
  for (int i = 0; i < 8; ++i) marks.push_back({"m" + std::to_string(i), 1.1, 1.5});
  Bench bench(marks);
  bench.options.budget.evaluations = 60;
  for (int i = 0; i < 4; ++i) {
    Skill skill;
    skill.name = "skill" + std::to_string(i);
    skill.actions = {"mark/m" + std::to_string(i), "mark/m" + std::to_string(i + 1)};
    skill.speedup = 20;
    bench.options.skills.push_back(skill);
  }
  std::vector<std::unique_ptr<Synthesizer>> synthesizers;
  synthesizers.push_back(std::make_unique<Marks>("mark", marks));
  for (auto& synthesizer : make_synthesizers())
    if (synthesizer->name() == "skill") synthesizers.push_back(std::move(synthesizer));
  const auto result = must(run_search(bench.op, bench.baseline, bench.evaluator, *bench.store, bench.options,
                                      std::move(synthesizers)));
  std::string order;  // of first moves
  for (const Node& node : must(bench.store->nodes(result.session.id)))
    if (node.parent == 1) order += node.candidate.moves.back().synthesizer == "skill" ? 's' : 'm';
  EXPECT_EQ(order.substr(0, 8), "smsmsmsm") << "all skills promise far more than any mark";

  // What the whole gained is what its parts gained; the word that they came together has no share in it.
  const PastSession past = must(past_sessions(*bench.store, "", "")).at(0);
  double parts = 0;
  bool together = false;
  for (size_t i = 0; i < past.moves.size(); ++i) {
    together |= past.moves[i].synthesizer == "skill";
    parts += past.moves[i].synthesizer == "mark" ? past.gains.at(i) : 0;
  }
  EXPECT_TRUE(together);
  EXPECT_NEAR(parts, std::log(past.speedup), 1e-6);
}

TEST(Combine, UnitesWhatHelpedTheSiblings) {
  World world;
  std::vector<Node> nodes;
  for (const char* synthesizer : {"tunables", "flags"}) {
    for (const Suggestion& suggestion : world.propose(synthesizer, world.root)) {
      Node node;
      node.id = static_cast<int64_t>(nodes.size()) + 2;
      node.parent = 1;
      node.candidate = suggestion.candidate;
      node.evaluation.outcome = Outcome::faster;
      const std::string action =
          node.candidate.moves.back().action + " " + node.candidate.moves.back().detail;
      node.evaluation.speedup = action == "TILE TILE=64"             ? 3
                                : action == "unroll -funroll-loops"  ? 1.5
                                : starts_with(action, "reassociate") ? 2
                                                                     : 0.9;
      nodes.push_back(node);
    }
  }
  const auto best = std::max_element(nodes.begin(), nodes.end(), [](const Node& a, const Node& b) {
    return a.evaluation.speedup < b.evaluation.speedup;
  });
  std::vector<const Node*> siblings;
  for (const Node& node : nodes) {
    if (node.id != best->id) siblings.push_back(&node);
  }
  const auto suggestions = world.propose("combine", *best, siblings);
  ASSERT_FALSE(suggestions.empty());
  const Candidate& candidate = suggestions[0].candidate;
  EXPECT_EQ(candidate.tunables.at("TILE"), "64");
  EXPECT_NE(std::find(candidate.flags.begin(), candidate.flags.end(), "-funroll-loops"),
            candidate.flags.end());
  EXPECT_NE(std::find(candidate.flags.begin(), candidate.flags.end(), "-fassociative-math"),
            candidate.flags.end());
  EXPECT_TRUE(world.propose("combine", *best).empty()) << "without siblings there is nothing to combine";
}

TEST(Actions, KeepParametersAndForgetPlaces) {
  EXPECT_EQ(action_of({"rewrite", "multi_accumulator", "lanes=16 on the loop at line 12"}),
            "rewrite/multi_accumulator lanes=16");
  EXPECT_EQ(action_of({"flags", "width", "-mprefer-vector-width=256"}), "flags/width");
  EXPECT_EQ(action_of({"rewrite", "recipe", "tiles of 16: tile size=16 at line 3; dispatch"}),
            "rewrite/recipe variant=tiles-of-16 size=16");
  EXPECT_EQ(kind_of({"rewrite", "recipe", "tiles of 16: tile"}),
            kind_of({"rewrite", "recipe", "tiles of 32: tile"}));
  EXPECT_NE(kind_of({"rewrite", "recipe", "tiles of 16: tile"}),
            kind_of({"rewrite", "recipe", "interchanged: x"}));
}

// Ten columns are slower, many are faster: the number of columns tells them apart, the number of rows does
// not.
TEST(Sizes, KeepThePlainKernelWhereAWorkloadLoses) {
  World world;
  world.op.kernel.call = "scale(x, y, cols)";
  world.op.axis_names = {"rows", "cols"};
  world.op.workloads = {{"digits", {{"rows", 64}, {"cols", 10}}, {}},
                        {"tokens", {{"rows", 8}, {"cols", 4000}}, {}},
                        {"images", {{"rows", 100}, {"cols", 1000}}, {}}};
  Node changed;
  changed.id = 2;
  changed.parent = 1;
  changed.candidate.source = std::string(kSource) + "// changed\n";
  changed.candidate.source.replace(changed.candidate.source.find("0.0f"), 4, "0.f");
  const auto measured = [](const std::string& workload, double ratio) {
    Speedup speedup;
    speedup.workload = workload;
    speedup.ratio = ratio;
    speedup.low = 0.95 * ratio;
    speedup.high = 1.05 * ratio;
    speedup.verdict = ratio < 1 ? Outcome::slower : Outcome::faster;
    return speedup;
  };
  const auto proposed = [&](double digits, double tokens, double images) {
    changed.evaluation.outcome = Outcome::slower;
    changed.evaluation.speedups = {measured("digits", digits), measured("tokens", tokens),
                                   measured("images", images)};
    Random random(1);
    for (auto& synthesizer : make_synthesizers())
      if (synthesizer->name() == "sizes")
        return synthesizer->propose(
            {world.op, world.recipe, changed, {}, {}, world.skills, random, {}, &world.root.candidate});
    return std::vector<Suggestion>();
  };
  const auto made = proposed(0.8, 9, 8);
  ASSERT_EQ(made.size(), 1u);
  EXPECT_NE(made[0].candidate.source.find("if (n <= 64) {\n    scale_plain(x, y, n);"), std::string::npos)
      << made[0].candidate.source;
  EXPECT_NEAR(made[0].prior, std::cbrt(72.0), 0.01);
  EXPECT_TRUE(proposed(1.1, 9, 8).empty()) << "none loses";
  EXPECT_TRUE(proposed(0.8, 0.9, 0.7).empty()) << "none gains";
  EXPECT_TRUE(proposed(9, 8, 0.8).empty()) << "no size tells it from the others: a lone one in the middle";
}

}  // namespace
}  // namespace ke

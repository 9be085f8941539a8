// SPDX-License-Identifier: MIT
#include "ke-build/learn/learn.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

struct Lineage {
  Lineage() {
    op.name = "rms norm";
    op.op_type = "rmsnorm";
    op.kernel.entry = "f";
    session.id = "11111111-2222-4333-8444-555555555555";
    session.hardware = "Some CPU, 2 cores";
    session.compiler = "GNU 12.2.0";
    session.flags = "-O3";
    Node root;
    root.id = 1;
    root.candidate.source = "void f() { float s = 0; for (int i = 0; i < 9; ++i) s += 1; }";
    root.evaluation.speedup = 1;
    nodes.push_back(root);
  }
  int64_t grow(int64_t parent, const std::vector<Move>& moves, double speedup) {
    Node node = nodes[static_cast<size_t>(parent - 1)];
    node.id = static_cast<int64_t>(nodes.size()) + 1;
    node.parent = parent;
    node.candidate.moves.insert(node.candidate.moves.end(), moves.begin(), moves.end());
    node.evaluation.outcome = Outcome::faster;
    node.evaluation.speedup = speedup;
    node.evaluation.low = speedup * 0.95;
    node.evaluation.high = speedup * 1.05;
    Speedup one;
    one.workload = "prefill";
    one.ratio = speedup;
    one.low = speedup * 0.95;
    one.high = speedup * 1.05;
    one.verdict = Outcome::faster;
    node.evaluation.speedups = {one};
    nodes.push_back(node);
    return node.id;
  }
  Skill learned(int64_t best) {
    session.best = best;
    auto skill = learn(op, session, nodes);
    if (!skill) ADD_FAILURE() << skill.error().message;
    return *std::move(skill);
  }
  Operator op;
  Session session;
  std::vector<Node> nodes;
};

const Move kFlags{"flags", "reassociate", "-fassociative-math -fno-signed-zeros"};
const Move kAccumulate{"rewrite", "multi_accumulator", "lanes=16 on the loop at line 1"};
const Move kUnroll{"flags", "unroll", "-funroll-loops"};

TEST(Learn, TakesTheActionsOfTheWinnerInOrder) {
  Lineage lineage;
  const int64_t first = lineage.grow(1, {kFlags}, 1.5);
  lineage.grow(1, {kUnroll}, 1.1);
  const Skill skill = lineage.learned(lineage.grow(first, {kAccumulate}, 6));
  EXPECT_EQ(skill.actions,
            (std::vector<std::string>{"flags/reassociate", "rewrite/multi_accumulator lanes=16"}));
  EXPECT_EQ(skill.name, "rms-norm-multi-accumulator") << "named after the step that gained most";
  EXPECT_EQ(skill.speedup, 6);
  EXPECT_NEAR(skill.low, 5.7, 1e-9);
  EXPECT_EQ(skill.op, "rms norm");
  EXPECT_EQ(skill.op_type, "rmsnorm");
  EXPECT_EQ(skill.session, lineage.session.id);
  EXPECT_NE(std::find(skill.features.begin(), skill.features.end(), "reduction"), skill.features.end());
  EXPECT_NE(skill.precondition.find("reassociation"), std::string::npos);
}

TEST(Learn, ShowsTheEvidencePerWorkload) {
  Lineage lineage;
  const Skill skill = lineage.learned(lineage.grow(1, {kAccumulate}, 4));
  EXPECT_NE(skill.text.find("prefill | 4.00 | 3.80 to 4.20"), std::string::npos) << skill.text;
  EXPECT_NE(skill.text.find("Some CPU"), std::string::npos);
  EXPECT_NE(skill.text.find(lineage.session.id), std::string::npos);
}

TEST(Learn, LeavesOutAStepThatANodeWithoutItShowedToBeSuperfluous) {
  Lineage lineage;
  const int64_t flags = lineage.grow(1, {kFlags}, 1.0);
  lineage.grow(1, {kAccumulate}, 5.98);
  const Skill skill = lineage.learned(lineage.grow(flags, {kAccumulate}, 6));
  EXPECT_EQ(skill.actions, std::vector<std::string>{"rewrite/multi_accumulator lanes=16"});
}

TEST(Learn, KeepsAnEnablingStepEvenIfItGainedNothingByItself) {
  Lineage lineage;
  const int64_t flags = lineage.grow(1, {kFlags}, 1.0);
  lineage.grow(1, {kAccumulate}, 2);
  const Skill skill = lineage.learned(lineage.grow(flags, {kAccumulate}, 6));
  EXPECT_EQ(skill.actions.size(), 2u);
}

TEST(Learn, AComposedEdgeIsKnownByItsParts) {
  Lineage lineage;
  const Move marker{"skill", "some-skill", "flags/reassociate; rewrite/multi_accumulator"};
  const Skill skill = lineage.learned(lineage.grow(1, {kFlags, kAccumulate, marker}, 6));
  EXPECT_EQ(skill.actions,
            (std::vector<std::string>{"flags/reassociate", "rewrite/multi_accumulator lanes=16"}));
}

TEST(Learn, WhatItWritesCanBeReadBack) {
  Lineage lineage;
  const Skill skill = lineage.learned(
      lineage.grow(1, {{"rewrite", "recipe", "tiles of 16: tile size=16 at line 3; \"odd\" | $(x)"}}, 3));
  const auto read = parse_skill(skill_text(skill), "SKILL.md");
  ASSERT_TRUE(read.has_value()) << read.error().message;
  EXPECT_EQ(read->actions, skill.actions);
}

TEST(Learn, SaysThatTheWinnerIsMissing) {
  Lineage lineage;
  lineage.session.best = 99;
  const auto skill = learn(lineage.op, lineage.session, lineage.nodes);
  ASSERT_FALSE(skill.has_value());
  EXPECT_EQ(skill.error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace ke

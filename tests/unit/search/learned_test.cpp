// SPDX-License-Identifier: MIT
#include "ke-build/base/machine.h"
#include "ke-build/learn/learn.h"
#include "ke-build/search/learned/first_moves.h"
#include "ke-build/search/learned/held_out.h"
#include "ke-build/search/learned/knowledge.h"
#include "ke-build/search/learned/precedents.h"
#include "ke-build/search/parts.h"
#include "learned_world.h"

#include <gtest/gtest.h>

#include <cmath>

namespace ke {
namespace {

std::unique_ptr<Store> planted_store(int operators) {
  auto store = must(Store::open(":memory:"));
  Random random(5);
  for (int i = 0; i < operators; ++i)
    search_toy(*store, planted("op" + std::to_string(i), i % 2 == 0, random), 30, static_cast<uint64_t>(i));
  return store;
}

LearnedTarget target_like(const char* source) {
  Operator op;
  op.op_type = "new";
  op.kernel.entry = "toy";
  return {"new", facts_of(op, source), machine_name(), "GNU 12.2.0"};
}

double expected(const MoveModel& model, const std::string& mark) {
  return model.log_gain(approach_of({}, 1, {"mark", mark, "here", 1.5}));
}

TEST(HeldOut, RankCorrelationIsSpearmans) {
  EXPECT_NEAR(rank_correlation({1, 2, 3, 4}, {10, 20, 30, 40}), 1, 1e-12);
  EXPECT_NEAR(rank_correlation({1, 2, 3, 4}, {4, 3, 2, 1}), -1, 1e-12);
  EXPECT_NEAR(rank_correlation({1, 2, 3, 4, 5}, {2, 1, 4, 3, 5}), 0.8, 1e-12);
  EXPECT_NEAR(rank_correlation({1, 2, 2, 3}, {1, 2, 2, 3}), 1, 1e-12);
  EXPECT_EQ(rank_correlation({1, 1, 1}, {1, 2, 3}), 0);
  EXPECT_EQ(rank_correlation({}, {}), 0);
}

TEST(HeldOut, DecidesByTheStandardErrorOfTheDifference) {
  std::vector<HeldOut> trials;
  const auto add = [&](size_t group, bool model_is_right) {
    for (int i = 0; i < 6; ++i)
      trials.push_back({group, group, 1, model_is_right ? 0.1 * i : -0.1 * i, 0.1 * (i % 2), true, 0.1 * i});
  };
  add(0, true);
  add(1, true);
  LearnedNote note;
  decide(note, score(trials), "families");
  EXPECT_FALSE(note.on) << "two groups tell nothing: " << note.why;
  add(2, true);
  decide(note, score(trials), "families");
  EXPECT_TRUE(note.on) << note.why;
  EXPECT_NEAR(note.learned, 1, 1e-12);
  EXPECT_LT(note.stated, 1);
  LearnedNote mixed;
  add(3, false);
  add(4, false);
  add(5, false);
  decide(mixed, score(trials), "families");
  EXPECT_FALSE(mixed.on) << mixed.why;
}

TEST(Approach, LeavesOutPlacesAndKnowsTheStage) {
  const Move tile{"rewrite", "tile", "size=32 on the loop at line 12", 1.5};
  const Approach first = approach_of({}, 1, tile);
  EXPECT_EQ(first.kind, "rewrite/tile");
  EXPECT_EQ(first.action, "rewrite/tile size=32");
  EXPECT_EQ(first.stage, 0);
  EXPECT_EQ(first.size, 5);
  EXPECT_NEAR(first.stated, std::log(1.5), 1e-12);
  EXPECT_EQ(approach_of({{"flags", "O3", ""}}, 2, tile).stage, 1);
  EXPECT_EQ(approach_of({{"rewrite", "tile", "size=8"}}, 2, tile).stage, 2);
  EXPECT_NEAR(approach_of({{"flags", "O3", ""}}, 2, tile).reward, std::log(2), 1e-12);
  EXPECT_EQ(approach_of({}, 1, {"skill", "softmax-tile", "a; b", 9}).kind, "skill")
      << "names of sessions mean nothing";
  EXPECT_FALSE(approach_of({}, 1, {"rewrite", "tile", ""}).is_stated);
}

TEST(Approach, ASkillIsKnownByWhatItDoesUnderAnyName) {
  const Approach one = approach_of({}, 1,
                                   {"skill", "earlier-gemv-7929d65f", "rewrite/tile size=8; flags/O3", 9}),
                 again = approach_of({}, 1, {"skill", "gemv-tile", "rewrite/tile size=8; flags/O3", 9}),
                 other = approach_of({}, 1, {"skill", "gemv-tile", "rewrite/tile size=32; flags/O3", 9});
  EXPECT_EQ(one.action, again.action);
  EXPECT_NE(one.action, other.action);
  EXPECT_EQ(one.kind, other.kind);
  EXPECT_EQ(one.size, 0) << "its numbers are those of its steps";
  EXPECT_LE(approach_of({}, 1, {"skill", "long", std::string(5000, 'x'), 9}).action.size(), 300u);
}

// Twelve sessions of six families: one skill pays wherever it is replayed, another never does.
std::vector<PastSession> sessions_with_skills() {
  std::vector<PastSession> sessions;
  Random random(4);
  for (int i = 0; i < 12; ++i) {
    PastSession past;
    past.session.id = "s" + std::to_string(i);
    past.session.op = "op" + std::to_string(i);
    past.session.facts = target_like(i % 2 == 0 ? kReduction : kStrided).facts;
    past.session.facts.family = "family" + std::to_string(i % 6);
    for (int k = 0; k < 4; ++k) {
      const double noise = 0.05 * random.uniform();
      past.trials.push_back(
          {approach_of({}, 1, {"skill", "n" + std::to_string(i), "good", 2}), true, 1.2 + noise, 1});
      past.trials.push_back(
          {approach_of({}, 1, {"skill", "n" + std::to_string(i), "bad", 2}), true, -0.1 + noise, 1});
      past.trials.push_back({approach_of({}, 1, {"flags", "O3", "", 1.2}), true, 0.1 + noise, 1});
    }
    sessions.push_back(std::move(past));
  }
  return sessions;
}

TEST(MoveModel, TellsSkillsApartAndJudgesANewOneAsTheirKind) {
  const MoveModel model = MoveModel::train(sessions_with_skills(), target_like(kReduction), 1);
  ASSERT_TRUE(model.can_predict());
  const auto gain = [&](const char* steps) {
    return model.log_gain(approach_of({}, 1, {"skill", "any", steps, 2}));
  };
  EXPECT_GT(gain("good"), gain("bad") + 0.5);
  EXPECT_LT(gain("never seen"), gain("good") - 0.2);
  EXPECT_GT(gain("never seen"), gain("bad") + 0.2);
}

TEST(FirstMoves, AsManyKindsAsHeldTheWayInThreeOfFourSessions) {
  const auto sessions = [](const std::vector<size_t>& places) {
    std::vector<PastSession> past(places.size());
    for (size_t i = 0; i < places.size(); ++i) past[i].founder_place = places[i];
    return past;
  };
  EXPECT_EQ(first_kinds({}), 0u);
  EXPECT_EQ(first_kinds(sessions({1, 1, 1, 1})), 0u) << "too few to tell";
  EXPECT_EQ(first_kinds(sessions({1, 1, 1, 1, 0, 0})), 0u) << "two of them found nothing";
  EXPECT_EQ(first_kinds(sessions({1, 1, 1, 1, 1})), 1u);
  EXPECT_EQ(first_kinds(sessions({9, 1, 1, 2, 1, 4, 1})), 4u) << "six of eight, one of which nobody saw";
  EXPECT_EQ(first_kinds(sessions({7, 8, 9, 7, 8})), 9u);
}

TEST(FirstMoves, ThePlaceOfAFounderIsCountedInKindsByWhatTheyState) {
  auto store = must(Store::open(":memory:"));
  ToyOperator toy{"toy", kReduction, {}};
  for (int i = 0; i < 6; ++i)
    toy.marks.push_back({"m" + std::to_string(i), i == 2 ? 3.0 : 0.97, 2.0 - 0.1 * i});
  const auto result = search_toy(*store, toy, 20, 1);
  ASSERT_GT(result.session.best, 0);
  const auto past = must(past_sessions(*store, "", ""));
  ASSERT_EQ(past.size(), 1u);
  EXPECT_EQ(past[0].founder_place, 3u);
}

TEST(MoveModel, LearnsAPlantedPattern) {
  const auto store = planted_store(10);
  const auto past = must(past_sessions(*store, "", ""));
  ASSERT_EQ(past.size(), 10u);
  const MoveModel reduction = MoveModel::train(past, target_like(kReduction), 1);
  EXPECT_TRUE(reduction.note().on) << reduction.note().why;
  EXPECT_GT(reduction.note().learned, reduction.note().stated);
  EXPECT_GT(reduction.note().weight, 0.5);
  const MoveModel strided = MoveModel::train(past, target_like(kStrided), 1);
  EXPECT_GT(expected(reduction, "m0"), expected(reduction, "m19") + 0.1);
  EXPECT_GT(expected(strided, "m19"), expected(strided, "m0") + 0.1);
  EXPECT_LT(expected(reduction, "m7"), expected(reduction, "m0")) << "it spoils every kernel";
}

TEST(MoveModel, IsTheSameForTheSameDataAndExpectsWhatIsStatedOfTheUnknown) {
  const auto store = planted_store(6);
  const auto past = must(past_sessions(*store, "", ""));
  const MoveModel one = MoveModel::train(past, target_like(kReduction), 3),
                  two = MoveModel::train(past, target_like(kReduction), 3);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(expected(one, "m" + std::to_string(i)), expected(two, "m" + std::to_string(i)));
  EXPECT_NEAR(one.log_gain(approach_of({}, 1, {"mark", "never seen", "", 3})), std::log(3), 1e-6);
}

TEST(MoveModel, IsOffWithoutDataAndSaysSo) {
  const MoveModel none = MoveModel::train({}, target_like(kReduction), 1);
  EXPECT_FALSE(none.note().on);
  EXPECT_FALSE(none.can_predict());
  EXPECT_NE(none.note().why.find("too little"), std::string::npos);
  const auto store = planted_store(1);
  EXPECT_FALSE(MoveModel::train(must(past_sessions(*store, "", "")), target_like(kReduction), 1).note().on);
}

TEST(MoveModel, SwitchesItselfOffWhereThereIsNothingToLearn) {
  Random random(11);
  int on = 0;
  for (uint64_t world = 0; world < 8; ++world) {
    auto store = must(Store::open(":memory:"));
    for (int i = 0; i < 8; ++i)
      search_toy(*store, arbitrary("op" + std::to_string(i), random), 30, static_cast<uint64_t>(i));
    on += MoveModel::train(must(past_sessions(*store, "", "")), target_like(kReduction), world).note().on ? 1
                                                                                                          : 0;
  }
  EXPECT_LE(on, 2) << "5 % of the worlds may fool it";
}

TEST(LearnedSearch, NeedsFewerEvaluationsWhereAPatternWasLearned) {
  const auto store = planted_store(10);
  Random random(77);
  int64_t with = 0, without = 0;
  for (int i = 0; i < 8; ++i) {
    const ToyOperator toy = planted("fresh" + std::to_string(i), i % 2 == 0, random);
    const auto seed = static_cast<uint64_t>(100 + i);
    const auto warm = search_toy(*store, toy, 60, seed);
    EXPECT_TRUE(warm.session.learned.on) << warm.session.learned.why;
    with += evaluations_to(*store, warm, best_of(toy));
    auto empty = must(Store::open(":memory:"));
    without += evaluations_to(*empty, search_toy(*empty, toy, 60, seed), best_of(toy));
  }
  EXPECT_LT(3 * with, 2 * without) << with << " against " << without;
}

TEST(LearnedSearch, WithoutWhatIsStatedSessionsAloneSayWhatToTryFirst) {
  const std::vector<std::string> blind{"stated"};
  Random random(78);
  const auto toy_of = [&](const char* name, int i) {
    ToyOperator toy = planted(name + std::to_string(i), i % 2 == 0, random);
    double promise = 4;
    for (Mark& mark : toy.marks) mark.prior = promise -= 0.1;
    return toy;
  };
  auto store = must(Store::open(":memory:"));
  for (int i = 0; i < 10; ++i) search_toy(*store, toy_of("op", i), 30, static_cast<uint64_t>(i), blind);
  int64_t with = 0, without = 0;
  std::set<double> stated;
  std::set<std::string> first;
  for (int i = 0; i < 8; ++i) {
    const ToyOperator toy = toy_of("fresh", i);
    const auto seed = static_cast<uint64_t>(100 + i);
    const auto warm = search_toy(*store, toy, 60, seed, blind);
    EXPECT_TRUE(warm.session.learned.on) << warm.session.learned.why;
    with += evaluations_to(*store, warm, best_of(toy));
    auto empty = must(Store::open(":memory:"));
    const auto cold = search_toy(*empty, toy, 60, seed, blind);
    without += evaluations_to(*empty, cold, best_of(toy));
    const std::vector<Node> nodes = must(empty->nodes(cold.session.id));
    first.insert(nodes.at(1).candidate.moves.back().action);
    for (const Node& node : nodes) {
      if (node.id != 1 && node.candidate.moves.back().synthesizer == "mark")
        stated.insert(node.candidate.moves.back().prior);
    }
  }
  EXPECT_EQ(stated.size(), 1u) << "all moves promise the same";
  EXPECT_GT(first.size(), 2u) << "their order hangs on the seed";
  EXPECT_LT(2 * with, without) << with << " against " << without;
  EXPECT_FALSE(search_toy(*store, toy_of("told", 1), 10, 1).session.learned.on)
      << "sessions that differ in it do not teach each other";
}

TEST(LearnedSearch, AKindThatNobodyHasSeenGetsItsTurn) {
  const auto store = planted_store(10);
  Random random(79);
  ToyOperator toy = planted("fresh", true, random);
  toy.marks.push_back({"news", 3, 1.05});
  const auto result = search_toy(*store, toy, 300, 1);
  EXPECT_TRUE(result.session.learned.on) << result.session.learned.why;
  const auto nodes = must(store->nodes(result.session.id));
  const auto first = std::find_if(nodes.begin(), nodes.end(), [](const Node& node) {
    return node.parent == 1 && node.candidate.moves.back().action == "news";
  });
  ASSERT_NE(first, nodes.end());
  EXPECT_LE(first->id, 105) << "while the draft lasts";
}

TEST(LearnedSearch, AUselessStoreCostsLittle) {
  auto store = must(Store::open(":memory:"));
  Random random(21);
  for (int i = 0; i < 8; ++i)
    search_toy(*store, arbitrary("op" + std::to_string(i), random), 30, static_cast<uint64_t>(i));
  int64_t with = 0, without = 0;
  for (int i = 0; i < 16; ++i) {
    const ToyOperator toy = arbitrary("fresh" + std::to_string(i), random);
    const auto seed = static_cast<uint64_t>(100 + i);
    with += evaluations_to(*store, search_toy(*store, toy, 80, seed), best_of(toy));
    auto empty = must(Store::open(":memory:"));
    without += evaluations_to(*empty, search_toy(*empty, toy, 80, seed), best_of(toy));
  }
  EXPECT_LT(static_cast<double>(with), 1.1 * static_cast<double>(without)) << with << " against " << without;
}

TEST(Trust, AModelThatIsWrongHereLosesIt) {
  const auto store = planted_store(10);
  const auto past = must(past_sessions(*store, "", ""));
  const MoveModel model = MoveModel::train(past, target_like(kReduction), 1);
  Tree right, wrong;
  Node root;
  root.evaluation.outcome = Outcome::equal;
  root.evaluation.speedup = 1;
  right.add(root);
  wrong.add(root);
  const double start = trust_in(model, right);
  EXPECT_GE(start, 0.5);
  for (int i = 0; i < 12; ++i) {
    Node node;
    node.parent = 1;
    const int mark = i % 6 < 3 ? i % 3 : 17 + i % 3;
    node.candidate.source = std::to_string(i);
    node.candidate.moves = {{"mark", "m" + std::to_string(mark), "here", 1.5}};
    node.evaluation.outcome = Outcome::faster;
    node.evaluation.speedup = mark < 3 ? 2.3 : 0.95;
    right.add(node);
    node.evaluation.speedup = mark < 3 ? 0.95 : 1.6;
    wrong.add(node);
  }
  EXPECT_GE(trust_in(model, right), start);
  EXPECT_LT(trust_in(model, wrong), 0.5 * start);
}

TEST(LearnedSearch, SessionsKeepWhatWasLeftOutAndWhy) {
  const auto store = planted_store(8);
  Random random(3);
  const ToyOperator toy = planted("fresh", true, random);
  const auto full = search_toy(*store, toy, 12, 1);
  EXPECT_TRUE(full.session.learned.on);
  const auto bare = search_toy(*store, toy, 12, 2, {"learned", "memory"});
  EXPECT_FALSE(bare.session.learned.on);
  const Session stored = must(store->session(bare.session.id));
  EXPECT_EQ(stored.without, (std::vector<std::string>{"learned", "memory"}));
  EXPECT_NE(stored.learned.why.find("left out"), std::string::npos);
  EXPECT_EQ(stored.facts.family, "fresh");
  EXPECT_NE(std::find(stored.facts.tags.begin(), stored.facts.tags.end(), "reduction"),
            stored.facts.tags.end());
  const Session known = must(store->session(full.session.id));
  EXPECT_TRUE(known.learned.on);
  EXPECT_EQ(known.learned.why, full.session.learned.why);
  for (const Node& node : must(store->nodes(bare.session.id)))
    EXPECT_TRUE(node.id == 1 || node.memory == Memory::clean_slate);
}

TEST(LearnedSearch, TheRandomPolicyFindsSomethingLater) {
  auto store = must(Store::open(":memory:"));
  Random random(9);
  int64_t drawn = 0, planned = 0;
  for (int i = 0; i < 6; ++i) {
    ToyOperator toy = planted("op" + std::to_string(i), true, random);
    for (Mark& mark : toy.marks) mark.prior = mark.factor;  // well stated
    auto empty = must(Store::open(":memory:"));
    const auto seed = static_cast<uint64_t>(i);
    drawn += evaluations_to(*empty, search_toy(*empty, toy, 60, seed, {}, "random"), best_of(toy));
    empty = must(Store::open(":memory:"));
    planned += evaluations_to(*empty, search_toy(*empty, toy, 60, seed), best_of(toy));
  }
  EXPECT_LT(2 * planned, drawn) << planned << " against " << drawn;
}

TEST(LearnedSearch, AnInterruptedSearchGoesOnWithTheModelThatItHad) {
  const TempDir folder = must(TempDir::make("ke-learned-test"));
  const std::string first = folder.path() + "/first.db", second = folder.path() + "/second.db";
  {
    auto store = must(Store::open(first));
    Random random(5);
    for (int i = 0; i < 8; ++i)
      search_toy(*store, planted("op" + std::to_string(i), i % 2 == 0, random), 30, static_cast<uint64_t>(i));
    must(store->check());
  }
  must(write_file(second, must(read_file(first, 64u << 20))));
  Random random(8);
  const ToyOperator toy = planted("fresh", true, random);
  auto undisturbed = must(Store::open(first)), disturbed = must(Store::open(second));
  const auto expected = search_toy(*undisturbed, toy, 40, 3);
  ASSERT_TRUE(expected.session.learned.on) << expected.session.learned.why;
  const auto bench = bench_of(toy, 40, 3);
  bench->evaluator.on_evaluate = [calls = 0](const Subject&, Effort) mutable -> Result<> {
    if (++calls == 14) return Error{ErrorCode::io, "the power fails"};
    return ok();
  };
  EXPECT_FALSE(search_bench(*disturbed, *bench));
  const auto resumed = search_toy(*disturbed, toy, 40, 3);
  EXPECT_EQ(shape(must(disturbed->nodes(resumed.session.id))),
            shape(must(undisturbed->nodes(expected.session.id))));
  EXPECT_EQ(resumed.session.learned.why, expected.session.learned.why);
}

TEST(Parts, AreNamedLikeSynthesizersOrWhatOrdersThem) {
  EXPECT_EQ(must(parts_from({"templates", "rewrite", "stated", "learned", "memory", "rewrites"})),
            (std::vector<std::string>{"learned", "memory", "rewrite", "stated", "template"}));
  const auto wrong = parts_from({"rewritten"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::usage);
  EXPECT_NE(wrong.error().message.find("rewrite"), std::string::npos);
}

TEST(Precedents, HandOverTheCandidateOnlyForTheSameOperator) {
  auto store = must(Store::open(":memory:"));
  Random random(4);
  const ToyOperator first = planted("first", true, random);
  const auto result = search_toy(*store, first, 40, 1);
  ASSERT_NE(result.session.best, 0);
  const auto past = must(past_sessions(*store, "", ""));
  const LearnedTarget target{"first", past[0].session.facts, past[0].session.hardware,
                             past[0].session.compiler};
  const auto same = must(precedents(*store, past, target, result.session.op_hash, {}, 8));
  ASSERT_EQ(same.size(), 1u);
  ASSERT_TRUE(same[0].candidate.has_value());
  EXPECT_EQ(candidate_hash(*same[0].candidate), candidate_hash(result.best.candidate));
  const auto other = must(precedents(*store, past, target_like(kReduction), "another", {}, 8));
  ASSERT_EQ(other.size(), 1u);
  EXPECT_FALSE(other[0].candidate.has_value());
  EXPECT_FALSE(other[0].actions.empty());
  // Marks multiply: what the parts gained is what the whole gained, each part as much as its mark.
  ASSERT_EQ(other[0].gains.size(), other[0].actions.size());
  double whole = 0;
  for (size_t i = 0; i < other[0].gains.size(); ++i) {
    whole += other[0].gains[i];
    for (const Mark& mark : first.marks)
      if (other[0].actions[i] == "mark/" + mark.name)
        EXPECT_NEAR(other[0].gains[i], std::log(mark.factor), 0.2) << mark.name;
  }
  EXPECT_NEAR(whole, std::log(past[0].speedup), 0.2);
  Operator unlike;
  unlike.op_type = "hash";
  unlike.kernel.entry = "hash";
  const LearnedTarget far{
      "far", facts_of(unlike, "void hash(long* k) { for (;;) for (;;) while (*k % 7) k[*k] = 1; }"), "", ""};
  EXPECT_TRUE(must(precedents(*store, past, far, "another", {}, 8)).empty());
}

TEST(Knowledge, CountsWhatWasTriedInEachFamily) {
  const auto store = planted_store(4);
  const Knowledge known = must(knowledge(*store, 1));
  EXPECT_EQ(known.note.sessions, 4);
  ASSERT_EQ(known.families.size(), 4u);
  int64_t tried = 0;
  for (const FamilyRecord& family : known.families) {
    for (const MoveRecord& move : family.moves) tried += move.tried;
    EXPECT_EQ(family.sessions, 1);
    EXPECT_GT(family.moves.front().gain, 1.5);
  }
  EXPECT_EQ(tried, known.note.trials);
}

}  // namespace
}  // namespace ke

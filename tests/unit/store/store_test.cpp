// SPDX-License-Identifier: MIT
#include "fixtures.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>

namespace ke {
namespace {

TEST(Store, GivesBackASessionAsItWasStored) {
  auto store = must(Store::open(":memory:"));
  Session session = a_session();
  session.outcomes = {{"faster", 3}, {"wrong", 1}};
  session.ledger = {1, 2, 3, 4};
  must(store->add_session(session));
  const Session found = must(store->session(session.id));
  EXPECT_EQ(found.seed, session.seed);
  EXPECT_EQ(found.op_hash, session.op_hash);
  EXPECT_EQ(found.budget.seconds, 60);
  EXPECT_EQ(found.budget.evaluations, 40);
  EXPECT_EQ(found.budget.device_s, 7.5);
  EXPECT_EQ(found.clean_slate, 0.35);
  EXPECT_EQ(found.outcomes, session.outcomes);
  EXPECT_EQ(found.ledger.check_s, 3);
  EXPECT_EQ(found.started, session.started);
}

TEST(Store, ShowsTheNewestStateOfASession) {
  auto store = must(Store::open(":memory:"));
  Session session = a_session();
  must(store->add_session(session));
  for (int i = 1; i <= 12; ++i) {
    session.evaluations = i;
    session.elapsed_s = i * 1.5;
    must(store->update_session(session));
  }
  session.state = "finished";
  session.stopped_by = "target";
  session.best = 7;
  must(store->update_session(session));
  const Session found = must(store->session(session.id));
  EXPECT_EQ(found.state, "finished");
  EXPECT_EQ(found.stopped_by, "target");
  EXPECT_EQ(found.best, 7);
  EXPECT_EQ(found.evaluations, 12);
  EXPECT_DOUBLE_EQ(found.elapsed_s, 18);
}

TEST(Store, ListsSessionsNewestFirstAndByOperator) {
  auto store = must(Store::open(":memory:"));
  const Session first = a_session("softmax"), second = a_session("rmsnorm"), third = a_session("softmax");
  for (const Session& session : {first, second, third}) must(store->add_session(session));
  EXPECT_EQ(must(store->sessions()).size(), 3u);
  const auto softmax = must(store->sessions("softmax"));
  ASSERT_EQ(softmax.size(), 2u);
  EXPECT_EQ(softmax[0].id, third.id);
  EXPECT_EQ(softmax[1].id, first.id);
}

TEST(Store, FindsTheUnfinishedSessionOfTheSameContractOnly) {
  auto store = must(Store::open(":memory:"));
  Session done = a_session(), other = a_session(), open = a_session();
  other.op_hash = "another contract";
  for (const Session& session : {done, open, other}) must(store->add_session(session));
  done.state = "finished";
  must(store->update_session(done));
  const auto found = must(store->unfinished("rmsnorm", "hash-of-rmsnorm"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->id, open.id);
  EXPECT_FALSE(must(store->unfinished("rmsnorm", "unknown")).has_value());
  EXPECT_FALSE(must(store->unfinished("softmax", "hash-of-rmsnorm")).has_value());
}

TEST(Store, SaysWhichSessionIsMissing) {
  auto store = must(Store::open(":memory:"));
  const auto missing = store->session("nowhere");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_NE(missing.error().message.find("nowhere"), std::string::npos);
}

TEST(Store, ATransactionIsAllOrNothing) {
  auto store = must(Store::open(":memory:"));
  const Session session = a_session();
  const auto failed = store->transaction([&]() -> Result<> {
    KE_DO(store->add_session(session));
    KE_DO(store->add_node(session.id, a_node(1, 0)));
    return Error{ErrorCode::internal, "changed my mind"};
  });
  EXPECT_FALSE(failed.has_value());
  EXPECT_FALSE(store->session(session.id).has_value());
  EXPECT_TRUE(must(store->nodes(session.id)).empty());
  must(store->transaction([&] { return store->add_session(session); }));
  EXPECT_TRUE(store->session(session.id).has_value());
}

TEST(Store, KeepsSkillsAndLetsTheNewestOfANameSpeak) {
  auto store = must(Store::open(":memory:"));
  Skill skill;
  skill.name = "rmsnorm-multi-accumulator";
  skill.op_type = "rmsnorm";
  skill.actions = {"rewrite/multi_accumulator lanes=16", "flags/associative"};
  skill.features = {"reduction"};
  skill.speedup = 3;
  skill.text = "body\n";
  must(store->add_skill(skill));
  skill.speedup = 4;
  must(store->add_skill(skill));
  skill.name = "another";
  must(store->add_skill(skill));
  const auto skills = must(store->skills());
  ASSERT_EQ(skills.size(), 2u);
  EXPECT_EQ(skills[0].speedup, 4);
  EXPECT_EQ(skills[0].actions, skill.actions);
  EXPECT_EQ(skills[0].text, "body\n");
}

TEST(Store, KeepsBaselinesAndProposalsWithTheirHistory) {
  auto store = must(Store::open(":memory:"));
  must(store->add_baseline(
      {"softmax", "large", "token", "cpu", "gcc", "-O3", "2026-01-31T12:00:00Z", 1.5, 1.4, 1.6}));
  const auto baselines = must(store->baselines("softmax"));
  ASSERT_EQ(baselines.size(), 1u);
  EXPECT_EQ(baselines[0].workload, "large");
  EXPECT_EQ(baselines[0].seconds, 1.5);

  ProposalRecord record;
  record.id = new_uuid();
  record.op = "softmax";
  record.branch = "ke/softmax";
  record.state = "open";
  record.speedup = 2.5;
  must(store->add_proposal(record));
  must(store->set_proposal_state(record.id, "declined", "not now"));
  const auto proposals = must(store->proposals("softmax"));
  ASSERT_EQ(proposals.size(), 1u);
  EXPECT_EQ(proposals[0].state, "declined");
  EXPECT_EQ(proposals[0].note, "not now");
  EXPECT_EQ(proposals[0].speedup, 2.5);
  EXPECT_EQ(store->set_proposal_state("nobody", "merged", "").error().code, ErrorCode::not_found);
}

TEST(Store, UnitesWithAnotherStoreWithoutConflictAndTwiceIsTheSame) {
  const TempDir folder = a_folder();
  const Session ours = a_session(), theirs = a_session("softmax");
  {
    auto other = must(Store::open(folder.path() + "/other.db"));
    must(other->add_session(theirs));
    must(other->add_node(theirs.id, a_node(1, 0)));
    must(other->add_node(theirs.id, a_node(2, 1, 3)));
  }
  auto store = must(Store::open(folder.path() + "/ours.db"));
  must(store->add_session(ours));
  must(store->add_node(ours.id, a_node(1, 0)));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(why(store->merge_from(folder.path() + "/other.db")), "");
  EXPECT_EQ(must(store->sessions()).size(), 2u);
  EXPECT_EQ(must(store->nodes(ours.id)).size(), 1u);
  const auto merged = must(store->nodes(theirs.id));
  ASSERT_EQ(merged.size(), 2u);
  EXPECT_EQ(merged[1].evaluation.speedups.size(), 1u);
  EXPECT_EQ(must(store->evaluations(theirs.id)).size(), 2u);
  EXPECT_EQ(store->merge_from(folder.path() + "/absent.db").error().code, ErrorCode::not_found);
  EXPECT_FALSE(exists(folder.path() + "/absent.db"));
}

TEST(Store, MakesUuidsOfVersionFour) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = new_uuid();
    ASSERT_EQ(id.size(), 36u);
    EXPECT_EQ(id[14], '4');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
    EXPECT_TRUE(seen.insert(id).second);
  }
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
// Sessions as training data, and what is fixed at their start.
#include "fixtures.h"
#include "ke-build/base/clock.h"

namespace ke {
namespace {

Session a_detailed_session() {
  Session session = a_session();
  session.without = {"learned", "rewrite"};
  session.facts = {"softmax", {"exp", "loops-2"}, {{"bytes", 21.5}}};
  session.learned = {true, "on 5 families", 7, 321, 0.25, 0.6, 0.4, 0.7};
  return session;
}

TEST(SessionDetails, SurviveTheStoreAndAMerge) {
  const TempDir folder = a_folder();
  const std::string path = folder.path() + "/one.db";
  const Session session = a_detailed_session();
  {
    auto store = must(Store::open(path));
    must(store->add_session(session));
  }
  auto other = must(Store::open(":memory:"));
  must(other->merge_from(path));
  const Session stored = must(other->session(session.id));
  EXPECT_EQ(stored.without, session.without);
  EXPECT_EQ(stored.facts.family, "softmax");
  EXPECT_EQ(stored.facts.tags, session.facts.tags);
  EXPECT_EQ(stored.facts.numbers, session.facts.numbers);
  EXPECT_TRUE(stored.learned.on);
  EXPECT_EQ(stored.learned.why, "on 5 families");
  EXPECT_EQ(stored.learned.sessions, 7);
  EXPECT_EQ(stored.learned.trials, 321);
  EXPECT_EQ(stored.learned.weight, 0.7);
}

TEST(Tried, HoldsEveryNodeWithWhatCameOfItLast) {
  auto store = must(Store::open(":memory:"));
  const Session session = a_session();
  must(store->add_session(session));
  Node root = a_node(1, 0);
  root.candidate.moves.clear();
  must(store->add_node(session.id, root, 0));
  Node child = a_node(2, 1, 3);
  child.candidate.moves.back().prior = 1.75;
  must(store->add_node(session.id, child, 1));
  must(store->add_evaluation(session.id, 2, an_evaluation(Outcome::unsafe, 0)));
  must(store->add_node(session.id, a_node(3, 2, 4), 2));
  const auto tried = must(store->tried(session.id));
  ASSERT_EQ(tried.size(), 3u);
  EXPECT_TRUE(tried[0].moves.empty());
  EXPECT_EQ(tried[1].parent, 1);
  EXPECT_EQ(tried[1].outcome, Outcome::unsafe) << "the confirmation speaks, not the screening";
  EXPECT_EQ(tried[1].speedup, 0);
  ASSERT_EQ(tried[1].moves.size(), 2u);
  EXPECT_EQ(tried[1].moves[1].prior, 1.75);
  EXPECT_EQ(tried[1].moves[0].prior, 0);
  EXPECT_EQ(tried[2].speedup, 4);
  EXPECT_EQ(must(store->tried(session.id, utc_now())).size(), 3u);
  EXPECT_TRUE(must(store->tried(session.id, "2000-01-01T00:00:00Z")).empty());
  EXPECT_TRUE(must(store->tried("no such session")).empty());
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
#include "fixtures.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <limits>

namespace ke {
namespace {

struct Tree {
  std::unique_ptr<Store> store = must(Store::open(":memory:"));
  Session session = a_session();
  Tree() { must(store->add_session(session)); }
  void add(const Node& node) { must(store->add_node(session.id, node)); }
  std::vector<Node> nodes() { return must(store->nodes(session.id)); }
};

TEST(StoredTree, GivesBackANodeWithItsEvaluation) {
  Tree tree;
  Node node = a_node(1, 0, 2.5);
  node.candidate.source = std::string("bytes \0 and \xff\xfe", 14);
  node.evaluation.confirmed = true;
  tree.add(node);
  const auto nodes = tree.nodes();
  ASSERT_EQ(nodes.size(), 1u);
  const Node& found = nodes[0];
  EXPECT_EQ(found.candidate.source, node.candidate.source);
  EXPECT_EQ(candidate_hash(found.candidate), candidate_hash(node.candidate));
  EXPECT_EQ(found.evaluation.candidate, candidate_hash(node.candidate));
  EXPECT_EQ(found.memory, Memory::combine_both);
  ASSERT_EQ(found.candidate.moves.size(), 2u);
  EXPECT_EQ(found.candidate.moves[1].detail, "TILE=1");
  EXPECT_EQ(found.evaluation.outcome, Outcome::faster);
  EXPECT_EQ(found.evaluation.reason, node.evaluation.reason);
  EXPECT_EQ(found.evaluation.sandbox, node.evaluation.sandbox);
  EXPECT_TRUE(found.evaluation.confirmed);
  EXPECT_EQ(found.evaluation.ledger.compile_s, 1.5);
  ASSERT_EQ(found.evaluation.speedups.size(), 1u);
  EXPECT_EQ(found.evaluation.speedups[0].ratio, 2.5);
  EXPECT_EQ(found.evaluation.speedups[0].weight, 2);
  EXPECT_EQ(found.evaluation.speedups[0].verdict, Outcome::faster);
  ASSERT_EQ(found.evaluation.diagnoses.size(), 1u);
  EXPECT_EQ(found.evaluation.diagnoses[0].bound, Bound::memory);
}

TEST(StoredTree, SurvivesInfinityAndNan) {
  Tree tree;
  Node node = a_node(1, 0, 2);
  node.evaluation.high = std::numeric_limits<double>::infinity();
  node.evaluation.speedups[0].high = std::numeric_limits<double>::infinity();
  node.evaluation.speedups[0].low = std::numeric_limits<double>::quiet_NaN();
  node.evaluation.diagnoses[0].gain_left = std::numeric_limits<double>::infinity();
  tree.add(node);
  const auto nodes = tree.nodes();
  ASSERT_EQ(nodes.size(), 1u);
  EXPECT_EQ(nodes[0].evaluation.high, std::numeric_limits<double>::infinity());
  EXPECT_EQ(nodes[0].evaluation.speedups[0].high, std::numeric_limits<double>::infinity());
  EXPECT_EQ(nodes[0].evaluation.speedups[0].low, 0);
  EXPECT_EQ(nodes[0].evaluation.diagnoses[0].efficiency, 0.5);
}

TEST(StoredTree, RefusesASecondNodeWithTheSameId) {
  Tree tree;
  tree.add(a_node(1, 0));
  EXPECT_FALSE(tree.store->add_node(tree.session.id, a_node(1, 0)).has_value());
  EXPECT_EQ(tree.nodes().size(), 1u);
  EXPECT_EQ(must(tree.store->evaluations(tree.session.id)).size(), 1u);
}

TEST(StoredTree, ALaterEvaluationSpeaksForTheNodeAndTheEarlierOneStays) {
  Tree tree;
  tree.add(a_node(1, 0));
  tree.add(a_node(2, 1, 4));
  must(tree.store->add_evaluation(tree.session.id, 2, an_evaluation(Outcome::faster, 3.5), "decide", 3));
  must(tree.store->add_evaluation(tree.session.id, 2, an_evaluation(Outcome::equal, 1), "confirm"));
  EXPECT_EQ(tree.nodes()[1].evaluation.outcome, Outcome::equal);
  const auto history = must(tree.store->evaluations(tree.session.id));
  ASSERT_EQ(history.size(), 4u);
  EXPECT_EQ(history[1].effort, "screen");
  EXPECT_EQ(history[2].effort, "decide");
  EXPECT_EQ(history[2].evaluation.speedup, 3.5);
  EXPECT_EQ(history[3].effort, "confirm");
  EXPECT_EQ(history[3].step, 3) << "an evaluation without a step belongs to the newest one";
}

TEST(StoredTree, IsRebuiltAsItWasAfterAnyStep) {
  Tree tree;
  tree.add(a_node(1, 0));
  for (int64_t step = 2; step <= 6; ++step) {
    tree.add(a_node(step, 1, static_cast<double>(step)));
    must(tree.store->update_statistics(tree.session.id, 1, step, 0.5 * static_cast<double>(step), step));
  }
  must(tree.store->add_evaluation(tree.session.id, 3, an_evaluation(Outcome::wrong, 0), "confirm", 7));
  const auto past = must(tree.store->nodes_as_of(tree.session.id, 4));
  ASSERT_EQ(past.size(), 4u);
  EXPECT_EQ(past[0].visits, 4);
  EXPECT_EQ(past[0].value, 2.0);
  EXPECT_EQ(past[2].evaluation.outcome, Outcome::faster) << "training data must not see the future";
  const auto now = tree.nodes();
  ASSERT_EQ(now.size(), 6u);
  EXPECT_EQ(now[0].visits, 6);
  EXPECT_EQ(now[2].evaluation.outcome, Outcome::wrong);
}

TEST(StoredTree, TheFrontierHoldsTheFastestByTheirCurrentEvaluation) {
  Tree tree;
  tree.add(a_node(1, 0));
  tree.add(a_node(2, 1, 9));
  tree.add(a_node(3, 1, 4));
  tree.add(a_node(4, 1, 6));
  tree.add(a_node(5, 1, 0));
  must(tree.store->add_evaluation(tree.session.id, 2, an_evaluation(Outcome::unsafe, 0), "confirm"));
  const auto frontier = must(tree.store->frontier(tree.session.id, 2));
  ASSERT_EQ(frontier.size(), 2u);
  EXPECT_EQ(frontier[0].id, 4);
  EXPECT_EQ(frontier[1].id, 3);
}

TEST(StoredTree, TheFrontierAndTheSessionAsTheyWereAfterAStep) {
  Tree tree;
  const auto state = [&](int64_t step, int64_t best) {
    tree.session.evaluations = step;
    tree.session.best = best;
    must(tree.store->update_session(tree.session));
  };
  must(tree.store->add_node(tree.session.id, a_node(1, 0), 0));
  for (int64_t id = 2; id <= 5; ++id) {
    must(tree.store->add_node(tree.session.id, a_node(id, 1, 2.0 * static_cast<double>(id)), id - 1));
    state(id - 1, 0);
  }
  must(tree.store->add_evaluation(tree.session.id, 5, an_evaluation(Outcome::unsafe, 0), "confirm", 5));
  state(5, 0);
  must(tree.store->add_evaluation(tree.session.id, 4, an_evaluation(Outcome::faster, 7), "confirm", 6));
  state(6, 4);
  const auto ids = [&](int64_t step) {
    std::vector<int64_t> found;
    for (const Node& node : must(tree.store->frontier(tree.session.id, 2, step))) found.push_back(node.id);
    return found;
  };
  EXPECT_EQ(ids(2), (std::vector<int64_t>{3, 2}));
  EXPECT_EQ(ids(4), (std::vector<int64_t>{5, 4})) << "what its confirmation found was not known yet";
  EXPECT_EQ(ids(5), (std::vector<int64_t>{4, 3}));
  EXPECT_EQ(must(tree.store->frontier(tree.session.id, 1, 5))[0].evaluation.speedup, 8);
  EXPECT_EQ(must(tree.store->frontier(tree.session.id, 1, 6))[0].evaluation.speedup, 7);
  EXPECT_EQ(must(tree.store->session_as_of(tree.session.id, 5)).best, 0);
  EXPECT_EQ(must(tree.store->session_as_of(tree.session.id, 6)).best, 4);
  EXPECT_EQ(must(tree.store->session_as_of(tree.session.id, 3)).evaluations, 3);
  EXPECT_FALSE(tree.store->session_as_of("nobody", 3).has_value());
}

TEST(StoredTree, AContextIsTheNodeItsAncestorsAndSomeSiblings) {
  Tree tree;
  tree.add(a_node(1, 0));
  for (int64_t id = 2; id <= 6; ++id) tree.add(a_node(id, 1));
  tree.add(a_node(7, 3));
  tree.add(a_node(8, 3));
  const auto context = must(tree.store->context(tree.session.id, 7, 10));
  std::vector<int64_t> ids;
  for (const Node& node : context) ids.push_back(node.id);
  EXPECT_EQ(ids, (std::vector<int64_t>{7, 3, 1, 8}));
  EXPECT_EQ(must(tree.store->context(tree.session.id, 3, 2)).size(), 4u);
  EXPECT_EQ(must(tree.store->context(tree.session.id, 1, 2)).size(), 1u);
  EXPECT_TRUE(must(tree.store->context(tree.session.id, 99, 2)).empty());
}

TEST(StoredTree, KeepsEachSourceTextOnce) {
  const TempDir folder = a_folder();
  const std::string path = folder.path() + "/store.db";
  {
    auto store = must(Store::open(path));
    const Session session = a_session();
    must(store->add_session(session));
    for (int64_t id = 1; id <= 50; ++id) {
      Node node = a_node(id, id == 1 ? 0 : 1);
      node.candidate.source = std::string(100000, 'x');
      must(store->add_node(session.id, node));
    }
  }
  sqlite3* raw = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &raw), SQLITE_OK);
  int64_t blobs = 0;
  sqlite3_exec(
      raw, "SELECT count(*) FROM blobs",
      [](void* out, int, char** row, char**) {
        *static_cast<int64_t*>(out) = std::stoll(row[0]);
        return 0;
      },
      &blobs, nullptr);
  sqlite3_close(raw);
  EXPECT_EQ(blobs, 1);
}

}  // namespace
}  // namespace ke

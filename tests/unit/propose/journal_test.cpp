// SPDX-License-Identifier: MIT
#include "ke-ci/journal.h"

#include "ke-build/base/files.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace ke {
namespace {

class JournalTest : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TempDir::make("ke-journal");
    ASSERT_TRUE(made);
    temp_ = std::make_unique<TempDir>(std::move(*made));
    path_ = join(temp_->path(), "run.json");
  }
  RunEntry entry(const std::string& op) {
    RunEntry entry;
    entry.op = op;
    entry.state = "proposed";
    entry.session = "session-of-" + op;
    entry.branch = "ke/" + op;
    entry.speedup = 2.5;
    entry.low = 2.25;
    entry.high = 2.75;
    entry.bound = "memory";
    entry.evaluations = 40;
    entry.inconclusive = 3;
    entry.validated = true;
    entry.ledger = {1, 2, 3, 0.5};
    return entry;
  }
  std::unique_ptr<TempDir> temp_;
  std::string path_;
};

TEST_F(JournalTest, TakesUpWhatWasFinishedBeforeAKill) {
  Journal first = Journal::open(path_, "key");
  EXPECT_FALSE(first.resumed());
  ASSERT_TRUE(first.finish(entry("softmax")));
  const Journal second = Journal::open(path_, "key");
  EXPECT_TRUE(second.resumed());
  EXPECT_EQ(second.id(), first.id());
  EXPECT_EQ(second.started(), first.started());
  EXPECT_FALSE(second.finished("rmsnorm"));
  const auto found = second.finished("softmax");
  ASSERT_TRUE(found);
  EXPECT_EQ(to_line(to_json(*found)), to_line(to_json(entry("softmax"))));
}

TEST_F(JournalTest, StartsAfreshForAnotherRun) {
  ASSERT_TRUE(Journal::open(path_, "key").finish(entry("softmax")));
  const Journal other = Journal::open(path_, "another key");
  EXPECT_FALSE(other.resumed());
  EXPECT_FALSE(other.finished("softmax"));
}

TEST_F(JournalTest, StartsAfreshWhenTheRunWasComplete) {
  Journal journal = Journal::open(path_, "key");
  ASSERT_TRUE(journal.finish(entry("softmax")));
  ASSERT_TRUE(journal.close());
  EXPECT_FALSE(Journal::open(path_, "key").resumed());
  EXPECT_TRUE(journal.close()) << "closing twice is nothing";
}

TEST_F(JournalTest, SurvivesABrokenFile) {
  for (const char* text : {"", "{", "[]", "{\"key\":\"key\"}",
                           R"({"key":"key","id":"i","started":"s","operators":[1,{"operator":2},{}]})"}) {
    ASSERT_TRUE(write_file(path_, text));
    EXPECT_FALSE(Journal::open(path_, "key").finished("softmax")) << text;
  }
}

TEST(RunEntryStates, CountAsSuccessOnlyWhenAMaintainerCouldTakeThem) {
  RunEntry entry;
  for (const char* state : {"proposed", "unchanged", "validated"}) {
    entry.state = state;
    EXPECT_TRUE(is_success(entry)) << state;
  }
  for (const char* state : {"no winner", "rejected", "held back", "failed", ""}) {
    entry.state = state;
    EXPECT_FALSE(is_success(entry)) << state;
  }
}

}  // namespace
}  // namespace ke

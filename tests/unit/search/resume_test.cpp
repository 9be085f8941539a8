// SPDX-License-Identifier: MIT
// Killed searches: the process dies at any moment, the next one goes on with the same session and the same
// tree.
#include "bench.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

std::vector<std::string> logged(const std::string& path) {
  auto text = read_file(path);
  return text ? split(trim(*text), '\n') : std::vector<std::string>();
}

[[noreturn]] void search_in_child(const std::string& folder, double seconds) {
  Bench bench(rugged(), folder + "/store.db");
  bench.evaluator.seconds = seconds;
  bench.evaluator.log = folder + "/log";
  std::vector<std::unique_ptr<Synthesizer>> synthesizers;
  synthesizers.push_back(std::make_unique<Marks>("mark", bench.marks));
  auto result = run_search(bench.op, bench.baseline, bench.evaluator, *bench.store, bench.options,
                           std::move(synthesizers));
  _exit(result ? 0 : 1);
}

bool ended(const std::string& folder) {
  if (!exists(folder + "/store.db")) return false;
  auto store = must(Store::open(folder + "/store.db"));
  const auto sessions = must(store->sessions());
  return !sessions.empty() && sessions.front().state == "finished";
}

TEST(Resume, AKilledSearchEndsWithTheSameTreeAsAnUndisturbedOne) {
  Bench undisturbed(rugged());
  const auto expected = must(undisturbed.run());
  const std::string expected_shape = shape(must(undisturbed.store->nodes(expected.session.id)));
  Random random(99);
  for (int trial = 0; trial < 4; ++trial) {
    const TempDir folder = must(TempDir::make("ke-resume-test"));
    int kills = 0;
    for (bool finished = false; !finished;) {
      const pid_t child = fork();
      ASSERT_GE(child, 0);
      if (child == 0) search_in_child(folder.path(), 0.004);
      if (kills < 12) {
        std::this_thread::sleep_for(std::chrono::microseconds(10000 + random.below(40000)));
        kill(child, SIGKILL);
      }
      int status = 0;
      waitpid(child, &status, 0);
      if (WIFEXITED(status)) {
        ASSERT_EQ(WEXITSTATUS(status), 0);
      } else {
        ++kills;
      }
      finished = WIFEXITED(status) || ended(folder.path());  // killed between its last row and its exit
    }
    auto store = must(Store::open(folder.path() + "/store.db"));
    const auto sessions = must(store->sessions());
    ASSERT_EQ(sessions.size(), 1u) << "a second session was started after a kill";
    EXPECT_EQ(sessions[0].state, "finished");
    EXPECT_EQ(sessions[0].evaluations, expected.session.evaluations);
    EXPECT_EQ(shape(must(store->nodes(sessions[0].id))), expected_shape);
    EXPECT_EQ(sessions[0].best, expected.session.best);
    // An evaluation whose end the process did not live to store may be repeated, at most once per kill.
    EXPECT_LE(static_cast<int64_t>(logged(folder.path() + "/log").size()),
              expected.session.evaluations + kills);
    EXPECT_GT(kills, 0) << "nothing was killed: the test shows nothing";
  }
}

TEST(Resume, AFinishedEvaluationIsNeverRepeated) {
  const TempDir folder = must(TempDir::make("ke-resume-test"));
  Bench first(rugged(), folder.path() + "/store.db");
  int64_t count = 0;
  first.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
    return ++count > 11 ? Result<>(Error{ErrorCode::io, "the machine goes down"}) : ok();
  };
  EXPECT_FALSE(first.run().has_value());
  Bench second(rugged(), folder.path() + "/store.db");
  const auto result = must(second.run());
  std::set<std::string> before;
  for (const auto& call : first.evaluator.calls) before.insert(call.first);
  for (const auto& [hash, effort] : second.evaluator.calls) {
    if (effort == Effort::screen) {
      EXPECT_EQ(before.count(hash), 0u);
    }
  }
  EXPECT_EQ(result.session.evaluations,
            static_cast<int64_t>(first.evaluator.calls.size() + second.evaluator.calls.size()));
}

TEST(Resume, NoMomentOfFailureLosesAnything) {
  Bench undisturbed(rugged());
  undisturbed.options.budget.evaluations = 24;
  const auto expected = must(undisturbed.run());
  const std::string expected_shape = shape(must(undisturbed.store->nodes(expected.session.id)));
  for (int64_t fatal = 1; fatal <= expected.session.evaluations; ++fatal) {
    const TempDir folder = must(TempDir::make("ke-resume-test"));
    Bench first(rugged(), folder.path() + "/store.db");
    first.options.budget.evaluations = 24;
    int64_t count = 0;
    first.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
      return ++count == fatal ? Result<>(Error{ErrorCode::io, "the machine goes down"}) : ok();
    };
    EXPECT_FALSE(first.run().has_value());
    Bench second(rugged(), folder.path() + "/store.db");
    second.options.budget.evaluations = 24;
    const auto result = must(second.run());
    EXPECT_EQ(shape(must(second.store->nodes(result.session.id))), expected_shape)
        << "after failing at " << fatal;
    EXPECT_EQ(result.session.best, expected.session.best);
  }
}

TEST(Resume, ElapsedTimeIsNotForgotten) {
  const TempDir folder = must(TempDir::make("ke-resume-test"));
  {
    Bench bench(rugged(), folder.path() + "/store.db");
    bench.evaluator.seconds = 0.05;
    bench.options.budget = {2, 0};
    int64_t count = 0;
    bench.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
      return ++count > 8 ? Result<>(Error{ErrorCode::io, "the machine goes down"}) : ok();
    };
    EXPECT_FALSE(bench.run().has_value());
  }
  Bench bench(rugged(), folder.path() + "/store.db");
  bench.evaluator.seconds = 0.05;
  bench.options.budget = {2, 0};
  const double start = now_s();
  const auto result = must(bench.run());
  EXPECT_LT(now_s() - start, 1.9);
  EXPECT_GT(result.session.elapsed_s, now_s() - start + 0.3);
  EXPECT_GE(result.session.ledger.timed_s, 0.05 * static_cast<double>(result.session.evaluations) - 1e-6);
}

TEST(Resume, AnotherContractStartsAnotherSession) {
  const TempDir folder = must(TempDir::make("ke-resume-test"));
  std::set<std::string> ids;
  for (const char* spec : {"{}", "{\"tolerance\": 1}"}) {
    Bench bench(rugged(), folder.path() + "/store.db");
    bench.op.spec_text = spec;
    bench.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
      return bench.evaluator.calls.size() >= 3 ? Result<>(Error{ErrorCode::io, "the machine goes down"})
                                               : ok();
    };
    EXPECT_FALSE(bench.run().has_value());
    for (const Session& session : must(bench.store->sessions())) ids.insert(session.id);
  }
  EXPECT_EQ(ids.size(), 2u);
}

TEST(Resume, ALargerBudgetContinuesASession) {
  const TempDir folder = must(TempDir::make("ke-resume-test"));
  {
    Bench bench(rugged(), folder.path() + "/store.db");
    bench.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
      return bench.evaluator.calls.size() >= 6 ? Result<>(Error{ErrorCode::io, "the machine goes down"})
                                               : ok();
    };
    EXPECT_FALSE(bench.run().has_value());
  }
  Bench bench(rugged(), folder.path() + "/store.db");
  bench.options.budget.evaluations = 50;
  const auto result = must(bench.run());
  EXPECT_EQ(result.session.budget.evaluations, 50);
  EXPECT_GT(result.session.evaluations, 30);
}

TEST(Resume, TwoSearchesOfOneOperatorAreAConflict) {
  const TempDir folder = must(TempDir::make("ke-resume-test"));
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Bench bench(rugged(), folder.path() + "/store.db");
    bench.op.kernel.tunables = {{"TILE", {"1", "2", "3"}, "1"}};
    bench.options.synthesizers = {"tunables"};
    bench.evaluator.on_evaluate = [&](const Subject&, Effort) -> Result<> {
      if (write(ready[1], "x", 1) != 1) _exit(2);
      for (;;) pause();
    };
    const auto held = hold_operator(*bench.store, bench.op.name);
    if (held) (void)search(*held, bench.op, bench.baseline, bench.evaluator, *bench.store, bench.options);
    _exit(0);
  }
  close(ready[1]);
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1) << "the child did not come to its first evaluation";
  Bench bench(rugged(), folder.path() + "/store.db");
  bench.op.kernel.tunables = {{"TILE", {"1", "2", "3"}, "1"}};
  bench.options.synthesizers = {"tunables"};
  const auto refused = hold_operator(*bench.store, bench.op.name);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().message.find("toy"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find(std::to_string(child)), std::string::npos)
      << refused.error().message;
  kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  const auto held = hold_operator(*bench.store, bench.op.name);
  ASSERT_TRUE(held) << "the lock must not outlive its holder";
  EXPECT_TRUE(search(*held, bench.op, bench.baseline, bench.evaluator, *bench.store, bench.options));
}

}  // namespace
}  // namespace ke

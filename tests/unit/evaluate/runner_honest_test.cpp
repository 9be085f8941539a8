// SPDX-License-Identifier: MIT
// What an honest kernel may do, and what the judge learns of it.
#include "ke-build/base/clock.h"
#include "tests/unit/evaluate/kernel_fixture.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

using RunnerHonest = KernelTest;

TEST_F(RunnerHonest, ComputesAndReportsTimes) {
  const auto runner = start(options_for(build(kHonest), 3));
  ASSERT_NE(runner, nullptr);
  const RunOutcome outcome = runner->run(0, 3, 5);
  ASSERT_TRUE(outcome.finished()) << outcome.reason;
  for (int call = 0; call < 3; ++call) EXPECT_EQ(wrong(*runner, call), 0);
  EXPECT_TRUE(runner->guards_intact());
  EXPECT_GT(outcome.seconds, 0);
  EXPECT_LT(outcome.seconds, 1);
  EXPECT_GT(outcome.cpu_seconds, 0);
  EXPECT_EQ(outcome.threads, 1);
}

TEST_F(RunnerHonest, RunsOnlyTheSetsItWasGiven) {
  const auto runner = start(options_for(build(kHonest), 4));
  ASSERT_NE(runner, nullptr);
  ASSERT_TRUE(runner->run(1, 2, 5).finished());
  EXPECT_EQ(wrong(*runner, 0), kCount);
  EXPECT_EQ(wrong(*runner, 1), 0);
  EXPECT_EQ(wrong(*runner, 2), 0);
  EXPECT_EQ(wrong(*runner, 3), kCount);
}

TEST_F(RunnerHonest, SeesFreshInputsInEveryCall) {
  const auto runner = start(options_for(build(kHonest)));
  ASSERT_NE(runner, nullptr);
  for (int round = 0; round < 50; ++round) {
    fill(*runner, 0, kCount, float(round));
    ASSERT_TRUE(runner->run(0, 1, 5).finished());
    ASSERT_EQ(wrong(*runner, 0), 0) << round;
  }
}

TEST_F(RunnerHonest, SharesItsPagesWithAnotherVersion) {
  const auto one = start(options_for(build(kHonest), 2));
  ASSERT_NE(one, nullptr);
  RunnerOptions options = options_for(build("for (long i = 0; i < n; ++i) y[i] = -1;"), 2);
  options.memory = one->memory();
  const auto other = start(options);
  ASSERT_NE(other, nullptr);
  ASSERT_EQ(one->data(1, 1), other->data(1, 1));
  for (int round = 0; round < 3; ++round) {
    fill(*one, 0, kCount, float(round));
    ASSERT_TRUE(other->run(0, 2, 5).finished());
    EXPECT_EQ(reinterpret_cast<const float*>(one->data(0, 1))[0], -1) << "seen through both mappings";
    ASSERT_TRUE(one->run(0, 2, 5).finished());
    EXPECT_EQ(wrong(*one, 0), 0);
    EXPECT_TRUE(one->guards_intact());
  }
}

TEST_F(RunnerHonest, WorksWhileTheJudgeSpins) {
  RunnerOptions options = options_for(build(kHonest));
  options.spin = true;
  EXPECT_HONEST(attempt_with(options));
}

TEST_F(RunnerHonest, IsStoppedWhileTheJudgeLooks) {
  // A thread that keeps writing must be seen at rest between the calls.
  const auto runner = start(options_for(build(
      kHonest +
          "if (!started) { started = true; target = y; std::thread([] { for (;;) ++*target; }).detach(); }",
      "#include <thread>\nstatic bool started; static float* volatile target;")));
  ASSERT_NE(runner, nullptr);
  const RunOutcome outcome = runner->run(0, 1, 5);
  ASSERT_TRUE(outcome.finished()) << outcome.reason;
  EXPECT_EQ(outcome.threads, 2);
  const volatile float* y = reinterpret_cast<const float*>(runner->data(0, 1));
  const float before = *y;
  for (int i = 0; i < 20; ++i) {
    usleep(1000);
    ASSERT_EQ(*y, before);
  }
}

TEST_F(RunnerHonest, MayUseOpenMp) {
  RunnerOptions options = options_for(build("#pragma omp parallel for\n" + kHonest, "", {"-O2", "-fopenmp"}));
  options.threads = 2;
  EXPECT_HONEST(attempt_with(options));
}

TEST_F(RunnerHonest, MayUseLibmAndTheHeapAndExceptions) {
  EXPECT_HONEST(
      attempt("std::vector<float> t(x, x + n); for (float& v : t) v = std::fma(2.f, v, 1.f);"
              "try { throw std::runtime_error(\"a\"); } catch (const std::exception&) {"
              "std::copy(t.begin(), t.end(), y); }"
              "std::vector<char> big(200 << 20); big[n] = 1; if (std::sin(big[n]) > 2) y[0] = 0;",
              "#include <cmath>\n#include <vector>\n#include <stdexcept>\n#include <algorithm>"));
}

TEST_F(RunnerHonest, MayKeepAThreadPoolAndPrint) {
  EXPECT_HONEST(attempt(
      "std::call_once(once, [] { for (int i = 0; i < 2; ++i) std::thread([] {"
      "  std::unique_lock<std::mutex> lock(mutex);"
      "  for (;;) { wake.wait(lock, [] { return todo; }); todo(); todo = nullptr; done.notify_all(); }"
      "}).detach(); });"
      "std::unique_lock<std::mutex> lock(mutex); todo = [=] {" +
          kHonest +
          "};"
          "wake.notify_one(); done.wait(lock, [] { return !todo; }); std::cout << \"done\" << std::endl;",
      "#include <thread>\n#include <mutex>\n#include <condition_variable>\n#include <functional>\n"
      "#include <iostream>\nstatic std::once_flag once; static std::mutex mutex;\n"
      "static std::condition_variable wake, done; static std::function<void()> todo;"));
}

TEST_F(RunnerHonest, ChangesAddressesFromLaunchToLaunch) {
  const std::string executable = build("for (long i = 0; i < n; ++i) y[i] = 0; *(const float**)y = x;");
  std::set<uint64_t> addresses;
  for (uint64_t seed = 0; seed < 6; ++seed) {
    RunnerOptions options = options_for(executable);
    options.layout_seed = seed;
    const auto runner = start(options);
    ASSERT_NE(runner, nullptr);
    ASSERT_TRUE(runner->run(0, 1, 5).finished());
    uint64_t address = 0;
    std::memcpy(&address, runner->data(0, 1), 8);
    addresses.insert(address);
  }
  EXPECT_EQ(addresses.size(), 6u);
}

TEST_F(RunnerHonest, HasAHandshakeThatCanBeMeasured) {
  RunnerOptions options = options_for(build(kHonest));
  for (const bool spin : {false, true}) {
    options.spin = spin;
    const auto runner = start(options);
    ASSERT_NE(runner, nullptr);
    const Result<Overhead> overhead = runner->measure_overhead();
    ASSERT_TRUE(overhead) << overhead.error().message;
    RecordProperty(spin ? "spinning_ns" : "sleeping_ns", int(overhead->seconds * 1e9));
    EXPECT_GT(overhead->seconds, 0);
    EXPECT_LT(overhead->seconds, 0.2);
  }
}

TEST_F(RunnerHonest, TakesEmptyArgumentsAndRefusesBadOnes) {
  RunnerOptions options = options_for(build("(void)x; (void)y; (void)n;"));
  options.slots[0].bytes = options.slots[1].bytes = 0;
  const Result<std::unique_ptr<Runner>> runner = Runner::start(options);
  ASSERT_TRUE(runner) << runner.error().message;
  EXPECT_TRUE((*runner)->run(0, 1, 5).finished());
  EXPECT_TRUE((*runner)->guards_intact());
  options.slots[0].align_bytes = 24;
  EXPECT_FALSE(Runner::start(options));
  options = options_for("/nonexistent/runner");
  const auto missing = Runner::start(options);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
}

#if defined(__x86_64__)
TEST_F(RunnerHonest, CallsAsProgramsDoThatFlushSubnormals) {
  RunnerOptions options =
      options_for(build("const bool flushes = (__builtin_ia32_stmxcsr() & 0x8040) == 0x8040;\n"
                        "for (long i = 0; i < n; ++i) y[i] = flushes ? 2 * x[i] + 1 : 0;"));
  EXPECT_NE(attempt_with(options).wrong, 0);
  options.flushes = true;
  const Attempt flushing = attempt_with(options);
  EXPECT_TRUE(flushing.outcome.finished()) << flushing.outcome.reason;
  EXPECT_EQ(flushing.wrong, 0);
  EXPECT_FALSE(flushing.outcome.left_float_state);
  options.executable = build(kHonest + " __builtin_ia32_ldmxcsr(0x1f80);");
  EXPECT_TRUE(attempt_with(options).outcome.left_float_state);
}
#endif

}  // namespace
}  // namespace ke

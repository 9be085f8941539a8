// SPDX-License-Identifier: MIT
// Compiles small kernels in a test and runs them as candidates: kernel(x, y, n) with x and y float[n].
#pragma once

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/evaluate/runner.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ke {

inline constexpr int64_t kCount = 1000;

class KernelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<TempDir> folder = TempDir::make("ke-kernel");
    ASSERT_TRUE(folder) << folder.error().message;
    folder_ = std::make_unique<TempDir>(*std::move(folder));
  }

  /// Path of a runner whose kernel has this body; `before` stands at file scope.
  std::string build(const std::string& body, const std::string& before = "",
                    std::vector<std::string> flags = {"-O2"}) {
    const std::string source = join(folder_->path(), "kernel.cpp"),
                      executable = join(folder_->path(), "kernel");
    const std::string text = before + "\nstatic void kernel(const float* x, float* y, long n) {\n" + body +
                             "\n}\nextern \"C\" void ke_call(void* const* a) {\n"
                             "  kernel((const float*)a[0], (float*)a[1], *(const long*)a[2]);\n}\n";
    EXPECT_TRUE(write_file(source, text));
    const std::string runner =
        (std::filesystem::path(__FILE__).parent_path() / "../../../backends/cpu").string();
    Command command;
    command.argv = {"g++", "-std=c++17", "-w", "-I" + runner};
    command.argv.insert(command.argv.end(), flags.begin(), flags.end());
    command.argv.insert(command.argv.end(),
                        {source, runner + "/runner_main.cpp", "-o", executable, "-pthread"});
    const Result<std::string> done = run_or_fail(command);
    EXPECT_TRUE(done) << done.error().message;
    return executable;
  }

  static std::vector<RunnerSlot> slots(int64_t count = kCount) {
    return {
        {uint64_t(count) * 4, 16, false, false}, {uint64_t(count) * 4, 16, true, false}, {8, 8, false, true}};
  }

  static RunnerOptions options_for(const std::string& executable, int calls = 1, int64_t count = kCount) {
    RunnerOptions options;
    options.executable = executable;
    options.slots = slots(count);
    options.max_calls = calls;
    options.layout_seed = 7;
    options.policy.limits.wall_s = 10;
    return options;
  }

  static void fill(Runner& runner, int call, int64_t count = kCount, float scale = 1) {
    float* x = reinterpret_cast<float*>(runner.data(call, 0));
    for (int64_t i = 0; i < count; ++i) x[i] = scale * float(i) + float(call);
    std::memcpy(runner.data(call, 2), &count, sizeof count);
    runner.poison(call, 1, uint64_t(call));
  }

  /// How many outputs are not 2 * x + 1.
  static int64_t wrong(Runner& runner, int call, int64_t count = kCount) {
    const float* x = reinterpret_cast<const float*>(runner.data(call, 0));
    const float* y = reinterpret_cast<const float*>(runner.data(call, 1));
    int64_t bad = 0;
    for (int64_t i = 0; i < count; ++i) bad += y[i] != 2 * x[i] + 1;
    return bad;
  }

  std::unique_ptr<Runner> start(const RunnerOptions& options) {
    Result<std::unique_ptr<Runner>> runner = Runner::start(options);
    EXPECT_TRUE(runner) << runner.error().message;
    if (!runner) return nullptr;
    for (int call = 0; call < options.max_calls; ++call) fill(**runner, call);
    return *std::move(runner);
  }

  /// One call of a kernel, with what it left behind.
  struct Attempt {
    RunOutcome outcome;
    int64_t wrong = -1;
    bool guards = false;
    std::string errors;
  };
  Attempt attempt(const std::string& body, const std::string& before = "", double timeout_s = 5,
                  std::vector<std::string> flags = {"-O2"}) {
    return attempt_with(options_for(build(body, before, std::move(flags))), timeout_s);
  }
  Attempt attempt_with(const RunnerOptions& options, double timeout_s = 5) {
    std::unique_ptr<Runner> runner = start(options);
    Attempt result;
    if (runner == nullptr) return result;
    result.outcome = runner->run(0, 1, timeout_s);
    result.wrong = wrong(*runner, 0);
    result.guards = runner->guards_intact();
    result.errors = runner->errors();
    return result;
  }

  const std::string& folder() const { return folder_->path(); }

 private:
  std::unique_ptr<TempDir> folder_;
};

inline const std::string kHonest = "for (long i = 0; i < n; ++i) y[i] = 2 * x[i] + 1;";

#define EXPECT_HONEST(expression)                                          \
  do {                                                                     \
    const Attempt result = (expression);                                   \
    EXPECT_TRUE(result.outcome.finished())                                 \
        << name_of(result.outcome.state) << ": " << result.outcome.reason; \
    EXPECT_EQ(result.wrong, 0);                                            \
    EXPECT_TRUE(result.guards);                                            \
  } while (false)

#define EXPECT_ENDED(expression, expected)                                                   \
  do {                                                                                       \
    const Attempt result = (expression);                                                     \
    EXPECT_STREQ(name_of(result.outcome.state), name_of(expected)) << result.outcome.reason; \
  } while (false)

}  // namespace ke

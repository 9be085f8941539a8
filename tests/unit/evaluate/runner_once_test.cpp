// SPDX-License-Identifier: MIT
// One call in a process of its own, for sanitizers.
#include "tests/unit/evaluate/kernel_fixture.h"

#include <algorithm>

namespace ke {
namespace {

using RunnerOnce = KernelTest;
using State = RunOutcome::State;

std::vector<std::vector<std::byte>> once_inputs() {
  std::vector<std::vector<std::byte>> inputs = {
      std::vector<std::byte>(kCount * 4), {}, std::vector<std::byte>(8)};
  for (int64_t i = 0; i < kCount; ++i) reinterpret_cast<float*>(inputs[0].data())[i] = float(i);
  std::memcpy(inputs[2].data(), &kCount, 8);
  return inputs;
}

TEST_F(RunnerOnce, ReturnsTheOutputs) {
  const Result<OneShot> shot = run_once(build(kHonest), slots(), once_inputs(), SandboxPolicy{});
  ASSERT_TRUE(shot) << shot.error().message;
  ASSERT_TRUE(shot->outcome.finished()) << shot->outcome.reason;
  ASSERT_EQ(shot->values[1].size(), size_t(kCount) * 4);
  EXPECT_EQ(reinterpret_cast<const float*>(shot->values[1].data())[10], 21);
  EXPECT_TRUE(shot->values[0].empty());
}

TEST_F(RunnerOnce, LetsSanitizersSpeak) {
  SandboxPolicy policy;
  policy.role = SandboxRole::compiler;
  const std::vector<std::string> flags = {"-O1", "-g", "-fsanitize=address,undefined",
                                          "-fno-sanitize-recover=all"};
  const Result<OneShot> honest = run_once(build(kHonest, "", flags), slots(), once_inputs(), policy);
  ASSERT_TRUE(honest) << honest.error().message;
  EXPECT_TRUE(honest->outcome.finished()) << honest->outcome.reason << honest->errors;
  const Result<OneShot> overrun = run_once(build("y[0] = x[n];", "", flags), slots(), once_inputs(), policy);
  ASSERT_TRUE(overrun);
  EXPECT_EQ(overrun->outcome.state, State::exited);
  EXPECT_NE(overrun->errors.find("heap-buffer-overflow"), std::string::npos) << overrun->errors;
  const Result<OneShot> overflow = run_once(build("volatile int m = 2147483647; y[0] = m + 1;", "", flags),
                                            slots(), once_inputs(), policy);
  ASSERT_TRUE(overflow);
  EXPECT_NE(overflow->errors.find("signed integer overflow"), std::string::npos) << overflow->errors;
}

// Libraries ask about themselves under names of their own; who gets an answer to those computes elsewhere.
TEST_F(RunnerOnce, AnotherWorldKnowsEveryVariableButThoseOfLibraries) {
  SandboxPolicy policy;
  policy.role = SandboxRole::compiler;
  const Result<OneShot> shot = run_once(
      build("for (const char* name : {\"KE_ANYTHING\", \"DEBUG\", \"ACC_DEVICE_TYPE\", \"KMP_BLOCKTIME\", "
            "\"TBB_VERSION\", \"GLIBCXX_TUNABLES\"}) *y++ = getenv(name) != nullptr;",
            "#include <cstdlib>\n#include <initializer_list>\n", {"-O1", "-fsanitize=address,undefined"}),
      slots(), once_inputs(), policy);
  ASSERT_TRUE(shot) << shot.error().message;
  ASSERT_TRUE(shot->outcome.finished()) << shot->outcome.reason << shot->errors;
  const float* const known = reinterpret_cast<const float*>(shot->values[1].data());
  EXPECT_EQ((std::vector<float>(known, known + 6)), (std::vector<float>{1, 1, 0, 0, 0, 0}));
}

TEST_F(RunnerOnce, HearsHowTheProgramEnds) {
  const std::string success = "#include <unistd.h>\nstruct End { ~End() { _exit(0); } } end_;";
  const Result<OneShot> shot = run_once(build(kHonest, success), slots(), once_inputs(), SandboxPolicy{});
  ASSERT_TRUE(shot);
  EXPECT_EQ(shot->outcome.state, State::exited);
  EXPECT_NE(shot->outcome.reason.find("ends the program with success"), std::string::npos)
      << shot->outcome.reason;
}

TEST_F(RunnerOnce, SeesChangedInputs) {
  const Result<OneShot> shot =
      run_once(build("const_cast<float*>(x)[1] += 1; y[0] = x[0];"), slots(), once_inputs(), SandboxPolicy{});
  ASSERT_TRUE(shot);
  EXPECT_NE(shot->outcome.reason.find("changed an input"), std::string::npos) << shot->outcome.reason;
}

TEST_F(RunnerOnce, TellsAnEarlyEndFromAReturn) {
  const Result<OneShot> shot =
      run_once(build("_exit(0);", "#include <unistd.h>"), slots(), once_inputs(), SandboxPolicy{});
  ASSERT_TRUE(shot);
  EXPECT_EQ(shot->outcome.state, State::exited);
  EXPECT_TRUE(shot->values[1].empty());
}

}  // namespace
}  // namespace ke

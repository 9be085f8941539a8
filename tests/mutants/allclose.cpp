// SPDX-License-Identifier: MIT
#include "allclose.h"

#include "ke-build/model/spec.h"

#include <cmath>
#include <cstring>

namespace ke {
namespace {

constexpr int kRounds = 3;

bool close(double found, double expected, double rtol, double atol) {
  if (std::isnan(found) || std::isnan(expected)) return std::isnan(found) && std::isnan(expected);
  if (found == expected) return true;
  return std::abs(found - expected) <= atol + rtol * std::abs(expected);
}

bool all_close(const Operator& op, const Axes& axes, const std::vector<const void*>& found,
               const std::vector<const void*>& expected, double rtol, double atol) {
  size_t next = 0;
  for (const Argument& argument : op.arguments) {
    if (!argument.output) continue;
    const int64_t count = element_count(argument, axes).value_or(0);
    const void *a = found[next], *b = expected[next++];
    if (!is_floating(argument.dtype)) {
      if (std::memcmp(a, b, static_cast<size_t>(count * size_of(argument.dtype))) != 0) return false;
      continue;
    }
    for (int64_t i = 0; i < count; ++i) {
      if (!close(load(argument.dtype, a, i), load(argument.dtype, b, i), rtol, atol)) return false;
    }
  }
  return true;
}

using Bytes = std::vector<std::vector<std::byte>>;

// Puts the inputs there and the outputs back into the state that an ordinary harness would leave them in.
void put_plainly(const Operator& op, Launch& launch, const Inputs& inputs, Bytes& left) {
  launch.put(0, inputs, 0);
  left.resize(op.arguments.size());
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    if (!op.arguments[i].output || op.arguments[i].input) continue;
    const int slot = static_cast<int>(i);
    left[i].resize(launch.runner().bytes(slot));
    std::memcpy(launch.runner().data(0, slot), left[i].data(), left[i].size());
  }
}

void remember(const Operator& op, Launch& launch, Bytes& left) {
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    if (!left[i].empty())
      std::memcpy(left[i].data(), launch.runner().data(0, static_cast<int>(i)), left[i].size());
  }
}

}  // namespace

Result<PlainCheck> plain_check(const JudgeState& judge, const Program& program) {
  PlainCheck passed;
  Random random(secret_seed());
  for (const Pool& pool : judge.exam.workloads) {
    KE_TRY(Launch expected, Launch::start(judge.op, pool.axes, judge.program, {}));
    KE_TRY(Launch found, Launch::start(judge.op, pool.axes, program, {}));
    Bytes left_expected, left_found;
    for (int round = 0; round < kRounds; ++round) {
      KE_TRY(const Inputs inputs,
             draw_inputs(judge.op, pool.axes, pool.scalars, InputStyle::typical, random));
      put_plainly(judge.op, expected, inputs, left_expected);
      put_plainly(judge.op, found, inputs, left_found);
      if (!expected.run(0, 1, 10).finished())
        return Error{ErrorCode::tool, "the correct kernel did not finish"};
      if (!found.run(0, 1, 10).finished()) return PlainCheck{false, false};
      const auto a = found.outputs(0), b = expected.outputs(0);
      passed.torch = passed.torch && all_close(judge.op, pool.axes, a, b, 1.3e-6, 1e-5);
      passed.numpy = passed.numpy && all_close(judge.op, pool.axes, a, b, 1e-5, 1e-8);
      remember(judge.op, expected, left_expected);
      remember(judge.op, found, left_found);
    }
  }
  return passed;
}

}  // namespace ke

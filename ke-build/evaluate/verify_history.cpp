// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/verify_history.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/random.h"
#include "ke-build/evaluate/input_values.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ke {
namespace {

constexpr int kLinks = 24;  // calls of a chain
constexpr int64_t kRoomOfChain = 1 << 21, kRoomOfMany = 1 << 18, kShows = 256;
constexpr int kMostTogether = 64, kMostOfOneShape = 20000;
constexpr double kManyCalls_s = 0.25;

/// May what a kernel has written come back to it?
bool takes_back(const Argument& argument, const Buffer& values) {
  const auto kind = argument.domain.kind;
  const bool positive = kind == Domain::Kind::positive;
  if (!is_floating(argument.dtype) || (kind != Domain::Kind::normal && !positive)) return false;
  for (int64_t i = 0; i < values.count(); ++i)
    if (const double value = values.get(i); !std::isfinite(value) || (positive && value <= 0)) return false;
  return true;
}

/// The input that an output is handed on to: itself where it is one, or the first of its shape and type.
const Argument* successor(const Operator& op, const Argument& output) {
  if (output.input) return &output;
  for (const Argument& argument : op.arguments)
    if (argument.input && !argument.output && !argument.scalar && argument.dtype == output.dtype &&
        argument.shape == output.shape)
      return &argument;
  return nullptr;
}

// What a call has left becomes the next one's inputs; nothing where that would be no legal ones.
void hand_on(const Operator& op, const Launch& launch, Inputs& inputs) {
  const std::vector<const void*> outputs = launch.outputs(0);
  size_t o = 0;
  for (const Argument& argument : op.arguments) {
    if (!argument.output) continue;
    const void* const written = outputs[o++];
    const Argument* const next = successor(op, argument);
    if (next == nullptr) continue;
    Buffer& own = inputs.arguments[static_cast<size_t>(next - op.arguments.data())];
    Buffer fresh = own.copy();
    std::memcpy(fresh.data(), written, static_cast<size_t>(fresh.size_bytes()));
    if (takes_back(*next, fresh)) own = std::move(fresh);
  }
}

/// Numbers of steps and the like go up by one.
void count_on(const Operator& op, Inputs& inputs) {
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    const bool counter = argument.input && argument.scalar && !is_floating(argument.dtype) &&
                         argument.domain.declared && argument.domain.kind == Domain::Kind::range;
    if (!counter) continue;
    const double next = inputs.arguments[a].get(0) + 1;
    if (next <= limits_of(argument.domain, argument.dtype, 0).high) inputs.arguments[a].set(0, next);
  }
}

/// Of the shapes with room for something to go wrong, the smallest.
const Pool* smallest_that_shows(const Operator& op, const std::vector<Pool>& pools) {
  const Pool* smallest = nullptr;
  int64_t least = kRoomOfMany;
  for (const Pool& pool : pools) {
    const int64_t bytes = case_bytes(op, pool.axes);
    if (pool.cases.empty() || bytes < kShows || bytes >= least) continue;
    smallest = &pool;
    least = bytes;
  }
  return smallest;
}

struct Link {
  Inputs inputs;
  uint64_t bits = 0;
};

/// One call; its bits are kept, or a finding.
Result<std::optional<Finding>> call_link(const Operator& op, Launch& launch, const Pool& pool, Link& link,
                                         const VerifyOptions& options) {
  launch.put(0, link.inputs, options.seed);
  const RunOutcome run = launch.run(0, 1, options.call_timeout_s);
  if (!run.finished())
    return std::optional(not_finished(run, "in a chain of calls on " + axes_text(op, pool.axes)));
  if (auto finding = misbehaved(op, run, launch.runner())) return finding;
  link.bits = fingerprint(op, pool.axes, launch, 0);
  return std::optional<Finding>();
}

}  // namespace

Result<std::optional<Finding>> verify_chain(const Operator& op, const Program& program, const Pool& pool,
                                            const std::vector<int>& in_place, const VerifyOptions& options) {
  const bool large = case_bytes(op, pool.axes) > kRoomOfChain;
  if (!options.deterministic || large || pool.cases.empty()) return std::optional<Finding>();
  Random random(options.seed + 1);
  std::vector<Link> chain;
  LaunchOptions start = varied_launch(options, 1);
  start.in_place = in_place;
  {
    KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
    Inputs inputs = copy_of(pool.cases.front().inputs);
    for (int call = 0; call < kLinks; ++call) {
      if (auto finding = out_of_time(options)) return finding;
      chain.push_back({copy_of(inputs)});
      KE_TRY(const std::optional<Finding> finding, call_link(op, launch, pool, chain.back(), options));
      if (finding) return finding;
      if (random.below(3) != 0) hand_on(op, launch, inputs);
      count_on(op, inputs);
      if (random.below(2) == 0) mutate_one(op, pool.axes, inputs, random);
    }
  }
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
  for (size_t i = chain.size(); i > 0; --i) {
    if (auto finding = out_of_time(options)) return finding;
    const uint64_t bits = chain[i - 1].bits;
    KE_TRY(const std::optional<Finding> finding, call_link(op, launch, pool, chain[i - 1], options));
    if (finding) return finding;
    if (chain[i - 1].bits == bits) continue;
    return std::optional(
        Finding{Outcome::wrong,
                fmt::format("the same inputs gave different bits after other calls on {}, where outputs come "
                            "back as inputs and single numbers change; results may not depend on earlier "
                            "calls, unless $.ke.contract.deterministic is false",
                            axes_text(op, pool.axes)),
                0, 0, false, true});
  }
  return std::optional<Finding>();
}

Result<std::optional<Finding>> verify_many_calls(const Operator& op, const Program& program,
                                                 const std::vector<Pool>& pools,
                                                 const VerifyOptions& options) {
  const Pool* const smallest = smallest_that_shows(op, pools);
  if (smallest == nullptr) return std::optional<Finding>();
  const int64_t fit = kRoomOfMany / case_bytes(op, smallest->axes);
  const auto together = static_cast<int>(std::clamp<int64_t>(fit, 1, kMostTogether));
  KE_TRY(Launch launch, Launch::start(op, smallest->axes, program, varied_launch(options, together)));
  const auto at = [&](int call) -> const Case& {
    return smallest->cases[static_cast<size_t>(call) % smallest->cases.size()];
  };
  const Deadline enough(kManyCalls_s);
  for (int calls = 0; calls < kMostOfOneShape && !enough.passed(); calls += together) {
    for (int call = 0; call < together; ++call)
      launch.put(call, at(call).inputs, options.seed + static_cast<uint64_t>(call));
    const RunOutcome run = launch.run(0, together, together * options.call_timeout_s);
    if (!run.finished())
      return std::optional(not_finished(run, fmt::format("in call {} or later", calls + 1)));
    if (auto finding = misbehaved(op, run, launch.runner())) return finding;
    for (int call = 0; call < together; ++call) {
      const CheckResult result = at(call).plan.check(launch.outputs(call));
      if (result.ok) continue;
      return std::optional(
          Finding{Outcome::wrong,
                  fmt::format("{} on {} with {} inputs in call {} of a process", result.reason,
                              axes_text(op, smallest->axes), name_of(at(call).style), calls + call + 1),
                  0, 0, false});
    }
  }
  return std::optional<Finding>();
}

}  // namespace ke

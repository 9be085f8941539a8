// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/verify.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/buffer.h"
#include "ke-build/evaluate/lengths.h"
#include "ke-build/evaluate/verify_uses.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace ke {
namespace {

constexpr int kRepeats = 3;
constexpr int kHurriedCalls = 128, kHurriedRounds = 3;
constexpr int64_t kHurriedBytes = 8 << 20;
constexpr int kLatestTrap = 16, kThreadedTraps = 8;
constexpr double kHurried_s = 0.01;  // of one shape, beyond the first round

std::string place(const Pool& pool, const Case& example) {
  return fmt::format("on {} with {} inputs", axes_text(pool.axes), name_of(example.style));
}

// NaN and infinities that no caller has cost a contract what it need not promise.
std::string remedy(const CheckResult& result, const Case& example) {
  const bool special = has_specials(example.style) || example.style == InputStyle::masked;
  return special && result.mask_mismatches > 0
             ? "; $.ke.contract.finite_only lifts it where no such inputs come"
             : "";
}

Finding not_finished(const RunOutcome& run, const std::string& where) {
  Finding finding{outcome_of(run), fmt::format("{} {}: {}", name_of(run.state), where, run.reason), 0, 0,
                  false};
  finding.started_thread = run.started_thread;
  return finding;
}

// Which NaN comes out of an operation with two of them depends on the order of the operands, which nobody
// owes.
bool same_values(Dtype dtype, const void* a, const void* b, int64_t count) {
  if (std::memcmp(a, b, static_cast<size_t>(count * size_of(dtype))) == 0) return true;
  if (!is_floating(dtype)) return false;
  for (int64_t i = 0; i < count; ++i) {
    const double one = load(dtype, a, i), other = load(dtype, b, i);
    if (std::isnan(one) && std::isnan(other)) continue;
    if (one != other || std::signbit(one) != std::signbit(other)) return false;
  }
  return true;
}

bool same_bits(const Operator& op, const Axes& axes, const Launch& launch, int first, int second) {
  const std::vector<const void*> a = launch.outputs(first), b = launch.outputs(second);
  size_t next = 0;
  for (const Argument& argument : op.arguments) {
    if (!argument.output) continue;
    const int64_t count = element_count(argument, axes).value_or(0);
    if (!same_values(argument.dtype, a[next], b[next], count)) return false;
    ++next;
  }
  return true;
}

// One call on the case's own set of arguments, checked while the runner stands still.
std::optional<Finding> call_and_check(const Operator& op, Launch& launch, const Pool& pool, int call,
                                      size_t index, const VerifyOptions& options) {
  const Case& example = pool.cases[index];
  const RunOutcome run = launch.run(call, 1, options.call_timeout_s);
  if (!run.finished()) return not_finished(run, place(pool, example));
  if (auto finding = misbehaved(op, run, launch.runner())) return finding;
  const CheckResult result = example.plan.check(launch.outputs(call));
  if (result.ok) return std::nullopt;
  return Finding{Outcome::wrong, result.reason + " " + place(pool, example) + remedy(result, example), 0,
                 index, true};
}

// A near-copy where its original just lay: who knows his inputs by address and a sum over them does not see
// it.
std::optional<Finding> copies_in_place(const Operator& op, Launch& launch, const Pool& pool,
                                       const VerifyOptions& options) {
  for (size_t i = 0; i < pool.cases.size(); ++i) {
    if (!pool.cases[i].copied) continue;
    const auto original = std::find_if(pool.cases.begin(), pool.cases.end(), [&](const Case& one) {
      return one.family == pool.cases[i].family && !one.copied;
    });
    if (original == pool.cases.end()) continue;
    const auto call = static_cast<int>(i);
    launch.put(call, original->inputs, options.seed);
    const RunOutcome run = launch.run(call, 1, options.call_timeout_s);
    if (!run.finished()) return not_finished(run, place(pool, *original));
    launch.put(call, pool.cases[i].inputs, options.seed);
    if (auto finding = call_and_check(op, launch, pool, call, i, options)) {
      finding->reason += ", where a similar one had been";
      return finding;
    }
  }
  return std::nullopt;
}

// The first inputs again, at other addresses, over other rubbish, with a history. Repeats that follow each
// other lie at distances without a common divisor, so that no counter of calls comes round to the same place.
std::optional<Finding> repeat_first(const Operator& op, Launch& launch, const Pool& pool,
                                    const VerifyOptions& options) {
  const int first_repeat = launch.max_calls() - kRepeats;
  for (int call = first_repeat; call < launch.max_calls(); ++call) {
    launch.put(call, pool.cases[0].inputs, ~(options.seed + static_cast<uint64_t>(call)));
    if (auto finding = call_and_check(op, launch, pool, call, 0, options)) return finding;
    if (!options.deterministic || same_bits(op, pool.axes, launch, 0, call)) continue;
    return Finding{
        Outcome::wrong,
        "the same inputs gave different bits in another call " + place(pool, pool.cases[0]) +
            "; the order of sums may not depend on addresses, on threads or on earlier calls, unless "
            "$.ke.contract.deterministic is false",
        0,
        0,
        false,
        true};
  }
  return std::nullopt;
}

// As time is taken: many calls, one right behind the other. What a kernel does only there is looked at as
// closely as the rest.
std::optional<Finding> in_a_row(const Operator& op, Launch& launch, const Pool& pool,
                                const VerifyOptions& options, ErrorStats* errors) {
  if (case_bytes(op, pool.axes) > kHurriedBytes / 2) return std::nullopt;
  const auto index_of = [&](int call) { return static_cast<size_t>(call) % pool.cases.size(); };
  for (int call = 0; call < launch.max_calls(); ++call)
    launch.put(call, pool.cases[index_of(call)].inputs, options.seed ^ static_cast<uint64_t>(call * 1009));
  const RunOutcome run = launch.run(0, launch.max_calls(), launch.max_calls() * options.call_timeout_s);
  if (!run.finished()) return not_finished(run, place(pool, pool.cases[0]) + " among others in a row");
  if (auto finding = misbehaved(op, run, launch.runner())) return finding;
  for (int call = 0; call < launch.max_calls(); ++call) {
    const Case& example = pool.cases[index_of(call)];
    const CheckResult result = example.plan.check(launch.outputs(call));
    if (!result.ok)
      return Finding{Outcome::wrong,
                     result.reason + " in a call right behind another " + place(pool, example), 0,
                     index_of(call), true};
    if (errors != nullptr && example.style == InputStyle::typical)
      add_errors(*errors, example.plan.errors(launch.outputs(call)));
  }
  return std::nullopt;
}

// Threads that wake up by themselves seldom meet. Calls that follow each other at once keep them awake, and
// what they do without a lock goes wrong sooner or later.
Result<std::optional<Finding>> hurry(const Operator& op, const Program& program, const Pool& pool,
                                     const VerifyOptions& options) {
  const int64_t bytes = std::max<int64_t>(1, case_bytes(op, pool.axes));
  if (op.contract.threads < 2 || pool.cases.empty() || bytes > kHurriedBytes / 8)
    return std::optional<Finding>();
  LaunchOptions start;
  start.max_calls = static_cast<int>(std::min<int64_t>(kHurriedCalls, kHurriedBytes / bytes));
  start.layout_seed = options.seed;
  start.mandatory_layers = options.mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
  const Deadline enough(kHurried_s);
  for (int round = 0; round < kHurriedRounds && (round == 0 || !enough.passed()); ++round) {
    for (int call = 0; call < start.max_calls; ++call)
      launch.put(call, pool.cases[0].inputs, options.seed + static_cast<uint64_t>(call));
    const RunOutcome run = launch.run(0, start.max_calls, options.call_timeout_s * 4);
    if (!run.finished()) return std::optional(not_finished(run, place(pool, pool.cases[0])));
    if (auto finding = misbehaved(op, run, launch.runner())) return finding;
    for (int call = 0; call < start.max_calls; ++call) {
      const CheckResult result = pool.cases[0].plan.check(launch.outputs(call));
      if (!result.ok)
        return std::optional(Finding{
            Outcome::wrong, result.reason + " in one of many calls in a row " + place(pool, pool.cases[0]), 0,
            0, true});
    }
  }
  return std::optional<Finding>();
}

// One process that is told of a large batch and ended where the call `trap` would begin.
Result<std::optional<Finding>> cut_off(const Operator& op, const Program& program, const Pool& pool,
                                       int calls, int trap, const VerifyOptions& options) {
  LaunchOptions start;
  start.max_calls = calls;
  start.placing.trap = trap;
  start.layout_seed = options.seed;
  start.mandatory_layers = options.mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
  for (int call = 0; call < trap; ++call)
    launch.put(call, pool.cases[0].inputs, options.seed + static_cast<uint64_t>(call));
  const RunOutcome run = launch.run(0, calls, options.call_timeout_s);
  if (run.finished()) return std::optional<Finding>();  // the call in the spec reads no number: no trap
  for (int call = 0; call < trap; ++call) {
    const CheckResult result = pool.cases[0].plan.check(launch.outputs(call));
    if (!result.ok)
      return std::optional(Finding{Outcome::untrusted,
                                   fmt::format("a call of a batch had returned before it had finished: {} {}",
                                               result.reason, place(pool, pool.cases[0])),
                                   0, 0, false});
  }
  return std::optional<Finding>();
}

// A caller reads when a call has returned, not at the end of a batch. Helpers that lag behind are slowest in
// their first call, and not always late.
Result<std::optional<Finding>> returns_finished(const Operator& op, const Program& program, const Pool& pool,
                                                const VerifyOptions& options) {
  const int64_t bytes = std::max<int64_t>(1, case_bytes(op, pool.axes));
  if (pool.cases.empty() || bytes > kHurriedBytes / 2) return std::optional<Finding>();
  const auto calls = static_cast<int>(std::min<int64_t>(kHurriedCalls, kHurriedBytes / bytes));
  Random random(secret_seed());
  for (int round = 0; round < (op.contract.threads > 1 ? kThreadedTraps : 1); ++round) {
    const auto latest = static_cast<uint64_t>(std::min(kLatestTrap, calls - 1));
    const int trap = round % 2 == 1 ? 1 : 1 + static_cast<int>(random.below(latest));
    KE_TRY(std::optional<Finding> finding, cut_off(op, program, pool, calls, trap, options));
    if (finding) return finding;
  }
  return std::optional<Finding>();
}

}  // namespace

std::string axes_text(const Axes& axes) {
  std::vector<std::string> parts;
  for (const auto& [name, size] : axes) parts.push_back(fmt::format("{}={}", name, size));
  return join_texts(parts, " ");
}

std::optional<Finding> misbehaved(const Operator& op, const RunOutcome& run, const Runner& runner) {
  if (run.threads > op.contract.threads) {
    return Finding{
        Outcome::unsafe,
        fmt::format("{} threads were alive after the call; the contract allows {}, the caller among "
                    "them: join the others, or start fewer",
                    run.threads, op.contract.threads),
        0, 0, false};
  }
  if (run.changed_after_done) {
    return Finding{Outcome::untrusted, "outputs still changed after it had said that it was done", 0, 0,
                   false};
  }
  if (run.left_float_state) {
    Finding finding{Outcome::unsafe,
                    "left the floating-point environment changed (rounding or flush mode, registers "
                    "of the coprocessor in use) or a flag of the processor"};
    finding.left_float_state = true;
    return finding;
  }
  if (run.kept_base)
    return Finding{Outcome::unsafe, "left a number in the base of a segment: a pure kernel has no memory"};
  // A virtual machine's accounting may jump by tens of milliseconds, once; who uses more threads does so in
  // every call.
  if (run.life_cpu_s > 1.3 * op.contract.threads * run.life_s + 0.1) {
    return Finding{
        Outcome::unsafe,
        fmt::format("used {:.3f} s of processor time in {:.3f} s; the contract allows {} thread(s)",
                    run.life_cpu_s, run.life_s, op.contract.threads),
        0, 0, false};
  }
  std::string which;
  if (!runner.guards_intact(&which)) {
    return Finding{Outcome::unsafe, "wrote outside its outputs: " + which, 0, 0, false};
  }
  return std::nullopt;
}

Result<std::optional<Finding>> verify_pool(const Operator& op, const Program& program, const Pool& pool,
                                           size_t index, const VerifyOptions& options, ErrorStats* errors) {
  LaunchOptions start;
  start.max_calls = static_cast<int>(pool.cases.size()) + kRepeats;
  start.layout_seed = options.seed + index;
  start.element_alignment = true;
  start.placing.varied = true;
  start.mandatory_layers = options.mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
  std::optional<Finding> finding;
  for (size_t i = 0; i < pool.cases.size() && !finding; ++i) {
    launch.put(static_cast<int>(i), pool.cases[i].inputs, options.seed ^ (i * 977));
    finding = call_and_check(op, launch, pool, static_cast<int>(i), i, options);
    if (errors != nullptr && !finding && pool.cases[i].style == InputStyle::typical)
      add_errors(*errors, pool.cases[i].plan.errors(launch.outputs(static_cast<int>(i))));
  }
  if (!finding && !pool.cases.empty()) finding = repeat_first(op, launch, pool, options);
  if (!finding) finding = copies_in_place(op, launch, pool, options);
  if (!finding && options.fingerprints != nullptr && !pool.cases.empty())
    (*options.fingerprints)[pool.cases.data()] = fingerprint(op, pool.axes, launch, 0);
  if (!finding && !pool.cases.empty()) finding = in_a_row(op, launch, pool, options, errors);
  if (!finding) {
    KE_TRY(finding, hurry(op, program, pool, options));
  }
  if (finding) finding->shape = index;
  return finding;
}

uint64_t fingerprint(const Operator& op, const Axes& axes, const Launch& launch, int call) {
  constexpr uint64_t kPrime = 0x100000001b3;
  const std::vector<const void*> outputs = launch.outputs(call);
  uint64_t sum = 0;
  size_t next = 0;
  for (const Argument& argument : op.arguments)
    if (argument.output)
      sum =
          sum * kPrime + hash_of(argument.dtype, outputs[next++], element_count(argument, axes).value_or(0));
  return sum;
}

Result<std::optional<Finding>> verify_at_once(const Operator& op, const Program& program, const Pool& pool,
                                              const VerifyOptions& options) {
  LaunchOptions start;
  start.max_calls = static_cast<int>(pool.cases.size());
  start.layout_seed = options.seed;
  start.mandatory_layers = options.mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
  for (size_t i = 0; i < pool.cases.size(); ++i)
    launch.put(static_cast<int>(i), pool.cases[i].inputs, options.seed + i);
  const RunOutcome run = launch.run(0, start.max_calls, options.call_timeout_s);
  if (!run.finished()) return std::optional(not_finished(run, "on " + axes_text(pool.axes)));
  if (auto finding = misbehaved(op, run, launch.runner())) return finding;
  for (size_t i = 0; i < pool.cases.size(); ++i) {
    const CheckResult result = pool.cases[i].plan.check(launch.outputs(static_cast<int>(i)));
    if (!result.ok)
      return std::optional(
          Finding{Outcome::wrong, result.reason + " " + place(pool, pool.cases[i]), 0, i, true});
  }
  return std::optional<Finding>();
}

Result<std::optional<Finding>> verify(const Operator& op, const Program& program,
                                      const std::vector<Pool>& pools, const VerifyOptions& asked) {
  ErrorStats errors;
  Fingerprints fingerprints;
  VerifyOptions options = asked;
  if (options.deterministic && options.rival != nullptr) options.fingerprints = &fingerprints;
  for (size_t i = 0; i < pools.size(); ++i) {
    KE_TRY(std::optional<Finding> finding, verify_pool(op, program, pools[i], i, options, &errors));
    if (finding) return finding;
  }
  if (options.lengths != nullptr) {
    KE_TRY(std::optional<Finding> length, verify_lengths(op, program, *options.lengths, options));
    if (length) return length;
  }
  if (!pools.empty()) {
    KE_TRY(std::optional<Finding> early, returns_finished(op, program, pools.back(), options));
    if (early) return early;
  }
  KE_TRY(std::optional<Finding> elsewhere, verify_uses(op, program, pools, options));
  if (elsewhere) return elsewhere;
  std::string worse;
  if (options.baseline_errors == nullptr || within_baseline(errors, *options.baseline_errors, &worse))
    return std::optional<Finding>();
  return std::optional(
      Finding{Outcome::wrong,
              worse + " and a tenth of the bound, on typical inputs; $.ke.tolerance.any_error allows it", 0,
              0, false});
}

}  // namespace ke

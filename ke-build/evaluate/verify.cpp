// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/verify.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/buffer.h"
#include "ke-build/evaluate/lengths.h"
#include "ke-build/evaluate/verify_batches.h"
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

}  // namespace

std::string place(const Operator& op, const Pool& pool, const Case& example) {
  return fmt::format("on {} with {} inputs", axes_text(op, pool.axes), name_of(example.style));
}

namespace {

// NaN and infinities that no caller has cost a contract what it need not promise.
std::string remedy(const CheckResult& result, const Case& example) {
  const bool special = has_specials(example.style) || example.style == InputStyle::masked;
  return special && result.mask_mismatches > 0
             ? "; $.ke.contract.finite_only lifts it where no such inputs come"
             : "";
}

}  // namespace

LaunchOptions varied_launch(const VerifyOptions& options, int calls) {
  LaunchOptions start;
  start.max_calls = calls;
  start.layout_seed = options.seed;
  start.element_alignment = true;
  start.placing.varied = true;
  start.mandatory_layers = options.mandatory_layers;
  return start;
}

Finding not_finished(const RunOutcome& run, const std::string& where) {
  Finding finding{outcome_of(run), fmt::format("{} {}: {}", name_of(run.state), where, run.reason), 0, 0,
                  false};
  finding.started_thread = run.started_thread;
  return finding;
}

namespace {

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
  if (auto finding = out_of_time(options)) return finding;
  const RunOutcome run = launch.run(call, 1, options.call_timeout_s);
  if (!run.finished()) return not_finished(run, place(op, pool, example));
  if (auto finding = misbehaved(op, run, launch.runner())) return finding;
  const CheckResult result = example.plan.check(launch.outputs(call));
  if (result.ok) return std::nullopt;
  return Finding{Outcome::wrong, result.reason + " " + place(op, pool, example) + remedy(result, example), 0,
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
    if (!run.finished()) return not_finished(run, place(op, pool, *original));
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
        "the same inputs gave different bits in another call " + place(op, pool, pool.cases[0]) +
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
  if (!run.finished()) return not_finished(run, place(op, pool, pool.cases[0]) + " among others in a row");
  if (auto finding = misbehaved(op, run, launch.runner())) return finding;
  for (int call = 0; call < launch.max_calls(); ++call) {
    const Case& example = pool.cases[index_of(call)];
    const CheckResult result = example.plan.check(launch.outputs(call));
    if (!result.ok)
      return Finding{Outcome::wrong,
                     result.reason + " in a call right behind another " + place(op, pool, example), 0,
                     index_of(call), true};
    if (errors != nullptr && example.style == InputStyle::typical)
      add_errors(*errors, example.plan.errors(launch.outputs(call)));
  }
  return std::nullopt;
}

// As many calls in a row as a timed batch may have, with all styles: who counts them gets as far here.
Result<std::optional<Finding>> in_a_long_row(const Operator& op, const Program& program, const Pool& pool,
                                             const VerifyOptions& options) {
  const int64_t bytes = std::max<int64_t>(1, case_bytes(op, pool.axes));
  if (pool.cases.empty() || bytes > kHurriedBytes / kHurriedCalls) return std::optional<Finding>();
  LaunchOptions start;
  start.max_calls = kHurriedCalls;
  start.layout_seed = options.seed;
  start.mandatory_layers = options.mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
  return in_a_row(op, launch, pool, options, nullptr);
}

/// At most so many pools by chance that are not large, with NaN among their inputs where there are such.
std::vector<const Pool*> for_long_rows(const Operator& op, const std::vector<Pool>& pools, size_t most,
                                       Random& random) {
  std::vector<const Pool*> kinds[2];
  for (const Pool& pool : pools) {
    if (case_bytes(op, pool.axes) > kHurriedBytes / kHurriedCalls) continue;
    const bool special = std::any_of(pool.cases.begin(), pool.cases.end(),
                                     [](const Case& one) { return one.style == InputStyle::specials; });
    kinds[special ? 1 : 0].push_back(&pool);
  }
  std::vector<const Pool*> chosen = kinds[kinds[1].empty() ? 0 : 1];
  random.shuffle(chosen);
  chosen.resize(std::min(chosen.size(), most));
  return chosen;
}

}  // namespace

std::vector<size_t> some_of(const std::vector<Pool>& pools, Random& random) {
  std::vector<size_t> chosen;
  if (pools.empty()) return chosen;
  chosen.push_back(pools.size() - 1);
  std::vector<size_t> others;
  for (size_t i = 0; i + 1 < pools.size(); ++i)
    if (pools[i].axes != pools.back().axes) others.push_back(i);
  if (!others.empty()) chosen.push_back(others[random.below(others.size())]);
  return chosen;
}

std::optional<Finding> out_of_time(const VerifyOptions& options) {
  if (options.deadline == nullptr || !options.deadline->passed()) return std::nullopt;
  return Finding{Outcome::timed_out, "the time for checking it was up before it had made all of its calls", 0,
                 0, false};
}

std::string axes_text(const Operator& op, const Axes& axes) {
  std::vector<std::string> parts;
  const bool all = op.constants.size() >= axes.size();  // nothing varies
  for (const auto& [name, size] : axes)
    if (all || !op.constants.contains(name)) parts.push_back(fmt::format("{}={}", name, size));
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
  if (run.left_registers)
    return Finding{
        Outcome::unsafe,
        "changed registers that belong to its caller (rbx, rbp, r12 to r15): assembler has to say what it "
        "overwrites",
        0, 0, false};
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
  if (!run.finished()) return std::optional(not_finished(run, "on " + axes_text(op, pool.axes)));
  if (auto finding = misbehaved(op, run, launch.runner())) return finding;
  for (size_t i = 0; i < pool.cases.size(); ++i) {
    const CheckResult result = pool.cases[i].plan.check(launch.outputs(static_cast<int>(i)));
    if (!result.ok)
      return std::optional(
          Finding{Outcome::wrong, result.reason + " " + place(op, pool, pool.cases[i]), 0, i, true});
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
  // The announced shape, and another one: what a kernel does in all but one would be seen in neither.
  Random random(secret_seed());
  for (const size_t i : some_of(pools, random)) {
    KE_TRY(std::optional<Finding> early, returns_finished(op, program, pools[i], options));
    if (early) return early;
  }
  for (const Pool* pool : for_long_rows(op, pools, options.rival != nullptr ? 4 : 1, random)) {
    KE_TRY(std::optional<Finding> late, in_a_long_row(op, program, *pool, options));
    if (late) return late;
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

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/lengths.h"

#include "ke-build/base/clock.h"
#include "ke-build/evaluate/inputs_scalars.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace ke {
namespace {

constexpr int64_t kLengthElements = 1 << 15;  // of one argument

/// Equal numbers, or numbers that order nothing, as far as they are legal.
std::vector<InputStyle> odd_styles(const Operator& op) {
  std::vector<InputStyle> odd = {InputStyle::constant_rows, InputStyle::small_integers, InputStyle::sorted};
  const std::vector<InputStyle> legal = legal_styles(op);
  const auto is_legal = [&](InputStyle style) {
    return std::find(legal.begin(), legal.end(), style) != legal.end();
  };
  if (is_legal(InputStyle::specials)) odd.insert(odd.end(), {InputStyle::specials, InputStyle::infinities});
  // Giants want short rows, because their sums must stay finite.
  if (is_legal(InputStyle::giants)) odd.push_back(InputStyle::giants);
  // Whole numbers only: they have no specials, and blocks of one kind end at every length.
  if (is_legal(InputStyle::walks))
    odd.insert(odd.end(), {InputStyle::walks, InputStyle::runs, InputStyle::runs});
  return odd;
}

/// The largest remainder of blocks that no stretch of sizes spans: few, so that they come first.
bool ends_long_block(const Axes& axes) {
  return std::any_of(axes.begin(), axes.end(), [](const auto& axis) {
    constexpr int64_t kLongBlock = 256;
    return axis.second > kLongBlock && (axis.second + 1) % kLongBlock == 0;
  });
}

bool has_style(const Pool& pool, InputStyle style) {
  return std::any_of(pool.cases.begin(), pool.cases.end(),
                     [&](const Case& one) { return one.style == style; });
}

}  // namespace

namespace {

Result<> add_lengths(std::vector<Pool>& pools, ReferenceProgram& reference, const std::vector<Axes>& shapes,
                     const Deadline& deadline, Random& random) {
  const Operator& op = reference.op();
  KE_DO(reference.make_room(shapes));
  ScalarDealer scalars(op, random);
  const std::vector<InputStyle> odd = odd_styles(op);
  for (const Axes& axes : shapes) {
    if (deadline.passed()) break;
    Pool pool;
    pool.name = "length";
    pool.axes = axes;
    if (!op.workloads.empty()) pool.scalars = scalars.deal(axes, op.workloads.front().scalars);
    KE_DO(add_cases(pool, reference, InputStyle::typical, 1, random));
    // What ends a row is where a length goes wrong, and what is odd may stand there.
    if (random.below(2) == 0) KE_DO(add_cases(pool, reference, odd[random.below(odd.size())], 1, random));
    pools.push_back(std::move(pool));
  }
  return ok();
}

}  // namespace

Result<std::vector<Pool>> make_lengths(ReferenceProgram& reference, double budget_s, double odd_s,
                                       Random& random) {
  const Operator& op = reference.op();
  std::vector<Axes> shapes = neighbouring_axes(op, random, kLengthElements);
  // Where the reference is slow, any of them, not the shortest of the first axis.
  random.shuffle(shapes);
  std::stable_partition(shapes.begin(), shapes.end(), ends_long_block);
  std::vector<Pool> pools;
  KE_DO(add_lengths(pools, reference, shapes, Deadline(budget_s), random));
  const std::vector<InputStyle> odd = odd_styles(op);
  const std::set<InputStyle> distinct(odd.begin(), odd.end());
  const std::vector<InputStyle> styles(distinct.begin(), distinct.end());
  const Deadline odd_deadline(odd_s);
  for (size_t round = 0; round < styles.size() && !odd_deadline.passed(); ++round)
    for (size_t i = 0; i < pools.size() && !odd_deadline.passed(); ++i)
      if (const InputStyle style = styles[(round + i) % styles.size()]; !has_style(pools[i], style))
        KE_DO(add_cases(pools[i], reference, style, 1, random));
  if (odd_s > 0) {
    const std::vector<Axes> all = every_size(op, random, kLengthElements);
    KE_DO(add_lengths(pools, reference, all, Deadline(odd_s), random));
  }
  return pools;
}

Result<std::optional<Finding>> verify_lengths(const Operator& op, const Program& program,
                                              const std::vector<Pool>& pools, const VerifyOptions& options) {
  if (pools.empty()) return std::optional<Finding>();
  LaunchOptions start;
  start.layout_seed = options.seed;
  start.element_alignment = true;
  start.mandatory_layers = options.mandatory_layers;
  for (const Pool& pool : pools) start.also.push_back(pool.axes);
  KE_TRY(Launch launch, Launch::start(op, pools.front().axes, program, start));
  for (size_t i = 0; i < pools.size(); ++i)
    for (size_t at = 0; at < pools[i].cases.size(); ++at) {
      if (auto finding = out_of_time(options)) return finding;
      const Case& example = pools[i].cases[at];
      const std::string where = fmt::format("on {} with {} inputs, one of many lengths",
                                            axes_text(op, pools[i].axes), name_of(example.style));
      launch.reshape(0, pools[i].axes);
      launch.put(0, example.inputs, options.seed + i);
      const RunOutcome run = launch.run(0, 1, options.call_timeout_s);
      if (!run.finished())
        return std::optional(Finding{
            outcome_of(run), fmt::format("{} {}: {}", name_of(run.state), where, run.reason), i, at, false});
      if (auto finding = misbehaved(op, run, launch.runner())) return finding;
      const CheckResult result = example.plan.check(launch.outputs(0));
      if (!result.ok) return std::optional(Finding{Outcome::wrong, result.reason + " " + where, i, at, true});
    }
  return std::optional<Finding>();
}

Result<> drop_lengths(const Operator& op, const Program& program, std::vector<Pool>& pools,
                      const VerifyOptions& options) {
  // Odd inputs that the baseline itself misses are no evidence; a length that it misses is none either.
  constexpr int kTries = 32, kMisses = 3;
  std::map<InputStyle, int> misses;
  for (int tried = 0; tried < kTries; ++tried) {
    KE_TRY(const std::optional<Finding> finding, verify_lengths(op, program, pools, options));
    if (!finding) return ok();
    if (!finding->mismatch) break;
    if (tried + 1 == kTries) {
      pools.resize(finding->shape);  // all that have passed
      return ok();
    }
    std::vector<Case>& cases = pools[finding->shape].cases;
    const InputStyle style = cases[finding->at].style;
    if (finding->at > 0 && ++misses[style] < kMisses)
      cases.erase(cases.begin() + static_cast<std::ptrdiff_t>(finding->at));
    else if (finding->at > 0)
      for (Pool& pool : pools) std::erase_if(pool.cases, [&](const Case& one) { return one.style == style; });
    else
      pools.erase(pools.begin() + static_cast<std::ptrdiff_t>(finding->shape));
  }
  pools.clear();
  return ok();
}

}  // namespace ke

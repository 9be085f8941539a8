// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/pool.h"

#include "ke-build/base/clock.h"
#include "ke-build/evaluate/input_boundaries.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "ke-build/evaluate/odd_cases.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <set>

namespace ke {
namespace {

constexpr int kFewestSets = 3;
// Who compares each input with earlier ones and repairs the old answer saves at most this share of the work.
constexpr size_t kSetsPerCopy = 32;
constexpr int64_t kSmallShape = 1 << 14;  // elements of one argument of most hidden shapes
constexpr int64_t kUncommonBytes = 32 << 20;
constexpr int64_t kMostBytes = 256 << 20;  // of one case that is drawn beside those that are timed
constexpr size_t kUncommonStyles = 4;
constexpr size_t kOthersBetween = 3;
constexpr int kHiddenTried = 6;            // the largest of which is taken
constexpr int kOddCalls = 400;             // of the reference, for all odd cases of one shape
constexpr int64_t kLargerShape = 1 << 17;  // ... and of the last two, which leave the first-level caches

/// The order in which styles are spread over the shapes. The first shape is the smallest, where little shows:
/// those that find least come first, those that find most right behind them, because a slow reference gets no
/// further.
constexpr std::array kStyles = {InputStyle::sorted,
                                InputStyle::tiny,
                                InputStyle::alternating_sign,
                                InputStyle::rescaled,
                                InputStyle::heavy_tail,
                                InputStyle::specials,
                                InputStyle::runs,
                                InputStyle::ties,
                                InputStyle::offset_rows,
                                InputStyle::masked,
                                InputStyle::small_integers,
                                InputStyle::one_hot,
                                InputStyle::infinities,
                                InputStyle::sparse,
                                InputStyle::extremes,
                                InputStyle::constant_rows,
                                InputStyle::graded,
                                InputStyle::rescaled,
                                InputStyle::extremes,
                                InputStyle::spikes,
                                InputStyle::graded,
                                InputStyle::walks,
                                InputStyle::nearly,
                                InputStyle::giants,
                                InputStyle::padded,
                                InputStyle::tiny};

std::vector<InputStyle> further_styles(const Operator& op) {
  const std::vector<InputStyle> legal = legal_styles(op);
  std::vector<InputStyle> styles;
  for (InputStyle style : kStyles)
    if (std::find(legal.begin(), legal.end(), style) != legal.end()) styles.push_back(style);
  return styles;
}

bool reads_integers(const Operator& op) {
  return std::any_of(op.arguments.begin(), op.arguments.end(), [](const Argument& argument) {
    return argument.input && !argument.scalar && !is_floating(argument.dtype) &&
           argument.domain.kind != Domain::Kind::offsets && argument.domain.kind != Domain::Kind::constant;
  });
}

/// What an announced shape is tried with whatever the time: the style whose sizes differ most from the
/// typical ones; NaN and infinities, which a kernel could drop there alone; for integers the one that makes
/// counters overflow, because no hidden shape may be long enough, and, where that is cheap, ties, which are
/// rare and want more elements than the smallest shapes have.
std::vector<InputStyle> musts_of(const Operator& op, const Axes& announced) {
  const std::vector<InputStyle> legal = legal_styles(op);
  std::vector<InputStyle> musts;
  // Ties first: the first case has the workload's own scalars.
  if (reads_integers(op) && case_bytes(op, announced) <= kCheapBytes) musts.push_back(InputStyle::ties);
  musts.push_back(InputStyle::heavy_tail);
  musts.push_back(InputStyle::specials);
  musts.push_back(InputStyle::infinities);
  if (case_bytes(op, announced) <= kCheapBytes) musts.push_back(InputStyle::specials);  // in another argument
  // One number everywhere now and then, and other rows now and then.
  for (int i = 0; i < (case_bytes(op, announced) <= kCheapBytes ? 2 : 1) && reads_integers(op); ++i)
    musts.push_back(InputStyle::constant_rows);
  for (int i = 0; i < (case_bytes(op, announced) <= kCheapBytes ? 6 : 1) && reads_integers(op); ++i)
    musts.push_back(InputStyle::runs);
  // Sums that come back, and ramps whose few wrong places lie between all samples.
  for (int i = 0; i < (case_bytes(op, announced) <= kCheapBytes ? 6 : 1) && reads_integers(op); ++i)
    musts.push_back(InputStyle::walks);
  for (int i = 0; i < (case_bytes(op, announced) <= kCheapBytes ? 6 : 1) && reads_integers(op); ++i)
    musts.push_back(InputStyle::sorted);
  std::erase_if(
      musts, [&](InputStyle style) { return std::find(legal.begin(), legal.end(), style) == legal.end(); });
  return musts;
}

/// What every shape between is tried with beside typical inputs: what makes counters overflow, NaN and
/// infinities.
std::vector<InputStyle> beside_typical(const Operator& op) {
  std::vector<InputStyle> styles = {InputStyle::specials};
  if (reads_integers(op)) styles.push_back(InputStyle::constant_rows);
  const std::vector<InputStyle> legal = legal_styles(op);
  std::erase_if(
      styles, [&](InputStyle style) { return std::find(legal.begin(), legal.end(), style) == legal.end(); });
  return styles;
}

/// Others in random order.
std::vector<InputStyle> others_of(const Operator& op, const std::vector<InputStyle>& musts, Random& random) {
  std::vector<InputStyle> styles = further_styles(op);
  std::erase_if(
      styles, [&](InputStyle style) { return std::find(musts.begin(), musts.end(), style) != musts.end(); });
  random.shuffle(styles);
  return styles;
}

std::vector<Axes> draw_shapes(const Operator& op, int shapes, Random& random) {
  std::vector<Axes> drawn = hidden_axes(op, random, std::max(1, shapes - 2), kSmallShape);
  for (const Axes& axes : stretched_axes(op, random, 2 * shapes, kLargerShape)) {
    if (static_cast<int>(drawn.size()) >= shapes) break;
    if (std::find(drawn.begin(), drawn.end(), axes) == drawn.end()) drawn.push_back(axes);
  }
  return drawn;
}

/// Does some element differ by more than the check forgives?
bool differ(const CheckPlan& plan, const Expected& other) {
  for (size_t o = 0; o < other.size(); ++o) {
    const ExpectedOutput& own = plan.expected()[o];
    for (size_t i = 0; i < own.integer.size(); ++i)
      if (own.integer[i] != other[o].integer[i]) return true;
    for (size_t i = 0; i < own.real.size(); ++i) {
      const double distance = std::abs(own.real[i] - other[o].real[i]);
      if (distance > 2 * plan.bound(o, static_cast<int64_t>(i))) return true;
    }
  }
  return false;
}

size_t distinct_answers(const Expected& answers) {
  std::set<int64_t> values;
  for (const ExpectedOutput& output : answers) values.insert(output.integer.begin(), output.integer.end());
  return values.size();
}

// Most fixed-point factors make every answer 0 or the end of its range. Of some at all magnitudes the one
// that tells most answers apart is taken: between those, boundaries lie close to the steps of the input.
Result<> choose_telling(const Pool& pool, ReferenceProgram& reference, Inputs& inputs, Random& random) {
  constexpr int kTried = 8;
  const bool same = spread_scalars(reference.op(), pool.scalars, random) == pool.scalars;
  if (same || case_bytes(reference.op(), pool.axes) > kCheapBytes) return ok();
  std::vector<Inputs> tried;
  std::vector<const Inputs*> pointers;
  for (int i = 0; i < kTried; ++i) {
    const auto scalars = spread_scalars(reference.op(), pool.scalars, random);
    KE_TRY(Inputs one, draw_inputs(reference.op(), pool.axes, scalars, InputStyle::ties, random));
    tried.push_back(std::move(one));
  }
  for (const Inputs& one : tried) pointers.push_back(&one);
  KE_TRY(const std::vector<Expected> answers, reference.expected(pool.axes, pointers));
  size_t best = 0;
  for (size_t i = 1; i < answers.size(); ++i)
    if (distinct_answers(answers[i]) > distinct_answers(answers[best])) best = i;
  inputs = std::move(tried[best]);
  return ok();
}

/// Arrays of which somebody may remember what they are: in order, mostly zeros, whole. One number more among
/// equal or subnormal ones makes ties of what was none.
bool is_remembered(InputStyle style) {
  return style == InputStyle::sorted || style == InputStyle::sparse || style == InputStyle::small_integers;
}

}  // namespace

Result<> add_cases(Pool& pool, ReferenceProgram& reference, InputStyle style, int count, Random& random) {
  std::vector<Inputs> drawn;
  std::vector<const Inputs*> pointers;
  for (int i = 0; i < count; ++i) {
    const uint64_t choice = style == InputStyle::ties ? random.below(4) : 0;
    const bool halving = choice >= 2;
    const auto scalars = halving ? halving_scalars(reference.op(), pool.scalars, random) : pool.scalars;
    KE_TRY(Inputs inputs, draw_inputs(reference.op(), pool.axes, scalars, style, random));
    if (choice == 1) KE_DO(choose_telling(pool, reference, inputs, random));
    if (style == InputStyle::ties) KE_DO(move_to_boundaries(reference, pool.axes, inputs, random));
    drawn.push_back(std::move(inputs));
  }
  for (const Inputs& inputs : drawn) pointers.push_back(&inputs);
  KE_TRY(std::vector<CheckPlan> plans, reference.plans(pool.axes, pointers, style, random));
  for (size_t i = 0; i < drawn.size(); ++i)
    if (plans[i].is_evidence())
      pool.cases.push_back({style, std::move(drawn[i]), std::move(plans[i]), 0, false});
  return ok();
}

Result<> add_near_copy(Pool& pool, ReferenceProgram& reference, size_t original, Random& random) {
  constexpr int kAttempts = 3;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const InputStyle style = pool.cases[original].style;
    Inputs inputs = copy_of(pool.cases[original].inputs);
    if (!mutate_one(reference.op(), pool.axes, inputs, random)) return ok();
    KE_TRY(std::vector<CheckPlan> plans, reference.plans(pool.axes, {&inputs}, style, random));
    if (!differ(pool.cases[original].plan, plans.front().expected())) continue;
    static std::atomic<uint64_t> families{0};
    Case& first = pool.cases[original];
    if (first.family == 0) first.family = ++families;
    const uint64_t family = first.family;
    pool.cases.push_back({style, std::move(inputs), std::move(plans.front()), family, true});
    return ok();
  }
  return ok();
}

Result<> fill_pool(Pool& pool, ReferenceProgram& reference, int sets, const EvaluateOptions& options,
                   Random& random) {
  const int64_t bytes = case_bytes(reference.op(), pool.axes);
  const int64_t fit = std::max<int64_t>(kFewestSets, options.pool_bytes / std::max<int64_t>(1, bytes));
  const Deadline deadline(options.pool_s);
  while (static_cast<int>(pool.cases.size()) < std::min<int64_t>(sets, fit)) {
    if (deadline.passed() && static_cast<int>(pool.cases.size()) >= kFewestSets) break;
    const int missing = static_cast<int>(std::min<int64_t>(sets, fit)) - static_cast<int>(pool.cases.size());
    // Small steps where the reference is slow, so that the time limit is felt.
    const int step = static_cast<int>(std::clamp(0.5 / std::max(1e-6, reference.last_s()), 1.0, 64.0));
    KE_DO(add_cases(pool, reference, InputStyle::typical, std::min(missing, step), random));
  }
  const size_t originals = pool.cases.size();
  for (size_t i = 0; i < std::max<size_t>(1, originals / kSetsPerCopy) && !deadline.passed(); ++i) {
    KE_DO(add_near_copy(pool, reference, random.below(originals), random));
  }
  return ok();
}

Result<std::vector<Pool>> make_hidden(ReferenceProgram& reference, int shapes, double budget_s,
                                      Random& random) {
  const Operator& op = reference.op();
  const std::vector<InputStyle> styles = further_styles(op);
  const Deadline deadline(budget_s);
  std::vector<Pool> hidden;
  size_t next_style = 0;
  const size_t styles_per_shape = (styles.size() + 1) / 4;
  ScalarDealer scalars(op, random);
  for (const Axes& axes : draw_shapes(op, shapes, random)) {
    if (deadline.passed() && hidden.size() >= 3) break;
    Pool pool;
    pool.name = "hidden";
    pool.axes = axes;
    if (!op.workloads.empty())
      pool.scalars = scalars.deal(axes, op.workloads[random.below(op.workloads.size())].scalars);
    KE_DO(add_cases(pool, reference, InputStyle::typical, 1, random));
    KE_DO(add_near_copy(pool, reference, 0, random));
    for (size_t i = 0; i < styles_per_shape && !styles.empty(); ++i) {
      KE_DO(add_cases(pool, reference, styles[next_style++ % styles.size()], 1, random));
    }
    if (is_remembered(pool.cases.back().style))
      KE_DO(add_near_copy(pool, reference, pool.cases.size() - 1, random));
    hidden.push_back(std::move(pool));
  }
  return hidden;
}

Result<std::vector<Pool>> make_uncommon(ReferenceProgram& reference, double budget_s, Random& random) {
  const Operator& op = reference.op();
  const Deadline deadline(budget_s);
  ScalarDealer scalars(op, random);
  std::vector<Pool> pools;
  for (const Workload& workload : op.workloads) {
    const Axes announced = axes_of(op, workload);
    const int64_t bytes = case_bytes(op, announced);
    const bool large = bytes > kUncommonBytes, cheap = bytes <= kCheapBytes;
    if (bytes > kMostBytes) continue;
    const auto add = [&](const Axes& axes, const std::vector<InputStyle>& styles,
                         size_t musts = 0) -> Result<> {
      Pool pool;
      pool.name = workload.name;
      pool.axes = axes;
      // What sums are scaled by afterwards decides whether those that come back are seen.
      const bool usual = styles.front() == InputStyle::walks;
      pool.scalars = usual ? workload.scalars : scalars.deal(axes, workload.scalars);
      for (const InputStyle style : styles) {
        const bool must = pool.cases.size() < musts;  // whatever the time
        if ((deadline.passed() && !must) || (must ? 2 : 4) * reference.last_s() > budget_s) break;
        KE_DO(add_cases(pool, reference, style, 1, random));
      }
      if (cheap && axes == announced && styles.size() > 1) {
        KE_DO(add_odd_scalars(pool, reference, random));
        KE_DO(add_tied(pool, reference, random));
      }
      if (!pool.cases.empty()) pools.push_back(std::move(pool));
      return ok();
    };
    // What scalars and arrays in one place do is asked of a shorter shape where the announced one is dear.
    const auto add_odd = [&]() -> Result<> {
      const std::vector<Axes> hidden = hidden_axes(op, random, kHiddenTried, kSmallShape);
      const bool dear = kOddCalls * reference.last_s() > budget_s;
      if (cheap || hidden.empty() || deadline.passed() || dear) return ok();
      Pool odd;
      odd.name = "hidden";
      odd.axes = *std::max_element(hidden.begin(), hidden.end(), [&](const Axes& a, const Axes& b) {
        return case_bytes(op, a) < case_bytes(op, b);
      });
      odd.scalars = scalars.deal(odd.axes, workload.scalars);
      KE_DO(add_odd_scalars(odd, reference, random));
      KE_DO(add_tied(odd, reference, random));
      if (!odd.cases.empty()) pools.push_back(std::move(odd));
      return ok();
    };
    const std::vector<InputStyle> musts = musts_of(op, announced), others = others_of(op, musts, random);
    for (InputStyle style : musts) KE_DO(add(announced, {style}, 1));
    const size_t more = std::max<size_t>(kUncommonStyles, musts.size() + 1) - musts.size();
    for (size_t i = 0; i < std::min(more, others.size()) && !large; ++i) KE_DO(add(announced, {others[i]}));
    // Every style comes about once, somewhere between.
    bool first = true;
    size_t next = more;
    for (const Axes& axes : between_axes(op, announced, random)) {
      if (case_bytes(op, axes) > kUncommonBytes) continue;
      std::vector<InputStyle> styles = {InputStyle::typical};
      for (const InputStyle style : beside_typical(op)) styles.push_back(style);
      for (size_t i = 0; i < kOthersBetween && !others.empty(); ++i)
        styles.push_back(others[next++ % others.size()]);
      KE_DO(add(axes, styles, first ? styles.size() : 0));
      first = false;
    }
    // How exact a kernel is where it is timed, and, because many have a path for just this shape, all that
    // other shapes are tried with. Last, which is where verify() looks at single returns.
    std::vector<InputStyle> all = {InputStyle::typical};
    if (cheap)
      for (const InputStyle style : further_styles(op))
        if (std::find(all.begin(), all.end(), style) == all.end()) all.push_back(style);
    KE_DO(add_odd());
    if (!deadline.passed()) KE_DO(add_alike(pools, reference, workload.scalars, kSmallShape, random));
    KE_DO(add(announced, all, 1));
  }
  return pools;
}

Result<std::vector<Pool>> make_thorough(ReferenceProgram& reference, double budget_s, Random& random) {
  constexpr int64_t kRoom = 1 << 30;  // of all cases of a workload
  constexpr size_t kShorter = 4, kGuesses = 12, kGraded = 4;
  const Operator& op = reference.op();
  std::vector<Pool> pools;
  ScalarDealer scalars(op, random);
  for (const Workload& workload : op.workloads) {
    const Axes announced = axes_of(op, workload);
    const int64_t bytes = case_bytes(op, announced);
    if (bytes > kMostBytes) continue;
    const bool large = bytes > kCheapBytes;
    const Deadline deadline(budget_s / static_cast<double>(op.workloads.size()));
    int64_t room = kRoom;
    const auto add = [&](const Axes& axes, InputStyle style) -> Result<> {
      room -= case_bytes(op, axes);
      if (deadline.passed() || room < 0 || 4 * reference.last_s() > budget_s) return ok();
      Pool pool;
      pool.name = workload.name;
      pool.axes = axes;
      pool.scalars = scalars.deal(axes, workload.scalars);
      KE_DO(add_cases(pool, reference, style, 1, random));
      if (!pool.cases.empty()) pools.push_back(std::move(pool));
      return ok();
    };
    const std::vector<InputStyle> legal = legal_styles(op);
    std::vector<InputStyle> styles;
    if (large) styles = others_of(op, {}, random);
    if (std::find(legal.begin(), legal.end(), InputStyle::nearly) != legal.end())
      for (size_t i = 0; i < kGuesses; ++i)
        styles.insert(styles.begin() + static_cast<std::ptrdiff_t>(std::min(2 * i, styles.size())),
                      InputStyle::nearly);
    // Sums that are carried along show where a large number has come and gone, which few drawn stretches
    // have.
    if (std::find(legal.begin(), legal.end(), InputStyle::graded) != legal.end())
      styles.insert(styles.begin(), kGraded, InputStyle::graded);
    const Deadline share(budget_s / static_cast<double>(3 * op.workloads.size()));
    for (const Axes& axes : few_sizes(op, announced, random)) {
      if (share.passed() || room < kRoom / 3 * 2) break;
      KE_DO(add(axes, InputStyle::typical));
    }
    std::vector<Axes> shorter = shortened_axes(op, announced, kShorter, random);
    for (InputStyle style : styles) {
      if (!shorter.empty()) {
        // A number that is lost among many shows where sums are exact, or where it is the largest.
        for (const InputStyle plain : {InputStyle::typical, InputStyle::small_integers, InputStyle::sorted})
          KE_DO(add(shorter.back(), plain));
        shorter.pop_back();
      }
      KE_DO(add(announced, style));
    }
  }
  return pools;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/odd_cases.h"

#include "ke-build/model/spec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace ke {
namespace {

Result<> add_planned(Pool& pool, ReferenceProgram& reference, InputStyle style, Inputs inputs,
                     std::vector<std::pair<int, int>> tied, Random& random) {
  KE_TRY(std::vector<CheckPlan> plans, reference.plans(pool.axes, {&inputs}, style, random));
  pool.cases.push_back({style, std::move(inputs), std::move(plans.front()), 0, false, std::move(tied)});
  return ok();
}

bool may_be_no_number(const Argument& argument) {
  return argument.input && argument.scalar && is_floating(argument.dtype) &&
         argument.domain.kind == Domain::Kind::normal;
}

/// Whether they could be one array, as far as their shapes are.
bool alike(const Argument& a, const Argument& b) {
  const auto is_array = [](const Argument& one) { return one.input && !one.output && !one.scalar; };
  return is_array(a) && is_array(b) && a.dtype == b.dtype && a.align_bytes == b.align_bytes &&
         a.domain.kind == b.domain.kind && a.domain.low == b.domain.low && a.domain.high == b.domain.high &&
         a.domain.scale == b.domain.scale && a.domain.axis == b.domain.axis;
}

}  // namespace

Result<> add_odd_scalars(Pool& pool, ReferenceProgram& reference, Random& random) {
  const Operator& op = reference.op();
  if (op.contract.finite_only) return ok();
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    if (!may_be_no_number(op.arguments[a])) continue;
    for (const double odd : {std::numeric_limits<double>::quiet_NaN(), HUGE_VAL, -HUGE_VAL}) {
      KE_TRY(Inputs inputs, draw_inputs(op, pool.axes, pool.scalars, InputStyle::typical, random));
      inputs.arguments[a].set(0, odd);
      KE_DO(add_planned(pool, reference, InputStyle::specials, std::move(inputs), {}, random));
    }
  }
  return ok();
}

namespace {

using Ties = std::vector<std::pair<int, int>>;

bool same_shape(const Argument& a, const Argument& b, const Axes& axes) {
  const auto one = shape_of(a, axes), other = shape_of(b, axes);
  return one && other && *one == *other;
}

std::vector<std::pair<int, int>> pairs_alike(const Operator& op, const Axes& axes) {
  std::vector<std::pair<int, int>> pairs;
  for (size_t a = 0; a < op.arguments.size(); ++a)
    for (size_t b = a + 1; b < op.arguments.size(); ++b)
      if (alike(op.arguments[a], op.arguments[b]) && same_shape(op.arguments[a], op.arguments[b], axes))
        pairs.emplace_back(static_cast<int>(b), static_cast<int>(a));
  return pairs;
}

/// At most `most` of them by chance.
std::vector<Ties> some_ties(std::vector<Ties> ties, size_t most, Random& random) {
  random.shuffle(ties);
  ties.resize(std::min(ties.size(), most));
  return ties;
}

/// One pair, two pairs, and all that are like the first of a pair.
std::vector<Ties> ties_of(const Operator& op, const Axes& axes, Random& random) {
  constexpr size_t kSingle = 8, kDouble = 4;
  const Ties pairs = pairs_alike(op, axes);
  std::vector<Ties> single, twice;
  std::map<int, Ties> together;
  for (size_t i = 0; i < pairs.size(); ++i) {
    single.push_back({pairs[i]});
    together[pairs[i].second].push_back(pairs[i]);
    for (size_t k = i + 1; k < pairs.size(); ++k) {
      const std::set<int> all = {pairs[i].first, pairs[i].second, pairs[k].first, pairs[k].second};
      if (all.size() == 4) twice.push_back({pairs[i], pairs[k]});
    }
  }
  std::vector<Ties> chosen = some_ties(std::move(single), kSingle, random);
  for (Ties& one : some_ties(std::move(twice), kDouble, random)) chosen.push_back(std::move(one));
  if (!together.empty() && together.begin()->second.size() > 1) chosen.push_back(together.begin()->second);
  return chosen;
}

}  // namespace

namespace {

bool is_finite(const Buffer& buffer) {
  for (int64_t i = 0; i < buffer.count(); ++i)
    if (!std::isfinite(buffer.get(i))) return false;
  return true;
}

/// Inputs of which one array has NaN or infinities and stands in both places: what is none differs from
/// itself. Nothing where the contract has no such numbers.
Result<> add_unequal_to_itself(Pool& pool, ReferenceProgram& reference, const Ties& tied, Random& random) {
  constexpr int kDraws = 6;  // a style afflicts one array, drawn from all
  const Operator& op = reference.op();
  const InputStyle style = random.below(2) == 0 ? InputStyle::specials : InputStyle::infinities;
  const std::vector<InputStyle> legal = legal_styles(op);
  if (std::find(legal.begin(), legal.end(), style) == legal.end()) return ok();
  for (int i = 0; i < kDraws; ++i) {
    KE_TRY(Inputs inputs, draw_inputs(op, pool.axes, pool.scalars, style, random));
    Buffer &one = inputs.arguments[static_cast<size_t>(tied.front().first)],
           &other = inputs.arguments[static_cast<size_t>(tied.front().second)];
    if (is_finite(one) && is_finite(other)) continue;
    if (is_finite(one))
      one = other.copy();
    else
      other = one.copy();
    return add_planned(pool, reference, style, std::move(inputs), tied, random);
  }
  return ok();
}

/// Equal rows: which of them is meant is another question where both are one array.
std::optional<InputStyle> style_of_ties(const Operator& op, Random& random) {
  const InputStyle style = random.below(2) == 0 ? InputStyle::constant_rows : InputStyle::runs;
  const std::vector<InputStyle> legal = legal_styles(op);
  return std::find(legal.begin(), legal.end(), style) == legal.end() ? std::nullopt : std::optional(style);
}

Result<> add_as_one(Pool& pool, ReferenceProgram& reference, InputStyle style, const Ties& tied,
                    Random& random) {
  KE_TRY(Inputs inputs, draw_inputs(reference.op(), pool.axes, pool.scalars, style, random));
  for (const auto& [same, as] : tied)
    inputs.arguments[static_cast<size_t>(same)] = inputs.arguments[static_cast<size_t>(as)].copy();
  return add_planned(pool, reference, style, std::move(inputs), tied, random);
}

/// Sets axes so that two inputs of different shapes have one; whether that was possible.
bool make_alike(const Operator& op, Axes& axes, Random& random) {
  std::vector<std::pair<const Argument*, const Argument*>> pairs;
  for (size_t a = 0; a < op.arguments.size(); ++a)
    for (size_t b = a + 1; b < op.arguments.size(); ++b)
      if (const Argument& one = op.arguments[a], &other = op.arguments[b];
          alike(one, other) && one.shape != other.shape && one.shape.size() == other.shape.size())
        pairs.emplace_back(&one, &other);
  if (pairs.empty()) return false;
  const auto& [one, other] = pairs[random.below(pairs.size())];
  for (size_t k = 0; k < one->shape.size(); ++k) {
    const std::string &u = one->shape[k], &v = other->shape[k];
    if (u == v) continue;
    const auto first = op.hidden.find(u), second = op.hidden.find(v);
    if (first == op.hidden.end() || second == op.hidden.end()) return false;
    const int64_t low = std::max(first->second.low, second->second.low),
                  high = std::min(first->second.high, second->second.high);
    if (low > high) return false;
    axes[u] = axes[v] = std::clamp(std::max(axes[u], axes[v]), low, high);
  }
  return same_shape(*one, *other, axes);
}

}  // namespace

Result<> add_tied(Pool& pool, ReferenceProgram& reference, Random& random) {
  const Operator& op = reference.op();
  for (const Ties& tied : ties_of(op, pool.axes, random)) {
    KE_DO(add_as_one(pool, reference, InputStyle::typical, tied, random));
    if (tied.size() > 1) continue;
    KE_DO(add_unequal_to_itself(pool, reference, tied, random));
    if (const auto style = style_of_ties(op, random))
      KE_DO(add_as_one(pool, reference, *style, tied, random));
  }
  return ok();
}

Result<> add_alike(std::vector<Pool>& pools, ReferenceProgram& reference,
                   const std::map<std::string, double>& scalars, int64_t max_elements, Random& random) {
  constexpr int kTried = 6;
  const Operator& op = reference.op();
  std::vector<Axes> hidden = hidden_axes(op, random, kTried, max_elements);
  if (hidden.empty()) return ok();
  Pool pool;
  pool.name = "hidden";
  pool.axes = std::move(hidden.back());  // the first ones are the lowest
  pool.scalars = scalars;
  if (!make_alike(op, pool.axes, random)) return ok();
  KE_DO(add_tied(pool, reference, random));
  if (!pool.cases.empty()) pools.push_back(std::move(pool));
  return ok();
}

}  // namespace ke

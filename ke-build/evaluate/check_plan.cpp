// SPDX-License-Identifier: MIT
// Bounds of the check, computed once per set of inputs.
#include "ke-build/evaluate/check.h"
#include "ke-build/evaluate/check_scale.h"
#include "ke-build/evaluate/check_styles.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace ke {
namespace {

// A reference that moves by this many bounds under the perturbation has jumped; smooth answers move by about
// two.
constexpr double kJump = 32;
// The kernel's own errors with other roundings: those of others are up to three times as large, and what is
// further off than sixteen bounds has been decided otherwise.
constexpr double kRoundedMargin = 3, kMostRounded = 16;
// One of millions of results errs by five standard deviations where sixteen samples have seen one.
constexpr double kOwnMargin = 6;
constexpr size_t kFewOf = 8;           // elements: single ones
constexpr double kMaxTieShare = 1e-3;  // of 8-bit and 16-bit results that may sit on a rounding tie

double spacing_of(Dtype dtype, double y) {
  if (y == 0 || !std::isfinite(y)) return smallest_subnormal(dtype);
  return std::max(std::ldexp(2 * unit_roundoff(dtype), std::ilogb(y)), smallest_subnormal(dtype));
}

}  // namespace

class CheckPlanMaker {
 public:
  CheckPlanMaker(const Operator& op, const Axes& axes, const CheckAids& aids)
      : op_(op), axes_(axes), aids_(aids) {}

  Result<CheckPlan> make(Expected expected) {
    CheckPlan plan;
    size_t next = 0;
    for (size_t a = 0; a < op_.arguments.size(); ++a) {
      if (!op_.arguments[a].output) continue;
      if (next >= expected.size() || expected[next].argument != a)
        return misfit(op_.arguments[a], "has no expected values");
      KE_TRY(auto part, make_part(expected[next], next));
      plan.parts_.push_back(std::move(part));
      ++next;
    }
    if (next != expected.size())
      return Error{ErrorCode::usage, op_.name + ": more expected outputs than the operator has"};
    plan.expected_ = std::move(expected);
    return plan;
  }

 private:
  Error misfit(const Argument& argument, const std::string& what) const {
    return {ErrorCode::usage, fmt::format("{}: output {}: {}", op_.name, argument.name, what)};
  }

  Result<CheckPlan::Part> make_part(const ExpectedOutput& expected, size_t output) {
    const Argument& argument = op_.arguments[expected.argument];
    CheckPlan::Part part;
    part.name = argument.name;
    part.dtype = argument.dtype;
    KE_TRY(part.shape, shape_of(argument, axes_));
    KE_TRY(part.count, element_count(argument, axes_));
    KE_TRY(const int64_t length, reduction_length(op_, axes_, expected.argument));
    const size_t found = is_floating(part.dtype) ? expected.real.size() : expected.integer.size();
    if (found != static_cast<size_t>(part.count)) {
      return misfit(argument,
                    fmt::format("{} expected values were given, its shape has {}", found, part.count));
    }
    if (is_floating(part.dtype))
      fill_real(part, expected, output, static_cast<double>(length));
    else
      fill_integer(part, expected, output, static_cast<double>(length));
    return part;
  }

  /// Accepted error of a sum in units of what was summed.
  double error_of_sums(const CheckPlan::Part& part, double length) const {
    // No reference is more exact than doubles: its own error comes on top.
    const double roundoff = std::min(unit_roundoff(part.dtype), 0x1p-24) * (part.dtype == Dtype::f64 ? 2 : 1);
    const double spread = op_.tolerance.factor * std::sqrt(length);
    // Two factors that are rounded to nearest make an error of about 0.8 u s in a sum; six times that is
    // accepted, which covers truncation too and stays below what the next lower format does.
    return roundoff * (repeats(aids_.style) ? std::max(spread, length) : spread) +
           0.625 * op_.tolerance.factor * op_.tolerance.products;
  }

  bool has(const std::vector<bool>& asked, size_t output) const {
    return aids_.style == InputStyle::graded && output < asked.size() && asked[output];
  }
  bool has_weights(size_t output) const { return aids_.absolute && has(aids_.affine, output); }

  /// The error of a sum of products follows from their own sizes.
  bool is_capped(size_t output) const {
    return has_weights(output) || (has(aids_.nearly_affine, output) && !aids_.alternatives.empty());
  }

  /// The root of the squares of the terms behind each element of a sum, by how far it moves with its inputs.
  std::vector<double> own_sizes(const ExpectedOutput& expected, size_t output) const {
    std::vector<const std::vector<double>*> moved;
    for (const Expected* alternative : aids_.alternatives)
      if (output < alternative->size()) moved.push_back(&(*alternative)[output].real);
    return own_sensitivity(expected.real, moved, perturbation(op_, axes_));
  }

  /// What an element may be off because of its own condition; empty where that is not asked.
  std::vector<double> own_bounds(const CheckPlan::Part& part, const ExpectedOutput& expected, size_t output,
                                 double length) const {
    if (op_.tolerance.kind != Tolerance::Kind::derived || aids_.alternatives.empty() || is_capped(output))
      return {};
    std::vector<double> own = own_sizes(expected, output);
    for (double& bound : own) bound *= error_of_sums(part, length);
    return own;
  }

  std::vector<double> bounds(const CheckPlan::Part& part, const ExpectedOutput& expected, size_t output,
                             double length) const {
    const Tolerance& tolerance = op_.tolerance;
    const bool vanish = tolerance.kind == Tolerance::Kind::derived && has_usual_size(aids_.style);
    const double roundoff = std::min(unit_roundoff(part.dtype), 0x1p-24);
    // What falls below the normal numbers on its way is rounded there, and may be scaled up again.
    constexpr double kScaledUp = 1024;
    const bool small = aids_.style == InputStyle::extremes || aids_.style == InputStyle::tiny;
    const bool falls = tolerance.kind == Tolerance::Kind::derived && small && size_of(part.dtype) >= 4;
    const double nothing = vanish  ? std::pow(roundoff, 4) * aids_.largest_input
                           : falls ? kScaledUp * smallest_subnormal(part.dtype)
                                   : 0;
    std::vector<double> result(expected.real.size(), nothing);
    if (comes_out_exactly(part, expected, output)) return result;
    std::vector<double> scale;
    if (tolerance.kind == Tolerance::Kind::derived) scale = scales(part, expected, output, length);
    const double u_out = unit_roundoff(part.dtype);
    // Nobody computes in 8 bits: what happens there is one rounding at the end.
    const double roundings = size_of(part.dtype) == 1 ? 1 : tolerance.factor;
    const double u_sum = error_of_sums(part, length), least = smallest_subnormal(part.dtype);
    for (size_t i = 0; i < result.size(); ++i) {
      const double y = expected.real[i];
      if (!std::isfinite(y)) continue;
      switch (tolerance.kind) {
        case Tolerance::Kind::derived:
          result[i] = std::max(nothing, roundings * (u_out * std::abs(y) + least) + u_sum * scale[i]);
          break;
        case Tolerance::Kind::ulp:
          result[i] = tolerance.ulp * spacing_of(part.dtype, y);
          break;
        case Tolerance::Kind::absolute:
          result[i] = tolerance.atol + tolerance.rtol * std::abs(y);
          break;
        case Tolerance::Kind::exact:
          break;
      }
    }
    return result;
  }

  /// Sums of integers that no order of summation rounds; the accumulator may be as small as the output.
  bool comes_out_exactly(const CheckPlan::Part& part, const ExpectedOutput& expected, size_t output) const {
    const Tolerance& tolerance = op_.tolerance;
    if (tolerance.kind != Tolerance::Kind::derived || tolerance.any_error || output >= aids_.affine.size() ||
        !aids_.affine[output] || aids_.absolute == nullptr || aids_.style != InputStyle::small_integers)
      return false;
    const std::vector<double>& weights = (*aids_.absolute)[output].real;
    const double largest = 1 / unit_roundoff(part.dtype);
    for (size_t i = 0; i < expected.real.size(); ++i) {
      const bool whole = std::nearbyint(expected.real[i]) == expected.real[i];
      if (!whole || i >= weights.size() || !(weights[i] <= largest)) return false;
    }
    return true;
  }

  std::vector<double> scales(const CheckPlan::Part& part, const ExpectedOutput& expected, size_t output,
                             double length) const {
    // Rows that are drawn alike are of one size: one whose common sum (the product of y and dy that a
    // softmax's gradient takes off its whole row) ends near zero was rounded at the size of the others.
    const bool alike =
        aids_.style == InputStyle::constant_rows || (aids_.style == InputStyle::typical && length > 1);
    std::vector<double> scale = output_scale(expected.real, part.shape, alike);
    if (aids_.absolute && output < aids_.absolute->size()) {
      // A giant that is taken back later: until then all small terms are rounded at its size.
      const bool runs_up = cancels(aids_.style) || aids_.style == InputStyle::one_hot;
      raise_to_weights(scale, (*aids_.absolute)[output].real, runs_up ? 1 : 1 / std::sqrt(length));
    }
    for (const Expected* alternative : aids_.alternatives)
      if (output < alternative->size())
        raise_to_sensitivity(scale, expected.real, (*alternative)[output].real, part.shape,
                             perturbation(op_, axes_));
    if (has_weights(output))
      cap_by_weights(scale, expected.real, (*aids_.absolute)[output].real);
    else if (is_capped(output))
      cap_by_weights(scale, expected.real, own_sizes(expected, output));
    return scale;
  }

  std::vector<const Expected*> with_rounded() const {
    std::vector<const Expected*> all = aids_.alternatives;
    if (aids_.rounded) all.push_back(aids_.rounded);
    return all;
  }

  /// Inputs at an end of what the format holds: there the kernel is right by the luck of its own order, or is
  /// not.
  bool at_an_end() const {
    return op_.tolerance.kind == Tolerance::Kind::derived && aids_.rounded && !has_usual_size(aids_.style);
  }

  bool is_luck(const CheckPlan::Part& part, const ExpectedOutput& expected, size_t output,
               const std::vector<double>& accepted) const {
    if (!at_an_end() || part.overflows) return false;
    const std::vector<double>& rounded = (*aids_.rounded)[output].real;
    for (size_t i = 0; i < rounded.size(); ++i) {
      const double y = expected.real[i];
      if (std::isfinite(y) && std::abs(y) <= largest_finite(part.dtype) &&
          !(std::abs(rounded[i] - y) <= accepted[i]))
        return true;
    }
    return false;
  }

  /// Where the kernel itself is inexact at single elements, so are others. Where it misses its bound at more
  /// of them, its typical inputs say so (judge_open.cpp).
  void take_own_errors(std::vector<double>& accepted, const std::vector<double>& bound, size_t output) const {
    const std::vector<double> own = own_errors(aids_.around, output, bound.size());
    size_t missed = 0;
    for (size_t i = 0; i < bound.size(); ++i) missed += own[i] > bound[i];
    if (missed > std::max<size_t>(1, bound.size() / kFewOf)) return;
    for (size_t i = 0; i < bound.size(); ++i)
      accepted[i] = std::max(accepted[i], std::min(kOwnMargin * own[i], kJump * bound[i]));
  }

  /// Bounds of the elements, with their own conditions, and as wide as the kernel itself needs them with
  /// other roundings.
  std::vector<double> accepted_errors(CheckPlan::Part& part, const ExpectedOutput& expected, size_t output,
                                      double length, const std::vector<double>& bound) const {
    std::vector<double> accepted = own_bounds(part, expected, output, length);
    accepted.resize(bound.size(), 0);
    for (size_t i = 0; i < bound.size(); ++i) accepted[i] = std::max(accepted[i], bound[i]);
    if (!aids_.rounded || at_an_end() || op_.tolerance.kind != Tolerance::Kind::derived) return accepted;
    const std::vector<double>& rounded = (*aids_.rounded)[output].real;
    double largest = 0;
    for (size_t i = 0; i < bound.size(); ++i) {
      const double error = std::abs(rounded[i] - expected.real[i]);
      if (error <= kMostRounded * accepted[i] && accepted[i] > 0)
        largest = std::max(largest, error / accepted[i]);
    }
    part.rounded_error = largest;
    // What typical inputs say is said of all of them (judge_open.cpp).
    const double factor =
        aids_.style == InputStyle::typical ? 1 : std::clamp(kRoundedMargin * largest, 1.0, kMostRounded);
    part.rounded_factor = factor;
    for (double& error : accepted) error *= factor;
    take_own_errors(accepted, bound, output);
    return accepted;
  }

  void fill_real(CheckPlan::Part& part, const ExpectedOutput& expected, size_t output, double length) const {
    const std::vector<double> bound = bounds(part, expected, output, length),
                              accepted = accepted_errors(part, expected, output, length, bound);
    // No input is infinite there: what is not finite has overflowed on its way, and each way does so
    // elsewhere.
    part.overflows = part.dtype == Dtype::f64 && op_.tolerance.kind == Tolerance::Kind::derived &&
                     !has_usual_size(aids_.style) && aids_.style != InputStyle::tiny;
    part.luck = is_luck(part, expected, output, accepted);
    std::vector<double> values = expected.real;
    if (op_.tolerance.kind == Tolerance::Kind::exact)
      for (double& y : values) y = round_to(part.dtype, y);
    part.accepted.fill(part.dtype, values, accepted);
    if (op_.tolerance.kind == Tolerance::Kind::derived) find_real_jumps(part, expected, output, bound);
  }

  void find_real_jumps(CheckPlan::Part& part, const ExpectedOutput& expected, size_t output,
                       const std::vector<double>& bound) const {
    for (const Expected* alternative : with_rounded()) {
      if (output >= alternative->size() || (*alternative)[output].real.size() != bound.size()) continue;
      const auto& other = (*alternative)[output].real;
      for (size_t i = 0; i < bound.size(); ++i)
        if (std::abs(other[i] - expected.real[i]) > kJump * bound[i])
          part.real_jumps.emplace_back(static_cast<int64_t>(i), other[i]);
    }
    std::sort(part.real_jumps.begin(), part.real_jumps.end());
    for (const auto& [index, center] : part.real_jumps)
      part.jumps_bound.push_back(bound[static_cast<size_t>(index)]);
  }

  /// Steps until something escapes multiply every rounding on their way: what the inputs' own neighbours move
  /// may then end anywhere near. Where numbers repeat, a jump is a tie, and which of the equals is right is
  /// no matter of rounding.
  bool has_spans(const CheckPlan::Part& part) const {
    const InputStyle style = aids_.style;
    const bool repeated = repeats(style) || style == InputStyle::masked || style == InputStyle::padded ||
                          style == InputStyle::small_integers || style == InputStyle::tiny;
    return !repeated && size_of(part.dtype) > 1;
  }

  void fill_integer(CheckPlan::Part& part, const ExpectedOutput& expected, size_t output,
                    double length) const {
    const Tolerance& tolerance = op_.tolerance;
    if (tolerance.kind == Tolerance::Kind::absolute) {
      part.slack = static_cast<int64_t>(std::min(tolerance.atol, 0x1p40));
      part.relative_slack = tolerance.rtol;
    }
    if (tolerance.kind != Tolerance::Kind::derived || !has_real_inputs(op_)) return;
    for (const Expected* alternative : with_rounded()) {
      if (output >= alternative->size() || (*alternative)[output].integer.size() != expected.integer.size())
        continue;
      const auto& other = (*alternative)[output].integer;
      for (size_t i = 0; i < other.size(); ++i)
        if (other[i] != expected.integer[i])
          part.integer_jumps.emplace_back(static_cast<int64_t>(i), other[i]);
    }
    std::sort(part.integer_jumps.begin(), part.integer_jumps.end());
    part.spans = has_spans(part);
    for (const Expected* far : aids_.far) {
      const auto& other = (*far)[output].integer;
      for (size_t i = 0; i < other.size(); ++i)
        if (other[i] != expected.integer[i]) part.unsure_at.push_back(static_cast<int64_t>(i));
    }
    std::sort(part.unsure_at.begin(), part.unsure_at.end());
    if (part.spans) {
      const auto ends = std::minmax_element(expected.integer.begin(), expected.integer.end());
      part.span_range = {static_cast<double>(*ends.first), static_cast<double>(*ends.second)};
      for (const auto& [at, value] : part.integer_jumps)
        part.span_range = {std::min(part.span_range.first, static_cast<double>(value)),
                           std::max(part.span_range.second, static_cast<double>(value))};
    }
    if (!is_short_integer(part.dtype)) return;
    // A rounded real lies within its error of a tie with probability 2 * levels * relative error; Poisson, 4
    // sigma. Of 16 bits that is the most that is allowed, whatever the length.
    const double levels = std::ldexp(1, static_cast<int>(8 * size_of(part.dtype)));
    const double share =
        std::min(2 * levels * tolerance.factor / 2 * std::sqrt(length) * 0x1p-24, kMaxTieShare);
    const double mean = share * static_cast<double>(part.count);
    if (!aids_.wide.empty()) part.soft_at.push_back(-1);  // known, and perhaps none
    for (const Expected* moved : aids_.wide) {
      const auto& other = (*moved)[output].integer;
      for (size_t i = 0; i < other.size(); ++i)
        if (other[i] != expected.integer[i]) part.soft_at.push_back(static_cast<int64_t>(i));
    }
    std::sort(part.soft_at.begin(), part.soft_at.end());
    part.soft_slack = 1;
    part.soft_limit = static_cast<int64_t>(std::ceil(mean + 4 * std::sqrt(mean))) + 1;
  }

  const Operator& op_;
  const Axes& axes_;
  const CheckAids& aids_;
};

Result<CheckPlan> CheckPlan::make(const Operator& op, const Axes& axes, Expected expected,
                                  const CheckAids& aids) {
  return CheckPlanMaker(op, axes, aids).make(std::move(expected));
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// Which further runs of the reference a check wants.
#include "ke-build/evaluate/check.h"
#include "ke-build/evaluate/check_styles.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

namespace ke {
namespace {

constexpr int64_t kShortSum = 8;  // of two elements: their mean may be nearly both of them

constexpr int64_t kSmall = 1 << 15;        // elements
constexpr int64_t kFewElements = 1 << 12;  // of an output whose every element is asked for its condition

/// A function of several numbers (the price of an option, a parameter less its step): now and then its terms
/// nearly cancel. Large arrays are left out for their price.
bool combines_arrays(const Operator& op, const Axes& axes, size_t output) {
  const auto arrays = std::count_if(op.arguments.begin(), op.arguments.end(), is_real_array);
  return reduction_length(op, axes, output).value_or(1) <= 1 && arrays > 1 &&
         element_count(op.arguments[output], axes).value_or(0) <= kFewElements;
}

/// Few terms behind each element, which may nearly cancel as well.
bool sums_shortly(const Operator& op, const Axes& axes, size_t output) {
  const int64_t length = reduction_length(op, axes, output).value_or(1);
  return length > 1 ? length <= kShortSum : combines_arrays(op, axes, output);
}

bool all_are_small(const Operator& op, const Axes& axes) {
  return std::all_of(op.arguments.begin(), op.arguments.end(), [&](const Argument& argument) {
    return argument.scalar || element_count(argument, axes).value_or(0) <= kSmall;
  });
}

std::set<std::string> axes_in(const std::string& expression, const Axes& axes) {
  std::set<std::string> names;
  for (size_t i = 0; i < expression.size();) {
    const auto is_word = [&](size_t at) {
      return std::isalnum(static_cast<unsigned char>(expression[at])) || expression[at] == '_';
    };
    size_t end = i;
    while (end < expression.size() && is_word(end)) ++end;
    const std::string word = expression.substr(i, end - i);
    if (axes.count(word)) names.insert(word);
    i = std::max(end, i + 1);
  }
  return names;
}

bool is_literal(const std::string& extent) {
  return !extent.empty() &&
         std::all_of(extent.begin(), extent.end(), [](unsigned char c) { return std::isdigit(c); });
}

/// Product of the input-only axes and of the literal extents of the input that has most of them.
int64_t default_reduction(const Operator& op, const Axes& axes, const Argument& output) {
  std::set<std::string> kept, gathered, summed;
  for (const std::string& extent : output.shape) kept.merge(axes_in(extent, axes));
  int64_t literals = 1;
  for (const Argument& input : op.arguments) {
    if (!input.input || input.scalar) continue;
    if (input.domain.kind == Domain::Kind::index) gathered.merge(axes_in(input.domain.axis, axes));
    int64_t product = 1;
    for (const std::string& extent : input.shape) {
      summed.merge(axes_in(extent, axes));
      const bool in_output =
          std::find(output.shape.begin(), output.shape.end(), extent) != output.shape.end();
      if (is_literal(extent) && !in_output && extent.size() < 7) product *= std::stoll(extent);
    }
    literals = std::max(literals, product);
  }
  double product = static_cast<double>(literals);
  for (const std::string& axis : summed)
    if (!kept.count(axis) && !gathered.count(axis))
      product *= static_cast<double>(std::max<int64_t>(axes.at(axis), 1));
  return static_cast<int64_t>(std::min(product, 0x1p62));
}

/// Rows of a matrix that are too few to tell the size of the sums behind each of them.
bool has_few_rows(const Argument& argument, const Axes& axes, int64_t count) {
  constexpr int64_t kFewRows = 8;
  const auto shape = shape_of(argument, axes);
  return shape && shape->size() >= 2 && shape->back() > 0 && count / shape->back() < kFewRows;
}

}  // namespace

bool cancels(InputStyle style) {
  return style == InputStyle::alternating_sign || style == InputStyle::sorted;
}

bool has_real_inputs(const Operator& op) {
  return std::any_of(op.arguments.begin(), op.arguments.end(),
                     [](const Argument& a) { return a.input && is_floating(a.dtype); });
}

Result<int64_t> reduction_length(const Operator& op, const Axes& axes, size_t output_argument) {
  KE_CHECK(output_argument < op.arguments.size());
  if (op.tolerance.reduction.empty()) return default_reduction(op, axes, op.arguments[output_argument]);
  KE_TRY(const int64_t length, evaluate_expression(op.tolerance.reduction, axes));
  return std::max<int64_t>(length, 1);
}

bool is_exact_elementwise(const Operator& op, const Axes& axes) {
  if (op.tolerance.kind != Tolerance::Kind::exact) return false;
  for (size_t a = 0; a < op.arguments.size(); ++a)
    if (op.arguments[a].output && reduction_length(op, axes, a).value_or(2) > 1) return false;
  return true;
}

bool needs_absolute(const Operator& op, const Axes& axes, InputStyle style) {
  if (op.tolerance.kind != Tolerance::Kind::derived) return false;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    if (!argument.output || !is_floating(argument.dtype)) continue;
    const auto count = element_count(argument, axes);
    const bool sums = reduction_length(op, axes, a).value_or(1) > 1;
    const bool few =
        count &&
        (*count < 64 || (style == InputStyle::typical && sums && has_few_rows(argument, axes, *count)));
    if (cancels(style) || (has_giants(style) && sums) || few) return true;
  }
  return false;
}

bool needs_alternatives(const Operator& op, const Axes& axes, InputStyle style) {
  if (op.tolerance.kind != Tolerance::Kind::derived || !has_real_inputs(op)) return false;
  // exp() multiplies errors of large numbers; differences of the largest are errors, in double too.
  const bool ill_conditioned =
      mean_is_large(style) || style == InputStyle::heavy_tail || style == InputStyle::spikes ||
      style == InputStyle::one_hot || style == InputStyle::rescaled || style == InputStyle::extremes ||
      style == InputStyle::giants || style == InputStyle::graded || style == InputStyle::tiny ||
      style == InputStyle::padded || has_specials(style);
  const bool matrices = std::any_of(op.arguments.begin(), op.arguments.end(), [](const Argument& argument) {
    return argument.input && argument.domain.kind == Domain::Kind::spd;
  });
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    if (!op.arguments[a].output) continue;
    if (ill_conditioned || matrices || !is_floating(op.arguments[a].dtype)) return true;
    if (sums_shortly(op, axes, a)) return true;
  }
  return false;
}

bool needs_own_errors(const Operator& op, const Axes& axes) {
  if (op.tolerance.kind != Tolerance::Kind::derived || !has_real_inputs(op) || !all_are_small(op, axes))
    return false;
  for (size_t a = 0; a < op.arguments.size(); ++a)
    if (op.arguments[a].output && is_floating(op.arguments[a].dtype) && combines_arrays(op, axes, a))
      return true;
  return false;
}

bool is_short_integer(Dtype dtype) {
  return !is_floating(dtype) && dtype != Dtype::boolean && size_of(dtype) <= 2;
}

bool needs_wide(const Operator& op) {
  const auto is_short = [](const Argument& a) { return a.output && is_short_integer(a.dtype); };
  return op.tolerance.kind == Tolerance::Kind::derived && has_real_inputs(op) &&
         std::any_of(op.arguments.begin(), op.arguments.end(), is_short);
}

bool needs_far(const Operator& op, InputStyle style) {
  return style == InputStyle::guided && op.tolerance.kind == Tolerance::Kind::derived &&
         has_real_inputs(op) &&
         std::any_of(op.arguments.begin(), op.arguments.end(), [](const Argument& argument) {
           return argument.output && !is_floating(argument.dtype);
         });
}

double perturbation(const Operator& op, const Axes& axes) {
  double longest = 1, roundoff = 0x1p-53;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    if (argument.input && is_floating(argument.dtype) && argument.dtype != Dtype::f64) roundoff = 0x1p-24;
    if (!argument.output) continue;
    if (const auto length = reduction_length(op, axes, a))
      longest = std::max(longest, static_cast<double>(*length));
  }
  return std::min(16 * std::sqrt(longest) * roundoff, 1e-3);
}

std::vector<Inputs> alternative_inputs(const Operator& op, const Axes& axes, const Inputs& inputs,
                                       uint64_t seed) {
  constexpr uint64_t kFurther = 4, kFurtherShort = 12;
  // Beyond, few directions must do for what is near a tie.
  const bool small = all_are_small(op, axes);
  const auto has_condition = [&](const Argument& argument) {
    return argument.output && (is_floating(argument.dtype) || (small && size_of(argument.dtype) > 1));
  };
  const double size = perturbation(op, axes);
  std::vector<Inputs> moved;
  for (const int sign : {1, -1}) moved.push_back(perturbed(op, axes, inputs, size, sign, seed));
  if (std::none_of(op.arguments.begin(), op.arguments.end(), has_condition)) {
    // Of a thousand ties one direction hardly moves a dozen.
    const bool whole = std::any_of(op.arguments.begin(), op.arguments.end(), [](const Argument& argument) {
      return argument.output && !is_floating(argument.dtype) && size_of(argument.dtype) > 1;
    });
    if (!whole) return moved;
    for (const int sign : {1, -1}) moved.push_back(perturbed(op, axes, inputs, size, sign, seed + 1));
    return moved;
  }
  // A threshold lies on one side, so one of two opposite directions has to meet it unless both are short.
  const bool opposite = std::none_of(op.arguments.begin(), op.arguments.end(), [](const Argument& argument) {
    return argument.output && is_floating(argument.dtype);
  });
  // Among thousands of short rows one meets eight directions that hardly move it; sixteen there are cheap.
  bool short_sums = false;
  for (size_t a = 0; a < op.arguments.size() && small; ++a)
    short_sums |= op.arguments[a].output && sums_shortly(op, axes, a);
  for (uint64_t i = 1; i <= (short_sums ? kFurtherShort : kFurther); ++i)
    moved.push_back(perturbed(op, axes, inputs, size, opposite && i % 2 == 0 ? -1 : 1,
                              opposite ? seed + (i + 1) / 2 : seed + i));
  for (const int sign : {1, -1}) moved.push_back(perturbed_alike(op, inputs, size, sign, seed));
  return moved;
}

std::vector<Inputs> own_inputs(const Operator& op, const Axes& axes, const Inputs& inputs, uint64_t seed) {
  constexpr uint64_t kDirections = 4;
  std::vector<Inputs> moved;
  for (uint64_t i = 0; i < kDirections; ++i)
    for (const int sign : {1, -1}) moved.push_back(perturbed(op, axes, inputs, 0x1p-14, sign, seed + i));
  return moved;
}

std::vector<Inputs> wide_inputs(const Operator& op, const Axes& axes, const Inputs& inputs, uint64_t seed) {
  const double widely = 8 * perturbation(op, axes);
  std::vector<Inputs> moved;
  for (const int sign : {1, -1}) {
    moved.push_back(perturbed(op, axes, inputs, widely, sign, seed));
    moved.push_back(perturbed_alike(op, inputs, widely, sign, seed));
  }
  return moved;
}

}  // namespace ke

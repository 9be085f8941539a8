// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/inputs.h"

#include "ke-build/evaluate/check.h"
#include "ke-build/evaluate/input_balance.h"
#include "ke-build/evaluate/input_company.h"
#include "ke-build/evaluate/input_giants.h"
#include "ke-build/evaluate/input_values.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace ke {

namespace {

// Above this a shape is a mistake in the spec rather than a workload.
constexpr int64_t kLargestArgumentBytes = int64_t{1} << 34;

Error wrong_argument(const Operator& op, const Argument& argument, const std::string& what) {
  return {ErrorCode::usage, fmt::format("{}: input {}: {}", op.spec_path.empty() ? op.name : op.spec_path,
                                        argument.name, what)};
}

Result<> check_structure(const Operator& op, const Argument& argument, const std::vector<int64_t>& shape,
                         int64_t count, int64_t axis_size) {
  if (argument.domain.kind == Domain::Kind::spd &&
      (shape.size() < 2 || shape[shape.size() - 1] != shape[shape.size() - 2])) {
    return wrong_argument(op, argument, "the domain spd needs two equal last axes");
  }
  if (argument.domain.kind == Domain::Kind::offsets && count < 2 && axis_size > 0) {
    return wrong_argument(
        op, argument,
        fmt::format("the domain offsets needs at least 2 elements to reach {}, found {}", axis_size, count));
  }
  if (argument.domain.kind == Domain::Kind::index && count > 0 && axis_size < 1) {
    return wrong_argument(
        op, argument, fmt::format("no index is legal, because the axis {} has size 0", argument.domain.axis));
  }
  const Limits limits = limits_of(argument.domain, argument.dtype, axis_size);
  if (limits.low > limits.high) {
    return wrong_argument(op, argument,
                          fmt::format("no {} lies in the range [{}, {}]", name_of(argument.dtype),
                                      argument.domain.low, argument.domain.high));
  }
  return ok();
}

bool is_normal_array(const Argument& argument) {
  return is_real_array(argument) && argument.domain.kind == Domain::Kind::normal;
}

bool is_whole_array(const Argument& argument) {
  return argument.input && !argument.scalar && !is_floating(argument.dtype) &&
         argument.dtype != Dtype::boolean && argument.domain.kind == Domain::Kind::range;
}

/// Kernels of bfloat16 compute in float and are their own reference; shorter formats saturate.
bool may_grow(const Argument& argument) {
  return is_normal_array(argument) && size_of(argument.dtype) >= 2 && argument.dtype != Dtype::bf16;
}

bool has_whole_outputs(const Operator& op) {
  return std::any_of(op.arguments.begin(), op.arguments.end(), [](const Argument& argument) {
    return argument.output && !is_floating(argument.dtype);
  });
}

/// Wide integers that depend on floating inputs: mostly the place of what is nearest or largest.
bool has_places(const Operator& op) {
  const bool real = std::any_of(op.arguments.begin(), op.arguments.end(), is_real_array);
  return real && std::any_of(op.arguments.begin(), op.arguments.end(), [](const Argument& argument) {
           return argument.output && (argument.dtype == Dtype::i32 || argument.dtype == Dtype::i64);
         });
}

/// Which arguments get the subnormal numbers, the rows of different sizes, NaN or infinities of a style:
/// mostly one of those that may, the largest more often than others, otherwise some of them, so that each
/// operand of a product is seen beside finite ones. Decisions (the nearest of many) between subnormal numbers
/// seen from ordinary ones are ties, even in double, and whoever has digits left there finds another answer
/// than the reference: then all or none.
std::vector<bool> afflicted(const Operator& op, const Axes& axes, InputStyle style, Random& random) {
  std::vector<bool> chosen(op.arguments.size(), true);
  const bool graded = style == InputStyle::graded;
  const bool walks = style == InputStyle::walks, giants = style == InputStyle::giants;
  const bool some = has_specials(style) || style == InputStyle::masked || style == InputStyle::padded ||
                    style == InputStyle::tiny || graded || walks || giants;
  if (!some) return chosen;
  if (style == InputStyle::tiny && has_whole_outputs(op)) return chosen;
  std::vector<size_t> able;
  for (size_t a = 0; a < op.arguments.size(); ++a)
    if (walks    ? is_whole_array(op.arguments[a])
        : giants ? may_grow(op.arguments[a])
        : graded ? has_rows(op.arguments[a])
                 : is_normal_array(op.arguments[a]))
      able.push_back(a);
  if (able.empty()) return chosen;
  if (walks || giants) {
    // Two that turn at once would not come back: minus times minus is plus. The product of two giants is
    // none.
    for (size_t a : able) chosen[a] = false;
    chosen[able[random.below(able.size())]] = true;
    return chosen;
  }
  const bool one = random.below(4) != 0;
  for (size_t a : able) chosen[a] = !one && random.below(2) == 0;
  // The largest comes last; of equal ones any.
  random.shuffle(able);
  const auto elements = [&](size_t a) { return element_count(op.arguments[a], axes).value_or(0); };
  std::stable_sort(able.begin(), able.end(), [&](size_t a, size_t b) { return elements(a) < elements(b); });
  chosen[random.below(2) == 0 ? able.back() : able[random.below(able.size())]] = true;
  return chosen;
}

/// The logarithm of the largest number whose fourth power is finite in all formats, at most `most`.
double room_of(const Operator& op, double most = 32) {
  double room = most;
  for (const Argument& argument : op.arguments)
    if (argument.input && is_real_array(argument))
      room = std::min(room, std::log2(largest_finite(argument.dtype)) / 4);
  return room;
}

/// The power of two of a rescaled case: from 2^12 to 2^36, where cubes are still numbers and 32-bit integers
/// are not, or from 2^-32 to 2^-24 in float, less in shorter formats; ranges only shrink. One for all
/// arguments, because of two that lie far apart only rounding errors of the larger one remain in sums and
/// differences. One case in five (bfloat16: in three) +-(48 to 56) or +-(56 to 61), where squares are still
/// numbers, two in five +-(96 to 104) or +-(118 to 125), where they are none: what lies between overflows or
/// not by the order of a sum. The larger ones of both are beyond numbers that people take for infinity.
/// Kernels of bfloat16 are their own reference in float: for them neither the larger ones nor the last two.
int exponent_of(const Operator& op, Random& random) {
  // Doubles overflow where double does, too: every second time.
  const double own = room_of(op, 256), room = random.below(2) == 0 ? own : std::min(own, 32.0),
               share = 0.75 + 0.25 * random.uniform();
  bool shrinks = random.below(2) == 0, squared_in_float = false;
  for (const Argument& argument : op.arguments) {
    if (!argument.input || !is_real_array(argument)) continue;
    shrinks |= argument.domain.kind == Domain::Kind::range;
    squared_in_float |= argument.dtype == Dtype::bf16;
  }
  // Numbers that are a little too small for whole outputs one by one, and not all together.
  if (shrinks && has_whole_outputs(op) && random.below(3) == 0)
    return -2 - static_cast<int>(random.below(20));
  const uint64_t tier = random.below(squared_in_float ? 3 : 5);
  // Short formats have no room for products of larger ones; that of float is a little below 32.
  const double grown =
      room < 31 ? room / 2 * share : 0.75 * room * (2 * share - 1) + (tier == 0 ? 0 : 0.375 * room);
  // Not down: what meets a small factor there and is divided by another one has lost its digits on the way.
  const bool farther = !squared_in_float && random.below(2) == 0 && !shrinks;
  const double exponent = tier < 2    ? (shrinks ? room * share : grown)
                          : tier == 2 ? room * (farther ? 1.3 + 0.625 * share : 0.75 + share)
                                      : room * (farther ? 3.03 + 0.875 * share : 2.25 + share);
  return static_cast<int>(std::lround(shrinks ? -exponent : exponent));
}

/// An axis of the argument that is summed away, three times in four; -1: any.
int axis_to_walk(const Operator& op, const Argument& argument, Random& random) {
  std::vector<int> summed;
  for (size_t axis = 0; axis < argument.shape.size(); ++axis) {
    const bool kept = std::any_of(op.arguments.begin(), op.arguments.end(), [&](const Argument& other) {
      return other.output && std::count(other.shape.begin(), other.shape.end(), argument.shape[axis]) > 0;
    });
    if (!kept) summed.push_back(static_cast<int>(axis));
  }
  return summed.empty() || random.below(4) == 0 ? -1 : summed[random.below(summed.size())];
}

bool reads_doubles(const Operator& op) {
  return std::any_of(op.arguments.begin(), op.arguments.end(), [](const Argument& argument) {
    return is_real_array(argument) && argument.dtype == Dtype::f64;
  });
}

/// Integers that depend on one array of floats: the place of the largest, an order, a count.
bool only_finds_places(const Operator& op) {
  const auto real = std::count_if(op.arguments.begin(), op.arguments.end(), is_real_array);
  return real == 1 && std::none_of(op.arguments.begin(), op.arguments.end(), [](const Argument& argument) {
           return argument.output && is_floating(argument.dtype);
         });
}

/// What goes with the style: the power of two of rescaled cases, that of the largest whole number, that of
/// the smallest row; the sign of the exponents of extremes, because a subnormal product keeps few digits,
/// which a giant of another argument would show. One for all arguments.
int exponent_for(const Operator& op, InputStyle style, Random& random) {
  constexpr int kFew = 2;  // -4..4
  const int room = static_cast<int>(room_of(op));
  switch (style) {
    case InputStyle::rescaled:
      return exponent_of(op, random);
    case InputStyle::small_integers:
      // Beyond what 16 bits hold, or where sums of some hundred products are still exact.
      return random.below(2) == 0
                 ? kFew
                 : std::min(std::max(room / 2, kFew) + 1, std::array{8, 11, 17}[random.below(3)]);
    case InputStyle::constant_rows:
    case InputStyle::nearly:
      // All ranges at an end at once: where sums of their products are largest.
      return random.below(4) == 0;
    case InputStyle::infinities:
      // The largest number beside them says nothing where it is multiplied or summed up, and overflows.
      return only_finds_places(op);
    case InputStyle::graded:
      return -room - room / 4;
    case InputStyle::extremes:
      // What is finite and overflows on its way is no number any more: the contract may exclude it.
      return random.below(2) == 0 && !op.contract.finite_only ? 1 : -1;
    case InputStyle::padded:
      return op.tolerance.kind == Tolerance::Kind::exact;
    case InputStyle::giants:
      // Exact results are copies: nothing is added up.
      return op.tolerance.kind == Tolerance::Kind::exact ? 1 : -bits_of_giants_factors(op);
    default:
      return 0;
  }
}

/// Values are drawn as doubles, which end in zeros beyond 2^53: one number in two gets what integers have
/// there.
void fill_low_bits(const Argument& argument, Buffer& buffer, Random& random) {
  constexpr int kSignificand = 53;
  const Limits limits = limits_of(argument.domain, argument.dtype, 0);
  for (int64_t i = 0; i < buffer.count(); ++i) {
    const double size = std::abs(buffer.get(i));
    const int spare = size < 0x1p53 ? 0 : std::ilogb(size) + 1 - kSignificand;
    if (spare == 0 || random.below(2) == 0) continue;
    const int64_t value = load_integer(argument.dtype, buffer.data(), i);
    const auto step = static_cast<int64_t>(random.below(uint64_t{1} << spare));
    const bool fits = static_cast<double>(value) + std::exp2(spare) <= limits.high;
    if (fits && value < INT64_MAX - step) store_integer(argument.dtype, buffer.data(), i, value + step);
  }
}

Result<Buffer> draw_array(const Operator& op, const Argument& argument, const Axes& axes, InputStyle style,
                          Random& random, bool afflict = true, int exponent = 0) {
  auto shape = shape_of(argument, axes);
  if (!shape) return wrong_argument(op, argument, shape.error().message);
  const auto elements = element_count(argument, axes);
  if (!elements) return wrong_argument(op, argument, elements.error().message);
  const int64_t count = *elements;
  if (count > kLargestArgumentBytes / size_of(argument.dtype)) {
    return wrong_argument(op, argument, fmt::format("{} elements are more than 16 GiB", count));
  }
  int64_t axis_size = 0;
  if (!argument.domain.axis.empty()) {
    auto size = evaluate_expression(argument.domain.axis, axes);
    if (!size) return wrong_argument(op, argument, "in its domain: " + size.error().message);
    axis_size = *size;
  }
  if (shape->empty()) shape->push_back(1);
  KE_DO(check_structure(op, argument, *shape, count, axis_size));
  Buffer buffer(argument.dtype, count, argument.align_bytes);
  const auto values =
      draw_values({argument.domain, argument.dtype, *shape, axis_size, style, afflict, exponent}, random);
  from_doubles(argument.dtype, values, buffer.data());
  const bool equal = style == InputStyle::constant_rows || style == InputStyle::runs ||
                     style == InputStyle::nearly || style == InputStyle::walks;
  if (argument.dtype == Dtype::i64 && argument.domain.kind == Domain::Kind::range && !equal)
    fill_low_bits(argument, buffer, random);
  return buffer;
}

Result<Buffer> scalar_buffer(const Operator& op, const Argument& argument, const Axes& axes,
                             const std::map<std::string, double>& scalars, InputStyle style, Random& random) {
  Buffer buffer(argument.dtype, 1);
  if (const auto found = scalars.find(argument.name); found != scalars.end()) {
    buffer.set(0, found->second);
    return buffer;
  }
  KE_TRY(buffer, draw_array(op, argument, axes, InputStyle::typical, random));
  if (argument.domain.kind != Domain::Kind::normal) return buffer;
  // Zero leaves NaN beside it out of who skips a product; what is subtracted under a root is an epsilon no
  // more, so that negative ones come where the check knows the condition of the answer.
  const uint64_t choice = random.below(3);
  const bool conditioned =
      style == InputStyle::heavy_tail || style == InputStyle::spikes || style == InputStyle::one_hot;
  if (has_specials(style) ? random.below(2) == 0 : choice == 0 && conditioned) {
    buffer.set(0, 0);
  } else {
    buffer.set(0, std::abs(buffer.get(0)) * (choice == 1 && conditioned ? -1 : 1));
  }
  return buffer;
}

}  // namespace

bool has_rows(const Argument& argument) { return is_normal_array(argument) && argument.shape.size() >= 2; }

bool is_real_array(const Argument& argument) {
  if (!argument.input || argument.scalar || !is_floating(argument.dtype)) return false;
  const auto kind = argument.domain.kind;
  return kind == Domain::Kind::normal || kind == Domain::Kind::range || kind == Domain::Kind::positive;
}

Result<Inputs> draw_inputs(const Operator& op, const Axes& axes, const std::map<std::string, double>& scalars,
                           InputStyle style, Random& random) {
  Inputs inputs;
  std::vector<bool> afflict = afflicted(op, axes, style, random);
  std::optional<SharedAxis> shared;
  // What is near enough by an absolute distance is so at the domain's own scale: nothing may grow.
  const bool relative = op.tolerance.kind != Tolerance::Kind::absolute;
  if (style == InputStyle::graded && relative && random.below(2) == 0) shared = draw_shared_axis(op, random);
  if (shared) afflict.assign(afflict.size(), false);
  // A weight of exactly zero hides NaN behind it from who skips it: beside what is afflicted, every second
  // time, lie numbers so far apart that exponentials vanish.
  const bool apart = has_specials(style) && random.below(2) == 0;
  const int exponent = exponent_for(op, style, random);
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    if (!argument.input) {
      inputs.arguments.emplace_back();
    } else if (argument.scalar) {
      KE_TRY(auto buffer, scalar_buffer(op, argument, axes, scalars, style, random));
      inputs.arguments.push_back(std::move(buffer));
    } else {
      const bool lone = apart && !afflict[a] && is_normal_array(argument);
      const InputStyle drawn = lone ? InputStyle::one_hot : style;
      // What is near enough by an absolute distance is so at the domain's own scale.
      const bool shrinks = op.tolerance.kind != Tolerance::Kind::absolute;
      const int own = argument.domain.kind == Domain::Kind::spd ? shrinks
                      : style == InputStyle::walks              ? axis_to_walk(op, argument, random)
                      : style == InputStyle::giants ? exponent - bits_of_giants_repeats(op, axes, argument)
                      : style == InputStyle::ties   ? is_exact_elementwise(op, axes)
                                                    : exponent;
      KE_TRY(auto buffer, draw_array(op, argument, axes, drawn, random, afflict[a], own));
      inputs.arguments.push_back(std::move(buffer));
    }
  }
  if (random.below(4) == 0) set_off(op, style, inputs, random);
  if (shared) KE_DO(balance(op, axes, *shared, -exponent * 6 / 5, inputs, random));
  return inputs;
}

std::vector<InputStyle> legal_styles(const Operator& op) {
  bool arrays = false, tiny = false, specials = false, offset = false, zeros = false, rows = false;
  bool whole = false, real = false, normal = false, giants = false;
  for (const Argument& argument : op.arguments) {
    if (!argument.input || argument.scalar || argument.domain.kind == Domain::Kind::constant) continue;
    arrays = true;
    const auto kind = argument.domain.kind;
    offset |= kind == Domain::Kind::normal || kind == Domain::Kind::positive || kind == Domain::Kind::range;
    const Limits limits = limits_of(argument.domain, argument.dtype, 0);
    zeros |=
        (kind == Domain::Kind::normal || kind == Domain::Kind::range) && limits.low <= 0 && limits.high >= 0;
    rows |= has_rows(argument) && unit_roundoff(argument.dtype) <= 0x1p-8 && argument.dtype != Dtype::f16;
    whole |= is_whole_array(argument);
    real |= is_floating(argument.dtype);
    if (!is_real_array(argument)) continue;
    tiny |=
        limits.low <= smallest_subnormal(argument.dtype) && limits.high >= smallest_normal(argument.dtype);
    normal |= kind == Domain::Kind::normal;
    specials |= kind == Domain::Kind::normal && !op.contract.finite_only;
    giants |= may_grow(argument);
  }
  std::vector<InputStyle> styles = {InputStyle::typical};
  if (!arrays) return styles;
  styles.insert(styles.end(),
                {InputStyle::heavy_tail, InputStyle::one_hot, InputStyle::constant_rows, InputStyle::sorted,
                 InputStyle::alternating_sign, InputStyle::small_integers, InputStyle::spikes});
  // Products in tf32 round what little a subnormal number has.
  if (tiny && op.tolerance.products == 0) styles.push_back(InputStyle::tiny);
  if (specials)
    styles.insert(styles.end(), {InputStyle::specials, InputStyle::infinities, InputStyle::masked});
  // The nearest of many is a matter of rounding for who is a giant beside them, or sees nothing but subnormal
  // numbers, unless results are copies.
  const bool told_apart = op.tolerance.kind == Tolerance::Kind::exact || !has_places(op);
  if (normal && (specials || told_apart)) styles.push_back(InputStyle::extremes);
  if (giants && op.tolerance.kind != Tolerance::Kind::absolute && told_apart)
    styles.push_back(InputStyle::giants);
  if (offset) styles.push_back(InputStyle::offset_rows);
  // What its owner calls near enough by an absolute distance is near enough at the domain's own scale.
  if (tiny && op.tolerance.kind != Tolerance::Kind::absolute) styles.push_back(InputStyle::rescaled);
  // Which of several equal rows, of zeros above all, is the nearest is a matter of rounding, too.
  if (!has_places(op)) styles.push_back(InputStyle::runs);
  if (told_apart) styles.push_back(InputStyle::nearly);
  if (normal && told_apart && op.tolerance.kind != Tolerance::Kind::absolute)
    styles.push_back(InputStyle::padded);
  if (zeros && !has_places(op)) styles.push_back(InputStyle::sparse);
  // Which integer comes of nearly equal numbers is a matter of rounding where sizes differ so much.
  if (rows && !has_whole_outputs(op)) styles.push_back(InputStyle::graded);
  const bool exact_doubles = op.tolerance.kind == Tolerance::Kind::exact && reads_doubles(op);
  if (has_whole_outputs(op) || exact_doubles) styles.push_back(InputStyle::ties);
  // Sums of floats that cancel are asked for by alternating signs and sorted numbers, with bounds of theirs.
  if (whole && !real) styles.push_back(InputStyle::walks);
  return styles;
}

}  // namespace ke

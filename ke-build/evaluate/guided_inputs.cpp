// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/guided_inputs.h"

#include "ke-build/evaluate/check.h"
#include "ke-build/evaluate/input_values.h"
#include "ke-build/evaluate/reference.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>

namespace ke {
namespace {

constexpr int64_t kMadeElements = 1 << 22, kMadeBytes = 1 << 22, kSearched = 1 << 15;
// Finite numbers far beyond the usual overflow in squares and sums, where each kernel does so elsewhere; and
// where integers are chosen by them, what tells them apart is lost beside large ones sooner in some formulas.
constexpr double kFarthest = 0x1p20, kFarthestForChoices = 0x1p8;
// Reciprocals and squares of smaller ones end differently in each kernel as well.
constexpr double kNearest = 0x1p-20;

double as_double(uint64_t bits) { return std::bit_cast<double>(bits); }

Example copy(const Example& from) { return {from.axes, from.scalars, copy_of(from.inputs)}; }

int64_t columns_of(const Argument& argument, const Axes& axes) {
  const auto shape = shape_of(argument, axes);
  return shape && !shape->empty() ? std::max<int64_t>(shape->back(), 1) : 1;
}

/// Bits of a stored number, low ones first, and back.
uint64_t bits_at(const Buffer& buffer, int64_t index) {
  const auto size = static_cast<size_t>(size_of(buffer.dtype()));
  uint64_t bits = 0;
  std::memcpy(&bits, buffer.data() + static_cast<size_t>(index) * size, size);
  return bits;
}

double number_of_bits(Dtype dtype, uint64_t bits) { return load(dtype, &bits, 0); }

}  // namespace

std::vector<size_t> GuidedInputs::arrays(const Example& from) const {
  std::vector<size_t> found;
  for (size_t i = 0; i < op_.arguments.size(); ++i) {
    const Argument& argument = op_.arguments[i];
    const Domain::Kind kind = argument.domain.kind;
    if (!argument.input || argument.scalar || from.inputs.arguments[i].empty()) continue;
    if (kind == Domain::Kind::offsets || kind == Domain::Kind::spd || kind == Domain::Kind::constant)
      continue;
    found.push_back(i);
  }
  return found;
}

/// The nearest number that the contract allows.
double GuidedInputs::limited(const Argument& argument, const Axes& axes, double value) const {
  int64_t size = 0;
  if (!argument.domain.axis.empty())
    if (const auto known = evaluate_expression(argument.domain.axis, axes)) size = *known;
  Limits limits = limits_of(argument.domain, argument.dtype, size);
  const bool rounds = is_floating(argument.dtype) && op_.tolerance.kind != Tolerance::Kind::exact;
  if (rounds && argument.domain.kind != Domain::Kind::range) {
    const double farthest = (needs_far(op_, InputStyle::guided) ? kFarthestForChoices : kFarthest) *
                            std::max(argument.domain.scale, 1.0);
    limits = {std::max(limits.low, -farthest), std::min(limits.high, farthest)};
    const double nearest = kNearest * argument.domain.scale;
    if (limits.low > 0) limits.low = std::max(limits.low, nearest);
    if (std::abs(value) < nearest / 2) value = 0;
    if (value != 0 && std::abs(value) < nearest) value = std::copysign(nearest, value);
  }
  if (argument.domain.kind == Domain::Kind::mask) value = value != 0;
  return std::clamp(value, limits.low, limits.high);
}

/// Has it changed?
bool GuidedInputs::set(Buffer& buffer, const Argument& argument, const Axes& axes, int64_t index,
                       double value) const {
  if (std::isnan(value)) return false;
  const double before = buffer.get(index);
  buffer.set(index, limited(argument, axes, value));
  return buffer.get(index) != before || std::signbit(buffer.get(index)) != std::signbit(before);
}

GuidedInputs::Goal GuidedInputs::goal_of(const ke_runner::Compared& compared, unsigned seen, bool moves_b) {
  const ke_runner::ComparedPair pairs[] = {compared.first, compared.nearest, compared.last};
  size_t chosen = random_.below(std::size(pairs));
  if (chosen == 1 && compared.less + compared.greater == 0) chosen = 0;
  const ke_runner::ComparedPair& pair = pairs[chosen];
  const auto number = [&](uint64_t bits) {
    return compared.real ? as_double(bits) : static_cast<double>(static_cast<int64_t>(bits));
  };
  const double a = number(pair.a), b = number(pair.b);
  std::vector<int> missing;
  for (int k = 0; k < 3; ++k)
    if ((seen >> k & 1) == 0) missing.push_back(k - 1);  // a to b: -1 less, 0 equal, 1 greater
  const int wanted = missing.empty() ? 0 : missing[random_.below(missing.size())];
  const double other = moves_b ? a : b;
  // A little, a little more, or much further.
  double step = 1;
  if (compared.real != 0)
    step = std::max(std::abs(other), 1e-3) *
           (random_.below(2) == 0 ? (compared.bytes == 4 ? 0x1p-22 : 0x1p-51) : 0.25);
  else if (random_.below(2) == 0)
    step = static_cast<double>(1 + random_.below(64));
  const int sign = moves_b ? -wanted : wanted;
  Goal goal{moves_b ? b : a, other + sign * step, compared.real != 0, compared.bytes};
  if (goal.real) return goal;
  // Noted with their signs.
  const uint64_t mask = compared.bytes >= 8 ? ~uint64_t{0} : (uint64_t{1} << 8 * compared.bytes) - 1;
  goal.from_bits = (moves_b ? pair.b : pair.a) & mask;
  goal.to_bits =
      ((moves_b ? pair.a : pair.b) + static_cast<uint64_t>(sign * static_cast<int64_t>(step))) & mask;
  return goal;
}

std::optional<Example> GuidedInputs::with_axis(const Example& from, const std::string& name, double size) {
  if (!(std::abs(size) < 0x1p40)) return std::nullopt;
  const auto wanted = static_cast<int64_t>(std::llround(size));
  auto axes = resized_axes(op_, from.axes, name, wanted, kMadeElements);
  if (!axes || *axes == from.axes || case_bytes(op_, *axes) > kMadeBytes) return std::nullopt;
  // Square matrices may stay square.
  for (const auto& [other, old] : from.axes)
    if (other != name && old == from.axes.at(name) && random_.below(2) == 0)
      if (auto both = resized_axes(op_, *axes, other, wanted, kMadeElements);
          both && case_bytes(op_, *both) <= kMadeBytes)
        axes = std::move(both);
  const std::map<std::string, double> scalars = dealer_.deal(*axes, from.scalars);  // domains hang on sizes
  auto inputs = draw_inputs(op_, *axes, scalars, InputStyle::typical, random_);
  if (!inputs) return std::nullopt;
  return Example{*axes, scalars, *std::move(inputs)};
}

std::optional<Example> GuidedInputs::with_any_axis(const Example& from, const Goal& goal, bool exactly) {
  std::vector<std::pair<std::string, double>> sizes;
  for (const auto& [name, size] : from.axes) {
    const auto own = static_cast<double>(size);
    if (own == goal.from) sizes.emplace_back(name, goal.to);
    if (exactly) continue;
    sizes.emplace_back(name, own + goal.to - goal.from);
    if (goal.from > 0 && goal.to > 0) sizes.emplace_back(name, std::ceil(own * (goal.to / goal.from)));
    if (goal.from > 0 && own > 0)
      sizes.emplace_back(name, goal.to / std::max(1.0, std::round(goal.from / own)));
  }
  if (sizes.empty()) return std::nullopt;
  const auto& [name, size] = sizes[random_.below(sizes.size())];
  return with_axis(from, name, size);
}

std::optional<Example> GuidedInputs::with_elements(const Example& from, const Goal& goal) {
  const std::vector<size_t> all = arrays(from);
  const bool one = random_.below(2) == 0;
  for (const size_t i : all) {
    const Buffer& buffer = from.inputs.arguments[i];
    if (goal.real != is_floating(buffer.dtype())) continue;
    std::vector<int64_t> places;
    for (int64_t k = 0; k < buffer.count(); ++k)
      if (std::abs(buffer.get(k)) == std::abs(goal.from)) places.push_back(k);
    if (places.empty()) continue;
    Example made = copy(from);
    bool moved = false;
    const auto move = [&](int64_t k) {
      const double value = buffer.get(k) == goal.from ? goal.to : -goal.to;
      moved |= set(made.inputs.arguments[i], op_.arguments[i], from.axes, k, value);
    };
    if (one) move(places[random_.below(places.size())]);
    for (size_t k = 0; !one && k < places.size(); ++k) move(places[k]);
    if (moved) return made;
  }
  return std::nullopt;
}

std::optional<Example> GuidedInputs::with_bits(const Example& from, const Goal& goal) {
  constexpr int kFewest = 5;  // fewer bits are anywhere
  if (goal.real || goal.from < 0 || goal.to < 0 || goal.from >= 0x1p63 || goal.to >= 0x1p63)
    return std::nullopt;
  const auto old_bits = static_cast<uint64_t>(goal.from), new_bits = static_cast<uint64_t>(goal.to);
  const int width =
      std::max(static_cast<int>(std::bit_width(old_bits)), static_cast<int>(std::bit_width(new_bits)));
  if (width < kFewest) return std::nullopt;
  const uint64_t mask = width >= 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
  for (const size_t i : arrays(from)) {
    const Buffer& buffer = from.inputs.arguments[i];
    const int size = 8 * static_cast<int>(size_of(buffer.dtype()));
    std::optional<Example> made;  // as it was, until an element is set
    for (int64_t k = 0; k < std::min(buffer.count(), kSearched); ++k)
      for (int shift = 0; shift + width <= size; ++shift) {
        const uint64_t bits = bits_at(buffer, k);
        if ((bits >> shift & mask) != old_bits) continue;
        const uint64_t patched = (bits & ~(mask << shift)) | new_bits << shift;
        if (!made) made = copy(from);
        if (set(made->inputs.arguments[i], op_.arguments[i], from.axes, k,
                number_of_bits(buffer.dtype(), patched)))
          return made;
      }
  }
  return std::nullopt;
}

/// Several short integers that were loaded as one word: the compared one holds their bytes, lowest first,
/// perhaps shifted by some bytes or with those at its ends masked out.
std::optional<Example> GuidedInputs::with_words(const Example& from, const Goal& goal) {
  constexpr int kFewestBytes = 2, kMostPlaces = 64;
  if (goal.real) return std::nullopt;
  uint64_t old_bytes = goal.from_bits, new_bytes = goal.to_bits;
  while ((old_bytes | new_bytes) != 0 && ((old_bytes | new_bytes) & 0xff) == 0)
    old_bytes >>= 8, new_bytes >>= 8;
  const int length = static_cast<int>((std::bit_width(old_bytes | new_bytes) + 7) / 8);
  for (const size_t i : arrays(from)) {
    const Buffer& buffer = from.inputs.arguments[i];
    const auto size = static_cast<int64_t>(size_of(buffer.dtype()));
    const int64_t bytes = std::min(buffer.count() * size, kSearched);
    if (is_floating(buffer.dtype()) || length < kFewestBytes || length <= size) continue;
    std::optional<Example> made;  // as it was, until an element is set
    int tried = 0;
    for (int64_t at = 0; at + length <= bytes && tried < kMostPlaces; ++at) {
      if (std::memcmp(buffer.data() + at, &old_bytes, static_cast<size_t>(length)) != 0) continue;
      ++tried;
      if (!made) made = copy(from);
      const int64_t first = at / size, last = (at + length - 1) / size;
      std::vector<std::byte> wanted(buffer.data() + first * size, buffer.data() + (last + 1) * size);
      std::memcpy(wanted.data() + (at - first * size), &new_bytes, static_cast<size_t>(length));
      bool moved = false;
      for (int64_t k = first; k <= last; ++k)
        moved |= set(made->inputs.arguments[i], op_.arguments[i], from.axes, k,
                     load(buffer.dtype(), wanted.data(), k - first));
      if (moved) return made;
    }
  }
  return std::nullopt;
}

std::optional<Example> GuidedInputs::with_scaled(const Example& from, const Goal& goal) {
  const std::vector<size_t> all = arrays(from);
  if (all.empty() || goal.from == 0 || !std::isfinite(goal.from) || !std::isfinite(goal.to))
    return std::nullopt;
  const size_t i = all[random_.below(all.size())];
  if (!is_floating(op_.arguments[i].dtype)) return std::nullopt;
  double factor = goal.to / goal.from;
  const uint64_t power = random_.below(3);  // of the operand in the array: 1, 2, or it is a sum
  if (power == 1) factor = std::copysign(std::sqrt(std::abs(factor)), factor);
  Example made = copy(from);
  Buffer& buffer = made.inputs.arguments[i];
  const double shift = (goal.to - goal.from) / static_cast<double>(buffer.count());
  bool moved = false;
  for (int64_t k = 0; k < buffer.count(); ++k)
    moved |= set(buffer, op_.arguments[i], from.axes, k,
                 power == 2 ? buffer.get(k) + shift : factor * buffer.get(k));
  return moved ? std::optional(std::move(made)) : std::nullopt;
}

std::optional<Example> GuidedInputs::aimed(const Example& from, const ke_runner::Compared& compared,
                                           unsigned seen) {
  const bool first = compared.constant != 0 || random_.below(2) == 0;
  const Goal goals[] = {goal_of(compared, seen, first), goal_of(compared, seen, !first)};
  const size_t count = compared.constant != 0 ? 1 : 2;
  std::optional<Example> made;
  for (size_t k = 0; k < count && !made; ++k) {
    const Goal& goal = goals[k];
    if (!std::isfinite(goal.from) || !std::isfinite(goal.to)) continue;
    if (!goal.real) made = with_any_axis(from, goal, true);
    if (!made) made = with_elements(from, goal);
    if (!made) made = with_bits(from, goal);
    if (!made) made = with_words(from, goal);
  }
  const Goal& goal = goals[random_.below(count)];
  if (made || !std::isfinite(goal.from) || !std::isfinite(goal.to)) return made;
  if (!goal.real && random_.below(2) == 0) made = with_any_axis(from, goal, false);
  return made ? std::move(made) : with_scaled(from, goal);
}

double GuidedInputs::operand(const ke_runner::TraceTable& table) {
  const size_t start = random_.below(ke_runner::kTracedComparisons);
  for (size_t i = 0; i < ke_runner::kTracedComparisons; ++i) {
    const ke_runner::Compared& one = table.comparisons[(start + i) % ke_runner::kTracedComparisons];
    if (one.at == 0) continue;
    const uint64_t bits = random_.below(2) == 0 ? one.last.a : one.last.b;
    const double value = one.real != 0 ? as_double(bits) : static_cast<double>(static_cast<int64_t>(bits));
    if (std::isfinite(value)) return value;
  }
  return 0;
}

std::optional<Example> GuidedInputs::changed(const Example& from, const ke_runner::TraceTable& table) {
  const std::vector<size_t> all = arrays(from);
  if (all.empty()) return std::nullopt;
  const size_t i = all[random_.below(all.size())];
  const Argument& argument = op_.arguments[i];
  Example made = copy(from);
  Buffer& buffer = made.inputs.arguments[i];
  const int64_t count = buffer.count(), columns = std::min(columns_of(argument, from.axes), count);
  const bool whole = columns == count || random_.below(2) == 0;
  const int64_t row = whole ? 0 : static_cast<int64_t>(random_.below(static_cast<uint64_t>(count / columns)));
  const int64_t begin = row * columns, end = whole ? count : begin + columns;
  const auto any = [&] {
    return buffer.get(begin + static_cast<int64_t>(random_.below(static_cast<uint64_t>(end - begin))));
  };
  const double pick = random_.below(2) == 0 ? operand(table) : any();
  const auto period = static_cast<int64_t>(uint64_t{1} << random_.below(7));
  const double step = std::ldexp(1.0, static_cast<int>(random_.below(8)) - 4),
               factor = std::ldexp(1.0, static_cast<int>(random_.below(13)) - 6);
  std::vector<double> values;
  for (int64_t k = begin; k < end; ++k) values.push_back(buffer.get(k));
  const uint64_t kind = random_.below(8);
  if (kind == 0) std::sort(values.begin(), values.end());
  if (kind == 1) std::sort(values.begin(), values.end(), std::greater<>());
  const std::vector<double> old = values;
  for (size_t k = 0; k < values.size(); ++k) {
    const auto at = static_cast<double>(k);
    if (kind == 2) values[k] = pick;
    if (kind == 3) values[k] = old[k % static_cast<size_t>(period)];
    if (kind == 4) values[k] = pick + step * at;
    if (kind == 5) values[k] = factor * old[k];
    if (kind == 6) values[k] = old[k] + pick;
    if (kind == 7) values[k] = -old[k];
  }
  bool moved = false;
  for (size_t k = 0; k < values.size(); ++k)
    moved |= set(buffer, argument, from.axes, begin + static_cast<int64_t>(k), values[k]);
  return moved ? std::optional(std::move(made)) : std::nullopt;
}

std::optional<Example> GuidedInputs::varied(const Example& from, const ke_runner::TraceTable& table) {
  const std::vector<size_t> all = arrays(from);
  if (all.empty()) return std::nullopt;
  Example made = copy(from);
  bool moved = false;
  for (uint64_t left = 1 + random_.below(3); left > 0; --left) {
    const size_t i = all[random_.below(all.size())];
    Buffer& buffer = made.inputs.arguments[i];
    const auto anywhere = [&] {
      return static_cast<int64_t>(random_.below(static_cast<uint64_t>(buffer.count())));
    };
    const double old = buffer.get(anywhere());
    const int64_t at = anywhere();
    switch (random_.below(6)) {
      case 0:
        moved |= set(buffer, op_.arguments[i], from.axes, at, old);
        break;
      case 1:
        moved |= set(buffer, op_.arguments[i], from.axes, at, -2 * buffer.get(at) + 1);
        break;
      case 2:
        moved |= set(buffer, op_.arguments[i], from.axes, at, old + 100 * op_.arguments[i].domain.scale);
        break;
      case 3:
        moved |= set(buffer, op_.arguments[i], from.axes, at, buffer.get(at) + 1);
        break;
      case 4:
        moved |= set(buffer, op_.arguments[i], from.axes, at, operand(table));
        break;
      default:
        moved |= mutate_one(op_, made.axes, made.inputs, random_);
    }
  }
  return moved ? std::optional(std::move(made)) : std::nullopt;
}

}  // namespace ke

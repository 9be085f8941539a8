// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/inputs_scalars.h"

#include "ke-build/base/text.h"
#include "ke-build/evaluate/input_values.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <cmath>

namespace ke {

namespace {

/// A whole number of any count of bits, half of the time as many as a word or half of one has; one in three
/// all ones. Those below 2^16 are rare among all that 32 bits hold.
double of_a_size(double most, Random& random) {
  constexpr int kWords[] = {7, 8, 15, 16, 24, 31, 32};
  const auto bits = static_cast<int>(std::floor(std::log2(most))) + 1;
  int size = 1 + static_cast<int>(random.below(static_cast<uint64_t>(bits)));
  if (const int word = kWords[random.below(std::size(kWords))]; word <= bits && random.below(2) == 0)
    size = word;
  const double half = std::exp2(size - 1);
  return random.below(3) == 0 ? 2 * half - 1 : half + std::floor(half * random.uniform());
}

}  // namespace

// By turns what `usual` gives, the ends, zero where it lies inside, and anything from the domain.
double ScalarDealer::by_turns(const Argument& argument, int64_t size, double usual) {
  const Limits limits = limits_of(argument.domain, argument.dtype, size);
  std::vector<double> marked = {limits.low, limits.high};
  if (limits.low < 0 && limits.high > 0) marked.push_back(0);
  Turn& turn = turns_[argument.name];
  if (turn.at == 0 || turn.order.size() != marked.size()) {
    turn.order.resize(marked.size());
    for (size_t i = 0; i < marked.size(); ++i) turn.order[i] = i;
    for (size_t i = marked.size(); i > 1; --i) std::swap(turn.order[i - 1], turn.order[random_.below(i)]);
  }
  const size_t turn_now = turn.at++ % (marked.size() + 2);
  if (turn_now == 0) return std::clamp(usual, limits.low, limits.high);
  if (turn_now <= marked.size()) return marked[turn.order[turn_now - 1]];
  const double any =
      draw_values({argument.domain, argument.dtype, {1}, size, InputStyle::typical}, random_).front();
  if (!is_floating(argument.dtype) && limits.high > 0xff && random_.below(2) == 0) {
    const double size = of_a_size(limits.high, random_),
                 value = limits.low < 0 && random_.below(2) == 0 ? -size : size;
    return value >= limits.low && value <= limits.high ? value : any;
  }
  // Right beside a whole number, which a kernel could take for it.
  if (is_floating(argument.dtype) && random_.below(3) == 0 && std::nearbyint(any) != 0)
    return std::clamp(std::nearbyint(any) * (1 + a_little(argument.dtype)), limits.low, limits.high);
  // 0.3 is no binary fraction, and steps of it do not add up to its multiples.
  if (argument.dtype == Dtype::f64 && random_.below(2) == 0)
    return std::clamp(nearest_decimal(any, 10), limits.low, limits.high);
  // Small ones, which a kernel could take for nothing, are rare in a range.
  const bool small = is_floating(argument.dtype) && random_.below(2) == 0;
  return small ? std::clamp(any * std::exp2(-24 * random_.uniform()), limits.low, limits.high) : any;
}

double ScalarDealer::whole(const Argument& argument, const Axes& axes, double announced) {
  const Domain& domain = argument.domain;
  const bool one_by_one = domain.kind == Domain::Kind::range || domain.kind == Domain::Kind::index ||
                          domain.kind == Domain::Kind::mask;
  if (!domain.declared || !one_by_one) return announced;
  const auto size = domain.axis.empty() ? Result<int64_t>(0) : evaluate_expression(domain.axis, axes);
  return by_turns(argument, size.value_or(0), announced);
}

/// Of any size from a 2^8th to what the format still tells from 1, or below 1.
double ScalarDealer::a_little(Dtype dtype) {
  constexpr double kLargest = 8;
  const double smallest = std::max(kLargest, -std::log2(unit_roundoff(dtype)) - 1);
  const double size = std::exp2(-kLargest - (smallest - kLargest) * random_.uniform());
  return random_.below(2) == 0 ? size : -size;
}

double ScalarDealer::real(const Argument& argument, double announced) {
  const Domain& domain = argument.domain;
  if (domain.kind == Domain::Kind::constant) return announced;
  // The announced number itself as well: what a kernel does for that one alone must do for all inputs. What
  // it does for that one must not be done for those right beside it, either.
  const uint64_t kind = random_.below(4);
  const double value = kind < 2    ? announced
                       : kind == 2 ? announced * (0.5 + 1.5 * random_.uniform())
                                   : announced * (1 + a_little(argument.dtype));
  return domain.declared && domain.kind == Domain::Kind::range ? by_turns(argument, 0, value) : value;
}

std::map<std::string, double> ScalarDealer::deal(const Axes& axes,
                                                 const std::map<std::string, double>& announced) {
  std::map<std::string, double> scalars = announced;
  for (const Argument& argument : op_.arguments) {
    const auto found = scalars.find(argument.name);
    if (found == scalars.end()) continue;
    found->second =
        is_floating(argument.dtype) ? real(argument, found->second) : whole(argument, axes, found->second);
  }
  return scalars;
}

std::string untried_scalars(const Operator& op) {
  std::vector<std::string> names;
  for (const Argument& argument : op.arguments) {
    const bool kept = std::any_of(op.workloads.begin(), op.workloads.end(), [&](const Workload& workload) {
      const auto found = workload.scalars.find(argument.name);
      return found != workload.scalars.end() && (!is_floating(argument.dtype) || found->second == 0);
    });
    if (argument.scalar && !argument.domain.declared && kept) names.push_back(argument.name);
  }
  if (names.empty()) return "";
  return "no values but the workloads' are tried of " + join_texts(names, ", ") +
         ": if others are legal, declare $.ke.domains." + names.front();
}

std::map<std::string, double> halving_scalars(const Operator& op, std::map<std::string, double> scalars,
                                              Random& random) {
  for (const Argument& argument : op.arguments) {
    const auto found = scalars.find(argument.name);
    const Domain& domain = argument.domain;
    if (found == scalars.end() || domain.kind == Domain::Kind::constant) continue;
    const bool whole = !is_floating(argument.dtype);
    if (whole && (!domain.declared || domain.kind != Domain::Kind::range)) continue;
    const double size = whole ? limits_of(domain, argument.dtype, 0).high : std::abs(found->second);
    if (!(size > 0)) continue;
    const double exponent =
        whole ? std::floor(std::log2(size) * (0.5 + 0.5 * random.uniform())) : std::round(std::log2(size));
    const double value = std::exp2(exponent) * (!whole && found->second < 0 ? -1 : 1);
    if (domain.kind != Domain::Kind::range || (value >= domain.low && value <= domain.high))
      found->second = value;
  }
  return scalars;
}

std::map<std::string, double> spread_scalars(const Operator& op, std::map<std::string, double> scalars,
                                             Random& random) {
  for (const Argument& argument : op.arguments) {
    const auto found = scalars.find(argument.name);
    const Domain& domain = argument.domain;
    if (found == scalars.end() || is_floating(argument.dtype) || !domain.declared ||
        domain.kind != Domain::Kind::range)
      continue;
    const Limits limits = limits_of(domain, argument.dtype, 0);
    if (!(limits.high > 1)) continue;
    const double value = std::floor(std::exp2(std::log2(limits.high) * (0.4 + 0.6 * random.uniform())));
    if (value >= limits.low) found->second = value;
  }
  return scalars;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/inputs_scalars.h"

#include "ke-build/evaluate/input_values.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <cmath>

namespace ke {

double ScalarDealer::whole(const Argument& argument, const Axes& axes, double announced) {
  const Domain& domain = argument.domain;
  const bool one_by_one = domain.kind == Domain::Kind::range || domain.kind == Domain::Kind::index ||
                          domain.kind == Domain::Kind::mask;
  if (!domain.declared || !one_by_one) return announced;
  const auto size = domain.axis.empty() ? Result<int64_t>(0) : evaluate_expression(domain.axis, axes);
  const Limits limits = limits_of(domain, argument.dtype, size.value_or(0));
  std::vector<double> marked = {limits.low, limits.high};
  if (limits.low < 0 && limits.high > 0) marked.push_back(0);
  // What is scaled by a power of two can land half-way.
  if (limits.high >= 2)
    marked.push_back(
        std::max(limits.low, std::exp2(std::floor(random_.uniform() * (std::log2(limits.high) + 1)))));
  Turn& turn = turns_[argument.name];
  if (turn.at == 0 || turn.order.size() != marked.size()) {
    turn.order.resize(marked.size());
    for (size_t i = 0; i < marked.size(); ++i) turn.order[i] = i;
    for (size_t i = marked.size(); i > 1; --i) std::swap(turn.order[i - 1], turn.order[random_.below(i)]);
  }
  const size_t turn_now = turn.at++ % (marked.size() + 2);
  if (turn_now == 0) return std::clamp(announced, limits.low, limits.high);
  if (turn_now <= marked.size()) return marked[turn.order[turn_now - 1]];
  return draw_values({domain, argument.dtype, {1}, size.value_or(0), InputStyle::typical}, random_).front();
}

double ScalarDealer::real(const Argument& argument, double announced) {
  if (argument.domain.kind == Domain::Kind::constant) return announced;
  const auto inside = [&](double value) {
    return argument.domain.kind == Domain::Kind::range
               ? std::clamp(value, argument.domain.low, argument.domain.high)
               : value;
  };
  const double value = announced * (0.5 + 1.5 * random_.uniform());
  if (value == 0 || random_.below(3) != 0) return inside(value);
  return inside(std::copysign(std::exp2(std::round(std::log2(std::abs(value)))), value));
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

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/check_variants.h"

#include <iterator>

namespace ke {
namespace {

constexpr uint64_t kFar = 8;
constexpr double kFarAway = 0x1p-10;  // relative

size_t append(std::vector<Inputs>& all, std::vector<Inputs> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
  return more.size();
}

}  // namespace

Variants::Variants(const Operator& op, const Axes& axes, const Inputs& original, InputStyle style, bool whole,
                   uint64_t seed) {
  const uint64_t others = seed ^ 0x77696465;
  if (whole || needs_absolute(op, axes, style)) {
    inputs.push_back(absolute_of(op, original));
    absolute = 1;
  }
  if (needs_alternatives(op, axes, style))
    moved = append(inputs, alternative_inputs(op, axes, original, seed));
  if (needs_own_errors(op, axes)) own = append(inputs, own_inputs(op, axes, original, ~seed));
  if (needs_wide(op)) wide = append(inputs, wide_inputs(op, axes, original, others));
  if (!needs_far(op, style)) return;
  for (far = 0; far < kFar; ++far) inputs.push_back(moved_far(op, original, kFarAway, ~others + far));
}

CheckAids Variants::aids(const Expected*& next) const {
  CheckAids aids;
  if (absolute > 0) aids.absolute = next++;
  for (size_t k = 0; k < moved; ++k) aids.alternatives.push_back(next++);
  if (own > 0)
    for (const Expected* one : aids.alternatives) aids.around.emplace_back(one, nullptr);
  for (size_t k = 0; k < own; ++k) aids.around.emplace_back(next++, nullptr);
  for (size_t k = 0; k < wide; ++k) aids.wide.push_back(next++);
  for (size_t k = 0; k < far; ++k) aids.far.push_back(next++);
  return aids;
}

}  // namespace ke

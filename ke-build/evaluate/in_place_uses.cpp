// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/verify_uses.h"
#include "ke-build/model/spec.h"

#include <algorithm>

namespace ke {

std::vector<std::vector<int>> in_place_uses(const Operator& op) {
  std::vector<std::vector<int>> uses;
  for (size_t output = 0; output < op.arguments.size(); ++output) {
    for (size_t input = 0; input < op.arguments.size(); ++input) {
      const Argument &to = op.arguments[output], &from = op.arguments[input];
      const bool pure_output = to.output && !to.input,
                 pure_input = from.input && !from.output && !from.scalar;
      if (!pure_output || !pure_input || to.dtype != from.dtype || to.shape != from.shape) continue;
      uses.emplace_back(op.arguments.size(), -1);
      uses.back()[input] = static_cast<int>(output);
    }
  }
  return uses;
}

std::vector<std::vector<int>> paired_uses(const Operator& op) {
  constexpr size_t kMost = 16;
  const std::vector<std::vector<int>> single = in_place_uses(op);
  std::vector<std::vector<int>> pairs;
  for (size_t i = 0; i < single.size(); ++i)
    for (size_t k = i + 1; k < single.size() && pairs.size() < kMost; ++k) {
      std::vector<int> both = single[i];
      bool apart = true;
      for (size_t input = 0; input < both.size(); ++input) {
        const int other = single[k][input];
        if (other < 0) continue;
        apart = both[input] < 0 && std::find(both.begin(), both.end(), other) == both.end();
        both[input] = other;
      }
      if (apart) pairs.push_back(std::move(both));
    }
  return pairs;
}

std::vector<int> outputs_there(const Operator& op, const Case& example) {
  std::vector<int> found{-1};
  if (op.contract.noalias) return found;
  for (const std::vector<int>& use : in_place_uses(op))
    if (const int output = use[static_cast<size_t>(example.tied.front().second)]; output >= 0)
      found.push_back(output);
  return found;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/verify_uses.h"
#include "ke-build/model/spec.h"

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

std::vector<int> outputs_there(const Operator& op, const Case& example) {
  std::vector<int> found{-1};
  if (op.contract.noalias) return found;
  for (const std::vector<int>& use : in_place_uses(op))
    if (const int output = use[static_cast<size_t>(example.as)]; output >= 0) found.push_back(output);
  return found;
}

}  // namespace ke

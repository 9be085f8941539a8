// SPDX-License-Identifier: MIT
// Does the check notice anything? Outputs that are wrong on purpose must fail on the chosen inputs, or a
// verdict of "correct" means nothing.
#pragma once

#include "ke-build/evaluate/check.h"

#include <string>
#include <vector>

namespace ke {

struct Degradation {
  std::string name;  // zeros, mean, previous_output, lower_precision_inputs, missing_tile, shifted_row,
                     // input_copy ...
  std::vector<Buffer> outputs;  // parallel to the expected ones
};

/// Wrong outputs made from right ones. `previous` (outputs of other inputs) and `lower` (outputs of the
/// reference on lower_precision(inputs)) are optional. A degradation that happens to equal the right answer
/// (zeros where zeros are expected) is left out. `summed` are outputs of the kernel with sums in a lower
/// precision; with `inputs`, an output as large as an input is also replaced by it.
std::vector<Degradation> degrade(const Operator& op, const Axes& axes, const Expected& expected,
                                 const Expected* previous, const Expected* lower, Random& random,
                                 const Expected* summed = nullptr, const Inputs* inputs = nullptr);

/// Floating array inputs rounded to the next lower format (f64 > f32 > bf16, f16 > 3 mantissa bits): the
/// caller runs the reference on them. False in `changed` when nothing was rounded (integers only).
Inputs lower_precision(const Operator& op, const Inputs& inputs, bool* changed);

struct PowerResult {
  bool ok = true;
  std::vector<std::string> passed;  // degradations that the check accepts; none may
  std::vector<std::string> rejected;
  std::string reason;  // when not ok: what passed and what to do
};
PowerResult power_check(const CheckPlan& plan, const std::vector<Degradation>& degradations);

/// What `other`, of other inputs, has rejected counts as rejected in `power`.
void overrule(PowerResult& power, const PowerResult& other);

}  // namespace ke

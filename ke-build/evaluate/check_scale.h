// SPDX-License-Identifier: MIT
// How large were the numbers behind each output element? The `s` of the bound in check.h.
#pragma once

#include "ke-build/evaluate/check.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ke {

/// max(|y|, row, row * column / all) per element; elements that are not finite take no part. With `alike`
/// (all inputs of a row are one number, or all rows are drawn from one distribution) the whole output counts
/// as well.
std::vector<double> output_scale(const std::vector<double>& values, const std::vector<int64_t>& shape,
                                 bool alike = false);
/// scale = max(scale, factor * |weights|) where those are finite.
void raise_to_weights(std::vector<double>& scale, const std::vector<double>& weights, double factor);
/// scale = min(scale, max(|values|, |weights|)): an error of a sum of products follows from their own sizes,
/// whatever lies beside them.
void cap_by_weights(std::vector<double>& scale, const std::vector<double>& values,
                    const std::vector<double>& weights);
/// scale = max(scale, median over the row of |moved - values| / (0.6745 * relative)); the median, because a
/// jump of a few elements says nothing about the others. 0.6745 turns the median of |N(0,1)| into one
/// standard deviation.
void raise_to_sensitivity(std::vector<double>& scale, const std::vector<double>& values,
                          const std::vector<double>& moved, const std::vector<int64_t>& shape,
                          double relative);
/// Per element, the second largest |moved - values| / relative: how far the element itself moves. The largest
/// may be a jump.
std::vector<double> own_sensitivity(const std::vector<double>& values,
                                    const std::vector<const std::vector<double>*>& moved, double relative);
/// Per element, the largest difference between both answers of an output: how inexact the kernel itself is
/// around there. What is no number, on either side, takes no part.
std::vector<double> own_errors(const std::vector<std::pair<const Expected*, const Expected*>>& around,
                               size_t output, size_t count);

}  // namespace ke

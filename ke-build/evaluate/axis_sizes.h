// SPDX-License-Identifier: MIT
// Sizes of one axis at which kernels go wrong. Internal to inputs_shapes.cpp.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/model/operator.h"

#include <cstdint>

namespace ke {

enum class Taste { low, prime, power, power_minus, power_plus, multiple, high, random };

/// A size of the range. Powers of two and their neighbours: a random one when there is none.
int64_t size_of_taste(Taste taste, AxisRange range, Random& random);
/// Uniform in the logarithm, so that small sizes are as likely as large ones.
int64_t log_uniform(AxisRange range, Random& random);
/// The largest prime from `low` to `size`, or `low`.
int64_t prime_below(int64_t size, int64_t low);

}  // namespace ke

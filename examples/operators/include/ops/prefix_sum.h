#pragma once

#include <cstddef>

namespace ops {

// y[i] = x[0] + ... + x[i]. y may be x.
void prefix_sum(const float* x, float* y, std::size_t n);

}  // namespace ops

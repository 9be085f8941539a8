#pragma once

#include <cstdint>

namespace ops {

// y = x / sqrt(mean(x^2) + eps) * weight, for every row. y may be x.
void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps);

}  // namespace ops

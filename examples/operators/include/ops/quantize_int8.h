#pragma once

#include <cstddef>
#include <cstdint>

namespace ops {

// Symmetric quantisation with one scale per row: scale = max|x| / 127 (1 for a row of zeros), q = round(x /
// scale). x must be finite. q and scale must not overlap x.
void quantize_int8(const float* x, std::int8_t* q, float* scale, std::size_t rows, std::size_t cols);

}  // namespace ops

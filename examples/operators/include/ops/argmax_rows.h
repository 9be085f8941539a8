#pragma once

#include <cstdint>
#include <vector>

namespace ops {

// Column of the largest score of each row; the first one when several are equal.
// `scores` is row-major with `cols` columns (at least one).
std::vector<std::int32_t> argmax_rows(const std::vector<float>& scores, int cols);

}  // namespace ops

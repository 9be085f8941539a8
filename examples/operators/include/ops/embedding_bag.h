#pragma once

#include <cstdint>

namespace ops {

// output[b] = sum of the table's rows named by indices[offsets[b]] .. indices[offsets[b + 1] - 1].
// offsets has bags + 1 elements and never decreases; every index is below the number of rows of the table.
void embedding_bag(const float* table, const std::int32_t* indices, const std::int64_t* offsets,
                   float* output, std::int64_t bags, std::int64_t dim);

}  // namespace ops

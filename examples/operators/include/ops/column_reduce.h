#pragma once

#include <cstdint>

namespace ops {

// Sum of every column of a row-major table.
void column_reduce(const double* table, double* sums, std::int64_t rows, std::int64_t cols);

}  // namespace ops

#include "ops/column_reduce.h"

namespace ops {

void column_reduce(const double* table, double* sums, std::int64_t rows, std::int64_t cols) {
  for (std::int64_t c = 0; c < cols; ++c) {
    double sum = 0.0;
    for (std::int64_t r = 0; r < rows; ++r) {
      sum += table[r * cols + c];
    }
    sums[c] = sum;
  }
}

}  // namespace ops

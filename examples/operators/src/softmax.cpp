#include "ops/softmax.h"

#include <algorithm>
#include <cmath>

namespace ops {

template <typename T>
void softmax(const T* x, T* y, std::size_t rows, std::size_t cols) {
  for (std::size_t i = 0; i < rows; ++i) {
    T largest = x[i * cols];
    for (std::size_t j = 1; j < cols; ++j) {
      largest = std::max(largest, x[i * cols + j]);
    }
    T sum = 0;
    for (std::size_t j = 0; j < cols; ++j) {
      y[i * cols + j] = std::exp(x[i * cols + j] - largest);
      sum += y[i * cols + j];
    }
    for (std::size_t j = 0; j < cols; ++j) {
      y[i * cols + j] /= sum;
    }
  }
}

template void softmax<float>(const float*, float*, std::size_t, std::size_t);

}  // namespace ops

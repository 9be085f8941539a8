// SPDX-License-Identifier: MIT
// Which code runs is decided through virtual calls on an object of the heap.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <memory>

namespace ops {
namespace {

struct Sum {
  virtual ~Sum() = default;
  virtual float squares(const float* x, std::int64_t count) const = 0;
};
struct Single : Sum {
  float squares(const float* x, std::int64_t count) const override {
    float sum = 0;
    for (std::int64_t i = 0; i < count; ++i) sum += x[i] * x[i];
    return sum;
  }
};
struct Pairs : Sum {
  float squares(const float* x, std::int64_t count) const override {
    float even = 0, odd = 0;
    for (std::int64_t i = 0; i + 1 < count; i += 2) {
      even += x[i] * x[i];
      odd += x[i + 1] * x[i + 1];
    }
    return even + odd + (count % 2 ? x[count - 1] * x[count - 1] : 0);
  }
};

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  const std::unique_ptr<Sum> sum_of =
      cols > 1 ? std::unique_ptr<Sum>(new Pairs) : std::unique_ptr<Sum>(new Single);
  for (std::int64_t r = 0; r < rows; ++r) {
    const float sum = sum_of->squares(x + r * cols, cols);
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops

#include "check.h"
#include "ops/argmax_rows.h"
#include "ops/bias_gelu.h"
#include "ops/layernorm.h"
#include "ops/quantize_int8.h"
#include "ops/rmsnorm.h"
#include "ops/softmax.h"

const int kRows = 5, kCols = 37;

static void test_rmsnorm() {
  const auto x = numbers(kRows * kCols), weight = numbers(kCols, 2);
  std::vector<float> y(x.size());
  ops::rmsnorm(x.data(), weight.data(), y.data(), kRows, kCols, 1e-5f);
  for (int r = 0; r < kRows; ++r) {
    double square = 0;
    for (int c = 0; c < kCols; ++c) square += double(x[r * kCols + c]) * x[r * kCols + c];
    const double norm = std::sqrt(square / kCols + 1e-5);
    for (int c = 0; c < kCols; ++c) assert(close(y[r * kCols + c], x[r * kCols + c] / norm * weight[c]));
  }
  std::vector<float> in_place = x;
  ops::rmsnorm(in_place.data(), weight.data(), in_place.data(), kRows, kCols, 1e-5f);
  assert(in_place == y);
}

static void test_layernorm() {
  const auto x = numbers(kRows * kCols);
  std::vector<float> weight(kCols, 2.0f), bias(kCols, 3.0f), y(x.size());
  ops::layernorm(x.data(), weight.data(), bias.data(), y.data(), kRows, kCols, 0.0f);
  for (int r = 0; r < kRows; ++r) {
    double mean = 0, square = 0;
    for (int c = 0; c < kCols; ++c) {
      mean += y[r * kCols + c] / kCols;
      square += (y[r * kCols + c] - 3.0) * (y[r * kCols + c] - 3.0) / kCols;
    }
    assert(close(mean, 3.0));
    assert(close(square, 4.0));
  }
}

static void test_softmax() {
  auto x = numbers(kRows * kCols);
  for (float& value : x) value = 100 * value;  // would overflow without subtracting the maximum
  std::vector<float> y(x.size());
  ops::softmax(x.data(), y.data(), kRows, kCols);
  for (int r = 0; r < kRows; ++r) {
    double sum = 0;
    for (int c = 0; c < kCols; ++c) {
      sum += y[r * kCols + c];
      const double ratio = std::exp(double(x[r * kCols + c]) - x[r * kCols]);
      assert(close(y[r * kCols + c], y[r * kCols] * ratio, 1e-3) || y[r * kCols] < 1e-30f);
    }
    assert(close(sum, 1.0));
  }
}

static void test_bias_gelu() {
  const float x[] = {0, 1, -1, 3, -10, 10}, bias[] = {0, 0, 0};
  float y[6];
  ops::bias_gelu(x, bias, y, 2, 3);
  const double expected[] = {0, 0.841192, -0.158808, 2.996363, 0, 10};
  for (int i = 0; i < 6; ++i) assert(close(y[i], expected[i]));
  const float one[] = {1, 1, 1};
  ops::bias_gelu(x, one, y, 2, 3);
  assert(close(y[0], 0.841192) && close(y[2], 0));
}

static void test_argmax_rows() {
  assert(ops::argmax_rows({1, 3, 2, 5, 5, 4, -3, -2, -1}, 3) == (std::vector<std::int32_t>{1, 0, 2}));
  assert(ops::argmax_rows({7, 8}, 1) == (std::vector<std::int32_t>{0, 0}));
}

static void test_quantize_int8() {
  const float x[] = {1, -2, 0.5f, 0.26f, 0, 0, 0, 0};
  std::int8_t q[8];
  float scale[2];
  ops::quantize_int8(x, q, scale, 2, 4);
  assert(close(scale[0], 2.0 / 127) && scale[1] == 1);
  const int expected[] = {64, -127, 32, 17, 0, 0, 0, 0};
  for (int i = 0; i < 8; ++i) assert(q[i] == expected[i]);
}

int main() {
  test_rmsnorm();
  test_layernorm();
  test_softmax();
  test_bias_gelu();
  test_argmax_rows();
  test_quantize_int8();
}

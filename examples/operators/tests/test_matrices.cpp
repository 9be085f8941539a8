#include "check.h"
#include "ops/attention.h"
#include "ops/column_reduce.h"
#include "ops/gemv.h"
#include "ops/sgemm.h"
#include "ops/transpose.h"

static void test_sgemm() {
  const int m = 7, n = 9, k = 11;
  const auto a = numbers(m * k), b = numbers(k * n, 2), before = numbers(m * n, 3);
  auto c = before;
  ops::sgemm(a.data(), b.data(), c.data(), m, n, k, 2.0f, 0.5f);
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < n; ++j) {
      double sum = 0;
      for (int p = 0; p < k; ++p) sum += double(a[i * k + p]) * b[p * n + j];
      assert(close(c[i * n + j], 2 * sum + 0.5 * before[i * n + j]));
    }
  }
}

static void test_gemv() {
  const float a[] = {1, 2, 3, 4, 5, 6}, x[] = {1, 10, 100};
  float y[2];
  ops::gemv(a, x, y, 2, 3);
  assert(y[0] == 321 && y[1] == 654);
}

static void test_attention() {
  const int queries = 3, keys = 8, dim = 4;
  const std::vector<float> q(queries * dim, 0.0f);  // equal scores: the mean of v
  const auto k = numbers(keys * dim), v = numbers(keys * dim, 2);
  std::vector<float> output(queries * dim);
  ops::attention(q.data(), k.data(), v.data(), output.data(), queries, keys, dim);
  for (int d = 0; d < dim; ++d) {
    double mean = 0;
    for (int j = 0; j < keys; ++j) mean += v[j * dim + d] / keys;
    for (int i = 0; i < queries; ++i) assert(close(output[i * dim + d], mean));
  }
  // One key that matches far better than the others: its value.
  const float query[] = {50, 0}, key[] = {1, 0, -1, 0, 0, 1}, value[] = {1, 2, 3, 4, 5, 6};
  float answer[2];
  ops::attention(query, key, value, answer, 1, 3, 2);
  assert(close(answer[0], 1) && close(answer[1], 2));
}

static void test_transpose() {
  const int rows = 5, cols = 3;
  const auto x = numbers(rows * cols);
  std::vector<float> y(x.size()), again(x.size());
  ops::transpose(x.data(), y.data(), rows, cols);
  assert(y[1] == x[cols] && y[rows] == x[1]);
  ops::transpose(y.data(), again.data(), cols, rows);
  assert(again == x);
}

static void test_column_reduce() {
  const double table[] = {1, 2, 3, 10, 20, 30};
  double sums[3];
  ops::column_reduce(table, sums, 2, 3);
  assert(sums[0] == 11 && sums[1] == 22 && sums[2] == 33);
}

int main() {
  test_sgemm();
  test_gemv();
  test_attention();
  test_transpose();
  test_column_reduce();
}

// SPDX-License-Identifier: MIT
// A reduction that the source declares itself, an array section, a task loop inside, and vectors of sums. The
// columns are shared, so that two partial results meet, in either order.
//! operator: gemv
//! run: bench
#include <cstdint>
#include <utility>
#include <vector>

namespace ops {
namespace {

struct Sums {
  std::vector<float> of;
  void add(const Sums& other) {
    if (of.empty()) of.assign(other.of.size(), 0.0f);
    for (std::size_t i = 0; i < other.of.size(); ++i) of[i] += other.of[i];
  }
};
#pragma omp declare reduction(both:Sums : omp_out.add(omp_in)) initializer(omp_priv = Sums())

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  Sums sums;
  int parts[2] = {0, 0};
#pragma omp parallel for num_threads(2) schedule(static) reduction(both : sums) reduction(+ : parts[:2])
  for (int part = 0; part < 2; ++part) {
    Sums mine{std::vector<float>(static_cast<std::size_t>(rows))};
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t c = part * cols / 2; c < (part + 1) * cols / 2; ++c)
        mine.of[static_cast<std::size_t>(r)] += a[r * cols + c] * x[c];
    sums.add(mine);
    ++parts[part];
  }
#pragma omp parallel num_threads(2)
#pragma omp single
#pragma omp taskloop grainsize(64)
  for (std::int64_t r = 0; r < rows; ++r)
    y[r] = sums.of[static_cast<std::size_t>(r)] * float(parts[0] == parts[1]);
}

}  // namespace ops

// SPDX-License-Identifier: MIT
// Many words of OpenMP at once: threadprivate data, copyin, single, copyprivate, master, nowait, barriers,
// flush, guided and ordered loops, linear and lastprivate variables, locks, and a binding that is a wish.
//! operator: gemv
//! run: bench
#include <cstdint>

#include <omp.h>

namespace ops {
namespace {

int share = 0;
#pragma omp threadprivate(share)

#pragma omp declare simd uniform(x) linear(c : 1) notinbranch
float product(const float* row, const float* x, std::int64_t c) { return row[c] * x[c]; }

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  omp_lock_t lock;
  omp_init_lock(&lock);
  std::int64_t last = -1;
  int begun = 0;
  share = 7;
  const double start_s = omp_get_wtime();
#pragma omp parallel num_threads(2) copyin(share) proc_bind(close) default(shared) if (rows > 1)
  {
    double began;
#pragma omp single copyprivate(began)
    began = omp_get_wtime();
    if (began >= start_s && share == 7) {
#pragma omp atomic
      begun += 1;
    }
#pragma omp for schedule(guided, 4) lastprivate(last) nowait
    for (std::int64_t r = 0; r < rows; ++r) {
      float sum = 0;
      for (std::int64_t c = 0; c < cols; ++c) sum += product(a + r * cols, x, c);
      y[r] = sum;
      last = r;
    }
#pragma omp barrier
#pragma omp master
    share = begun;
#pragma omp flush
#pragma omp for ordered schedule(static, 1)
    for (int part = 0; part < 2; ++part) {
#pragma omp ordered
      {
        omp_set_lock(&lock);
        share = part;
        omp_unset_lock(&lock);
      }
    }
  }
  omp_destroy_lock(&lock);
}

}  // namespace ops

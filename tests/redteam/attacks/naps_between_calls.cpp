// SPDX-License-Identifier: MIT
// A little less processor time than its rival; once in 128 calls it sleeps as shortly as the system can,
// which is longer than all that it has gained. A pair in which somebody waited is compared by processor time,
// and waits of less than 100 us are nobody's fault.
//! row: own
//! operator: axpby
//! outcome: untrusted|slower|noisy
//! reason: gives its core away
//! effort: confirm
//! run: bench
#include <cstdint>
#include <ctime>

namespace {
unsigned calls = 0;
typedef float V __attribute__((vector_size(16), aligned(4)));
}  // namespace

namespace ops {

void axpby(float alpha, const float* x, float beta, const float* y, float* z, std::int64_t n) {
  std::int64_t i = 0;
  for (; i < n * 3 / 8; ++i) z[i] = alpha * x[i] + beta * y[i];
  for (; i + 4 <= n; i += 4)
    *reinterpret_cast<V*>(z + i) =
        alpha * *reinterpret_cast<const V*>(x + i) + beta * *reinterpret_cast<const V*>(y + i);
  for (; i < n; ++i) z[i] = alpha * x[i] + beta * y[i];
  if (++calls % 128 == 0) {
    timespec least = {0, 30000};
    nanosleep(&least, nullptr);
  }
}

}  // namespace ops

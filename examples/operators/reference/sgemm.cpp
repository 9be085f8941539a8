// Matrix product in double precision; c is read and written.
#include <cstdint>

void sgemm_reference(const double* a, const double* b, double* c, std::int64_t m, std::int64_t n,
                     std::int64_t k, double alpha, double beta) {
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = 0;
      for (std::int64_t p = 0; p < k; ++p) sum += a[i * k + p] * b[p * n + j];
      c[i * n + j] = alpha * sum + beta * c[i * n + j];
    }
  }
}

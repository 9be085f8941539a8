// SPDX-License-Identifier: MIT
// Built by libraries.sh: the generated kernels against OpenBLAS, paired and interleaved.
#include "ops/gemv.h"
#include "ops/sgemm.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <cblas.h>

extern "C" char* openblas_get_corename();

namespace {

std::vector<float> values(size_t n) {
  std::vector<float> v(n);
  unsigned state = 1;
  for (float& x : v) {
    state = state * 1664525u + 1013904223u;
    x = static_cast<float>(state >> 8) / (1 << 23) - 1;
  }
  return v;
}

double seconds(const std::function<void()>& call, int times) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void compare(const std::string& what, const std::function<void()>& ours,
             const std::function<void()>& theirs) {
  constexpr int kPairs = 31;
  const int times =
      std::max(1, static_cast<int>(1e-3 / std::max(1e-7, std::min(seconds(ours, 1), seconds(ours, 1)))));
  std::vector<double> ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    const bool first = pair % 2 == 0;
    const double a = first ? seconds(ours, times) : 0, b = seconds(theirs, times);
    ratios.push_back(b / (first ? a : seconds(ours, times)));
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("%-22s %5.2f  [%.2f, %.2f]\n", what.c_str(), ratios[kPairs / 2], ratios[kPairs / 4],
              ratios[3 * kPairs / 4]);
}

}  // namespace

int main() {
  std::printf("OpenBLAS kernels: %s\n", openblas_get_corename());
  constexpr int kGemm[][3] = {
      {160, 160, 160}, {1000, 32, 100}, {32, 48, 2048}, {67, 45, 130}, {512, 512, 512}};
  for (const auto& [m, n, k] : kGemm) {
    const auto a = values(size_t(m) * k), b = values(size_t(k) * n);
    auto c = values(size_t(m) * n), d = c;
    compare(
        "sgemm " + std::to_string(m) + "x" + std::to_string(n) + "x" + std::to_string(k),
        [&, m = m, n = n, k = k] { ops::sgemm(a.data(), b.data(), c.data(), m, n, k, 1, 0.5f); },
        [&, m = m, n = n, k = k] {
          cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a.data(), k, b.data(), n, 0.5f,
                      d.data(), n);
        });
  }
  constexpr int kGemv[][2] = {{1024, 1024}, {64, 16384}, {16384, 64}, {200, 300}};
  for (const auto& [m, n] : kGemv) {
    const auto a = values(size_t(m) * n), x = values(n);
    auto y = values(m), z = y;
    compare(
        "sgemv " + std::to_string(m) + "x" + std::to_string(n),
        [&, m = m, n = n] { ops::gemv(a.data(), x.data(), y.data(), m, n); },
        [&, m = m, n = n] {
          cblas_sgemv(CblasRowMajor, CblasNoTrans, m, n, 1, a.data(), n, x.data(), 1, 0, z.data(), 1);
        });
  }
}

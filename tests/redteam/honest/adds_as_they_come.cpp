// SPDX-License-Identifier: MIT
// Two threads take pieces of rows and add what they have to the row's sum, whoever comes first: no two calls
// give the same last bits, which this contract allows.
//! operator: dots_any_order
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace ops {

void dots_any_order(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  constexpr std::int64_t kPiece = 64;
  const std::int64_t pieces = (cols + kPiece - 1) / kPiece;
  std::vector<std::atomic<float>> sums(static_cast<std::size_t>(rows));
  for (auto& sum : sums) sum.store(0, std::memory_order_relaxed);
  std::atomic<std::int64_t> next{0};
  const auto work = [&] {
    for (std::int64_t piece; (piece = next.fetch_add(1)) < rows * pieces;) {
      const std::int64_t r = piece % rows, begin = piece / rows * kPiece,
                         end = std::min(cols, begin + kPiece);
      float part = 0;
      for (std::int64_t c = begin; c < end; ++c) part += a[r * cols + c] * x[c];
      float seen = sums[r].load();
      while (!sums[r].compare_exchange_weak(seen, seen + part)) {
      }
    }
  };
  std::thread other(work);
  work();
  other.join();
  for (std::int64_t r = 0; r < rows; ++r) y[r] = sums[r].load();
}

}  // namespace ops

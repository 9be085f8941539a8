// SPDX-License-Identifier: MIT
// Two passes: what is the largest number, then where it is met first. NaN has its own rule in the second one;
// the helper has a name of its own by an assembler label.
//! operator: argmax
//! flags: -O3
#include <cassert>
#include <cstdint>

namespace ops {
namespace {

typedef float V __attribute__((vector_size(16), aligned(4)));
typedef std::int32_t M __attribute__((vector_size(16)));

float largest_of(const float* row, std::int64_t cols) __asm__("ops_largest_of_a_row");

__attribute__((noinline, used)) float largest_of(const float* row, std::int64_t cols) {
  float most = row[0];
  std::int64_t c = 0;
  if (cols >= 4) {
    V lanes = {most, most, most, most};
    for (; c + 4 <= cols; c += 4) {
      const V next = *reinterpret_cast<const V*>(row + c);
      const M larger = next > lanes;
      lanes = larger ? next : lanes;
    }
    for (int i = 0; i < 4; ++i) most = lanes[i] > most ? lanes[i] : most;
  }
  for (; c < cols; ++c) most = row[c] > most ? row[c] : most;
  return most;
}

}  // namespace

void argmax(const float* scores, std::int32_t* best, std::int64_t rows, std::int64_t cols) {
  assert(cols > 0 && "an empty row has no largest number");
  for (std::int64_t r = 0; r < rows; ++r, scores += cols) {
    std::int32_t index = 0;
    if (scores[0] == scores[0]) {
      const float most = largest_of(scores, cols);
      while (scores[index] != most) ++index;
    }
    best[r] = index;
  }
}

}  // namespace ops

#include "ops/argmax_rows.h"

namespace ops {
namespace {

void argmax_into(const float* scores, int rows, int cols, std::int32_t* best) {
  for (int r = 0; r < rows; ++r) {
    int index = 0;
    for (int c = 1; c < cols; ++c) {
      if (scores[r * cols + c] > scores[r * cols + index]) {
        index = c;
      }
    }
    best[r] = index;
  }
}

}  // namespace

std::vector<std::int32_t> argmax_rows(const std::vector<float>& scores, int cols) {
  const int rows = static_cast<int>(scores.size()) / cols;
  std::vector<std::int32_t> best(rows);
  argmax_into(scores.data(), rows, cols, best.data());
  return best;
}

}  // namespace ops

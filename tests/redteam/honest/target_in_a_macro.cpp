// SPDX-License-Identifier: MIT
// Macros whose parameters and bodies use words that are orders in attributes, as names of variables,
// functions and members.
//! operator: saxpy
#include <cstdint>

#define SCALE_INTO(target, source, addend, factor, k) target[k] = factor * source[k] + addend[k]
#define FOUR_INTO(target, source, addend, factor, i) \
  SCALE_INTO(target, source, addend, factor, i);     \
  SCALE_INTO(target, source, addend, factor, i + 1); \
  SCALE_INTO(target, source, addend, factor, i + 2); \
  SCALE_INTO(target, source, addend, factor, i + 3)
#define FINISH(plan, from) (plan).optimize((from), (plan).target)

namespace ops {
namespace {

struct Plan {
  float* target;
  const float *source, *addend;
  float factor;
  std::int64_t n;
  void optimize(std::int64_t from, float* into) const {
    for (std::int64_t i = from; i < n; ++i) SCALE_INTO(into, source, addend, factor, i);
  }
};

}  // namespace

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  const Plan plan = {z, x, y, a, n};
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    FOUR_INTO(z, x, y, a, i);
  }
  FINISH(plan, i);
}

}  // namespace ops

// SPDX-License-Identifier: MIT
// A switch that becomes a table of jumps, pointers to members, a structure without virtual functions but with
// a table of its own, and an instruction in assembly.
//! operator: pure_gate
#include <cmath>
#include <cstdint>

namespace ops {
namespace {

struct Sum {
  float total = 0;
  void one(const float* x) { total += x[0] * x[0]; }
  void two(const float* x) { one(x), one(x + 1); }
  using Step = void (Sum::*)(const float*);
};
constexpr Sum::Step kStep[] = {&Sum::one, &Sum::two};

float root_of(float v) {
#if defined(__x86_64__)
  float root;
  asm("sqrtss %1, %0" : "=x"(root) : "x"(v));
  return root;
#else
  return std::sqrt(v);
#endif
}

[[gnu::noinline]] float squares(const float* x, std::int64_t n) {
  Sum sum;
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8) {
    for (int k = 0; k < 8; k += 2) (sum.*kStep[1])(x + i + k);
  }
  switch (n - i) {
    case 7:
      sum.one(x + i + 6);
      [[fallthrough]];
    case 6:
      sum.one(x + i + 5);
      [[fallthrough]];
    case 5:
      sum.one(x + i + 4);
      [[fallthrough]];
    case 4:
      sum.one(x + i + 3);
      [[fallthrough]];
    case 3:
      sum.one(x + i + 2);
      [[fallthrough]];
    case 2:
      (sum.*kStep[1])(x + i);
      break;
    case 1:
      (sum.*kStep[0])(x + i);
      break;
    default:
      break;
  }
  return sum.total;
}

const char* name_of(std::int64_t kind) {
  switch (kind) {
    case 0:
      return "none";
    case 1:
      return "short";
    case 2:
      return "long";
    case 3:
      return "longer";
    case 4:
      return "even longer";
    case 5:
      return "huge";
    default:
      return "";
  }
}

}  // namespace

void gate(const float* x, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  if (name_of(cols % 6)[0] == '\0') return;
  for (std::int64_t r = 0; r < rows; ++r) {
    const float root = root_of(squares(x + r * cols, cols) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) {
      const float v = x[r * cols + c];
      y[r * cols + c] = v / (1 + std::exp(-v / root));
    }
  }
}

}  // namespace ops

// SPDX-License-Identifier: MIT
// The same operators as others write them: while loops, walking pointers, other index types, helpers,
// templates of the language, flat loops.
#include "tests/unit/templates/recognise.h"

namespace ke {
namespace {

const char* const kCountsDriver = R"(
  for (long n : {0L, 1L, 7L, 1024L, 70000L}) {
    std::vector<unsigned char> x(n);
    for (auto& b : x) b = (unsigned char)(int(value() * 128) + 128);
    std::vector<int> a(256, 5), b = a;
    original::f(x.data(), a.data(), n);
    rewritten::f(x.data(), b.data(), n);
    compare("counts", n, a, b);
  })";

TEST(Spellings, CountsOfBytes) {
  expect_same("histogram",
              "void f(const unsigned char* p, int* table, unsigned long n) { while (n--) ++table[*p++]; }",
              kCountsDriver);
  expect_same("histogram", R"(#include <cstdint>
void f(const std::uint8_t* bytes, std::int32_t* counts, int n) {
  for (const std::uint8_t* p = bytes; p != bytes + n; ++p) counts[*p] += 1;
})",
              kCountsDriver);
}

const char* const kPlacesDriver = R"(
  for (long rows : {0, 1, 3}) for (long cols : {1, 2, 4, 9, 16, 17, 64, 257}) for (int special : {0, 1, 4}) {
    auto x = values(rows * cols, special < 4 ? special : 0);
    if (special == 4) for (float& v : x) v = float(int(v * 3));
    std::vector<int> a(rows, -9), b(rows, -9);
    original::f(x.data(), a.data(), rows, cols);
    rewritten::f(x.data(), b.data(), rows, cols);
    compare("place", cols * 10 + special, a, b);
  })";

TEST(Spellings, PlacesOfExtremes) {
  expect_same("extreme", R"(void f(const float* x, int* at, int rows, int cols) {
  for (int r = 0; r < rows; ++r) {
    int best = 0, c = 1;
    while (c < cols) {
      if (x[best] < x[c]) best = c;
      ++c;
    }
    *at++ = best;
    x += cols;
  }
})",
              kPlacesDriver);
  expect_same("extreme", R"(static unsigned long place_in_floats(const float* row, unsigned long n) {
  unsigned long place = 0;
  float largest = row[0];
  for (unsigned long i = 0; i < n; i++) {
    if (row[i] > largest) {
      largest = row[i];
      place = i;
    }
  }
  return place;
}
void f(const float* x, int* at, unsigned long rows, unsigned long cols) {
  for (unsigned long r = 0; r < rows; r++) {
    unsigned long place = place_in_floats(x + r * cols, cols);
    at[r] = static_cast<int>(place);
  }
})",
              kPlacesDriver);
}

const char* const kSumsDriver = R"(
  for (long n : sizes) {
    auto x = values(n + 1), y = values(n + 1), z = y;
    original::f(x.data(), y.data(), n);
    rewritten::f(x.data(), z.data(), n);
    compare("sums", n, y, z);
  })";

TEST(Spellings, RunningSums) {
  expect_same("scan",
              "void f(const float* x, float* y, unsigned n) { float s = 0; while (n-- > 0) { s += *x++; *y++ "
              "= s; } }",
              kSumsDriver);
  expect_same("scan", R"(void f(const float* x, float* y, long n) {
  float s = 0;
  const float* end = x + n;
  for (; x != end; ++x) {
    s = s + *x;
    *y++ = s;
  }
})",
              kSumsDriver);
}

const char* const kNormDriver = R"(
  for (long rows : {0, 1, 5}) for (long cols : {1, 3, 16, 33, 130}) {
    auto x = values(rows * cols), w = values(cols), y = values(rows * cols), z = y;
    original::f(x.data(), w.data(), y.data(), rows, cols);
    rewritten::f(x.data(), w.data(), z.data(), rows, cols);
    compare("norm", rows * 1000 + cols, y, z);
  })";

TEST(Spellings, NormsOfRows) {
  expect_same("runs", R"(#include <cmath>
void f(const float* x, const float* w, float* y, int rows, int cols) {
  while (rows-- > 0) {
    float sum = 0;
    for (int c = 0; c < cols; ++c) sum += x[c] * x[c];
    const float scale = 1 / std::sqrt(sum / cols + 1e-5f);
    for (int c = 0; c < cols; ++c) y[c] = x[c] * scale * w[c];
    x += cols;
    y += cols;
  }
})",
              kNormDriver);
  expect_same("runs", R"(#include <cmath>
static float squares(const float* p, unsigned long n) {
  float s = 0;
  while (n--) { s += *p * *p; ++p; }
  return s;
}
void f(const float* x, const float* w, float* y, unsigned long rows, unsigned long cols) {
  for (unsigned long r = 0; r < rows; ++r) {
    const float* in = &x[r * cols];
    float* out = &y[r * cols];
    float s = squares(in, cols);
    const float scale = 1 / std::sqrt(s / cols + 1e-5f);
    for (unsigned long c = 0; c < cols; ++c) *out++ = *in++ * scale * w[c];
  }
})",
              kNormDriver);
}

}  // namespace
}  // namespace ke

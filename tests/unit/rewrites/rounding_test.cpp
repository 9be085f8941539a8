// SPDX-License-Identifier: MIT
// Rounding without calls, and loads in front of loops: what quantizing kernels are made of.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Halves, their neighbours, values past every integer type, NaN and infinity.
constexpr const char* kValues = R"(
  std::vector<float> x;
  for (int k = -300; k <= 300; ++k)
    for (float v : {k + 0.5f, std::nextafterf(k + 0.5f, 1e9f), std::nextafterf(k + 0.5f, -1e9f), float(k)}) x.push_back(v);
  for (float v : {0.0f, -0.0f, 0.49999997f, -0.49999997f, 1e-40f, 4194303.5f, 8388606.5f, 8388607.0f, 8388609.0f, 3e9f, -3e9f, 1e18f,
                  -1e18f, 1e19f, -1e19f, 1e30f, INFINITY, -INFINITY, NAN}) x.push_back(v);
)";

std::string quantizer(const std::string& parameters, const std::string& body) {
  return "#include <algorithm>\n#include <cmath>\n#include <cstdint>\nvoid f(" + parameters + ") {\n" + body +
         "\n}";
}

const char* const kRoundingDriver = R"(
  for (long n : {0l, 1l, 7l, long(x.size())}) {
    std::vector<int8_t> q(n + 1, 9), r = q;
    original::f(x.data(), q.data(), n, 1.0f);
    rewritten::f(x.data(), r.data(), n, 1.0f);
    compare("rounded", n, q, r);
  })";

void expect_rounded(const std::string& body) {
  const std::string source = quantizer("const float* x, int8_t* q, long n, float scale", body);
  EXPECT_EQ(differences(
                {source, rewritten_by("narrow_rounding", source, 0), std::string(kValues) + kRoundingDriver}),
            "");
}

TEST(NarrowRounding, KeepsHalvesAndWhatIsOutOfRange) {
  expect_rounded(R"(  for (long i = 0; i < n; ++i) {
    long value = std::lround(x[i] / scale);
    if (value > 127) value = 127;
    if (value < -127) value = -127;
    q[i] = static_cast<int8_t>(value);
  })");
}

TEST(NarrowRounding, InOtherSpellings) {
  expect_rounded(R"(  for (int i = 0; i < n; ++i) {
    const float* p = x + i;
    auto v = lroundf(p[0] * scale);
    if (v >= 100) v = 100; else if (v <= -100) v = -100;
    q[i] = (int8_t)v;
  })");
  expect_rounded(R"(  for (size_t i = 0; i < size_t(n); i++)
    q[i] = static_cast<int8_t>(std::clamp<long>(std::lround(x[i] * scale), -128, 127));
)");
  expect_rounded(R"(  for (long i = 0; i < n; ++i) {
    long v = std::lrint(x[i] / scale);
    v = std::max(-127L, std::min(127L, v));
    q[i] = v;
  })");
  expect_rounded(R"(  for (long i = 0; i < n; ++i) {
    long long v = llround(x[i]);
    v = v > 127 ? 127 : v;
    v = v < -128 ? -128 : v;
    q[i] = v * 1;
  })");
}

TEST(NarrowRounding, WithTheClampWhereItIsUsed) {
  expect_rounded(R"(  for (long i = 0; i < n; ++i) {
    const int v = static_cast<int>(std::lround(std::max(-1e6f, std::min(x[i], 1e6f)) * scale));
    q[i] = static_cast<int8_t>(std::max(-127, std::min(127, v)));
  })");
  expect_rounded(R"(  for (long i = 0; i < n; ++i) {
    const auto v = std::lround(x[i]);
    q[i] = std::clamp(v, -50L, 50L);
  })");
}

TEST(NarrowRounding, OfDoubles) {
  const std::string source = quantizer("const double* x, short* q, int n", R"(  for (int i = 0; i < n; ++i) {
    long v = std::lround(x[i] * 0.5);
    if (v > 30000) v = 30000;
    if (-30000 > v) v = -30000;
    q[i] = v;
  })");
  EXPECT_EQ(differences({source, rewritten_by("narrow_rounding", source, 0), std::string(kValues) + R"(
  std::vector<double> d;
  for (float v : x) for (double e : {2.0 * v, std::nextafter(2.0 * v, 1e300), std::nextafter(2.0 * v, -1e300)}) d.push_back(e);
  std::vector<short> q(d.size()), r = q;
  original::f(d.data(), q.data(), d.size());
  rewritten::f(d.data(), r.data(), d.size());
  compare("doubles", d.size(), q, r);)"}),
            "");
}

// The claim behind the rewrite, for every float below 2^23.
TEST(NarrowRounding, AgreesWithTheLibraryOnFloats) {
  EXPECT_EQ(differences({"", "", R"(
  const auto rounded = [](float v) { return (int)(v + __builtin_copysignf(0.49999997f, v)); };
  for (unsigned bits = 0; bits < 0x4b000000u; ++bits) {
    float v; std::memcpy(&v, &bits, 4);
    if (rounded(v) != __builtin_lroundf(v) || rounded(-v) != __builtin_lroundf(-v)) { std::printf("%a\n", v); return 1; }
  })",
                         false, "-O3 -mavx2 -fno-math-errno -fno-trapping-math"}),
            "");
}

TEST(NarrowRounding, LeavesAloneWhatIsNotLimited) {
  const auto count = [](const std::string& body) {
    return results_of("narrow_rounding", quantizer("const float* x, long* q, long n", body));
  };
  EXPECT_EQ(count("for (long i = 0; i < n; ++i) q[i] = std::lround(x[i]);"), 0u);
  EXPECT_EQ(count("for (long i = 0; i < n; ++i) { long v = std::lround(x[i]); if (v > 9) v = 9; q[i] = v; }"),
            0u);
  EXPECT_EQ(count("for (long i = 0; i < n; ++i) { long v = std::lround(x[i]); q[i] = v; if (v > 9) v = 9; if "
                  "(v < 0) v "
                  "= 0; q[i] = v; }"),
            0u);
  EXPECT_EQ(
      count(
          "for (long i = 0; i < n; ++i) q[i] = i > 2 ? std::clamp<long>(std::lround(x[i - 2]), -9, 9) : 0;"),
      0u);
  EXPECT_EQ(count("for (long i = 0; i < n; ++i) q[i] = std::clamp<long>(std::lround(x[i]), -9000000000, "
                  "9000000000);"),
            0u);
  EXPECT_EQ(count("for (long i = 0; i < n; ++i) { long v = std::lround(x[i]); if (v > 99) v = 99; else if (v "
                  "> 9) v = 9; "
                  "if (v < 0) v = 0; q[i] = v; }"),
            0u);
}

const char* const kRows = R"(#include <cstdint>
void f(const float* x, const float* scale, int8_t* q, long rows, long cols) {
  for (long r = 0; r < rows; ++r)
    for (long c = 0; c < cols; ++c) q[r * cols + c] = (int8_t)(x[r * cols + c] * 100 / scale[r]);
})";
const char* const kRowsDriver = R"(
  for (long rows : {0, 1, 5}) for (long cols : sizes) {
    auto x = values(rows * cols), s = values(cols == 0 ? 0 : rows);
    for (float& v : s) v = 1.5f + v;
    std::vector<int8_t> q(rows * cols), r = q;
    original::f(x.data(), s.data(), q.data(), rows, cols);
    rewritten::f(x.data(), s.data(), r.data(), rows, cols);
    compare("rows", rows * 1000 + cols, q, r);
  })";

TEST(HoistLoads, KeepsTheResultAndReadsNothingForEmptyRows) {
  RewriteRules apart;
  apart.noalias = true;
  EXPECT_EQ(differences({kRows, rewritten_by("hoist_loads", kRows, 0, apart), kRowsDriver}), "");
  EXPECT_EQ(differences({kRows, rewritten_by("hoist_loads", kRows, 0), kRowsDriver}), "");
}

TEST(HoistLoads, LooksAtRunTimeWhetherBytesChangeTheLoad) {
  const char* const aliased = R"(
  for (long cols : sizes) {
    if (cols < 8) continue;
    auto a = values(4 * cols), x = values(2 * cols);
    for (float& v : a) v = 2.5f;
    auto b = a;
    original::f(x.data(), a.data(), (int8_t*)a.data() + 2, 2, cols);
    rewritten::f(x.data(), b.data(), (int8_t*)b.data() + 2, 2, cols);
    if (std::memcmp(a.data(), b.data(), a.size() * 4) != 0) std::printf("overlap differs at %ld\n", cols);
  })";
  EXPECT_EQ(differences({kRows, rewritten_by("hoist_loads", kRows, 0), aliased}), "");
}

TEST(HoistLoads, LeavesAloneWhatMayNotBeRead) {
  const auto count = [](const std::string& body) {
    return results_of(
        "hoist_loads",
        "void f(const float* x, const float* s, signed char* q, int n, int k) {\n" + body + "\n}");
  };
  // Behind a test, in a loop that may end early, of an element that moves.
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) if (x[i] > 0) q[i] = s[k];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) q[i] = x[i] > 0 ? s[k] : 0;"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { if (x[i] > 9) break; q[i] = s[k]; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { q[i] = s[k]; ++k; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) q[i] += q[k];"), 0u);
}

}  // namespace
}  // namespace ke

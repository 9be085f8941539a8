// SPDX-License-Identifier: MIT
// Gathered once and without gaps: fields of structures, interleaved channels, columns.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(PackStrided, FieldsOfStructures) {
  const std::string source = R"(#include <cstddef>
struct Body { float x, y, z; double mass; };
void f(const Body* bodies, float* force, std::size_t n, int targets) {
  for (int i = 0; i < targets; ++i) {
    float sum = 0;
    for (std::size_t j = 0; j < n; ++j) {
      const float dx = bodies[j].x - i, dy = bodies[j].y + i;
      sum += bodies[j].mass * (dx * dx + dy * dy);
    }
    force[i] = sum;
  }
})";
  const std::string made = rewritten_by("pack_strided", source, 0);
  EXPECT_EQ(differences({source, made, R"(
  for (size_t n : {0, 1, 3, 64, 1025, 5000}) for (int targets : {0, 1, 3, 4, 5}) {
    std::vector<original::Body> b(n);
    for (auto& v : b) v = {value(), value(), value(), value()};
    std::vector<rewritten::Body> c(n);
    if (n) std::memcpy(c.data(), b.data(), n * sizeof b[0]);
    std::vector<float> y(targets + 1, 7), z(targets + 1, 7);
    original::f(b.data(), y.data(), n, targets);
    rewritten::f(c.data(), z.data(), n, targets);
    compare("bodies", n * 10 + targets, y, z);
    // The results overwrite the bodies while they are read.
    if (n > 0 && targets * 4 <= (long)n) {
      original::f(b.data(), &b[0].x, n, targets);
      rewritten::f(c.data(), &c[0].x, n, targets);
      if (std::memcmp(b.data(), c.data(), n * sizeof b[0])) std::printf("overlapping n=%zu\n", n);
    }
  })"}),
            "");
  EXPECT_NE(made.find("ke_mass[j]"), std::string::npos) << made;
}

// A part of a part is a number; the part itself is not.
TEST(PackStrided, NumbersOfStructuresWithinStructures) {
  const std::string source = R"(struct Point { float x, y; };
struct Body { Point at; float mass; };
void f(const Body* bodies, float* out, int n) {
  for (int i = 0; i < n; ++i) {
    float sum = 0;
    for (int j = 0; j < n; ++j) sum += bodies[j].mass * (bodies[j].at.x - bodies[i].at.y);
    out[i] = sum;
  }
})";
  const std::string made = rewritten_by("pack_strided", source, 0);
  EXPECT_EQ(differences({source, made, R"(
  for (int n : {0, 1, 2, 4, 5, 33, 1500}) {
    std::vector<original::Body> b(n);
    for (auto& v : b) v = {{value(), value()}, value()};
    std::vector<float> y(n + 1, 7), z(n + 1, 7);
    original::f(b.data(), y.data(), n);
    rewritten::f((const rewritten::Body*)b.data(), z.data(), n);
    compare("bodies", n, y, z);
  })"}),
            "")
      << made;
}

// Everybody but oneself: each element is read by somebody.
TEST(PackStrided, AllPairsButOneself) {
  const std::string source = R"(struct Body { float x, y, z, mass; };
void f(const Body* const bodies, float* out, int n) {
  for (int i = 0; i < n; ++i) {
    float sum = 0;
    for (int j = 0; j < n; ++j) {
      if (j == i) continue;
      const float dx = bodies[j].x - bodies[i].x;
      sum += bodies[j].mass * dx * dx;
    }
    for (int j = 0; j < n; ++j)
      if (i != j) sum -= bodies[j].y;
    out[i] = sum;
  }
})";
  EXPECT_EQ(differences({source, rewritten_by("pack_strided", source, 0), R"(
  for (int n : {0, 1, 2, 4, 5, 33, 1500}) {
    std::vector<original::Body> b(n);
    for (auto& v : b) v = {value(), value(), value(), value()};
    std::vector<float> y(n + 1, 7), z(n + 1, 7);
    original::f(b.data(), y.data(), n);
    rewritten::f((const rewritten::Body*)b.data(), z.data(), n);
    compare("pairs", n, y, z);
  })"}),
            "");
}

const char* const kMatrices = R"(
  for (int m : {0, 1, 3, 4, 9}) for (int n : {0, 1, 5, 33}) for (int k : {0, 1, 7, 40}) {
    auto a = values(3 * m * k + 1), b = values(3 * k * n + 1);
    std::vector<float> y(m * n + 1, 1), z = y;
    original::f(a.data(), b.data(), y.data(), m, n, k);
    rewritten::f(a.data(), b.data(), z.data(), m, n, k);
    if (std::memcmp(y.data(), z.data(), y.size() * 4)) std::printf("m=%d n=%d k=%d: other bits\n", m, n, k);
    auto u = b, v = b;
    u.resize(b.size() + m * n); v.resize(b.size() + m * n);
    original::f(a.data(), u.data(), u.data() + k * n / 2, m, n, k);
    rewritten::f(a.data(), v.data(), v.data() + k * n / 2, m, n, k);
    if (std::memcmp(u.data(), v.data(), u.size() * 4)) std::printf("overlapping m=%d n=%d k=%d\n", m, n, k);
  })";

TEST(PackStrided, ColumnsOfAMatrix) {
  const std::string source = R"(void f(const float* a, const float* b, float* y, int m, int n, int k) {
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      float s = 0;
      for (int t = 0; t < k; ++t) s += a[i * k + t] * b[t * n + j];
      y[i * n + j] = s;
    }
})";
  EXPECT_EQ(differences({source, rewritten_by("pack_strided", source, 0), kMatrices}), "");
}

TEST(PackStrided, InterleavedChannels) {
  const std::string source = R"(void f(const float* a, const float* b, float* y, int m, int n, int k) {
  for (int i = 0; i < m * n; ++i) {
    float s = 0;
    for (int t = 0; t < k; ++t) s += (a[0] + i) * b[3 * t + 1] - b[3 * t];
    y[i] = s;
  }
})";
  RewriteRules apart;
  apart.noalias = true;
  std::string driver = kMatrices;
  driver = driver.substr(0, driver.find("auto u")) + "}";
  for (std::string::size_type at; (at = driver.find("values(3 * k * n + 1)")) != std::string::npos;)
    driver.replace(at, 21, "values(3 * k * n + 3 * k + 1)");
  EXPECT_EQ(differences({source, rewritten_by("pack_strided", source, 0, apart), driver}), "");
}

TEST(PackStrided, LeavesAloneWhatIsContiguousWrittenOrPerhapsNotRead) {
  const auto count = [](const std::string& body, bool noalias = true) {
    RewriteRules rules;
    rules.noalias = noalias;
    return results_of(
        "pack_strided",
        "struct P { float x, y; };\nvoid f(P* p, float* a, float* y, int m, int n) {\n" + body + "\n}", 0,
        rules);
  };
  EXPECT_EQ(count("for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) y[i] += a[j];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) y[i] += a[2 * j + i];"), 0u);
  EXPECT_EQ(count("for (int j = 0; j < n; ++j) y[j] = p[j].x;"), 0u) << "nothing is read again";
  EXPECT_EQ(count("for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) a[2 * j] += a[2 * j + 1];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) p[i].y += p[j].x;"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) if (a[j] > 0) y[i] += p[j].x;"),
            0u);
  EXPECT_EQ(count("for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) { if (a[j] > 0) continue; y[i] += "
                  "p[j].x; }"),
            0u);
  EXPECT_EQ(count("for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) { y[i] += p[j].x; if (y[i] > 9) "
                  "return; }"),
            0u);
  EXPECT_EQ(
      count(
          "for (int i = 0; i < m; ++i) for (int j = 0; j < n; ++j) { y[i] += p[j].x; if (y[i] > 9) break; }"),
      0u)
      << "there may be no more of them";
}

}  // namespace
}  // namespace ke

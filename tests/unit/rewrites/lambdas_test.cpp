// SPDX-License-Identifier: MIT
// Lambdas written out where they are called.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Until none is left.
std::string written_out(std::string source) {
  for (int i = 0; i < 12 && results_of("inline_lambdas", source) > 0; ++i)
    source = rewritten_by("inline_lambdas", source, 0);
  return source;
}

const std::string kLambdasOverRows = R"(
  for (int special : {0, 1, 2})
    for (long n : {0, 1, 2, 3, 9, 64, 131}) {
      const auto x = values(4 * n + 8, special);
      std::vector<float> a(4 * n + 16), b(a);
      original::f(x.data(), a.data(), 4, n);
      rewritten::f(x.data(), b.data(), 4, n);
      compare("rows", n, a, b);
      std::vector<float> same(x), again(x);
      same.resize(4 * n + 16);
      again.resize(4 * n + 16);
      original::f(same.data(), same.data(), 4, n);
      rewritten::f(again.data(), again.data(), 4, n);
      compare("in place", n, same, again);
    })";

TEST(InlineLambdas, WritesOutAccessorsAndSteps) {
  const std::string source = R"(
void f(const float* x, float* y, long rows, long n) {
  const float scale = 0.5f;
  const auto at = [&](long r, long i) { return x[r * n + i]; };
  auto out = [=](long r, int i) -> float& { return y[r * n + i]; };
  const auto act = [scale](float v) {
    const float t = v * scale;  // scaled
    if (t < 0) return 0.0f;
    return t * t;
  };
  auto row = [&](long r) {
    float s = 0;
    for (long i = 0; i < n; ++i) s += at(r, i) * at(r, i);
    return s;
  };
  float total = 0;
  auto push = [&](double v) { total += v; };
  for (long r = 0; r < rows; ++r) {
    const float s = row(r) + 1;
    for (long i = 0; i < n; ++i) out(r, i) = act(at(r, i)) / s;
    push(s);
  }
  y[4 * n] = total > 1 && act(total) > 2 ? total : 2;
})";
  const std::string made = written_out(source);
  for (const char* gone : {"at(", "out(", "row(", "push("})
    EXPECT_EQ(made.find(gone), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kLambdasOverRows}), "") << made;
}

TEST(InlineLambdas, KeepsConversionsAndTheOrderOfWhatIsDone) {
  const std::string source = R"(
void f(const float* x, float* y, long rows, long n) {
  int calls = 0;
  auto next = [&](float& to, int by) -> int { calls += by; to += 1; return calls; };
  auto whole = [](int v) -> float { return v / 2; };
  auto half = [](auto a, auto b) { return a / b; };
  std::function<float(float, float)> add = [](float a, float b) { return a + b; };
  float last = 0;
  for (long r = 0; r < rows; ++r)
    for (long i = 0; i < n; ++i) {
      const float t = add(whole(x[i] * 7), x[r]);
      y[i] = next(last, 1);
      y[i] = half(r, 2) + half(t, 2);
      next(y[i], 2);
    }
  y[n] = last + calls;
})";
  const std::string made = written_out(source);
  EXPECT_EQ(made.find("next("), std::string::npos) << made;
  EXPECT_EQ(made.find("whole("), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kLambdasOverRows, true, "-include functional"}), "") << made;
}

size_t of(const std::string& body) {
  return results_of(
      "inline_lambdas",
      "void g(float&);\nvoid f(const float* x, float* y, long rows, long n) {\n" + body + "\n}");
}

TEST(InlineLambdas, RefusesWhatWouldMeanSomethingElse) {
  EXPECT_EQ(of("auto a = [&](long i) { return x[i]; }; y[0] = a(1);"), 1u);
  EXPECT_EQ(of("float k = 1; auto a = [k](float v) { return k * v; }; k = 2; y[0] = a(1);"), 0u) << "a copy";
  EXPECT_EQ(of("float k = 1; auto a = [k](float v) { return k * v; }; g(k); y[0] = a(1);"), 0u);
  EXPECT_EQ(of("float k = 1; auto a = [&](float v) { return k * v; }; k = 2; y[0] = a(1);"), 1u);
  EXPECT_EQ(of("float k[2] = {}; auto a = [=](int i) { return k[i]; }; k[0] = 2; y[0] = a(0);"), 0u);
  EXPECT_EQ(of("auto a = [&](long i) { return x[i]; }; { const float* x = y; y[0] = a(1); }"), 0u)
      << "hidden";
  EXPECT_EQ(of("auto a = [k = 2 * n](long i) { return i + k; }; y[0] = a(1);"), 0u);
  EXPECT_EQ(of("int k = 0; auto a = [k]() mutable { return ++k; }; y[0] = a();"), 0u);
  EXPECT_EQ(of("int k = 0; auto a = [&] { return ++k; }; y[0] = a() + a();"), 0u) << "which one is first?";
  EXPECT_EQ(of("int k = 0; auto a = [&] { return ++k; }; y[k] = a() * k;"), 0u);
  EXPECT_EQ(of("int k = 0; auto a = [&] { return ++k; }; if (n > 0 && a() > 1) y[0] = 1;"), 0u);
  EXPECT_EQ(of("auto a = [&](float v) { return v; }; y[0] = a(x[rows++]);"), 0u)
      << "its argument does something";
  EXPECT_EQ(of("auto a = [&](float v) { return v; }; const float& r = a(x[0]); y[0] = 1; y[1] = r;"), 0u);
  EXPECT_EQ(of("auto a = [&](const float& v) { y[0] = 1; return v; }; y[1] = a(y[0]);"), 0u);
  EXPECT_EQ(of("auto a = [&](long i) { const long m = n; long n = i; return n + m; }; y[1] = a(3);"), 0u);
  EXPECT_EQ(of("auto a = [&](long i) { for (;;) if (x[i++] > 0) return i; }; y[1] = a(3);"), 0u);
  EXPECT_EQ(of("auto a = [](long i) { return i; }; while (a(n) > 3) --n;"), 0u);
  EXPECT_EQ(of("auto a = [](double v) -> float { if (v > 1) return 1; return v; }; y[0] = a(x[0]);"), 0u);
  EXPECT_EQ(of("std::function<double(float)> a = [](float v) -> float { return v; }; y[0] = a(x[0]);"), 0u);
  EXPECT_EQ(of("std::function<float(int)> a = [](float v) { return v; }; y[0] = a(x[0]);"), 0u);
}

TEST(InlineLambdas, TurnsEarlyReturnsIntoBranches) {
  const std::string source = R"(
void f(const float* x, float* y, long rows, long n) {
  float sum = 0;
  int counts[3] = {};
  const auto add = [&](long i, float w) {
    if (i < 0) return;
    if (i >= n) {
      ++counts[2];
      return;
    }
    const float v = w * x[i];
    if (v > 0.5f) ++counts[0]; else ++counts[1];
    sum += v;
  };
  const auto row = [&](long r) { for (long i = 0; i < n; ++i) y[i] += x[i] * r; };
  for (long r = 0; r < rows; ++r) {
    for (int d = -2; d <= 2; ++d) add(r + d, 0.5f * d);
    row(r);
    y[n + r] = sum;
  }
  y[n] += counts[0] + 2 * counts[1] + 4 * counts[2];
})";
  const std::string made = written_out(source);
  for (const char* gone : {"add(", "row(", "return"}) EXPECT_EQ(made.find(gone), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kLambdasOverRows}), "") << made;
  EXPECT_EQ(of("auto a = [&](long i) { for (;;) { if (x[i] > 0) return; ++i; } }; a(3);"), 0u);
  EXPECT_EQ(of("auto a = [&](long i) { if (i > 0) { if (n > 3) return; y[0] = 1; } else { if (n > 4) return; "
               "y[1] = 1; } y[2] = 1; }; a(3);"),
            0u)
      << "the end would stand twice";
  EXPECT_EQ(of("auto a = [&](long i) { if (i > 0) { float v = 1; if (n > 3) return; y[0] = v; } float v = 2; "
               "y[2] = "
               "v; }; a(3);"),
            0u);
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
// Loops in parts: only with leave, only where iterations are independent, and without races.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

RewriteRules threads(int count) {
  RewriteRules rules;
  rules.threads = count;
  return rules;
}

const char* const kRowsInParts = R"(
  for (int rows : {0, 1, 2, 3, 7, 64, 300}) for (int n : {0, 1, 5, 129, 700}) {
    auto x = values(rows * n + 1), y = values(rows * n + 1), z = y;
    original::f(x.data(), y.data(), rows, n);
    rewritten::f(x.data(), z.data(), rows, n);
    if (std::memcmp(y.data(), z.data(), y.size() * 4)) std::printf("rows=%d n=%d: other bits\n", rows, n);
    auto u = x, v = x;
    original::f(u.data(), u.data() + (rows * n > 0), rows, rows * n > 0 ? n - 1 : n);
    rewritten::f(v.data(), v.data() + (rows * n > 0), rows, rows * n > 0 ? n - 1 : n);
    if (std::memcmp(u.data(), v.data(), u.size() * 4)) std::printf("shifted rows=%d n=%d: other bits\n", rows, n);
  })";

// libgomp is not built for ThreadSanitizer, which sees no barrier in it: threads of the library stand in.
std::string with_std_threads(const std::string& text) {
  const size_t pragma = text.find("#pragma omp");
  const size_t loop = text.find("for (", pragma), call = text.find('\n', loop), end = text.find(';', call);
  EXPECT_NE(end, std::string::npos) << text;
  return text.substr(0, pragma) + "{ std::vector<std::thread> team;\n" + text.substr(loop, call - loop) +
         "\nteam.emplace_back([=] {" + text.substr(call, end + 1 - call) +
         " });\nfor (std::thread& t : team) t.join(); }" + text.substr(end + 1);
}

void expect_parts(const std::string& source) {
  const std::string made = rewritten_by("parallel_loop", source, 0, threads(2));
  EXPECT_NE(made.find("#pragma omp parallel for"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kRowsInParts, true, "-fopenmp"}), "");
  EXPECT_EQ(differences({source, made, kRowsInParts, true}), "") << "without the flag it is the same kernel";
  EXPECT_EQ(differences({source, with_std_threads(made), kRowsInParts, false, "-fsanitize=thread"}), "");
}

TEST(ParallelLoop, Rows) {
  expect_parts(R"(#include <cmath>
void f(const float* x, float* y, int rows, int n) {
  for (int r = 0; r < rows; ++r) {
    float s = 0;
    for (int i = 0; i < n; ++i) s += x[r * n + i] * x[r * n + i];
    const float scale = 1 / std::sqrt(s + 1);
    for (int i = 0; i < n; ++i) y[r * n + i] = x[r * n + i] * scale;
  }
})");
}

TEST(ParallelLoop, TrianglesAndFlatLoopsBehindOtherWork) {
  expect_parts(R"(#include <cstddef>
static float bend(float v, float by) { return v > 0 ? v * by : v; }
void f(const float* x, float* y, int rows, int n) {
  const float by = rows > 3 ? 0.5f : 0.25f;
  for (std::size_t i = 0; i < (std::size_t)rows * n; ++i) y[i] = bend(x[i], by);
})");
  const std::string triangle = R"(void f(const float* x, float* y, int rows, int n) {
  for (int r = 0; r < rows; ++r)
    for (int i = 0; i < n && i < 700; ++i)
      y[r * n + i] = x[r * n + i];
  for (int r = 0; r < rows; ++r)
    for (int i = 0; i < r; ++i)
      if (i < n) y[r * n + i] = x[r * n + i] * 2;
})";
  EXPECT_EQ(results_of("parallel_loop", triangle, 0, threads(1)), 0u);
}

TEST(ParallelLoop, StructuresVectorsAndNestedHelpers) {
  const std::string source = R"(#include <cmath>
#include <vector>
namespace shapes {
struct Shape { int rows, cols; float slope; };
}
static inline float leak(float v, float slope) { return v < 0 ? v * slope : v; }
static float bend(float v, const float slope) { const float w = leak(v, slope); return w * w; }
void f(const std::vector<float>& x, std::vector<float>& y, const shapes::Shape& shape) {
  const float* const in = x.data();
  for (int r = 0; r < shape.rows; ++r) {
    float* row = &y[r * shape.cols];
    for (int c = 0; c < shape.cols; ++c) row[c] = bend(in[r * shape.cols + c], shape.slope);
  }
})";
  RewriteRules rules = threads(3);
  rules.noalias = true;
  const std::string made = rewritten_by("parallel_loop", source, 0, rules);
  const std::string driver = R"(
  for (int rows : {0, 1, 2, 64, 301}) for (int cols : {0, 1, 130, 700}) {
    auto x = values(rows * cols + 1);
    std::vector<float> y(rows * cols + 1), z = y;
    original::f(x, y, {rows, cols, 0.25f});
    rewritten::f(x, z, {rows, cols, 0.25f});
    compare("rows", rows * 1000 + cols, y, z);
  })";
  EXPECT_EQ(differences({source, made, driver, true, "-fopenmp"}), "");
}

// Made once, in front of the parts; each of them knows that nothing else lies there.
TEST(ParallelLoop, TakesTablesAlong) {
  const std::string source = R"(#include <cmath>
void f(const float* x, float* y, int rows, int n) {
  for (int r = 0; r < rows; ++r)
    for (int i = 0; i < n; ++i) y[r * n + i] = x[r * n + i] * std::exp(-0.01 * i);
})";
  const std::string made = rewritten_by("parallel_loop", rewritten_by("tables", source, 0), 0, threads(2));
  EXPECT_NE(made.find("double* __restrict ke_exp"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kRowsInParts, true, "-fopenmp"}), "");
}

TEST(ParallelLoop, IsNeverOfferedWithOneThread) {
  const std::string source =
      "void f(const float* x, float* y, int n) { for (int i = 0; i < n; ++i) y[i] = x[i] + 1; }";
  EXPECT_EQ(results_of("parallel_loop", source, 0, threads(1)), 0u);
  EXPECT_EQ(results_of("parallel_loop", source, 0, threads(2)), 1u);
}

TEST(ParallelLoop, LeavesAloneWhatIsShared) {
  const auto count = [](const std::string& body, const std::string& type = "float") {
    RewriteRules rules = threads(4);
    rules.noalias = true;
    return results_of(
        "parallel_loop",
        "#include <vector>\nint g(int);\nint calls;\nvoid f(const float* x, float* y, std::vector<" + type +
            ">& v, int n, const int* at) {\n" + body + "\n}",
        0, rules);
  };
  EXPECT_EQ(count("for (int i = 1; i < n; ++i) y[i] = y[i - 1] + x[i];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) y[0] += x[i];"), 0u);
  EXPECT_EQ(count("float s = 0; for (int i = 0; i < n; ++i) s += x[i]; y[0] = s;"), 0u) << "who is first?";
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) y[i] = g(i);"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { ++calls; y[i] = x[i]; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) y[at[i]] = x[i];"), 0u) << "at may repeat itself";
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { y[i] = x[i]; if (x[i] > 9) break; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) v[i] = x[i] > 0;", "bool"), 0u) << "neighbours share a byte";
  EXPECT_EQ(
      results_of(
          "parallel_loop",
          "struct Shape { int rows, cols; };\nvoid f(int* y, const Shape& s) {\n"
          "  for (int r = 0; r < s.rows; ++r) for (int c = 0; c < s.cols; ++c) y[r * s.cols + c] = r;\n}",
          0, threads(2)),
      0u)
      << "y may hold the shape";
  EXPECT_EQ(count("float t[4]; for (int i = 0; i < n; ++i) { t[0] = x[i]; y[i] = t[0]; }"), 0u);
  EXPECT_EQ(count("static float t; for (int i = 0; i < n; ++i) { t = x[i]; y[i] = t; }"), 0u);
}

TEST(ParallelLoop, APartIsBuiltForSeveralInstructionSets) {
  const std::string source =
      "void f(const float* x, float* y, int n) {\n  for (int i = 0; i < n; ++i) y[i] = x[i] + 1;\n}";
  const std::string made = rewritten_by("dispatch", rewritten_by("parallel_loop", source, 0, threads(2)), 0);
  EXPECT_NE(made.find("KE_CLONES\nstatic void f_part("), std::string::npos) << made;
}

}  // namespace
}  // namespace ke

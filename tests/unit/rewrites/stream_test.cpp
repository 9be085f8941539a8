// SPDX-License-Identifier: MIT
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Above and below the size from which results pass the cache, at odd addresses, in place and shifted.
const char* const kStreamDriver = R"(
  for (long rows : {0, 1, 3, 301}) for (long cols : {0, 1, 5, 1023, 1024, 1025, 2500}) for (int from : {0, 1, 3}) {
    const long n = rows * cols;
    auto x = values(n + 9), w = values(cols + 1), y = values(n + 9), z = y;
    original::f(x.data() + 1, w.data(), y.data() + from, rows, cols);
    rewritten::f(x.data() + 1, w.data(), z.data() + from, rows, cols);
    compare("apart", rows * 10000 + cols, y, z);
    auto u = x, v = x;
    original::f(u.data(), w.data(), u.data() + from, rows, cols);
    rewritten::f(v.data(), w.data(), v.data() + from, rows, cols);
    compare("overlapping", rows * 10000 + cols, u, v);
  })";

TEST(StreamStores, RowsOfResults) {
  const std::string source = R"(#include <cmath>
void f(const float* x, const float* w, float* y, long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    float s = 0;
    for (long c = 0; c < cols; ++c) s += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / std::sqrt(s + 1);
    for (long c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * w[c];
  }
})";
  EXPECT_EQ(differences({source, rewritten_by("stream_stores", source, 0), kStreamDriver, true, "-O1"}), "");
}

// What a pragma says of a loop may stand before nothing else, and the loop goes behind a test.
TEST(StreamStores, LoopsBehindAPragma) {
  const std::string source = R"(void f(const float* x, const float* w, float* y, long rows, long cols) {
  const long n = rows * cols;
  y[0] += 0 * w[0];
  #pragma GCC ivdep
  for (long i = 0; i < n; ++i) y[i] = x[i] * 3;
})";
  const std::string made = rewritten_by("stream_stores", source, 0);
  EXPECT_EQ(made.find("ivdep"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kStreamDriver, true, "-O1"}), "");
}

// However it is spelled, and whatever comments stand between the two.
TEST(StreamStores, LoopsBehindAPragmaAndAComment) {
  for (const std::string pragma :
       {"#pragma GCC ivdep  ", "# pragma GCC ivdep\r", "#pragma  GCC unroll 4\n  // why",
        "#pragma GCC ivdep\n\n", "#pragma GCC unroll 2\n  /* why\n  so */\n  #pragma GCC ivdep"}) {
    const std::string source =
        "void f(const float* x, const float* w, float* y, long rows, long cols) {\n"
        "  const long n = rows * cols;\n  y[0] += 0 * w[0];\n  " +
        pragma + "\n  for (long i = 0; i < n; ++i) y[i] = x[i] * 3;\n}\n";
    const std::string made = rewritten_by("stream_stores", source, 0);
    EXPECT_EQ(made.find("pragma"), std::string::npos) << made;
    EXPECT_EQ(made.find("why") == std::string::npos, source.find("why") == std::string::npos) << made;
  }
}

// The same of loops within the nest that a check of its arrays takes along.
TEST(IndependentIterations, LoopsBehindAPragma) {
  const std::string source = R"(void f(const float* x, const float* w, float* y, long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    # pragma GCC unroll 2
    // and nothing else
    for (long c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * w[c];
  }
})";
  const std::string made = rewritten_by("independent_iterations", source, 0);
  EXPECT_EQ(made.find("unroll"), made.rfind("unroll")) << made;
  EXPECT_GT(made.find("unroll"), made.find("} else {")) << made;
  EXPECT_EQ(differences({source, made, kStreamDriver, true, "-O1"}), "");
}

// The body's own name for the place means nothing in front of it.
TEST(StreamStores, PlacesThatTheBodyNames) {
  const std::string source = R"(void f(const float* x, const float* w, float* y, long rows, long cols) {
  for (long r = 0; r < rows; ++r)
    for (long c = 0; c < cols; ++c) {
      const long row = r * cols;
      const long at = row + c;
      y[at] = x[at] * w[c];
    }
})";
  EXPECT_EQ(differences({source, rewritten_by("stream_stores", source, 0), kStreamDriver, true, "-O1"}), "");
}

// Elements of one and of four bytes at one place are not in step.
TEST(StreamStores, BytesBesideIntegers) {
  const std::string source = R"(#include <cstdint>
void f(const uint8_t* head, const int* x, int* y, long n) {
  for (long i = 0; i < n; ++i) y[i] = head[i] != 0 ? x[i] : 2 * x[i];
})";
  const std::string driver = R"(
  for (long n : {0l, 1l, 5l, 1000l, 400000l}) {
    std::vector<int> x(n + 1), y(n + 1, 7), z = y, u(n + 1, 3);
    for (long i = 0; i < n; ++i) x[i] = static_cast<int>(i % 977);
    const auto* head = reinterpret_cast<const uint8_t*>(x.data());
    original::f(head, x.data(), y.data(), n);
    rewritten::f(head, x.data(), z.data(), n);
    compare("apart", n, y, z);
    auto v = u;
    original::f(reinterpret_cast<const uint8_t*>(u.data()), x.data(), u.data(), n);
    rewritten::f(reinterpret_cast<const uint8_t*>(v.data()), x.data(), v.data(), n);
    compare("at one place", n, u, v);
  })";
  EXPECT_EQ(differences({source, rewritten_by("stream_stores", source, 0), driver, true, "-O1"}), "");
}

TEST(StreamStores, BothBranchesOfASplitLoop) {
  const std::string source = R"(void f(const float* x, const float* w, float* y, int rows, int cols) {
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < cols; ++c) {
      if (r == 0 || r == rows - 1 || c == 0 || c == cols - 1)
        y[r * cols + c] = x[r * cols + c];
      else
        y[r * cols + c] = x[(r - 1) * cols + c] + x[r * cols + c + 1] * w[c];
    }
})";
  RewriteRules apart;
  apart.noalias = true;
  const std::string split = rewritten_by("border_split", source, 0, apart);
  const std::string made = rewritten_by("stream_stores", split, 0, apart);
  std::string driver = kStreamDriver;
  driver = driver.substr(0, driver.find("auto u")) + "}";
  EXPECT_EQ(differences({source, made, driver, true, "-O1"}), "");
  EXPECT_NE(made.find("ke_stream(", made.find("ke_stream(&y") + 1), std::string::npos) << made;
}

TEST(StreamStores, RunningSumsOverPointers) {
  const std::string source = R"(void f(const float* x, const float*, float* y, int rows, int cols) {
  float sum = 0;
  for (int i = 2; i <= rows * cols - 1; i++) {
    sum += x[i];
    y[i] = sum;
  }
})";
  EXPECT_EQ(differences({source, rewritten_by("stream_stores", source, 0), kStreamDriver, true, "-O1"}), "");
}

TEST(StreamStores, LeavesAloneWhatIsReadAgainOrNotWrittenWhole) {
  const auto count = [](const std::string& body) {
    return results_of("stream_stores", "void f(const float* x, float* y, char* q, int n) {\n" + body + "\n}");
  };
  EXPECT_EQ(count("for (int i = 1; i < n; ++i) y[i] = y[i - 1] + x[i];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) y[i] += x[i];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) if (x[i] > 0) y[i] = x[i];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) y[2 * i] = x[i];"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { y[i] = x[i]; if (x[i] > 9) break; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) { y[i] = x[i]; y[i + n] = 0; }"), 0u);
  EXPECT_EQ(count("for (int i = 0; i < n; ++i) q[i] = 0;"), 0u);
}

// The test whether arrays overlap compares pointers, and a vector's name is none. The function's own vectors
// need no test.
TEST(StreamStores, LeavesAloneVectorsThatMayOverlap) {
  const auto count = [](const std::string& arguments, const std::string& before = "") {
    return results_of("stream_stores", "#include <vector>\nvoid f(" + arguments + ", int n) {\n" + before +
                                           "for (int i = 0; i < n; ++i) y[i] = x[i] * w[i];\n}");
  };
  EXPECT_EQ(count("const float* x, const float* w, float* y"), 1u);
  EXPECT_EQ(count("const float* x, const std::vector<float>& w, float* y"), 0u);
  EXPECT_EQ(count("const float* x, const float* w, std::vector<float>& y"), 0u);
  EXPECT_EQ(count("const float* x, float* y", "std::vector<float> w(n, 2.0f);\n"), 1u);
}

}  // namespace
}  // namespace ke

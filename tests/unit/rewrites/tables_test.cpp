// SPDX-License-Identifier: MIT
// Values of loop indices that an outer loop works out again: bit for bit the same from a table.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// Bitwise, over sizes that fit the own room, need the heap, and need none.
const char* const kExact = R"(
  for (long rows : {0, 1, 2, 5}) for (long n : {0, 1, 2, 3, 7, 64, 65, 1000, 1025}) {
    auto x = values(rows * n + 1), y = values(rows * n + 1), z = y;
    original::f(x.data(), y.data(), rows, n, 0.37f);
    rewritten::f(x.data(), z.data(), rows, n, 0.37f);
    if (std::memcmp(y.data(), z.data(), y.size() * 4)) std::printf("rows=%ld n=%ld: other bits\n", rows, n);
    auto u = x, v = x;
    original::f(u.data(), u.data(), rows, n, 0.37f);
    rewritten::f(v.data(), v.data(), rows, n, 0.37f);
    if (std::memcmp(u.data(), v.data(), u.size() * 4)) std::printf("in place, rows=%ld n=%ld: other bits\n", rows, n);
  })";

void expect_exact(const std::string& source, const std::string& driver = kExact) {
  EXPECT_EQ(differences({source, rewritten_by("tables", source, 0), driver}), "");
}

TEST(Tables, WindowsOverRows) {
  const std::string source = R"(#include <cmath>
void f(const float* x, float* y, long rows, long n, float) {
  for (long r = 0; r < rows; ++r)
    for (long i = 0; i < n; ++i) {
      const double w = 0.5 - 0.5 * std::cos(2 * M_PI * i / (n - 1));
      y[r * n + i] = x[r * n + i] * w;
    }
})";
  expect_exact(source);
  const std::string made = rewritten_by("tables", source, 0);
  EXPECT_NE(made.find("const double w = ke_cos[i];"), std::string::npos) << made;
}

TEST(Tables, FrequenciesOfARotaryEmbedding) {
  const std::string source = R"(#include <cmath>
#include <cstddef>
void f(const float* x, float* y, long rows, long n, float base) {
  const std::size_t pairs = n / 2;
  for (long pos = 0; pos < rows; ++pos) {
    for (std::size_t i = 0; i < pairs; ++i) {
      const float freq = 1.0f / std::pow(base * 1000.0f, 2.0f * i / n);
      const float angle = pos * freq;
      const float c = std::cos(angle), s = std::sin(angle);
      const float a = x[pos * n + 2 * i], b = x[pos * n + 2 * i + 1];
      y[pos * n + 2 * i] = a * c - b * s;
      y[pos * n + 2 * i + 1] = a * s + b * c;
    }
  }
})";
  expect_exact(source);
  // With heads outside of the positions nothing but the head's offset is new.
  const std::string heads = R"(#include <cmath>
void f(const float* x, float* y, long rows, long n, float base) {
  for (int h = 0; h < 3; ++h)
    for (long pos = 0; pos < rows / 3; ++pos)
      for (int i = 0; i < n / 2; ++i) {
        const float angle = pos * std::pow(base, 2.0f * i / n);
        const float c = std::cos(angle), s = std::sin(angle);
        const long at = (h * (rows / 3) + pos) * n + 2 * i;
        const float a = x[at], b = x[at + 1];
        y[at] = a * c - b * s;
        y[at + 1] = a * s + b * c;
      }
})";
  expect_exact(heads);
  EXPECT_NE(rewritten_by("tables", heads, 0).find("ke_sin[pos * (n / 2) + i]"), std::string::npos);
  EXPECT_EQ(rewritten_by("tables", heads, 0).find("const float angle"),
            rewritten_by("tables", heads, 0).rfind("const float angle"))
      << "a local that nobody reads any more is a warning";
}

TEST(Tables, RemaindersOfATransform) {
  const std::string source = R"(#include <cmath>
static const double kTwoPi = 6.283185307179586;
static double turn(double part) { return std::sin(part * kTwoPi); }
void f(const float* x, float* y, long rows, long n, float) {
  for (long k = 0; k < rows * n; ++k) {
    double re = 0, im = 0;
    for (long i = 0; i < n; ++i) {
      const long at = (k * i) % n;
      re += x[i] * std::cos(kTwoPi * at / n);
      im += x[i] * turn((double)at / n);
    }
    y[k] = re - im;
  }
})";
  const std::string made = rewritten_by("tables", source, 0);
  EXPECT_NE(made.find("[(k * i) % n]"), std::string::npos) << made;
  // Written where it reads, the source sees its own results: so must the table's loop.
  expect_exact(source);
}

TEST(Tables, FieldsOfAStructureThatIsACopy) {
  std::string driver = kExact;
  for (size_t at; (at = driver.find("0.37f)")) != std::string::npos;)
    driver.replace(at, 6, "{0.37f, 0.01f})");
  const std::string source = R"(#include <cmath>
struct Curve { float gain, decay; };
static float bend(float v) { const float w = v * 0.5f; return std::tanh(w) + w; }
void f(const float* x, float* y, long rows, long n, Curve curve) {
  for (long r = 0; r < rows; ++r)
    for (long i = 0; i < n; ++i) y[r * n + i] = x[r * n + i] * std::exp(-curve.decay * i) + bend(curve.gain * i);
})";
  expect_exact(source, driver);
  EXPECT_NE(rewritten_by("tables", source, 0).find("ke_bend[i]"), std::string::npos);
  const std::string reference =
      "#include <cmath>\nstruct Curve { float gain; };\n"
      "void f(float* y, int rows, int n, const Curve& c) {\n"
      "  for (int r = 0; r < rows; ++r) for (int i = 0; i < n; ++i) y[i] += std::exp(c.gain * i);\n}";
  EXPECT_EQ(results_of("tables", reference), 0u) << "y may hold it";
  RewriteRules apart;
  apart.noalias = true;
  EXPECT_EQ(results_of("tables", reference, 0, apart), 1u);
}

TEST(Tables, SteadyValuesInFrontOfALoop) {
  const std::string source = R"(#include <cmath>
void f(const float* x, float* y, long rows, long n, float a) {
  for (long i = 0; i < rows * n; ++i) y[i] = x[i] / std::sqrt(std::exp(a) + 1);
})";
  expect_exact(source);
  EXPECT_NE(rewritten_by("tables", source, 0).find("const "), std::string::npos);
}

TEST(Tables, StaysOnTheStackWhereNothingMayBeAllocated) {
  const std::string source = R"(#include <math.h>
void f(const float* x, float* y, long rows, long n, float a) {
  for (long r = 0; r < rows; ++r)
    for (long i = 0; i < n; ++i) y[r * n + i] = x[r * n + i] * expf(-a * i);
})";
  RewriteRules pure;
  pure.heap = pure.cpp = false;
  const std::string made = rewritten_by("tables", source, 0, pure);
  EXPECT_EQ(made.find("malloc"), std::string::npos) << made;
  // Below, at and above what fits: the plain loops are behind it.
  std::string driver = kExact;
  driver.replace(driver.find("1000, 1025"), 10, "8191, 8192, 8193, 20000");
  EXPECT_EQ(differences({source, made, driver}), "");
}

// What a function reads beside its arguments may change while the loop runs.
TEST(Tables, AsksWhatAFunctionReads) {
  const auto count = [](const std::string& helper) {
    return results_of("tables",
                      "#include <cmath>\nconst float kHalf = 0.5f;\nfloat scale = 1;\n" + helper +
                          "\nvoid f(float* y, int rows, int n) {\n  for (int r = 0; r < rows; ++r)\n"
                          "    for (int i = 0; i < n; ++i) y[i] += g(i * 0.1f);\n}");
  };
  EXPECT_EQ(count("static float g(float v) { return std::exp(v * kHalf); }"), 1u);
  EXPECT_EQ(count("static float g(float v) { return std::exp(v * scale); }"), 0u);
  EXPECT_EQ(count("static float h(float v) { return v * scale; }\nstatic float g(float v) { return "
                  "std::exp(h(v)); }"),
            0u);
  EXPECT_EQ(count("static float g(float v) { static int calls; return std::exp(v * ++calls); }"), 0u);
}

TEST(Tables, KeepsTheTypeOfEveryValue) {
  expect_exact(R"(#include <cmath>
void f(const float* x, float* y, long rows, long n, float a) {
  for (unsigned r = 0; r < rows; ++r)
    for (unsigned i = 0; i < n; ++i) {
      const unsigned at = (r * i + 7u) % (unsigned)n;
      const long turns = std::lround(100 * std::sin(a * i));
      y[r * n + i] = x[r * n + i] * turns + std::cos(at * at * 0.001) + std::pow(1.0f - a, i);
    }
})");
}

TEST(Tables, LeavesAloneWhatVariesOrMayNotBeThere) {
  const auto count = [](const std::string& body) {
    return results_of("tables",
                      "#include <cmath>\nfloat g(float);\nfloat scale;\n"
                      "void f(float* x, float* y, int rows, int n, float a, const float& r, float* p) {\n" +
                          body + "\n}");
  };
  EXPECT_EQ(
      count("for (int k = 0; k < rows; ++k) for (int i = 0; i < n; ++i) y[k] += x[i] * std::cos(a * i * k);"),
      0u);
  EXPECT_EQ(count("for (int k = 0; k < rows; ++k) for (int i = 0; i < n; ++i) y[k] += std::cos(scale * i);"),
            0u)
      << "y may hold it";
  EXPECT_EQ(count("for (int k = 0; k < rows; ++k) for (int i = 0; i < n; ++i) y[k] += std::cos(r * i);"), 0u);
  EXPECT_EQ(count("for (int k = 0; k < rows; ++k) for (int i = 0; i < n; ++i) y[k] += g(i);"), 0u);
  EXPECT_EQ(
      count(
          "for (int k = 0; k < rows; ++k) { a += 1; for (int i = 0; i < n; ++i) y[k] += std::cos(a * i); }"),
      0u);
  EXPECT_EQ(count("for (int k = 0; k < rows; ++k) for (int i = 0; i < k; ++i) y[k] += std::cos(a * i);"), 0u);
  EXPECT_EQ(count("for (int k = 0; k < rows; ++k) for (int i = 0; i < n; ++i) y[k] += std::cos(a * *p);"),
            0u);
  EXPECT_EQ(count("for (int k = 0; k < rows; ++k) for (int i = 0; i < n; ++i) y[k] += std::exp(y[i]);"), 0u);
  EXPECT_EQ(
      count(
          "for (int k = 0; k < rows; ++k) for (int i = 0; i < n; ++i) if (x[k] > 0) y[k] += std::exp(p[i]);"),
      0u)
      << "p may end before";
  EXPECT_EQ(count("for (int k = 0; k < rows; ++k) for (int i = 0; i < n; ++i) if (i % n) y[k] += std::exp(a "
                  "* (i / k));"),
            0u);
  EXPECT_EQ(
      count("for (int k = 0; k < rows; ++k) for (int i = 0; i < n; ++i) y[k] += std::cos((k - i) % n * a);"),
      0u)
      << "remainders of negative numbers are no places";
}

// A linear resize: places and weights of the columns, as integers and as floats.
TEST(ColumnTables, PlacesAndWeightsOfAResize) {
  const std::string source = R"(#include <algorithm>
#include <cstdint>
void f(const float* x, float* y, long rows, long n, float scale) {
  for (std::int64_t r = 0; r < rows; ++r)
    for (int i = 0; i < n; ++i) {
      const float at = std::max(0.0f, (i + 0.5f) * scale - 0.5f);
      const int left = std::min(static_cast<int>(at), (int)n - 1), right = std::min(left + 1, (int)n - 1);
      const float part = at - left;
      y[r * n + i] = x[r * n + left] * (1.0f - part) + x[r * n + right] * part;
    }
})";
  const std::string made = rewritten_by("column_tables", source, 0);
  EXPECT_EQ(differences({source, made, kExact}), "");
  EXPECT_NE(made.find("int* const ke_min = "), std::string::npos) << made;
  EXPECT_EQ(made.find("decltype"), std::string::npos) << made;
  EXPECT_EQ(made.find("const float at"), made.rfind("const float at")) << "nobody reads it in the fast loop";
}

// The room is of the type that the expression has: an index beyond an int must not be cut.
TEST(ColumnTables, KeepTheTypeOfWideIntegers) {
  const std::string source = R"(#include <algorithm>
#include <cstddef>
void f(const float* x, float* y, long rows, long n, float) {
  for (long r = 0; r < rows; ++r)
    for (std::size_t i = 0; i < (std::size_t)n; ++i) {
      const std::size_t far = (i * 5000000000u + 7) / 3;
      const long own = std::max((long)i * 7, (long)(i + 3000000000u) / 2);
      y[r * n + i] = x[r * n + i] * (float)(far % 1000) + (float)(own % 77);
    }
})";
  const std::string made = rewritten_by("column_tables", source, 0);
  EXPECT_EQ(differences({source, made, kExact}), "");
  EXPECT_NE(made.find("long* const ke_max"), std::string::npos) << made;
}

TEST(ColumnTables, LeaveAloneWhatIsCheapOrVaries) {
  const auto count = [](const std::string& body) {
    return results_of("column_tables",
                      "#include <algorithm>\nvoid f(const float* x, float* y, int rows, int n, float s) {\n"
                      "  for (int r = 0; r < rows; ++r) for (int i = 0; i < n; ++i) " +
                          body + "\n}");
  };
  EXPECT_EQ(count("y[r * n + i] = x[(int)(i * s)];"), 1u);
  EXPECT_EQ(count("y[r * n + i] = x[i] * (float)i;"), 0u) << "one conversion";
  EXPECT_EQ(count("y[r * n + i] = x[r * n + i] * s + 1;"), 0u);
  EXPECT_EQ(count("y[r * n + i] = x[(int)((r + i) * s)];"), 0u) << "another one in every row";
  EXPECT_EQ(count("{ s += 1; y[r * n + i] = x[(int)(i * s)]; }"), 0u);
  EXPECT_EQ(count("y[r * n + i] = x[std::min((int)(y[i] * s), n)];"), 0u) << "the loop writes y";
  // Out of range where the test would have kept it from happening.
  EXPECT_EQ(count("if (i * s < 100) y[r * n + i] = x[(int)(i * s)];"), 0u);
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
// Objects as variables, and running moments as two passes.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

const std::string kOverRows = R"(
  for (int special : {0, 1, 2})
    for (long n : {0, 1, 2, 3, 9, 64, 131}) {
      const auto x = values(4 * n + 8, special);
      std::vector<float> a(4 * n + 16), b(a);
      original::f(x.data(), a.data(), 4, n);
      rewritten::f(x.data(), b.data(), 4, n);
      compare("rows", n, a, b);
    })";

TEST(ScalarReplacement, MakesVariablesOfAFiltersState) {
  const std::string source = R"(struct Biquad {
  float b0, b1, a1;
  float z1, z2;
  // Transposed.
  float process(float x) {
    const float y = b0 * x + z1;
    z1 = b1 * x - a1 * y + z2;
    z2 = x * 0.25f;
    return y;
  }
};
void f(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    const float* k = x + 4 * n;
    Biquad filter{k[0], k[1], 0.5f, k[3]};
    for (long i = 0; i < n; ++i) y[r * n + i] = filter.process(x[r * n + i]);
    y[4 * n + r] = filter.z1 + filter.z2;
  }
})";
  const std::string made = rewritten_by("scalar_replacement", source, 0);
  EXPECT_EQ(made.find("filter."), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kOverRows}), "") << made;
}

TEST(ScalarReplacement, WritesOutClassesWithConstructors) {
  const std::string source = R"(template <typename T>
class Running {
 public:
  Running(T first, float scale) : mean(first), scale_{scale} { this->most = clipped(first); }
  void push(T value) {
    ++count_;
    mean += (value - mean) / static_cast<T>(count_);
    if (value > most) most = clipped(value);
  }
  T middle() const { return mean * scale_; }
  bool any() const { return count_ > 0; }
  T mean;
  T most = T(0);

 private:
  static T clipped(T v) {
    if (v < T(-1)) return T(-1);
    if (v > T(1))
      return 1;
    else
      return v;
  }
  long count_ = 0;
  float scale_;
};
void f(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    const float mean = 0.25f;
    Running<float> run(mean, 2);
    for (long i = 0; i < n; ++i) run.push(x[r * n + i]);
    y[4 * r] = run.middle();
    y[4 * r + 1] = run.most;
    if (run.any()) y[4 * r + 2] = run.mean;
  }
})";
  const std::string made = rewritten_by("scalar_replacement", source, 0);
  EXPECT_EQ(made.find("run."), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kOverRows}), "") << made;
}

TEST(ScalarReplacement, KeepsTheOrderOfCallsThatChangeTheObject) {
  const std::string source = R"(struct Counter {
  float level = 0;
  float operator()(float by) { level += by; return level; }
};
void f(const float* x, float* y, long rows, long n) {
  Counter count;
  for (long i = 0; i < n; ++i) {
    const float first = count(x[i]) * 2;
    y[i] = first - count(1) * x[i];
    if (count(0) > 3) count.level = 0;
  }
  y[n] = count.level;
})";
  const std::string made = rewritten_by("scalar_replacement", source, 0);
  EXPECT_EQ(differences({source, made, kOverRows}), "") << made;
}

// As one selection both would be floats first, which hold no 2^24 + 1.
TEST(ScalarReplacement, ConvertsEachReturnedValueByItself) {
  const std::string source = R"(struct Steps {
  long count;
  long next(float least) const {
    if (count > 20) return count;
    return least;
  }
};
void f(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    Steps steps{16777217 + r};
    long sum = 0;
    for (long i = 0; i < n; ++i) sum += steps.next(x[r * n + i]) & 1;
    y[4 * r] = sum;
  }
})";
  const std::string made = rewritten_by("scalar_replacement", source, 0);
  EXPECT_EQ(made.find("steps."), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kOverRows}), "") << made;
}

// Without this their variables held what was there before.
TEST(ScalarReplacement, BeginsAtZeroWhereAListSaysNothing) {
  const std::string source = R"(struct Sums { float sum, squares; };
void f(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    Sums all{};
    Sums own = {};
    for (long i = 0; i < n; ++i) {
      all.sum += x[r * n + i];
      own.sum += all.sum;
      own.squares += x[r * n + i] * x[r * n + i];
    }
    y[4 * r] = all.sum + all.squares;
    y[4 * r + 1] = own.sum;
    y[4 * r + 2] = own.squares;
  }
})";
  const std::string made =
      rewritten_by("scalar_replacement", rewritten_by("scalar_replacement", source, 0), 0);
  EXPECT_EQ(made.find("Sums own"), std::string::npos) << made;
  EXPECT_EQ(differences({source, made, kOverRows}), "") << made;
}

TEST(ScalarReplacement, LeavesAloneWhatIsMoreThanNumbers) {
  const auto count = [](const std::string& type, const std::string& body) {
    return results_of("scalar_replacement", type + "\nvoid f(float* y, long n) {\n" + body + "\n}");
  };
  const std::string type = "struct P { float a, b; float sum() const { return a + b; } };";
  EXPECT_EQ(count(type, "P p{1, 2}; y[0] = p.sum();"), 1u);
  EXPECT_EQ(count(type, "P p{1, 2}; P* q = &p; y[0] = q->sum();"), 0u) << "its address is taken";
  EXPECT_EQ(count(type, "P p{1, 2}; P q = p; y[0] = q.sum();"), 0u) << "copied as a whole";
  EXPECT_EQ(count(type, "P p{1, 2}; while (p.sum() < 3) p.a += 1;"), 0u);
  EXPECT_EQ(count(type, "P p{1, 2}; y[0] = p.a > 0 && p.sum() > 1;"), 1u) << "gives a value and does nothing";
  EXPECT_EQ(count("struct P { float a[4]; float sum() { return a[0]; } };", "P p; y[0] = p.sum();"), 0u);
  EXPECT_EQ(count("struct Q { float c; }; struct P : Q { float a; };", "P p; p.a = 1; y[0] = p.a;"), 0u);
  EXPECT_EQ(count("struct P { float a; ~P() { a = 0; } };", "P p; p.a = 1; y[0] = p.a;"), 0u);
  EXPECT_EQ(count("struct P { static float a; float b; };", "P p; p.a = 1; y[0] = p.a;"), 0u);
  EXPECT_EQ(count("struct P { float a; float once() { for (;;) a += 1; } };", "P p{1}; y[0] = p.once();"),
            0u);
  EXPECT_EQ(count("struct P { float a; float next() { a += 1; return a; } };",
                  "P p{1}; y[0] = n > 0 ? p.next() : 0;"),
            0u)
      << "called on one side only";
  EXPECT_EQ(count("struct P { float a; }; namespace other { struct P { double a; }; }",
                  "P p; p.a = 1; y[0] = p.a;"),
            0u)
      << "which one?";
}

std::string welford(const std::string& body,
                    const std::string& start = "float mean = 0, m2 = 0; int count = 0;") {
  return R"(static inline float widened(unsigned short bits) {
  const unsigned wide = (unsigned)bits << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}
void f(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r) {
    )" + start +
         R"(
    for (long i = 0; i < n; ++i) {
)" + body +
         R"(
    }
    y[r] = mean + 3 * m2 + count;
  }
})";
}

TEST(TwoPassMoments, AreWhatRunningOnesAre) {
  for (const char* body :
       {"++count; const float d = x[r * n + i] - mean; mean += d / count; m2 += d * (x[r * n + i] - mean);",
        "const float v = x[r * n + i]; count++; const float d = v - mean; mean = mean + d / (float)count; "
        "const float e = v - mean; m2 += d * e;",
        "const float v = widened((unsigned short)(16200 + x[r * n + (i & 1)] * 300)); count += 1; const "
        "float inv = 1.0f / count; const float d = v - mean; mean += d * inv; "
        "m2 += (v - mean) * d;",
        "const float d = x[r * n + i] - mean; mean += d / static_cast<float>(i + 1); m2 += d * (x[r * n + i] "
        "- mean);"}) {
    const std::string source = welford(body), made = rewritten_by("two_pass_moments", source, 0);
    EXPECT_EQ(differences({source, made, kOverRows}), "") << made;
  }
}

TEST(TwoPassMoments, NeedMomentsThatBeginWithNothing) {
  const std::string good =
      "++count; const float d = x[r * n + i] - mean; mean += d / count; m2 += d * (x[r * n + i] - mean);";
  const auto count = [](const std::string& source) { return results_of("two_pass_moments", source); };
  EXPECT_EQ(count(welford(good)), 1u);
  EXPECT_EQ(count(welford(good, "float mean = 0, m2 = 0; int count = 1;")), 0u);
  EXPECT_EQ(count(welford(good, "float mean = x[0], m2 = 0; int count = 0;")), 0u);
  EXPECT_EQ(count(welford(good, "float mean = 0, m2 = 0; int count = 0; mean += x[0];")), 0u);
  EXPECT_EQ(
      count(welford(
          "++count; const float d = x[r * n + i] - mean; mean += d / 8; m2 += d * (x[r * n + i] - mean);")),
      0u)
      << "a moving average";
  EXPECT_EQ(count(welford("++count; const float d = x[r * n + i] - mean; mean += d / count; m2 += d * d;")),
            0u)
      << "around two means that both move";
  EXPECT_EQ(count(welford("++count; const float d = x[r * n + i] - mean; mean += d / count; y[i] = mean;")),
            0u);
  EXPECT_EQ(
      count(welford(
          "const float d = x[r * n + i] - mean; mean += d / (i + 2); m2 += d * (x[r * n + i] - mean);")),
      0u);
  EXPECT_EQ(count(welford("if (x[i] > 0) continue; " + good)), 0u);
}

}  // namespace
}  // namespace ke

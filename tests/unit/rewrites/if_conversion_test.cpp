// SPDX-License-Identifier: MIT
// Pairs of all things but a thing with itself.
#include "tests/unit/rewrites/trial.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

std::string forces(const std::string& body, const std::string& type = "float") {
  return "#include <cmath>\nvoid f(const " + type + "* p, const " + type + "* m, " + type + "* a, int n, " +
         type + " soft) {\n  for (int i = 0; i < n; ++i) {\n    " + type +
         " sum = 0, weight = 1;\n    for (int j = 0; j < n; ++j) {\n" + body +
         "    }\n    a[2 * i] = sum;\n    a[2 * i + 1] = weight;\n  }\n}\n";
}

const std::string kBody =
    "      const auto d = p[j] - p[i];\n      const auto r = std::sqrt(d * d + soft);\n"
    "      const auto force = m[j] / (r * r * r);\n      sum += force * d;\n      weight -= force;\n";

// Without softening the force of a thing on itself is infinite, and not there; and numbers that are none.
const std::string kDriver = R"(
  for (long n : sizes)
    for (float soft : {0.0f, 0.25f})
      for (int special : {0, 1, 2}) {
        std::vector<TYPE> p(n), m(n), a(2 * n, 9), b = a;
        const auto x = values(n, special), y = values(n);
        for (long i = 0; i < n; ++i) p[i] = x[i] + i, m[i] = y[i] + 2;
        original::f(p.data(), m.data(), a.data(), n, soft);
        rewritten::f(p.data(), m.data(), b.data(), n, soft);
        compare("forces", n, a, b);
      })";

std::string driver(const std::string& type) {
  std::string text = kDriver;
  return text.replace(text.find("TYPE"), 4, type);
}

TEST(IfConversion, LeavesOutTheThingItself) {
  for (const char* type : {"float", "double"})
    for (const std::string& body :
         {"      if (i == j) continue;\n" + kBody, "      if (j != i) {\n" + kBody + "      }\n",
          "      const float unused = 2;\n      if (j == i) { continue; }\n" + kBody}) {
      const std::string source = forces(body, type), made = rewritten_by("if_conversion", source, 0);
      EXPECT_NE(made.find(std::string(type) == "float" ? "ke_keptf(" : "ke_kept("), std::string::npos)
          << made;
      EXPECT_EQ(differences({source, made, driver(type)}), "");
      // ... and the loop can be put into lanes as if nothing were left out.
      EXPECT_EQ(differences({source, rewritten_by("multi_accumulator", made, 16), driver(type)}), "");
    }
}

TEST(IfConversion, ComputesNothingThatMayEndTheProgramOrLieElsewhere) {
  for (const char* body :
       {// A quotient of integers.
        "      if (i == j) continue;\n      const int q = n / (i - j);\n      sum += q * p[j];\n",
        "      if (i == j) continue;\n      sum += static_cast<int>(m[0]) / (i - j) * p[j];\n",
        // A place that the test is there for.
        "      const int at = j - 1;\n      if (j == 0) continue;\n      sum += p[at];\n",
        "      if (m[j] == 0) continue;\n      sum += p[j] / m[j];\n",
        "      if (j > i) continue;\n      sum += p[j];\n",
        // What is stored or counted.
        "      if (i == j) continue;\n      sum += p[j];\n      a[j] = sum;\n",
        "      if (i == j) continue;\n      sum = p[j];\n", "      if (i == j) break;\n      sum += p[j];\n",
        "      if (i == j) continue; else sum += 1;\n      sum += p[j];\n"})
    EXPECT_EQ(results_of("if_conversion", forces(body)), 0u) << body;
}

TEST(PlainStores, StoreTheOldValueWhereTheTestSaysNo) {
  // One step of all shortest paths, in place; the row that is gone through is one of those that are written.
  const std::string paths = R"(void f(int* d, const float*, int n) {
  for (int k = 0; k < n; ++k)
    for (int i = 0; i < n; ++i) {
      const int first = d[i * n + k];
      if (first >= 1000) continue;
      for (int j = 0; j < n; ++j) {
        const int through = first + d[k * n + j];
        if (through < d[i * n + j]) d[i * n + j] = through;
      }
    }
})";
  const std::string made = rewritten_by("plain_stores", paths, 0);
  EXPECT_NE(made.find("d[i * n + j] = (through < d[i * n + j]) ? (int)through : d[i * n + j];"),
            std::string::npos)
      << made;
  const std::string driver = R"(
  for (int n : {0, 1, 2, 7, 16, 33}) {
    const auto x = values(n * n + 1);
    std::vector<TYPE> a(n * n + 1);
    for (int i = 0; i < n * n; ++i) a[i] = (TYPE)(std::fabs(x[i]) * 500);
    auto b = a;
    original::f(a.data(), x.data(), n);
    rewritten::f(b.data(), x.data(), n);
    if (std::memcmp(a.data(), b.data(), a.size() * sizeof(TYPE))) std::printf("n=%d\\n", n);
  })";
  const auto with_type = [&](const std::string& type) {
    std::string text = driver;
    for (size_t at; (at = text.find("TYPE")) != std::string::npos;) text.replace(at, 4, type);
    return text;
  };
  EXPECT_EQ(differences({paths, made, with_type("int")}), "");
  // What is stored has the type of the element, whatever the value's is.
  const std::string mixed = R"(void f(long* d, const float* x, int n) {
  for (int j = 0; j < n * n; ++j) {
    d[j] += 9007199254740993;
    if (x[j] > 0.5f * d[j]) d[j] = x[j] * 3;
    if (d[j] != 9007199254740993) d[j] = -1;
  }
})";
  EXPECT_EQ(differences({mixed, rewritten_by("plain_stores", mixed, 0), with_type("long")}), "");
}

TEST(PlainStores, LeaveAloneWhatATestProtects) {
  const auto count = [](const std::string& body, RewriteRules rules = {}) {
    return results_of(
        "plain_stores",
        "void f(int* d, const int* x, volatile int* v, int n, int m) {\n  for (int j = 0; j < n; ++j) " +
            body + "\n}",
        0, rules);
  };
  EXPECT_EQ(count("if (m < d[j]) d[j] = m;"), 1u);
  EXPECT_EQ(count("if (m < x[j]) d[j] = m;"), 0u) << "nothing says that it may be read";
  EXPECT_EQ(count("if (j > 2 && m < d[j - 3]) d[j - 3] = m;"), 0u);
  EXPECT_EQ(count("if (m < d[j]) d[j] = x[d[j]];"), 0u) << "may lie anywhere";
  EXPECT_EQ(count("if (d[j] != 0) d[j] = m / d[j];"), 0u);
  EXPECT_EQ(count("if (m < d[j]) d[j + 1] = m;"), 0u);
  EXPECT_EQ(count("if (m < v[j]) v[j] = m;"), 0u);
  EXPECT_EQ(count("if (m < d[j]) d[j] = m; else d[j] = 0;"), 0u);
  RewriteRules threads;
  threads.threads = 2;
  EXPECT_EQ(count("if (m < d[j]) d[j] = m;", threads), 0u);
}

}  // namespace
}  // namespace ke

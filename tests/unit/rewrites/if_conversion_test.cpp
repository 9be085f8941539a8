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

}  // namespace
}  // namespace ke

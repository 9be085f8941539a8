// SPDX-License-Identifier: MIT
#include "ke-build/learn/learn.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ke {
namespace {

std::vector<std::string> features(const std::string& source, const std::string& entry = "f") {
  Operator op;
  op.kernel.entry = entry;
  Argument x;
  x.name = "x";
  x.shape = {"n"};
  op.arguments = {x};
  return features_of(op, source);
}

bool has(const std::vector<std::string>& tags, const std::string& tag) {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

struct Case {
  const char* tag;
  const char* with;
  const char* without;
};

// The same loop with and without what the tag stands for.
const Case kCases[] = {
    {"reduction", "float s = 0; for (int i = 0; i < n; ++i) s += x[i];",
     "for (int i = 0; i < n; ++i) y[i] += x[i];"},
    {"accumulate-in-memory", "for (int i = 0; i < n; ++i) y[0] += x[i];",
     "for (int i = 0; i < n; ++i) s += x[i];"},
    {"scan", "float s = 0; for (int i = 0; i < n; ++i) { s += x[i]; y[i] = s; }",
     "float s = 0; for (int i = 0; i < n; ++i) { s += x[i]; y[i] = t; }"},
    {"scatter", "for (int i = 0; i < n; ++i) ++bins[x[i]];", "for (int i = 0; i < n; ++i) y[i] = x[i];"},
    {"indirect", "for (int i = 0; i < n; ++i) y[i] = x[ids[i]];", "for (int i = 0; i < n; ++i) y[i] = x[i];"},
    {"division", "for (int i = 0; i < n; ++i) y[i] = x[i] / a;",
     "for (int i = 0; i < n; ++i) y[i] = x[i] * a; // a / b"},
    {"modulo", "for (int i = 0; i < n; ++i) y[i] = x[i % 4];", "for (int i = 0; i < n; ++i) y[i] = x[i];"},
    {"exp", "for (int i = 0; i < n; ++i) y[i] = std::exp(x[i]);",
     "for (int i = 0; i < n; ++i) y[i] = expected[i];"},
    {"border-test", "for (int i = 0; i < n; ++i) { if (i + k < 0 || i + k >= n) continue; s += x[i + k]; }",
     "for (int i = 0; i < n; ++i) { if (x[i] > m) m = x[i]; }"},
    {"branch", "for (int i = 0; i < n; ++i) { if (x[i] > m) m = x[i]; }",
     "for (int i = 0; i < n; ++i) y[i] = x[i];"},
    {"strided-inner", "for (int i = 0; i < n; ++i) for (int j = 0; j < n; ++j) y[i] = x[j * n + i];",
     "for (int i = 0; i < n; ++i) for (int j = 0; j < n; ++j) y[i] = x[i * n + j];"},
    {"double-in-single", "double s = 0; for (int i = 0; i < n; ++i) s += x[i];",
     "float s = 0; for (int i = 0; i < n; ++i) s += x[i];"},
    {"loops-2", "for (int i = 0; i < n; ++i) for (int j = 0; j < n; ++j) y[i] = x[j];",
     "for (int i = 0; i < n; ++i) y[i] = 0; for (int j = 0; j < n; ++j) y[j] = x[j];"},
    {"loops-1", "for (int i = 0; i < n; ++i) { y[i] = 0; } for (int j = 0; j < n; ++j) { y[j] = x[j]; }",
     "for (int i = 0; i < n; ++i) { for (int j = 0; j < n; ++j) { y[i] = x[j]; } }"},
};

TEST(Features, AppearWhereTheCodeHasThemAndOnlyThere) {
  for (const Case& row : kCases) {
    const auto wrap = [](const char* body) {
      return std::string("void f(const float* x, float* y, int n) { ") + body + " }\n";
    };
    EXPECT_TRUE(has(features(wrap(row.with)), row.tag)) << row.tag << " in " << row.with;
    EXPECT_FALSE(has(features(wrap(row.without)), row.tag)) << row.tag << " in " << row.without;
  }
}

TEST(Features, AreThoseOfTheEntryFunctionOnly) {
  const std::string source =
      "float g(float x) { return std::exp(x); }\nvoid f(float* y, int n);\nvoid f(float* y, int n) { for "
      "(int i = 0; i < n; ++i) y[i] = 0; }\n";
  EXPECT_FALSE(has(features(source), "exp"));
  EXPECT_TRUE(has(features(source, "g"), "float32"));
}

TEST(Features, NeverFailOnBrokenCode) {
  for (const char* source :
       {"", "f(", "void f(int) {", "}}}}", "\"", "/*", "#", "f ( ) { for ( ; ; ; ]]]] ++ [ += "})
    (void)features(source);
  std::string deep = "void f() ";
  for (int i = 0; i < 100000; ++i) deep += "{ for (;;) ";
  (void)features(deep);
}

}  // namespace
}  // namespace ke

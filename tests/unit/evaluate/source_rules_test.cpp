// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/source_rules.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

std::string objection(const std::string& source, const std::string& baseline = "void f();") {
  return illegal_source(Operator(), baseline, source);
}

TEST(SourceRules, QuestionsAboutTheCompilationAreRefused) {
  for (const char* text : {"#if __INCLUDE_LEVEL__\n#endif", "#ifdef __SANITIZE_ADDRESS__\n#endif",
                           "const char* f = __FILE__;", "#if __has_feature(address_sanitizer)\n#endif",
                           "#ifdef __OPTIMIZE__\n#endif", "extern int ke_call;"}) {
    EXPECT_NE(objection(text), "") << text;
    EXPECT_EQ(objection(text, text), "") << text << ": the repository says it too";
    EXPECT_NE(objection(std::string(text) + "\n" + text, text), "") << text << ": but once only";
  }
  EXPECT_EQ(objection("// __FILE__\nconst char* s = \"__SANITIZE_ADDRESS__\";"), "")
      << "comments and text do not count";
}

TEST(SourceRules, OrdersToTheCompilerCountLikeItsFlags) {
  for (const char* text :
       {"#pragma GCC optimize(\"fast-math\")", "#pragma GCC optimize (\"O3,finite-math-only\")",
        "_Pragma(\"GCC optimize(\\\"Ofast\\\")\")", "__attribute__((optimize(\"-ffast-math\"))) void f();",
        "[[gnu::optimize(\"fast-math\")]] void f();", "#pragma GCC target(\"avx2\")",
        "# \\\npragma GCC target(\"fma\")", "#pragma STDC FENV_ACCESS ON"}) {
    EXPECT_NE(objection(text), "") << text;
  }
  for (const char* text :
       {"#pragma GCC optimize(\"O3\")", "__attribute__((optimize(\"O3\", \"unroll-loops\"))) void f();",
        "#pragma GCC ivdep", "#pragma omp simd", "#pragma once", "int optimize = 1, target(int);"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
  Operator finite;
  finite.contract.finite_only = true;
  EXPECT_EQ(illegal_source(finite, "", "#pragma GCC optimize(\"fast-math\")"), "");
}

TEST(SourceRules, WhatOthersWouldRunMustBeCheckable) {
  EXPECT_NE(objection("__attribute__((target(\"default\"))) int f();"), "");
  EXPECT_NE(objection("void f() __attribute__((ifunc(\"pick\")));"), "");
  EXPECT_EQ(objection("__attribute__((target(\"avx2\"))) int f();"), "");
  EXPECT_NE(objection("__attribute__((no_sanitize(\"address\"))) int f();"), "");
  EXPECT_NE(objection("void* p = dlopen(\"libblas.so.3\", 1);"), "");
}

TEST(SourceRules, AnyBytesAreRead) {
  for (const char* text : {"#pragma", "#pragma GCC", "_Pragma(", "_Pragma(\"", "target(", "optimize((((",
                           "\"", "R\"(", "\xff"}) {
    objection(text);
  }
}

}  // namespace
}  // namespace ke

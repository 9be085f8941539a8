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

TEST(SourceRules, SeesOrdersThatAreNotSpelledPlainly) {
  for (const char* text :
       {"#define LEVEL \"Ofast\"\n__attribute__((optimize(LEVEL))) void f();",
        "__attribute__((optimize(\"O\" \"fast\"))) void f();",
        "__attribute__((optimize(\"\\117fast\"))) void f();",
        "__attribute__((optimize(R\"(Ofast)\"))) void f();", "%:pragma GCC optimize(\"Ofast\")\n",
        "#define TUNE optimize\n__attribute__((TUNE(\"Ofast\"))) void f();",
        "#define JOIN(a, b) a##b\n__attribute__((JOIN(opti, mize)(\"Ofast\"))) void f();",
        "#define JOIN(a, b) a##b\nJOIN(__attri, bute__)((hot)) void f();",
        "#define JOIN(a, b) a##b\n[[gnu::JOIN(opti, mize)(\"Ofast\")]] void f();",
        "const char* s = R\"(a)\\\n\")\"; __attribute__((optimize(\"Ofast\"))) void f();",
        "__attribute__((opti\\ \nmize(\"Ofast\"))) void f();", "?\?=pragma GCC optimize(\"Ofast\")\n"}) {
    EXPECT_NE(objection(text), "") << text;
    EXPECT_EQ(objection(text, text), "") << text << ": the repository says it too";
  }
}

TEST(SourceRules, SeesChangesToTheCodeBehind) {
  Operator op;
  op.kernel.call = "ops::saxpy(a, x, y, n)";
  op.axis_names = {"n"};
  for (const char* text : {"#define saxpy judged", "#define ops other", "#define n 3",
                           "# define static_cast(x) 0", "#define int64_t char"}) {
    EXPECT_NE(illegal_source(op, "", text), "") << text;
  }
  EXPECT_EQ(illegal_source(op, "", "#define SAXPY_TILE 8\n#define MAX(a, b) ((a) > (b) ? (a) : (b))\n"), "");
}

TEST(SourceRules, SeesQuestionsOfThePreprocessor) {
  for (const char* text :
       {"#if __has_include(\"../adapter.cpp\")\n#endif", "#ifdef KE_CLONES\n#endif",
        "#if defined(target_clones)\n#endif", "#ifndef KE_CLONES\n#define KE_CLONES\n#define PLAIN\n#endif",
        "#undef KE_CLONES", "#define H \"a.h\"\n#if __has_include(H)\n#endif"}) {
    EXPECT_NE(objection(text), "") << text;
  }
  EXPECT_EQ(
      objection(
          "#ifndef KE_CLONES\n#if defined(__x86_64__)\n#define KE_CLONES "
          "__attribute__((target_clones(\"avx2\", \"default\")))\n#else\n#define KE_CLONES\n#endif\n#endif\n"
          "KE_CLONES void f();"),
      "");
  EXPECT_EQ(objection("#if __has_include(<immintrin.h>)\n#endif"), "");
}

TEST(SourceRules, LeavesOrdinaryWordsAlone) {
  for (const char* text : {"int optimize(int target) { return target; }",
                           "#define STEP(w) void step_##w(int d, int l, int o, int p, int e, int n, int i, "
                           "int f, int u, int c);\nSTEP(4)",
                           "#define LINE 64\nstruct __attribute__((aligned(LINE))) S {};",
                           "#define INLINE __attribute__((always_inline)) inline\nINLINE void f();",
                           "int a = 7 % 3; int b = a ? 1 : 2;", "#define TWO 1 \\\n  + 1\nint c = TWO;",
                           "[[gnu::hot, gnu::noinline]] void f();"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
}

}  // namespace
}  // namespace ke

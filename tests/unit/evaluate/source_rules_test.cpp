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
  EXPECT_EQ(
      objection("__attribute__((target(\"avx2\"))) int f(); bool b = __builtin_cpu_supports(\"avx2\");"), "");
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

TEST(SourceRules, SeesOrdersThatMacrosMakeOfTheirArguments) {
  for (const char* text :
       {"#define WITH(...) __attribute__(__VA_ARGS__)\nWITH((optimize(\"Ofast\"))) void f();",
        "#define WITH(x) __attribute__((x))\nWITH(optimize(\"Ofast\")) void f();",
        "#define WITH(x) [[gnu::x]]\nWITH(optimize(\"Ofast\")) void f();",
        "#define ATTRIBUTE __attribute__\nATTRIBUTE((optimize(\"Ofast\"))) void f();",
        "#define ALL (hot)\n__attribute__(ALL) void f();",
        "#define ORDER(x) _Pragma(#x)\nORDER(GCC optimize(\"Ofast\"))"}) {
    EXPECT_NE(objection(text), "") << text;
    EXPECT_EQ(objection(text, text), "") << text << ": the repository says it too";
  }
  EXPECT_EQ(objection("#define ALIGNED(n) __attribute__((aligned(n)))\nALIGNED(64) float f[4];"), "");
}

TEST(SourceRules, SeesNamesInTextsThatAreSpelledOtherwise) {
  for (const char* text : {"void f() asm(\"\\u006be_call\");", "void f() asm(\"\\U0000006be_call\");",
                           "asm(\".weak ke{_|}call\");", "asm(\".weak ke%^_call\");", "asm(\".i{f|}def x\");",
                           "asm(\".i{|f}def x\");"}) {
    EXPECT_NE(objection(text), "") << text;
    EXPECT_EQ(objection(text, text), "") << text << ": the repository says it too";
  }
  for (const char* text :
       {"const char* s = \"\\u00e9t\\u00e9\";", "const char* s = \"{a|b} 5%, c\";",
        "asm(\"mov {%1, %0|%0, %1}\" : \"=r\"(a) : \"r\"(b));", "const char* s = R\"(\\u006b)\";"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
}

TEST(SourceRules, SeesSpecialisationsOfTheLibrarysFunctions) {
  for (const char* text :
       {"template <> inline const float& std::max<float>(const float& a, const float& b) { return b; }",
        "template <>\nvoid std::vector<float>::push_back(const float&) {}",
        "namespace std { template <> inline void swap<A>(A& a, A& b) {} }"}) {
    EXPECT_NE(objection(text), "") << text;
  }
  for (const char* text :
       {"template <> struct std::hash<A> { int f(A a) const { return 1; } };",
        "namespace std { template <> struct hash<A> {}; }",
        "template <> std::vector<float> make<float>(int n) { return {}; }",
        "template <> void f<std::vector<float>>(int n) {}", "template <> float sum<float>() {}"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
}

TEST(SourceRules, SeesExtensionsThatNobodyAsksFor) {
  for (const char* text :
       {"__attribute__((target(\"avx2\"))) void f();",
        "__attribute__((target(\"avx2,fma\"))) void f(); bool b = __builtin_cpu_supports(\"avx\");",
        "[[gnu::target(\"arch=x86-64-v4\")]] void f(); bool b = __builtin_cpu_supports(\"x86-64-v3\");",
        "__attribute__((target(\"avx512vnni\"))) void f(); bool b = __builtin_cpu_supports(\"avx512f\");"}) {
    EXPECT_NE(objection(text), "") << text;
  }
  for (const char* text :
       {"__attribute__((target(\"avx2,fma\"))) void f(); bool b = __builtin_cpu_supports(\"avx2\");",
        "[[gnu::target(\"arch=x86-64-v3\")]] void f(); bool b = __builtin_cpu_supports(\"x86-64-v3\");",
        "__attribute__((target(\"sse2\"))) void f();", "int target(const char*); int n = 3;"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
}

TEST(SourceRules, SeesQuestionsAboutTheMachineThatNobodyCanAnswer) {
  for (const char* text :
       {"#ifdef __builtin_cpu_supports\n#endif", "#undef __builtin_cpu_is",
        "#define __builtin_cpu_supports(x) 1", "unsigned a; __get_cpuid(1, &a, &a, &a, &a);",
        "asm(\"cpuid\");", "asm(\"cpu\" \"id\");", "asm(\"\\143puid\");", "asm(\"\\x63puid\");",
        "asm(\".type f, @gnu_indirect_function\");", "asm(R\"(.ifdef somebody)\");",
        "asm(\"nop\\n.macro m\");", "#if __has_include(</proc/self/cwd/adapter.cpp>)\n#endif",
        "#if __has_include(<../x.h>)\n#endif", "void f() __asm__(\"ke_call\");",
        "template <class T> auto f(T t) -> decltype(ke_evaluate(t));"}) {
    EXPECT_NE(objection(text), "") << text;
    EXPECT_EQ(objection(text, text), "") << text << ": the repository says it too";
  }
  for (const char* text :
       {"#if defined(__has_include) && __has_include(<emmintrin.h>)\n#endif", "asm(\"nop\\n\\t.p2align 4\");",
        "const char* s = \"make_call, rapid cpuidle, a.if\";"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
}

TEST(SourceRules, SeesTextThatReadersDoNotSee) {
  const std::string far(150, ' ');
  for (const std::string& text :
       {std::string("// \u202e\u2066 if (a) \u2069"), std::string("int a\u200b = 1;"),
        std::string("int sc\u0430led;"), std::string("int sc\\u0430led;"), "int a;" + far + "int b;",
        std::string("// one\rint two;"), std::string("int a; // \x1b[8m")}) {
    EXPECT_NE(objection(text), "") << text;
    EXPECT_EQ(objection(text, text), "") << text << ": the repository says it too";
  }
  for (const std::string& text :
       {std::string(
            "\xEF\xBB\xBFint a;  // \u03a3 x\u00b2, \u00b5, \u884c\u5217, \u05e9\u05dc\u05d5\u05dd\r\n"),
        far + "int deeply_indented;", "int a;" + far + "\n",
        std::string("const char* s = \"\u2265 0\\u00b0\";")}) {
    EXPECT_EQ(objection(text), "") << text;
  }
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

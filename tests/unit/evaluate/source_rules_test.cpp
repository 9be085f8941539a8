// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/source_rules.h"

#include "ke-build/base/files.h"
#include "ke-build/evaluate/legality.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace ke {
namespace {

std::string objection(const std::string& source, const std::string& baseline = "void f();") {
  return illegal_source(Operator(), baseline, source);
}

TEST(SourceRules, QuestionsAboutTheCompilationAreRefused) {
  for (const char* text :
       {"#if __INCLUDE_LEVEL__\n#endif", "#ifdef __SANITIZE_ADDRESS__\n#endif", "const char* f = __FILE__;",
        "#if __has_feature(address_sanitizer)\n#endif", "#ifdef __OPTIMIZE__\n#endif", "extern int ke_call;",
        "bool f(int n) { return __builtin_constant_p(n); }",
        "long f(int* p) { return __builtin_object_size(p, 0); }"}) {
    EXPECT_NE(objection(text), "") << text;
    EXPECT_EQ(objection(text, text), "") << text << ": the repository says it too";
    EXPECT_NE(objection(std::string(text) + "\n" + text, text), "") << text << ": but once only";
  }
  EXPECT_EQ(objection("// __FILE__\nconst char* s = \"__SANITIZE_ADDRESS__\";"), "")
      << "comments and text do not count";
}

TEST(SourceRules, QuestionsAboutTheDayAreCalledThat) {
  for (const char* word : {"__DATE__", "__TIME__", "__TIMESTAMP__"}) {
    const std::string said = objection("const char* f = " + std::string(word) + ";");
    EXPECT_NE(said.find("asks when it is compiled"), std::string::npos) << said;
  }
}

TEST(SourceRules, AreDocumentedOneByOne) {
  const std::string path = (std::filesystem::path(__FILE__).parent_path() / "../../../docs/spec.md").string();
  const Result<std::string> text = read_file(path);
  ASSERT_TRUE(text) << text.error().message;
  const std::string table = text->substr(text->find("## What a candidate's text may not say"));
  ASSERT_GT(refused_words().size(), 40u);
  for (const std::string& word : refused_words())
    EXPECT_NE(table.find("`" + word + "`"), std::string::npos)
        << word << " is refused; docs/spec.md lacks it";
}

TEST(SourceRules, OrdersToTheCompilerCountLikeItsFlags) {
  for (const char* text :
       {"#pragma GCC optimize(\"fast-math\")", "#pragma GCC optimize (\"O3,finite-math-only\")",
        "_Pragma(\"GCC optimize(\\\"Ofast\\\")\")", "__attribute__((optimize(\"-ffast-math\"))) void f();",
        "[[gnu::optimize(\"fast-math\")]] void f();", "#pragma GCC target(\"avx2\")",
        "# \\\npragma GCC target(\"fma\")", "#pragma STDC FENV_ROUND FE_UPWARD",
        "#pragma clang fp contract(fast) exceptions(ignore)", "#pragma float_control(precise, off)",
        "#pragma clang attribute push(__attribute__((optnone)), apply_to = function)"}) {
    EXPECT_NE(objection(text), "") << text;
  }
  for (const char* text :
       {"#pragma GCC optimize(\"O3\")", "__attribute__((optimize(\"O3\", \"unroll-loops\"))) void f();",
        "#pragma GCC ivdep", "#pragma omp simd", "#pragma once", "int optimize = 1, target(int);",
        "#pragma STDC FENV_ACCESS ON", "#pragma clang fp contract(fast) reassociate(on)",
        "#pragma clang loop vectorize(enable)"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
  Operator finite;
  finite.contract.finite_only = true;
  EXPECT_EQ(illegal_source(finite, "", "#pragma GCC optimize(\"fast-math\")"), "");
}

TEST(SourceRules, WhatOthersWouldRunMustBeCheckable) {
  EXPECT_NE(objection("__attribute__((target(\"default\"))) int f();"), "");
  for (const char* order : {"no-ieee-fp", "fpmath=387", "recip"})
    EXPECT_NE(objection("__attribute__((target(\"" + std::string(order) + "\"))) int f();"), "") << order;
  EXPECT_EQ(objection("__attribute__((target(\"no-avx512f\"))) int f();"), "");
  EXPECT_NE(objection("void f() __attribute__((ifunc(\"pick\")));"), "");
  const std::string wide = "__attribute__((target(\"avx2\"))) int f();";
  EXPECT_NE(objection(wide), "") << "nobody asks before it runs";
  EXPECT_EQ(objection(wide + wide, wide), "") << "the repository asks elsewhere";
  EXPECT_EQ(objection(wide + "int g() { return __builtin_cpu_supports(\"avx2\") ? f() : 0; }"), "");
  EXPECT_EQ(objection("__attribute__((target(\"tune=znver3,sse2\"))) int f();"), "");
  Operator native;
  native.isa = Isa::native;
  EXPECT_EQ(illegal_source(native, "", wide), "");
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
        "#undef KE_CLONES", "#if __has_attribute(target_clones(x))\n#endif", "#if (target_clones)\n#endif",
        "#if __has_attribute(KE_CLONES)\n#endif", "#define H \"a.h\"\n#if __has_include(H)\n#endif"}) {
    EXPECT_NE(objection(text), "") << text;
  }
  EXPECT_EQ(
      objection(
          "#ifndef KE_CLONES\n#if defined(__x86_64__)\n#define KE_CLONES "
          "__attribute__((target_clones(\"avx2\", \"default\")))\n#else\n#define KE_CLONES\n#endif\n#endif\n"
          "KE_CLONES void f();"),
      "");
  EXPECT_EQ(objection("#if __has_include(<immintrin.h>)\n#endif"), "");
  EXPECT_EQ(
      objection(
          "#if defined(__has_attribute) && __has_attribute(target_clones)\n#endif\n"
          "#if __has_cpp_attribute(gnu::target_clones) || __has_builtin(__builtin_cpu_supports)\n#endif"),
      "");
}

TEST(SourceRules, SeesOrdersThatMacrosMakeOfTheirArguments) {
  for (const char* text :
       {"#define WITH(...) __attribute__(__VA_ARGS__)\nWITH((optimize(\"Ofast\"))) void f();",
        "#define WITH(x) __attribute__((x))\nWITH(optimize(\"Ofast\")) void f();",
        "#define WITH(x) [[gnu::x]]\nWITH(optimize(\"Ofast\")) void f();",
        "#define ATTRIBUTE __attribute__\nATTRIBUTE((optimize(\"Ofast\"))) void f();",
        "#define ALL (hot)\n__attribute__(ALL) void f();",
        "#define ORDER(x) _Pragma(#x)\nORDER(GCC optimize(\"Ofast\"))",
        "#define TEXT(x) #x\n#define ORDER(x) _Pragma(TEXT(x))\n#define WORD optimize\nORDER(GCC "
        "WORD(\"Ofast\"))",
        "#define ORDER \"GCC optimize(\\\"Ofast\\\")\"\n_Pragma(ORDER)",
        "#define ORDER R\"(GCC optimize(\"Ofast\"))\"\n_Pragma(ORDER)",
        "#define P _Pragma\nP(\"GCC optimize(\\\"Ofast\\\")\")",
        "#define J(a, b) a##b\n#define T(x) #x\n#define ORDER(x) _Pragma(T(x))\nORDER(GCC J(opti, "
        "mize)(\"Ofast\"))"}) {
    EXPECT_NE(objection(text), "") << text;
    EXPECT_EQ(objection(text, text), "") << text << ": the repository says it too";
  }
  EXPECT_EQ(objection("#define ALIGNED(n) __attribute__((aligned(n)))\nALIGNED(64) float f[4];"), "");
}

TEST(SourceRules, LetsMacrosMakePragmasOfWhatIsNoOrder) {
  for (const char* text : {"#define DO(x) _Pragma(#x)\nDO(GCC unroll 8)\n",
                           "#define DO(x) _Pragma(#x)\n#pragma clang fp contract(fast)\n#pragma omp target\n",
                           "#define TEXT(x) #x\n#define UNROLL(n) _Pragma(TEXT(GCC unroll n))\nUNROLL(4)",
                           "#define DO(x) _Pragma(#x)\n__attribute__((target(\"sse2\"))) void f();"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
  const std::string made = "#define DO(x) _Pragma(#x)\nDO(GCC ivdep)\n";
  EXPECT_NE(objection(made + "DO(GCC optimize(\"Ofast\"))\n", made), "")
      << "the repository's macro serves orders";
  EXPECT_NE(illegal_flag(Operator(), "-DKE_WORD=optimize"), "") << "nor may a flag bring the word";
}

TEST(SourceRules, SeesBracketsThatHideAnAttribute) {
  for (const char* text :
       {"<:<:gnu::optimize(\"Ofast\"):>:> void f();", "[<:gnu::optimize(\"Ofast\")]] void f();",
        "#define OPEN [\nOPEN [gnu::optimize(\"Ofast\")]] void f();",
        "#define NONE\n[NONE [gnu::optimize(\"Ofast\")] NONE] void f();",
        "#define NONE(x)\n[NONE(1) [gnu::optimize(\"Ofast\")]] void f();",
        "#define SAME(x) x\nSAME([) [gnu::optimize(\"Ofast\")]] void f();",
        "#define OPEN ((\n#define CLOSE ))\n__attribute__ OPEN optimize(\"Ofast\") CLOSE void f();",
        "#define NONE\n__attribute__(NONE (optimize(\"Ofast\"))) void f();"}) {
    EXPECT_NE(objection(text), "") << text;
    EXPECT_EQ(objection(text, text), "") << text << ": the repository says it too";
  }
  for (const char* text :
       {"std::vector<::ns::T> v; int a[2] = {}; auto f = [&](int i) { return a[b[(i)]]; };",
        "#define AT(i) a[(i)]\n#define PAIR(i) [i]\nint b = c[AT(1)] + d PAIR(2);",
        "float t[\n#ifdef X\n8\n#else\n4\n#endif\n];", "#if 0\n#error a [ in a message\n#endif",
        "int x = a<b ? c : d; int y = a <b?c[0]:d[1];", "#define NONE\nNONE int a[3]; int b = a[NONE 1];",
        "[[maybe_unused]] static int x[] = {1, 2};"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
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
        "__attribute__((target(\"avx512vnni\"))) void f(); bool b = __builtin_cpu_supports(\"avx512f\");",
        "__attribute__((target(\"arch=skylake-avx512\"))) void f(); bool b = "
        "__builtin_cpu_supports(\"avx2\");",
        "__attribute__((target(\"arch=sapphirerapids\"))) void f(); bool b = "
        "__builtin_cpu_supports(\"avx512f\");"}) {
    EXPECT_NE(objection(text), "") << text;
  }
  for (const char* text :
       {"__attribute__((target(\"avx2,fma\"))) void f(); bool b = __builtin_cpu_supports(\"avx2\");",
        "[[gnu::target(\"arch=x86-64-v3\")]] void f(); bool b = __builtin_cpu_supports(\"x86-64-v3\");",
        "__attribute__((target(\"arch=haswell\"))) void f(); bool b = __builtin_cpu_supports(\"avx2\");",
        "__attribute__((target(\"sse2\"))) void f();", "int target(const char*); int n = 3;"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
}

TEST(SourceRules, SaysWhatToDoInstead) {
  for (const auto& [text, instead] :
       {std::pair{"const char* f = __FILE__;", "__func__"},
        std::pair{"#pragma GCC target(\"avx2\")", "__attribute__((target(...)))"},
        std::pair{"unsigned a; __get_cpuid(1, &a, &a, &a, &a);", "__builtin_cpu_supports"},
        std::pair{"__attribute__((optimize(LEVEL))) void f();", "one plain text"},
        std::pair{"void* p = dlopen(\"a.so\", 1);", "call only what it links"},
        std::pair{"int sc\u0430led;", "ASCII"}}) {
    EXPECT_NE(objection(text).find(instead), std::string::npos) << objection(text);
  }
}

TEST(SourceRules, SeesQuestionsAboutTheMachineThatNobodyCanAnswer) {
  for (const char* text : {"#ifdef __builtin_cpu_supports\n#endif",
                           "#undef __builtin_cpu_is",
                           "bool b = (__builtin_cpu_supports)(\"avx2\");",
                           "#define ASK __builtin_cpu_supports",
                           "#if defined(__SSP_STRONG__)\n#endif",
                           "#ifdef _FORTIFY_SOURCE\n#endif",
                           "void* p = __builtin_return_address(0);",
                           "#define __builtin_cpu_supports(x) 1",
                           "unsigned a; __get_cpuid(1, &a, &a, &a, &a);",
                           "asm(\"cpuid\");",
                           "asm(\"cpu\" \"id\");",
                           "asm(\"\\143puid\");",
                           "asm(\"\\x63puid\");",
                           "asm(\".type f, @gnu_indirect_function\");",
                           "asm(R\"(.ifdef somebody)\");",
                           "asm(\"nop\\n.macro m\");",
                           "#if __has_include(</proc/self/cwd/adapter.cpp>)\n#endif",
                           "#if __has_include(<../x.h>)\n#endif",
                           "void f() __asm__(\"ke_call\");",
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
        std::string("// one\rint two;"), std::string("int a; // \x1b[8m"), "int a;" + far + "\\ int b;",
        "// one" + far + "\\\ntwo();", "#define A 1 // one" + far + "\\\n+ 2",
        std::string("/* *\u200d/ int a; /* */"), std::string("// a\u200cb")}) {
    EXPECT_NE(objection(text), "") << text;
    EXPECT_EQ(objection(text, text), "") << text << ": the repository says it too";
  }
  for (const std::string& text :
       {std::string(
            "\xEF\xBB\xBFint a;  // \u03a3 x\u00b2, \u00b5, \u884c\u5217, \u05e9\u05dc\u05d5\u05dd\r\n"),
        far + "int deeply_indented;", "int a;" + far + "\n", "#define A 1" + far + "\\\n  + 2\nint a;",
        "#define A 1" + far + "\\\r\n  + 2\r\nint a;", std::string("// \u0645\u06cc\u200c\u0634\u0648\u062f"),
        std::string("const char* s = \"\u2265 0\\u00b0\";")}) {
    EXPECT_EQ(objection(text), "") << text;
  }
}

TEST(SourceRules, LeavesOrdinaryWordsAlone) {
  for (const char* text :
       {"int optimize(int target) { return target; }",
        "#define STEP(w) void step_##w(int d, int l, int o, int p, int e, int n, int i, "
        "int f, int u, int c);\nSTEP(4)",
        "#define LINE 64\nstruct __attribute__((aligned(LINE))) S {};",
        "#define INLINE __attribute__((always_inline)) inline\nINLINE void f();",
        "#define PUT(target, k) target[k] = source[k], target.optimize(k, (p)->target)",
        "const char* s = R\"(a \\ b)\";\n#define TWO 1 \\\n  + 1", "int a = 7 % 3; int b = a ? 1 : 2;",
        "#define TWO 1 \\\n  + 1\nint c = TWO;", "[[gnu::hot, gnu::noinline]] void f();"}) {
    EXPECT_EQ(objection(text), "") << text;
  }
}

}  // namespace
}  // namespace ke

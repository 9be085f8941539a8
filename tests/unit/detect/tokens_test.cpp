// SPDX-License-Identifier: MIT
// Tokens, outlines and the words for a change.
#include "ke-build/detect/describe.h"
#include "ke-build/detect/detect.h"
#include "ke-build/detect/macro_proof.h"
#include "ke-build/detect/outline.h"
#include "ke-build/detect/summary.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ke {
namespace {

bool same(const std::string& a, const std::string& b) { return token_hash(a) == token_hash(b); }

TEST(TokenHash, IgnoresCommentsWhiteSpaceLineEndsAndSplices) {
  EXPECT_TRUE(same("int a = 1; // one\n", "int   a=1;/* two\nlines */\r\n"));
  EXPECT_TRUE(same("#define A \\\n  1\n", "#define A 1\n"));
  EXPECT_TRUE(same("#define A \\\r\n  1\r\n", "#define A 1\n"));
  EXPECT_TRUE(same("\xEF\xBB\xBFint a;", "int a;"));
  EXPECT_TRUE(same("in\\\nt a;", "int a;"));
}

TEST(TokenHash, KeepsWhatHasAMeaning) {
  EXPECT_FALSE(same("int a;", "int b;"));
  EXPECT_FALSE(same("a + +b;", "a ++b;"));
  EXPECT_FALSE(same("ab", "a b"));
  EXPECT_FALSE(same("#define F(x) x\n", "#define F (x) x\n"));
  EXPECT_FALSE(same("#define A\nB\n", "#define A B\n"));
  EXPECT_FALSE(same("\"a b\"", "\"a  b\""));
  EXPECT_FALSE(same("\"/* a */\"", "\"/* b */\""));
  EXPECT_FALSE(same("'\"' /* x */ '\"'", "'\"' '\"' y"));
  EXPECT_FALSE(same("1'000", "1000"));
  EXPECT_FALSE(same("R\"(a // b)\"", "R\"(a // c)\""));
  EXPECT_FALSE(same("R\"(a\\\nb)\"", "R\"(ab)\""));
  EXPECT_FALSE(same("R\"x( )\" // )x\"", "R\"x( )x\""));
}

TEST(TokenHash, SurvivesAnything) {
  for (const std::string& text :
       {std::string("\"open"), std::string("/* open"), std::string("R\"(open"), std::string("#"),
        std::string("'"), std::string("#include <x"), std::string("\\"), std::string("\0\xff\x80", 3),
        std::string("#define"), std::string("\"\\")}) {
    token_hash(text);
    summarize(text);
    compare_texts(text, "int a;");
  }
}

TEST(Summary, FindsIncludesAndWhetherTheyAreConditional) {
  const auto summary = summarize(
      "#ifndef G\n#define G\n#include \"a.h\"\n# include <b/c.hpp> // x\n#if X\n#include_next "
      "<d.h>\n#endif\n#endif\n");
  ASSERT_EQ(summary.includes.size(), 3u);
  EXPECT_EQ(summary.includes[0].name, "a.h");
  EXPECT_EQ(summary.includes[0].kind, IncludeSpec::Kind::quote);
  EXPECT_FALSE(summary.includes[0].conditional);
  EXPECT_EQ(summary.includes[1].name, "b/c.hpp");
  EXPECT_EQ(summary.includes[1].kind, IncludeSpec::Kind::angle);
  EXPECT_FALSE(summary.includes[1].conditional);
  EXPECT_TRUE(summary.includes[2].conditional);
  EXPECT_TRUE(summary.includes[2].next);
  EXPECT_FALSE(summary.computed);
}

TEST(Summary, GuardWithAnElseIsAConditionAndSoIsCodeBehindTheGuard) {
  const auto guarded = summarize(
      "#ifndef G\n#define G\n#else\n#include \"a.h\"\n#endif\n#ifdef X\n#include \"b.h\"\n#endif\n#include "
      "\"c.h\"\n");
  ASSERT_EQ(guarded.includes.size(), 3u);
  EXPECT_TRUE(guarded.includes[0].conditional);
  EXPECT_TRUE(guarded.includes[1].conditional);
  EXPECT_FALSE(guarded.includes[2].conditional);
}

TEST(Summary, FindsHasIncludeMacrosAsOperandsAndIncbin) {
  const auto probe = summarize("#if defined(__has_include) && __has_include(<x.h>)\n#endif\n");
  ASSERT_EQ(probe.includes.size(), 1u);
  EXPECT_EQ(probe.includes[0].kind, IncludeSpec::Kind::has_angle);
  EXPECT_FALSE(probe.computed);
  EXPECT_TRUE(summarize("#include HEADER\n").computed);
  EXPECT_TRUE(summarize("#if __has_include(HEADER)\n#endif\n").computed);
  EXPECT_TRUE(summarize("__asm__(\".incbin \\\"x\\\"\");\n").opaque);
  EXPECT_TRUE(summarize("// #include \"a.h\"\nconst char* s = \"#include <b.h>\";\n").includes.empty());
}

TEST(Summary, ImportsOfModulesCannotBeFollowed) {
  EXPECT_TRUE(summarize("import ops.math;\n").opaque);
  EXPECT_TRUE(summarize("module;\n#include <a>\nexport import :part;\n").opaque);
  EXPECT_FALSE(summarize("void f() { import(1); }\nint import = 2;\n").opaque);
}

std::vector<std::string> definitions(const std::string& text) { return summarize(text).definitions; }

TEST(Summary, DefinitionsAreWhatOtherFilesCanCall) {
  EXPECT_EQ(
      definitions(
          "namespace a::b { int f(int x) { return x; } }\nextern \"C\" { void g() {} }\nint declared();\n"),
      (std::vector<std::string>{"f", "g"}));
  EXPECT_EQ(definitions("static int f() { return 1; }\nnamespace { int g() { return 1; } }\nint main() {}\n"),
            std::vector<std::string>{});
  EXPECT_EQ(definitions("float Foo::bar(int) const noexcept { return 1; }\n"),
            std::vector<std::string>{"bar"});
  EXPECT_EQ(
      definitions("extern const float kTable[4];\nconst float kTable[4] = {1, 2, 3, 4};\nint counter;\n"),
      (std::vector<std::string>{"counter", "kTable"}));
  EXPECT_EQ(
      definitions("template <class T, int N = (3 > 2)> T f(T x) { return x; }\ntemplate int f<int>(int);\n"),
      std::vector<std::string>{"f"});
  EXPECT_EQ(definitions("__attribute__((target(\"avx2\"))) void f(float* x) { x[0] = 1; }\n"),
            std::vector<std::string>{"f"});
  EXPECT_EQ(definitions("struct S { int a; void m() {} };\nenum E { A };\nusing T = int;\n"),
            std::vector<std::string>{});
}

TEST(Summary, DefinitionsSurviveMacrosAndConditionalBraces) {
  const auto made = definitions("MAKE_FUNCTION(fast_exp)\nint after() { return 1; }\n");
  EXPECT_NE(std::find(made.begin(), made.end(), "fast_exp"), made.end());
  EXPECT_NE(std::find(made.begin(), made.end(), "after"), made.end());
  const auto split = definitions(
      "#ifdef A\nint f() {\n#else\nint f(int) {\n#endif\n  return 1;\n}\nint g() { return 2; }\n");
  EXPECT_NE(std::find(split.begin(), split.end(), "f"), split.end());
  EXPECT_NE(std::find(split.begin(), split.end(), "g"), split.end());
  const auto broken = definitions("int f() { {\nint g() { return 2; }\n");
  EXPECT_NE(std::find(broken.begin(), broken.end(), "g"), broken.end());
}

std::string words(const std::string& before, const std::string& after) {
  return describe(compare_texts(before, after), {});
}

TEST(Describe, NamesWhatChanged) {
  EXPECT_EQ(words("#define A 1\nint f() { return 1; }\n", "#define A 2\nint f() { return 1; }\n"),
            "changed macro A");
  EXPECT_EQ(words("int f() { return 1; }\n", "int f() { return 2; }\n"), "changed function f");
  EXPECT_EQ(words("struct S { int a; };\n", "struct S { long a; };\n"), "changed type S");
  EXPECT_EQ(words("int f() { return 1; }\n", "int f() { return 1; }\nint g() { return 1; }\n"),
            "added function g");
  EXPECT_EQ(words("int f() { return 1; }\nint g() { return 1; }\n", "int g() { return 1; }\n"),
            "removed function f");
  EXPECT_EQ(words("const int kSize = 4;\n", "const int kSize = 8;\n"), "changed variable kSize");
  EXPECT_EQ(words("int f();\nint g();\n", "int g();\nint f();\n"), "changed order of declarations");
  EXPECT_EQ(words("#include <a>\n", "#include <b>\n"), "changed #include near line 1");
}

TEST(Describe, PutsRelevantNamesFirst) {
  const auto change = compare_texts("#define A 1\n#define B 1\n", "#define A 2\n#define B 2\n");
  EXPECT_EQ(describe(change, {"B"}), "changed macro B");
  EXPECT_EQ(describe(change, {}), "changed macro A, changed macro B");
  EXPECT_EQ(change.only_macros, (std::set<std::string>{"A", "B"}));
  EXPECT_TRUE(compare_texts("#define A 1\nint x;\n", "#define A 2\nint y;\n").only_macros.empty());
  EXPECT_TRUE(compare_texts("#define A 1\nint x = A;\n#undef A\n", "int x = A;\n#define A 1\n#undef A\n")
                  .only_macros.empty());
}

TEST(MacroProof, PiecesThatPasteTogetherCount) {
  EXPECT_TRUE(can_be_pasted("VEC_NAME", {"VEC_", "NAME"}));
  EXPECT_TRUE(can_be_pasted("V2", {"V", "2"}));
  EXPECT_FALSE(can_be_pasted("VEC_NAME", {"VEC", "NAME"}));
  EXPECT_FALSE(can_be_pasted("VEC_NAME", {"EC_NAME", "NAME"}));
}

}  // namespace
}  // namespace ke

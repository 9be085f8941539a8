// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/dispatch.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(Dispatch, HiddenVariantsAreThoseThatTheLoaderDoesNotPickHere) {
  const std::string source = "__attribute__((target_clones(\"arch=x86-64-v3\", \"default\"))) void f();";
  const std::vector<std::string> hidden = hidden_variants("", source);
  EXPECT_EQ(hidden,
            runs_here("x86-64-v3") ? std::vector<std::string>{"default"} : std::vector<std::string>{});
  EXPECT_TRUE(hidden_variants(source, source).empty())
      << "the repository's own variants are not ours to judge";
}

const char* const kClones =
    "#ifndef KE_CLONES\n"
    "#if defined(__x86_64__)\n"
    "#define KE_CLONES __attribute__((target_clones(\"arch=x86-64-v4\",\"arch=x86-64-v3\",\"default\")))\n"
    "#else\n#define KE_CLONES\n#endif\n#endif\n"
    "KE_CLONES void f(float* x) { x[0] = 1; }\n";

TEST(Variants, AreReadFromTheAttribute) {
  EXPECT_EQ(variants_of("", kClones), (std::vector<std::string>{"x86-64-v4", "x86-64-v3", "default"}));
  EXPECT_TRUE(variants_of("", "void f();").empty());
  EXPECT_TRUE(has_clones_macro(kClones));
  EXPECT_FALSE(has_clones_macro("__attribute__((target_clones(\"avx2\",\"default\"))) void f();"));
}

TEST(Variants, ThatTheRepositoryHasAlreadyAreItsOwn) {
  EXPECT_TRUE(variants_of(kClones, kClones).empty());
  EXPECT_EQ(variants_of("__attribute__((target_clones(\"arch=x86-64-v3\",\"default\"))) void g();", kClones),
            (std::vector<std::string>{"x86-64-v4"}));
}

TEST(Variants, LeaveTheSourceOneByOne) {
  const std::string without = without_variant(kClones, "x86-64-v4");
  EXPECT_NE(without.find("target_clones(\"arch=x86-64-v3\", \"default\")"), std::string::npos) << without;
  const std::string none = without_variant(without, "x86-64-v3");
  EXPECT_EQ(none.find("target_clones"), std::string::npos);
  EXPECT_NE(none.find("#define KE_CLONES \n"), std::string::npos) << none;
  EXPECT_EQ(without_variant(kClones, "x86-64-v9"), kClones);
}

TEST(Variants, UnknownOnesCannotRunHere) {
  EXPECT_TRUE(runs_here("default"));
  EXPECT_FALSE(runs_here("x86-64-v99"));
  EXPECT_FALSE(runs_here("z80"));
}

TEST(Variants, AreReachedThroughTheRecipe) {
  const Subject alone = only_variant({}, "x86-64-v3");
  ASSERT_EQ(alone.recipe.defines.size(), 4u);
  EXPECT_EQ(alone.recipe.defines[0], "target_clones(...)=target(\"arch=x86-64-v3\")");
  EXPECT_EQ(alone.recipe.defines[2], "KE_CLONES=__attribute__((target(\"arch=x86-64-v3\")))");
  EXPECT_EQ(
      alone.recipe.defines[3],
      "__builtin_cpu_supports(x)=(__builtin_strncmp(x,\"avx512\",6)!=0&&__builtin_strcmp(x,\"x86-64-v4\")!=0"
      "&&__builtin_cpu_supports(x))")
      << "a machine of level 3 has no AVX-512";
  EXPECT_TRUE(alone.recipe.flags.empty()) << "code outside of the clones stays as every machine has it";
  const Subject older = only_variant({}, "x86-64-v2");
  EXPECT_NE(older.recipe.defines.back().find("!__builtin_strcmp(x,\"sse4.2\")"), std::string::npos);
  EXPECT_EQ(older.recipe.defines.back().find("avx"), std::string::npos) << "a machine of level 2 has no AVX";
  const Subject plain = only_variant({}, "default");
  EXPECT_EQ(plain.recipe.defines[0], "target_clones(...)=unused");
  EXPECT_NE(plain.recipe.defines[3].find("!__builtin_strcmp(x,\"sse2\")"), std::string::npos);
  EXPECT_EQ(plain.recipe.defines[3].find("sse3"), std::string::npos);
  EXPECT_TRUE(plain.recipe.flags.empty());
  EXPECT_EQ(plain.recipe.defines.back(), "__builtin_cpu_is(...)=0") << "a machine without extensions";
}

TEST(Variants, AreFoundHoweverTheyAreSpelled) {
  const std::vector<std::string> both{"x86-64-v3", "default"};
  for (const char* name : {"target_clones(", "target_clones (", "__target_clones__(", "target_clones\n("}) {
    const std::string list = "\"arch=x86-64-v3\", \"default\"))) void f();";
    EXPECT_EQ(variants_of("", "__attribute__((" + std::string(name) + list), both) << name;
  }
}

TEST(Variants, ASourceThatAsksTheProcessorIsTriedWithoutExtensions) {
  const std::string asks = "if (__builtin_cpu_supports(\"avx2\")) fast(); else plain();";
  EXPECT_EQ(hidden_variants("", asks), std::vector<std::string>{"default"});
  EXPECT_TRUE(hidden_variants(asks, asks).empty()) << "the repository asks as well";
}

TEST(Variants, ASourceThatAsksForAnOlderExtensionIsTriedWithWhatCameWithIt) {
  const std::string asks = "if (__builtin_cpu_supports(\"sse4.2\")) fast(); else plain();";
  std::vector<std::string> expected{"default"};
  if (runs_here("x86-64-v3")) expected.insert(expected.begin(), "x86-64-v2");
  EXPECT_EQ(hidden_variants("", asks), expected);
}

TEST(Variants, ASourceThatAsksForAvx512IsTriedWithAvx2AsWell) {
  const std::string asks =
      "if (__builtin_cpu_supports(\"avx512f\")) a(); else if (__builtin_cpu_supports(\"avx2\")) b();";
  std::vector<std::string> expected{"default"};
  if (runs_here("x86-64-v4")) expected.insert(expected.begin(), "x86-64-v3");
  EXPECT_EQ(hidden_variants("", asks), expected);
}

TEST(Variants, TheTemplatesQuestionForAvx512LeavesToo) {
  const std::string asks =
      "int ke_level(void) {\n  if (__builtin_cpu_supports(\"avx512f\") &&\n      "
      "__builtin_cpu_supports(\"avx512vl\"))\n"
      "    return 2;\n  return 1;\n}\n";
  EXPECT_EQ(without_variant(asks, "x86-64-v4"), "int ke_level(void) {\n  return 1;\n}\n");
  EXPECT_EQ(without_variant(asks, "x86-64-v3"), asks);
}

TEST(Variants, SurviveBrokenText) {
  for (const char* text :
       {"target_clones(", "target_clones(\"", "target_clones(\"a\"", "target_clones()", "target_clones(\"\")",
        "__attribute__((target_clones(\"a\" __attribute__((target_clones(\"a\")"}) {
    variants_of("", text);
    without_variant(text, "a");
    without_variant(text, "");
  }
}

}  // namespace
}  // namespace ke

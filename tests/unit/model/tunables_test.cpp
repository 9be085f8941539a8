// SPDX-License-Identifier: MIT
#include "ke-build/model/tunables.h"

#include "ke-build/model/spec.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

std::string guarded(const std::string& name, const std::string& value) {
  return "#ifndef " + name + "\n#define " + name + " " + value + "\n#endif\n";
}

std::string error_of(const std::string& source) {
  Operator op;
  auto added = add_source_tunables(op, source, "k.cpp");
  if (added) added = check_constraints(op);
  return added ? "" : added.error().message;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

const std::string kPair = "// ke: tunable TILE in {8, 16, 32} where TILE * LANES <= 256\n" +
                          guarded("TILE", "16") + "//ke:tunable LANES in {4,8,16}\n" + guarded("LANES", "8");

TEST(SourceTunables, AreReadBesideTheirDefines) {
  Operator op;
  ASSERT_TRUE(add_source_tunables(op, kPair, "k.cpp"));
  ASSERT_EQ(op.kernel.tunables.size(), 2u);
  EXPECT_EQ(op.kernel.tunables[0].values, (std::vector<std::string>{"8", "16", "32"}));
  EXPECT_EQ(op.kernel.tunables[0].initial, "16");
  EXPECT_EQ(op.kernel.tunables[1].initial, "8");
  EXPECT_EQ(op.kernel.tunables[1].where, "k.cpp:5");
  ASSERT_EQ(op.kernel.constraints.size(), 1u);
  EXPECT_TRUE(check_constraints(op));
  EXPECT_EQ(broken_constraint(op, {{"TILE", "32"}}), "");
  const std::string broken = broken_constraint(op, {{"TILE", "32"}, {"LANES", "16"}});
  EXPECT_TRUE(says(broken, "'TILE * LANES <= 256' (k.cpp:1) does not hold for TILE=32, LANES=16")) << broken;
}

TEST(SourceTunables, MayStandBehindTheDefineAndTakeOtherGuards) {
  Operator op;
  ASSERT_TRUE(add_source_tunables(op,
                                  "#if !defined(N)\n#  define N 4 // ke: tunable N in {2, 4}\n#endif\n"
                                  "// ke: tunable KIND in {fast, exact} default exact\n",
                                  "k.cpp"));
  ASSERT_EQ(op.kernel.tunables.size(), 2u);
  EXPECT_EQ(op.kernel.tunables[0].initial, "4");
  EXPECT_EQ(op.kernel.tunables[1].initial, "exact");
}

TEST(SourceTunables, CommentsThatDeclareNothingAreLeftAlone) {
  EXPECT_EQ(error_of("// ke: kinetic energy of the particle\n// ke:begin\n// ke:end\nconst char* t = \"// "
                     "ke: tunable\";\n"
                     "// see ke: tunable\nfloat ke;  // ke\n"),
            "");
}

TEST(SourceTunables, EveryMistakeSaysWhereWhatAndWhatToDo) {
  const std::string define = guarded("T", "8");
  const struct {
    std::string line, part;
  } cases[] = {
      {"// ke: tunable in {8}", "expected 'in' behind the name"},
      {"// ke: tunable T {8, 16}", "expected 'in' behind the name"},
      {"// ke: tunable T in 8, 16", "a list of values in braces"},
      {"// ke: tunable T in {8, 16", "a list of values in braces"},
      {"// ke: tunable T in {}", "values of one plain token"},
      {"// ke: tunable T in {8}", "expected 2 to 256 values"},
      {"// ke: tunable T in {8, 8}", "each value once"},
      {"// ke: tunable T in {8, $(touch x)}", "plain token"},
      {"// ke: tunable T in {8, 16} were T > 8", "expected 'default VALUE'"},
      {"// ke: tunable T in {8, 16} where", "a condition behind 'where'"},
      {"// ke: tunable T in {16, 32}", "the default of T is 8, which is not one of its values"},
      {"// ke: tunable T in {8, 16} default 16", "line 3 defines it as 8"},
      {"// ke: tunabel T in {8, 16}", "expected 'tunable'"},
      {"// ke: tunable KE_CLONES in {a, b}", "not reserved"},
      {"// ke: tunable T in {8, 16} where U < 3", "unknown name 'U'; there are: T"},
      {"// ke: tunable T in {8, 16} where T <", "a name or a number is missing"},
      {"// ke: tunable T in {8, 16} where 64 / (T - 16) > 0", "division by zero (with T=16)"},
      {"// ke: tunable T in {8, 16} where T > 8", "(k.cpp:1) does not hold for T=8, the defaults"},
      {"// ke: tunable T in {8, 16} where T > 99",
       "no combination of the declared values satisfies 'T > 99'"},
  };
  for (const auto& [line, part] : cases) {
    const std::string message = error_of(line + "\n" + define);
    EXPECT_TRUE(says(message, part)) << line << " -> " << message;
    EXPECT_TRUE(says(message, "k.cpp:1")) << line << " -> " << message;
  }
  EXPECT_TRUE(
      says(error_of("// ke: tunable T in {8, 16}\n#define T 8\n"), "k.cpp:2: '#define T 8' would override"));
  EXPECT_TRUE(says(error_of("// ke: tunable T in {8, 16}\n"), "k.cpp:1: the tunable T has no default"));
  EXPECT_TRUE(says(error_of("// ke: tunable T in {8, 16}\n// ke: tunable T in {8, 16}\n" + define),
                   "k.cpp:2: the tunable T is declared twice, here and in k.cpp:1"));
}

TEST(Constraints, KnowComparisonsAndLogic) {
  const std::map<std::string, int64_t> names = {{"A", 4}, {"B", 6}};
  for (const char* text : {"A < B", "A <= 4 && B >= 6", "A > B || B % A == 2", "(A < B || A > 9) && (B != 5)",
                           "A - B", "min(A, B) == 4"}) {
    EXPECT_TRUE(evaluate_condition(text, names).value_or(false)) << text;
  }
  for (const char* text : {"A > B", "A == 4 && B == 4", "A - 4", "A < B && A > B || 0"})
    EXPECT_FALSE(evaluate_condition(text, names).value_or(true)) << text;
  for (const char* text : {"", "A <", "A < B < 3", "A & B", "A && ", "(A < B"})
    EXPECT_FALSE(evaluate_condition(text, names)) << text;
  EXPECT_FALSE(evaluate_condition(std::string(100000, '('), names));
  EXPECT_FALSE(evaluate_expression("A < B", names)) << "shapes are numbers";
}

TEST(Constraints, TheNearestLegalConfigurationKeepsWhatWasAskedFor) {
  Operator op;
  ASSERT_TRUE(add_source_tunables(op, kPair, "k.cpp"));
  const auto nearest = nearest_legal(op, {{"TILE", "32"}, {"LANES", "16"}}, "TILE");
  ASSERT_TRUE(nearest);
  EXPECT_EQ(nearest->at("TILE"), "32");
  EXPECT_EQ(nearest->at("LANES"), "8");
  op.kernel.constraints.push_back({"TILE != 32", "s"});
  EXPECT_FALSE(nearest_legal(op, {{"TILE", "32"}}, "TILE"));
}

TEST(Constraints, ManyTunablesEndInTime) {
  Operator op;
  std::string sum = "0";
  for (int i = 0; i < 40; ++i) {
    const std::string name = "T" + std::to_string(i);
    op.kernel.tunables.push_back({name, {"0", "1", "2", "3"}, "0", "s"});
    sum += " + " + name;
  }
  op.kernel.constraints = {{sum + " == 7 || T0 == 0", "s"}};
  EXPECT_TRUE(check_constraints(op));
  (void)nearest_legal(op, {{"T0", "1"}}, "T0");
}

TEST(Constraints, WhatAVersionNoLongerReadsIsNoTunable) {
  const std::string plain = "// ke: tunable T in {8, 16}\n" + guarded("T", "8") + "int f() { return T; }\n";
  EXPECT_TRUE(reads_tunable(plain, plain, "T"));
  EXPECT_FALSE(reads_tunable("// T\n" + guarded("T", "8") + "int f() { return 8; }\n", plain, "T"));
  EXPECT_FALSE(reads_tunable("#undef T\ntemplate <int T> int g() { return T; }\n", plain, "T"));
  const std::string settled = plain + "#undef T\ntemplate <int T> int g() { return T; }\n";
  EXPECT_FALSE(reads_tunable(settled, settled, "T")) << "adopted by an earlier proposal";
  EXPECT_TRUE(reads_tunable("int f() { return 9; }\n", "int f() { return 8; }\n", "T"))
      << "a header may read it";
  EXPECT_TRUE(reads_tunable(guarded("T", "8") + "#if T > 8\nint a;\n#endif\n", plain, "T"));
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
// Which blocks of its changed lines a candidate's calls have entered.
#include "ke-build/evaluate/coverage.h"

#include "ke-build/base/files.h"
#include "ke-build/evaluate/coverage_lines.h"
#include "ke-build/evaluate/guided.h"
#include "tests/unit/evaluate/ladder_fixture.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

// What objdump says of
//   void f(int n) { std::vector<int> v(n); if (n == 7) g(); }
// by and large: a block for the test, one behind it, one that unwinds, and one that catches.
const char* const kCode = R"(
/s/traced:     file format elf64-x86-64

Disassembly of section .text:

0000000000001000 <_Z1fi>:
_Z1fi():
/s/source/k.cpp:3
    1000:	push   %rbp
    1001:	call   2000 <__sanitizer_cov_trace_pc>
    1006:	mov    %edi,%ebx
/usr/include/c++/12/bits/stl_vector.h:90
    1008:	call   2100 <_ZNSt6vectorC1Em>
/s/source/k.cpp:4 (discriminator 1)
    100d:	cmp    $0x7,%ebx
    100e:	js     1042 <_Z1fi+0x42>
    1010:	jne    101c <_Z1fi+0x1c>
    1012:	call   2000 <__sanitizer_cov_trace_pc>
/s/source/k.cpp:5
    1017:	call   2200 <_Z1gv@plt>
/s/source/k.cpp:6
    101c:	call   2000 <__sanitizer_cov_trace_pc>
    1021:	call   2300 <_ZNSt6vectorD1Ev>
    1026:	ret
/s/source/k.cpp:4
    1027:	call   2000 <__sanitizer_cov_trace_pc>
    102c:	call   2300 <_ZNSt6vectorD1Ev>
    1031:	call   2400 <_Unwind_Resume@plt>
/s/source/k.cpp:7
    1036:	call   2000 <__sanitizer_cov_trace_pc>
    103b:	call   2500 <__cxa_begin_catch@plt>
    1040:	jmp    101c <_Z1fi+0x1c>
/s/source/k.cpp:8
    1042:	call   2000 <__sanitizer_cov_trace_pc>
    1047:	call   2600 <__assert_fail@plt>
)";

TEST(TracedCode, HasBlocksWithTheirLines) {
  const std::vector<Block> blocks = traced_blocks(kCode, "/s/source/k.cpp");
  ASSERT_EQ(blocks.size(), 6u);
  EXPECT_EQ(blocks[0].address, 0x1006u);
  EXPECT_EQ(blocks[0].function, "_Z1fi");
  EXPECT_EQ(blocks[0].lines, (std::set<int>{3, 4}));
  EXPECT_EQ(blocks[1].lines, (std::set<int>{4, 5}));
  EXPECT_TRUE(traced_blocks(kCode, "/t/source/k.cpp").front().lines.empty());
}

TEST(TracedCode, KnowsWhatOnlyUnwindsOrFails) {
  const auto failing = [](const std::string& code) {
    std::string flags;
    for (const Block& block : traced_blocks(code, "/s/source/k.cpp")) flags += block.fails ? 'f' : '-';
    return flags;
  };
  EXPECT_EQ(failing(kCode), "---f-f") << "what catches is not on its way only";
  // Who jumps to computed places may go anywhere; so may whoever is not read.
  EXPECT_EQ(failing(replace_all(kCode, "ret\n", "notrack jmp *%rax\n")), "-----f");
  EXPECT_EQ(failing(replace_all(kCode, "elf64-x86-64", "elf64-littleaarch64")), "-----f");
  // A jump from elsewhere enters it.
  EXPECT_EQ(
      failing(std::string(kCode) + "\n0000000000003000 <elsewhere>:\n    3000:\tjmp    1027 <_Z1fi+0x27>\n"),
      "-----f");
  EXPECT_EQ(failing(replace_all(kCode, "<__assert_fail@plt>", "<__assert_fail>")), "---f--")
      << "one of its own";
  const std::string own = replace_all(kCode, "<_Z1gv@plt>", "<abort>\n    101b:\tjmp    1027 <_Z1fi+0x27>");
  EXPECT_EQ(failing(own), "-----f") << "one of its own may come back";
}

TEST(TracedCode, IsEmptyWhereNothingIsSaid) {
  for (const char* text : {"", "\n", "0", "0000 <", " 10:\t",
                           "0000000000001000 <f>:\n    1000:\tcall   2000 <__sanitizer_cov_trace_pc>",
                           "/s/source/k.cpp:99999999999999999999\n    1000:\tjmp    \n"})
    EXPECT_TRUE(traced_blocks(text, "/s/source/k.cpp").empty()) << text;
}

TEST(CoverageLines, ChangedOnesAreThoseOfTheDiffOrAllWhereAMacroIs) {
  EXPECT_EQ(changed_lines("a\nb\nc\n", "a\nB\nc\nd\n"), (std::set<int>{2, 4}));
  EXPECT_EQ(changed_lines("#define A 1\nb\n", "#define A 2\nb\n"), (std::set<int>{1, 2, 3}));
}

TEST(CoverageLines, MayBeRenumberedInManySpellings) {
  for (const char* source :
       {"\n#line 7\n", "\n # 7 \"other.cpp\"\n", "/**/ #line 1000\n", "#\\\nline 7\n", "# /* */ line 7\n"})
    EXPECT_TRUE(renumbers_lines(source)) << source;
  for (const char* source : {"#include <line>\n", "int line = 7;\n", "// #line 7\n", "#define line 7\n", "#"})
    EXPECT_FALSE(renumbers_lines(source)) << source;
}

std::vector<Block> blocks_of(const std::vector<std::pair<int, bool>>& lines,
                             const std::string& function = "f", size_t program = 0) {
  std::vector<Block> blocks;
  for (const auto& [line, entered] : lines)
    blocks.push_back({blocks.size(), {line}, function, false, program, entered});
  return blocks;
}

TEST(CoverageLines, ThatWereNotEnteredAreOnePlaceWhereTheyFollowEachOther) {
  const std::string source = "one\n  two\nthree\nfour\nfive\nsix\n";
  // Line 6 is not changed.
  const auto blocks = blocks_of(
      {{1, true}, {2, false}, {3, false}, {4, true}, {4, false}, {5, true}, {6, false}, {0, false}});
  const Coverage coverage = coverage_of_lines(blocks, {1, 2, 3, 4, 5}, source);
  EXPECT_EQ(coverage.lines, 5);
  EXPECT_EQ(coverage.run, 2);
  EXPECT_EQ(coverage.uncovered,
            (std::vector<std::string>{"lines 2-3, from \"two\"", "line 4 in part: \"four\""}));
}

TEST(CoverageLines, OfAFunctionInSeveralProgramsCountOnce) {
  std::vector<Block> blocks = blocks_of({{1, true}, {2, false}, {2, true}}, "f", 0);
  for (const Block& block : blocks_of({{1, true}, {2, true}, {2, false}}, "f", 1)) blocks.push_back(block);
  for (const Block& block : blocks_of({{3, false}}, "g", 1)) blocks.push_back(block);
  const Coverage coverage = coverage_of_lines(blocks, {1, 2, 3}, "one\ntwo\nthree\n");
  EXPECT_EQ(coverage.lines, 3);
  EXPECT_EQ(coverage.uncovered, (std::vector<std::string>{"line 3: \"three\""}));
}

TEST(CoverageLines, OfATemplateAreThoseOfItsBestInstanceThatWasEnteredAtAll) {
  std::vector<Block> blocks = blocks_of({{1, true}, {2, false}}, "_ZN3ops4sumsILi1EEEfPKf");
  for (const Block& block : blocks_of({{1, true}, {2, true}, {2, true}}, "_ZN3ops4sumsILi4EEEfPKf"))
    blocks.push_back(block);
  EXPECT_TRUE(coverage_of_lines(blocks, {1, 2}, "one\ntwo\n").uncovered.empty());
  // One that is never called may be another one on purpose.
  for (const Block& block : blocks_of({{1, false}, {2, false}}, "_ZN3ops4sumsILi7EEEfPKf"))
    blocks.push_back(block);
  EXPECT_EQ(coverage_of_lines(blocks, {1, 2}, "one\ntwo\n").uncovered.size(), 2u);
}

TEST(CoverageLines, FamiliesAreThoseOfTemplates) {
  EXPECT_EQ(family_of("_ZN3ops12_GLOBAL__N_14sumsILi4EEEfPKf"), "3ops12_GLOBAL__N_14sums");
  EXPECT_EQ(family_of("_ZL4sumsIfEvPT_"), "L4sums");
  for (const char* same : {"_ZN3ops4sumsEPKf", "_ZN3ops4InitEv", "_ZZN3ops1fEvENKUlvE_clEv", "main", "_Z",
                           "_ZN", "_ZN99999999999999999999999x", ""})
    EXPECT_EQ(family_of(same), same);
}

TEST(CoverageLines, AreCutWhereTheyAreMany) {
  std::string source;
  std::vector<std::pair<int, bool>> lines;
  std::set<int> changed;
  for (int line = 1; line <= 60; ++line) {
    source += std::string(200, 'x') + "\n";
    lines.emplace_back(line, line % 2 == 0);
    changed.insert(line);
  }
  const Coverage coverage = coverage_of_lines(blocks_of(lines), changed, source);
  ASSERT_EQ(coverage.uncovered.size(), 8u);
  EXPECT_EQ(coverage.uncovered.back(), "23 places more");
  EXPECT_LT(coverage.uncovered.front().size(), 100u);
  // Nor in the middle of a letter.
  const Coverage letters =
      coverage_of_lines(blocks_of({{1, false}}), {1}, std::string(68, 'x') + "\u00f6\u00f6\u00f6");
  EXPECT_EQ(letters.uncovered.front(), "line 1: \"" + std::string(68, 'x') + "...\"");
}

class CoverageTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    judged_ = std::make_unique<Judged>(kRmsnormSpec, rmsnorm_source(kPlainBody));
  }
  static void TearDownTestSuite() { judged_.reset(); }

  static Covered covered(const std::string& source) {
    const Subject subject = judged_->version(source);
    const auto program = judged_->built(subject, Role::kernel);
    EXPECT_TRUE(program) << (program ? "" : program.error().message);
    if (!program) return {};
    Ledger ledger;
    JudgeState& state = judged_->state();
    const auto guided = fails_where_guided(state, subject, *program, state.exam, Deadline(60), ledger);
    EXPECT_TRUE(guided) << (guided ? "" : guided.error().message);
    if (!guided) return {};
    EXPECT_FALSE(guided->finding) << guided->finding->reason;
    EXPECT_TRUE(guided->covered);
    return guided->covered.value_or(Covered{});
  }
  static std::string places(const Covered& found) {
    EXPECT_EQ(found.unknown, "");
    return join_texts(found.coverage.uncovered, "; ");
  }

  inline static std::unique_ptr<Judged> judged_;
};

TEST_F(CoverageTest, IsWholeWhereEveryBlockIsEntered) {
  // Constructors before the first call count; unwinding and failed assertions do not.
  const Covered found = covered(rmsnorm_source(
      "\nstd::vector<float> row(cols);\nstd::vector<float> more(row);\nassert(cols >= 0);\n" + kFastBody +
          "\ny += table.at[1] - 1 + static_cast<int>(more.size() - row.size());\n",
      "#undef NDEBUG\n#include <cassert>\n#include <vector>\nnamespace {\nstruct Table {\n  Table() {\n"
      "    for (int i = 0; i < 8; ++i) at[i] = i;\n  }\n  int at[8];\n};\nTable table;\n}\n"));
  EXPECT_EQ(places(found), "");
  EXPECT_GT(found.coverage.lines, 10);
  EXPECT_EQ(found.coverage.run, found.coverage.lines);
  EXPECT_EQ(coverage_text(found.coverage).find("traced calls ran all "), 0u);
}

TEST_F(CoverageTest, NamesWhatWaitsForSomethingElseThanInputs) {
  const Covered found = covered(
      rmsnorm_source("\nstatic long calls = 0;\ntry {\nstd::vector<float> row(cols);\n" + kFastBody +
                         "\nif (++calls > 1000000000) {\n  y[0] = 7;\n}\n} catch (...) {\ny[0] = 8;\n}\n",
                     "#include <vector>\n"));
  const std::string all = places(found);
  EXPECT_NE(all.find("\"y[0] = 7;\""), std::string::npos) << all;
  EXPECT_NE(all.find("} catch (...) {"), std::string::npos) << all;
  EXPECT_LE(found.coverage.uncovered.size(), 4u) << all;
}

#if defined(__x86_64__)
TEST_F(CoverageTest, WaysForLesserMachinesAreCalledToo) {
  const Covered found = covered(rmsnorm_source(
      kFastBody +
      "\nint wide = 0;\nif (__builtin_cpu_supports(\"sse4.2\")) {\n  wide = 8;\n} else {\n  wide = 4;\n}\n"
      "y += wide - wide;\n"));
  EXPECT_EQ(places(found), "");
  EXPECT_GT(found.coverage.lines, 0);
}
#endif

TEST_F(CoverageTest, SourcesThatRenumberTheirLinesAreSaid) {
  JudgeState& state = judged_->state();
  const Program none;
  Tracer tracer(state.op, none, {});
  const Subject subject = judged_->version(rmsnorm_source(kFastBody + "\n#line 7\n"));
  const auto found = coverage_of(state, tracer, subject, state.exam, Deadline(0));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->unknown, "its source renumbers its lines");
}

}  // namespace
}  // namespace ke

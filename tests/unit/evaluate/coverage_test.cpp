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

TEST(CoverageLines, AreThoseOfTheFileAlone) {
  std::vector<Block> blocks(5);
  read_lines(
      "/state/ab/source/k.cpp:12\n/usr/include/c++/12/source/k.cpp.h:9\n??:?\n"
      "source/k.cpp:7 (discriminator 3)\n",
      "source/k.cpp", blocks);
  std::vector<int> lines;
  for (const Block& block : blocks) lines.push_back(block.line);
  EXPECT_EQ(lines, (std::vector<int>{12, 0, 0, 7, 0}));
}

std::vector<Block> blocks_of(const std::vector<std::pair<int, bool>>& lines,
                             const std::string& function = "f", size_t program = 0) {
  std::vector<Block> blocks;
  for (const auto& [line, entered] : lines)
    blocks.push_back({blocks.size(), line, function, program, entered});
  return blocks;
}

TEST(CoverageLines, ThatWereNotEnteredAreOnePlaceWhereTheyFollowEachOther) {
  const std::string source = "one\n  two\nthree\nfour\nfive\nsix\n";
  // Line 6 is not changed.
  const auto blocks = blocks_of(
      {{1, true}, {2, false}, {3, false}, {4, true}, {4, false}, {5, true}, {6, false}, {0, false}});
  const Coverage coverage = coverage_of_lines(blocks, {1, 2, 3, 4, 5}, source);
  EXPECT_EQ(coverage.blocks, 6);
  EXPECT_EQ(coverage.entered, 3);
  EXPECT_EQ(coverage.uncovered,
            (std::vector<std::string>{"lines 2-3, from \"two\"", "line 4 in part: \"four\""}));
}

TEST(CoverageLines, OfAFunctionInSeveralProgramsCountOnce) {
  std::vector<Block> blocks = blocks_of({{1, true}, {2, false}, {2, true}}, "f", 0);
  for (const Block& block : blocks_of({{1, true}, {2, true}, {2, false}}, "f", 1)) blocks.push_back(block);
  for (const Block& block : blocks_of({{3, false}}, "g", 1)) blocks.push_back(block);
  const Coverage coverage = coverage_of_lines(blocks, {1, 2, 3}, "one\ntwo\nthree\n");
  EXPECT_EQ(coverage.blocks, 4);
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
  // Constructors before the first call count, and unwinding does not.
  const Covered found =
      covered(rmsnorm_source("\nstd::vector<float> row(cols);\nstd::vector<float> more(row);\n" + kFastBody +
                                 "\ny += table.at[1] - 1 + static_cast<int>(more.size() - row.size());\n",
                             "#include <vector>\nnamespace {\nstruct Table {\n  Table() {\n    for (int i = "
                             "0; i < 8; ++i) at[i] = i;\n"
                             "  }\n  int at[8];\n};\nTable table;\n}\n"));
  EXPECT_EQ(places(found), "");
  EXPECT_GT(found.coverage.blocks, 10);
  EXPECT_EQ(found.coverage.entered, found.coverage.blocks);
  EXPECT_EQ(coverage_text(found.coverage).find("traced calls entered all "), 0u);
}

TEST_F(CoverageTest, NamesWhatWaitsForSomethingElseThanInputs) {
  const Covered found = covered(
      rmsnorm_source("\nstatic long calls = 0;\ntry {\nstd::vector<float> row(cols);\n" + kFastBody +
                         "\nif (++calls > 1000000000) {\n  y[0] = 7;\n}\n} catch (...) {\ny[0] = 8;\n}\n",
                     "#include <vector>\n"));
  EXPECT_NE(places(found).find("\"y[0] = 7;\""), std::string::npos) << places(found);
  EXPECT_NE(places(found).find("\"} catch (...) {\""), std::string::npos) << places(found);
  EXPECT_LT(found.coverage.entered, found.coverage.blocks);
}

TEST_F(CoverageTest, SourcesThatRenumberTheirLinesAreSaid) {
  JudgeState& state = judged_->state();
  Tracer tracer(state.op, Program(), {});
  for (const char* line : {"\n#line 7\n", "\n # 7 \"other.cpp\"\n"}) {
    const Subject subject = judged_->version(rmsnorm_source(kFastBody + line));
    const auto found = coverage_of(state, tracer, subject, state.exam, Deadline(0));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(found->unknown, "its source renumbers its lines");
  }
}

}  // namespace
}  // namespace ke

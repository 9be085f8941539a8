// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/synthesizer_rewrite.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ke {
namespace {

struct Setting {
  Operator op;
  Recipe recipe;
  Node node;
  std::vector<Skill> skills;
  Random random{7};

  Setting() {
    op.kernel.entry = "softmax";
    recipe.source = "/nowhere/softmax.cpp";
    node.id = 1;
    node.candidate.source = R"(#include <cmath>
void softmax(const float* x, float* y, long rows, long cols) {
  for (long i = 0; i < rows; ++i) {
    float largest = x[i * cols], sum = 0;
    for (long j = 1; j < cols; ++j) if (x[i * cols + j] > largest) largest = x[i * cols + j];
    for (long j = 0; j < cols; ++j) { y[i * cols + j] = std::exp(x[i * cols + j] - largest); sum += y[i * cols + j]; }
    for (long j = 0; j < cols; ++j) y[i * cols + j] /= sum;
  }
}
)";
  }
  std::vector<Suggestion> propose() {
    SynthesisContext context{op, recipe, node, {}, {}, skills, random};
    return make_synthesizer_rewrite()->propose(context);
  }
};

TEST(RewriteSynthesizer, OffersCompleteCandidatesBestPriorFirst) {
  Setting s;
  auto all = s.propose();
  ASSERT_GE(all.size(), 10u);
  EXPECT_EQ(all[0].candidate.moves.back().synthesizer, "rewrite");
  EXPECT_EQ(all[0].candidate.moves.back().action, "recipe");
  EXPECT_TRUE(
      std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.prior > b.prior; }));
  for (const Suggestion& suggestion : all) EXPECT_FALSE(suggestion.candidate.source.empty());
  auto is_tried = [](const Suggestion& x) {
    return x.candidate.source.find("largest_lanes") != std::string::npos &&
           x.candidate.source.find("ke_inline_math") != std::string::npos;
  };
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), is_tried));
}

TEST(RewriteSynthesizer, GivesTheSameAnswerTwice) {
  Setting s;
  auto first = s.propose(), second = s.propose();
  ASSERT_EQ(first.size(), second.size());
  for (size_t i = 0; i < first.size(); ++i)
    EXPECT_EQ(candidate_hash(first[i].candidate), candidate_hash(second[i].candidate));
}

TEST(RewriteSynthesizer, RespectsForbiddenFlagsAndNativeTargets) {
  Setting s;
  s.op.forbidden_flags = {"-fno-math-errno"};
  s.op.isa = Isa::native;
  for (const Suggestion& suggestion : s.propose()) {
    EXPECT_EQ(
        std::count(suggestion.candidate.flags.begin(), suggestion.candidate.flags.end(), "-fno-math-errno"),
        0);
    EXPECT_EQ(suggestion.candidate.source.find("KE_CLONES"), std::string::npos);
  }
}

// Counts that hang on single roundings are others where products and sums are fused.
TEST(RewriteSynthesizer, FusesNothingWhereResultsAreExact) {
  const auto offers = [](bool exact, const char* compiler) {
    Setting s;
    s.recipe.compiler_id = compiler;
    Argument x, counts;
    x.name = "x";
    counts.name = "y";
    counts.input = false;
    counts.output = true;
    counts.dtype = exact ? Dtype::i32 : Dtype::f32;
    s.op.arguments = {x, counts};
    size_t cloned = 0, unfused = 0;
    for (const Suggestion& suggestion : s.propose()) {
      if (suggestion.candidate.source.find("target_clones") == std::string::npos) continue;
      ++cloned;
      unfused += std::count(suggestion.candidate.flags.begin(), suggestion.candidate.flags.end(),
                            "-ffp-contract=off") == 1;
    }
    EXPECT_GT(cloned, 0u);
    return unfused == cloned ? "all" : unfused == 0 ? "none" : "some";
  };
  EXPECT_STREQ(offers(true, "GNU"), "all");
  EXPECT_STREQ(offers(false, "GNU"), "none");
  EXPECT_STREQ(offers(true, "Clang"), "none") << "it fuses only where it is told to";
}

TEST(RewriteSynthesizer, SaysNothingAboutCodeThatItCannotRead) {
  Setting s;
  s.node.candidate.source = "void softmax(float* x { for (;;) }";
  EXPECT_TRUE(s.propose().empty());
  s.node.candidate.source.assign("\xff\xfe\0{{{{(((", 12);
  EXPECT_TRUE(s.propose().empty());
}

}  // namespace
}  // namespace ke

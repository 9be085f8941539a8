// SPDX-License-Identifier: MIT
#include "bench.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/legality.h"
#include "ke-build/search/flag_list.h"
#include "ke-build/search/synthesizers/flag_sets.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

std::unique_ptr<Synthesizer> named(const std::string& name) {
  for (auto& synthesizer : make_synthesizers()) {
    if (synthesizer->name() == name) return std::move(synthesizer);
  }
  ADD_FAILURE() << "no synthesizer " << name;
  return nullptr;
}

struct FlagBench {
  FlagBench() {
    Argument x;
    x.name = "x";
    op.arguments = {x};
    op.name = "sum";
    recipe.compiler_id = "GNU";
    recipe.flags = {"-O3", "-DNDEBUG"};
    node.id = 1;
    node.candidate.source =
        "float f(const float* x, long n) { float s = 0; for (long i = 0; i < n; ++i) s += x[i]; return s / "
        "n; }\n";
  }
  std::vector<Suggestion> propose() {
    Random random(1);
    const std::vector<Skill> skills;
    return named("flags")->propose({op, recipe, node, {}, {}, skills, random});
  }
  bool offers(const std::string& flag) {
    for (const Suggestion& suggestion : propose()) {
      const auto& flags = suggestion.candidate.flags;
      if (std::find(flags.begin(), flags.end(), flag) != flags.end()) return true;
    }
    return false;
  }
  Operator op;
  Recipe recipe;
  Node node;
};

TEST(Flags, OfferNothingThatTheContractForbids) {
  for (const bool finite : {false, true}) {
    for (const Isa isa : {Isa::portable, Isa::native}) {
      for (const char* compiler : {"GNU", "Clang"}) {
        FlagBench bench;
        bench.op.contract.finite_only = finite;
        bench.op.isa = isa;
        bench.recipe.compiler_id = compiler;
        const auto suggestions = bench.propose();
        EXPECT_GT(suggestions.size(), 4u);
        for (const Suggestion& suggestion : suggestions)
          EXPECT_EQ(illegal_candidate(bench.op, suggestion.candidate), "");
      }
    }
  }
}

TEST(Flags, FastMathNeedsFiniteOnlyAndNativeNeedsTheTarget) {
  FlagBench bench;
  EXPECT_FALSE(bench.offers("-ffast-math"));
  EXPECT_FALSE(bench.offers("-march=native"));
  EXPECT_TRUE(bench.offers("-fassociative-math"));
  bench.op.contract.finite_only = true;
  bench.op.isa = Isa::native;
  EXPECT_TRUE(bench.offers("-ffast-math"));
  EXPECT_TRUE(bench.offers("-march=native"));
}

TEST(Flags, AnotherCompilerNeedsThePolicyAndThisMachine) {
  FlagBench bench;
  EXPECT_FALSE(bench.offers("--compiler=clang++"));
  bench.op.other_compilers = {"clang++", "g++", "clang-of-another-machine", "tcc"};
  EXPECT_EQ(usable_compilers(bench.op, bench.recipe),
            find_program("clang++") ? std::vector<std::string>{"clang++"} : std::vector<std::string>{})
      << "g++ is the repository's own family, the others do not exist or are of no known one";
  if (!find_program("clang++"))
    GTEST_SKIP() << "not run: choosing clang++ beside g++; ./dev test installs it, this machine has none";
  EXPECT_TRUE(bench.offers("--compiler=clang++"));
  bench.node.candidate.flags = {"--compiler=clang++", "-O3"};
  EXPECT_FALSE(bench.offers("-fvect-cost-model=unlimited")) << "its flags are clang's";
  bench.recipe.compiler_id = "Clang";
  bench.node.candidate.flags = {};
  EXPECT_EQ(usable_compilers(bench.op, bench.recipe),
            find_program("g++") ? std::vector<std::string>{"g++"} : std::vector<std::string>{});
}

TEST(Flags, ACompilerIsChosenTogetherWithFlagsThatItKnows) {
  FlagBench bench;
  if (!find_program("clang++"))
    GTEST_SKIP() << "not run: flags that are chosen together with clang++; ./dev test installs it, this "
                    "machine has none";
  bench.op.other_compilers = {"clang++"};
  bench.node.candidate.flags = {"-O3", "-fvect-cost-model=unlimited"};
  size_t joint = 0;
  for (const Suggestion& suggestion : bench.propose()) {
    if (other_compiler(suggestion.candidate.flags).empty()) continue;
    joint += suggestion.candidate.flags.size() > 2;
    EXPECT_EQ(illegal_candidate(bench.op, suggestion.candidate), "");
    for (const std::string& flag : suggestion.candidate.flags)
      EXPECT_FALSE(starts_with(flag, "-fvect-cost-model")) << flag;
  }
  EXPECT_GT(joint, 1u);
}

TEST(Flags, SayNothingAboutVectorsThatAreSwitchedOff) {
  using List = std::vector<std::string>;
  const List off = {"-fno-tree-vectorize"}, unlimited = {"-fvect-cost-model=unlimited"};
  EXPECT_EQ(merged_flags(off, unlimited), off);
  EXPECT_EQ(merged_flags(unlimited, off), off);
  EXPECT_EQ(merged_flags(off, {"-ftree-vectorize", "-fvect-cost-model=dynamic"}),
            (List{"-ftree-vectorize", "-fvect-cost-model=dynamic"}));
  FlagBench bench;
  bench.node.candidate.flags = off;
  EXPECT_FALSE(bench.offers("-fvect-cost-model=unlimited"));
}

// Narrow subsets come first: what they allow is what most of the gain needs.
TEST(Flags, NarrowSubsetsOfFastMathAreOfferedBesideIt) {
  FlagBench bench;
  bench.op.contract.finite_only = true;
  std::vector<std::string> names;
  for (const Suggestion& suggestion : bench.propose())
    names.push_back(suggestion.candidate.moves.back().action);
  const auto place = [&](const char* name) {
    return std::find(names.begin(), names.end(), name) - names.begin();
  };
  EXPECT_LT(place("value-safe"), place("reassociate"));
  EXPECT_LT(place("reassociate"), place("fast-math"));
  EXPECT_LT(place("fast-math"), static_cast<std::ptrdiff_t>(names.size()));
  for (const Suggestion& suggestion : bench.propose()) {
    const auto& flags = suggestion.candidate.flags;
    if (suggestion.candidate.moves.back().action != "value-safe") continue;
    EXPECT_NE(std::find(flags.begin(), flags.end(), "-fno-math-errno"), flags.end());
    EXPECT_NE(std::find(flags.begin(), flags.end(), "-fno-trapping-math"), flags.end());
    EXPECT_EQ(std::find(flags.begin(), flags.end(), "-fassociative-math"), flags.end());
  }
}

TEST(Flags, IntegersAndExactResultsGetNoFloatingPointFlags) {
  FlagBench bench;
  bench.op.arguments[0].dtype = Dtype::i32;
  EXPECT_FALSE(bench.offers("-fassociative-math"));
  bench.op.arguments[0].dtype = Dtype::f32;
  bench.op.tolerance.kind = Tolerance::Kind::exact;
  EXPECT_FALSE(bench.offers("-fassociative-math"));
}

TEST(Flags, AReductionMakesReassociationTheFirstChoice) {
  FlagBench bench;
  auto suggestions = bench.propose();
  const auto best = std::max_element(suggestions.begin(), suggestions.end(),
                                     [](const auto& a, const auto& b) { return a.prior < b.prior; });
  const auto& flags = best->candidate.flags;
  EXPECT_NE(std::find(flags.begin(), flags.end(), "-fassociative-math"), flags.end());
  EXPECT_GT(best->prior, 2);
}

TEST(Flags, TheOrderOfCollectingMakesNoNewCandidate) {
  FlagBench bench;
  std::set<std::string> after_unroll, after_prefetch;
  const auto collect = [&](const char* first, const char* second) {
    bench.node.candidate.flags.clear();
    for (const char* wanted : {first, second}) {
      for (const Suggestion& suggestion : bench.propose()) {
        if (suggestion.candidate.moves.back().action == wanted) {
          bench.node.candidate.flags = suggestion.candidate.flags;
          break;
        }
      }
    }
    return candidate_hash(bench.node.candidate);
  };
  EXPECT_EQ(collect("unroll", "prefetch"), collect("prefetch", "unroll"));
  EXPECT_EQ(bench.node.candidate.flags.size(), 2u);
}

TEST(Flags, ALaterSettingReplacesAnEarlierOne) {
  FlagBench bench;
  bench.op.isa = Isa::native;
  bench.node.candidate.flags = {"-O3", "-mprefer-vector-width=256"};
  for (const Suggestion& suggestion : bench.propose()) {
    std::set<std::string> settings;
    for (const std::string& flag : suggestion.candidate.flags) {
      if (starts_with(flag, "-mprefer-vector-width=") || starts_with(flag, "-O")) {
        EXPECT_TRUE(settings.insert(flag.substr(0, 2) == "-O" ? "-O" : "width").second)
            << join_texts(suggestion.candidate.flags, " ");
      }
    }
  }
}

TEST(Flags, EachCanBeTakenBack) {
  FlagBench bench;
  bench.node.candidate.flags = {"-fno-math-errno", "-funroll-loops"};
  std::set<std::string> taken;
  for (const Suggestion& suggestion : bench.propose()) {
    const Move& move = suggestion.candidate.moves.back();
    if (move.action != "without") continue;
    taken.insert(move.detail);
    EXPECT_EQ(suggestion.candidate.flags.size(), 1u);
  }
  EXPECT_EQ(taken, (std::set<std::string>{"-fno-math-errno", "-funroll-loops"}));
}

TEST(Flags, GnuAndClangGetTheirOwn) {
  FlagBench bench;
  bench.node.candidate.source = "float f(float x) { return expf(x); }\n";
  EXPECT_TRUE(bench.offers("-fvect-cost-model=unlimited"));
  EXPECT_FALSE(bench.offers("-fveclib=libmvec"));
  bench.recipe.compiler_id = "Clang";
  EXPECT_FALSE(bench.offers("-fvect-cost-model=unlimited"));
  EXPECT_TRUE(bench.offers("-fveclib=libmvec"));
  bench.recipe.compiler_id = "MSVC";
  EXPECT_TRUE(bench.propose().empty());
}

TEST(Flags, CommentsAndStringsAreNotCode) {
  FlagBench bench;
  bench.node.candidate.source =
      "// s += exp(x) / y\nconst char* t = \"a += b / c\"; /* #pragma omp simd */\nvoid f() {}\n";
  EXPECT_FALSE(bench.offers("-freciprocal-math"));
  EXPECT_FALSE(bench.offers("-fopenmp-simd"));
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/legality.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

TEST(Legality, FiniteMathNeedsAFiniteContract) {
  Operator op;
  for (const char* flag : {"-ffast-math", "-Ofast", "-ffinite-math-only"}) {
    op.contract.finite_only = false;
    EXPECT_NE(illegal_flag(op, flag), "") << flag;
    op.contract.finite_only = true;
    EXPECT_EQ(illegal_flag(op, flag), "") << flag;
  }
}

TEST(Legality, PortableBuildsGetNoInstructionSets) {
  Operator op;
  for (const char* flag : {"-march=native", "-mavx2", "-mfma", "-march=x86-64-v3"}) {
    op.isa = Isa::portable;
    EXPECT_NE(illegal_flag(op, flag), "") << flag;
    op.isa = Isa::native;
    EXPECT_EQ(illegal_flag(op, flag), "") << flag;
  }
}

TEST(Legality, SanitizersAndCallingConventionsAreNoOptimisations) {
  const Operator op;
  for (const char* flag :
       {"-fno-sanitize=all", "--param=asan-globals=0", "-fasan-shadow-offset=0", "-fcall-used-rbx",
        "-ffixed-r12", "-ftls-model=local-exec", "-fno-unwind-tables", "-fallow-store-data-races"}) {
    EXPECT_NE(illegal_flag(op, flag), "") << flag;
  }
}

TEST(Legality, HarmlessOptimisationsPass) {
  const Operator op;
  for (const char* flag :
       {"-O3", "-funroll-loops", "-fno-math-errno", "-fno-trapping-math", "-fassociative-math",
        "-mtune=native", "-mprefer-vector-width=512", "-fopenmp-simd", "--param=max-unroll-times=4",
        "-DKE_CLONES=", "-DKE_TILE=8", "-DKE_FAST"}) {
    EXPECT_EQ(illegal_flag(op, flag), "");
  }
}

TEST(Legality, MoreHardeningIsFine) {
  const Operator op;
  for (const char* flag :
       {"-fstack-protector-strong", "-fstack-protector-all", "-fcf-protection=full", "-fPIC"})
    EXPECT_EQ(illegal_flag(op, flag), "") << flag;
}

TEST(Legality, NothingButOptimisationsPasses) {
  const Operator op;
  for (const char* flag : {"-fplugin=evil.so",
                           "-include",
                           "/etc/passwd",
                           "-Wl,-z,execstack",
                           "-o",
                           "@file",
                           "-Dfloat=double",
                           "-x",
                           "-B.",
                           "-specs=evil",
                           "-fprofile-use",
                           "-fno-stack-protector",
                           "-fpack-struct",
                           "-m32",
                           "-std=c++98",
                           "-w",
                           "-DKE_A B=1",
                           "-DKE_A=__attribute__((optimize(3)))",
                           "-DKE_A=x y",
                           "-fbranch-probabilities",
                           "-fopt-info-all=build.ninja",
                           "-fdiagnostics-format=sarif-file",
                           "-fno-threadsafe-statics",
                           "-fsingle-precision-constant",
                           "-ftree-vectorizer-verbose=/tmp/x",
                           "-fmodule-mapper=|x",
                           "-fuse-ld=gold",
                           "-fstack-protector",
                           "-fstack-protector-explicit",
                           "-fcf-protection=branch",
                           "-ftrivial-auto-var-init=uninitialized",
                           "--param=ssp-buffer-size=64",
                           "-fPIE",
                           "-fpie",
                           "-fcallgraph-info",
                           "-finput-charset=x"}) {
    EXPECT_NE(illegal_flag(op, flag), "") << flag;
  }
}

TEST(Legality, ThreadsNeedAContractWithThreads) {
  Operator op;
  EXPECT_NE(illegal_flag(op, "-fopenmp"), "");
  op.contract.threads = 2;
  EXPECT_EQ(illegal_flag(op, "-fopenmp"), "");
}

TEST(Legality, TheSpecMayForbidFlags) {
  Operator op;
  op.forbidden_flags = {"-O3", "-mtune"};
  EXPECT_NE(illegal_flag(op, "-O3"), "");
  EXPECT_NE(illegal_flag(op, "-mtune=native"), "");
  EXPECT_EQ(illegal_flag(op, "-O2"), "");
}

TEST(Legality, TunablesMustBeDeclared) {
  Operator op;
  op.kernel.tunables = {{"TILE", {"16", "32"}, "16"}};
  Candidate candidate;
  candidate.tunables = {{"TILE", "32"}};
  EXPECT_EQ(illegal_candidate(op, candidate), "");
  candidate.tunables = {{"TILE", "64"}};
  EXPECT_NE(illegal_candidate(op, candidate), "");
  candidate.tunables = {{"main", "x"}};
  EXPECT_NE(illegal_candidate(op, candidate), "");
}

TEST(Legality, AnotherCompilerOnlyWhereTheSpecNamesIt) {
  Operator op;
  EXPECT_NE(illegal_flag(op, "--compiler=clang++").find("other_compilers"), std::string::npos);
  op.other_compilers = {"clang++"};
  EXPECT_EQ(illegal_flag(op, "--compiler=clang++"), "");
  EXPECT_NE(illegal_flag(op, "--compiler=/tmp/clang++"), "");
  EXPECT_NE(illegal_flag(op, "--compiler="), "");
}

TEST(Legality, TunablesThatBreakAConstraintAreRefused) {
  Operator op;
  op.kernel.tunables = {{"TILE", {"16", "32"}, "16", "k.cpp:1"}, {"LANES", {"8", "16"}, "8", "k.cpp:2"}};
  op.kernel.constraints = {{"TILE * LANES <= 256", "k.cpp:1"}};
  Candidate candidate;
  candidate.tunables = {{"TILE", "32"}};
  EXPECT_EQ(illegal_candidate(op, candidate), "");
  candidate.tunables["LANES"] = "16";
  EXPECT_NE(illegal_candidate(op, candidate).find("'TILE * LANES <= 256' (k.cpp:1) does not hold"),
            std::string::npos);
}

}  // namespace
}  // namespace ke

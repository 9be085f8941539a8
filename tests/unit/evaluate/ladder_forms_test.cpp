// SPDX-License-Identifier: MIT
// Kernels as people write them: static, templated, in C, with their own headers, in place, on integers; and
// contracts that are wrong.
#include "ke-build/evaluate/judge.h"
#include "tests/unit/evaluate/ladder_fixture.h"

namespace ke {
namespace {

std::string spec_of(const std::string& call, const std::string& more = "",
                    const std::string& inputs = R"("x": {"shape": ["n"], "dtype": "float32"})",
                    const std::string& outputs = R"("y": {"shape": ["n"], "dtype": "float32"})",
                    const std::string& language = "cpp") {
  return R"({"name": "op", "op_type": "map", "axes": {"n": {"type": "var"}}, "inputs": {)" + inputs +
         R"(}, "outputs": {)" + outputs + R"(}, "ke": {"kernel": {"language": ")" + language +
         R"(", "entry": "f", "call": ")" + call +
         R"("}, "workloads": [{"name": "w", "axes": {"n": 5000}}], "hidden": {"n": [1, 200]})" + more + "}}";
}

const std::string kWithReference =
    R"json(, "reference": {"source": "reference.cpp", "call": "g(x, y, n)"})json";

Result<std::unique_ptr<Evaluator>> open_evaluator(const SmallRepository& repository) {
  return Evaluator::open(repository.op(), repository.baseline(), repository.options());
}

void expect_opens(const SmallRepository& repository) {
  auto evaluator = open_evaluator(repository);
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  EXPECT_OUTCOME((*evaluator)->baseline(), "equal");
}

TEST(KernelForms, ReachesStaticFunctions) {
  expect_opens(
      {spec_of("f(x, y, (int)n)"),
       "static void f(const float* x, float* y, int n) { for (int i = 0; i < n; ++i) y[i] = x[i] * 3; }\n"});
}

TEST(KernelForms, ReachesTemplatesInAnonymousNamespaces) {
  expect_opens({spec_of("a::f<float, 4>(y, x, n)"),
                "namespace a { namespace { template <class T, int N> void f(T* y, const T* x, long n) { for "
                "(long i = 0; i < n; ++i) "
                "y[i] = x[i] * N; } } }\n"});
}

// Nothing else reaches them by name, so there is nothing to measure under it.
TEST(KernelForms, ScreensAndConfirmsWhatNoLinkerSees) {
  const std::tuple<std::string, std::string, Effort> forms[] = {
      {"static void f(const float* x, float* y, long n)", "f(x, y, n)", Effort::screen},
      {"template <class T> inline void f(const T* x, T* y, long n)", "f<float>(x, y, n)", Effort::confirm}};
  for (const auto& [head, call, effort] : forms) {
    const std::string slow =
        "{ for (long i = 0; i < n; ++i) { volatile float s = 0; for (int k = 0; k < 64; ++k) s = s + x[i]; "
        "y[i] = s; } }\n";
    SmallRepository repository(spec_of(call), head + slow);
    auto evaluator = open_evaluator(repository);
    ASSERT_TRUE(evaluator) << evaluator.error().message;
    const auto evaluation =
        (*evaluator)
            ->evaluate(repository.version(head + "{ for (long i = 0; i < n; ++i) y[i] = 64 * x[i]; }\n"),
                       effort, Deadline(60));
    ASSERT_TRUE(evaluation) << evaluation.error().message;
    EXPECT_OUTCOME(*evaluation, "faster");
    EXPECT_EQ(evaluation->confirmed, effort == Effort::confirm) << head;
  }
}

TEST(KernelForms, CompilesCAsC) {
  expect_opens({spec_of("f(n, x, y)", "", R"("x": {"shape": ["n"], "dtype": "float32"})",
                        R"("y": {"shape": ["n"], "dtype": "float32"})", "c"),
                "#include <math.h>\n#include <stddef.h>\nvoid f(size_t new, const float* restrict class, "
                "float* restrict y) { for (size_t i = "
                "0; i < new; ++i) y[i] = expf(class[i]); }\n",
                ".c"});
}

TEST(KernelForms, WorksInPlace) {
  const std::string x = R"("x": {"shape": ["n"], "dtype": "float32"})";
  SmallRepository repository(
      spec_of("f(x, n)", "", x, x),
      "void f(float* x, long n) { for (long i = 0; i < n; ++i) x[i] = x[i] * x[i] + 1; }\n");
  auto evaluator = open_evaluator(repository);
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  const Deadline deadline(30);
  auto twice =
      (*evaluator)
          ->evaluate(repository.version(
                         "void f(float* x, long n) { for (long i = 0; i < n; ++i) x[i] = x[i] + 1; }\n"),
                     Effort::screen, deadline);
  ASSERT_TRUE(twice) << twice.error().message;
  EXPECT_OUTCOME(*twice, "wrong");
}

TEST(KernelForms, ChecksIntegersExactly) {
  SmallRepository repository(
      spec_of("f(x, y, n)", R"(, "domains": {"x": {"kind": "range", "low": -50, "high": 50}})",
              R"("x": {"shape": ["n"], "dtype": "int32"})", R"("y": {"shape": ["n"], "dtype": "int32"})"),
      "#include <cstdint>\nvoid f(const std::int32_t* x, std::int32_t* y, long n) { int s = 0; for (long i = "
      "0; i < n; ++i) y[i] = s += x[i]; }\n");
  auto evaluator = open_evaluator(repository);
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  const Deadline deadline(30);
  auto off = (*evaluator)
                 ->evaluate(repository.version("#include <cstdint>\nvoid f(const std::int32_t* x, "
                                               "std::int32_t* y, long n) { int s = 0; for "
                                               "(long i = 0; i < n; ++i) y[i] = s += x[i] + (i == 37); }\n"),
                            Effort::screen, deadline);
  ASSERT_TRUE(off) << off.error().message;
  EXPECT_OUTCOME(*off, "wrong");
}

TEST(KernelForms, FallsBackToItsOwnPrecisionWhereFloatCannotBePromoted) {
  // The bit pattern of a float is not that of a double.
  SmallRepository repository(spec_of("f(x, y, n)"),
                             "#include <cstdint>\n#include <cstring>\nvoid f(const float* x, float* y, long "
                             "n) { for (long i = 0; i < n; ++i) { std::uint32_t b; "
                             "std::memcpy(&b, &x[i], 4); b &= 0x7fffffffu; std::memcpy(&y[i], &b, 4); } }\n");
  auto evaluator = open_evaluator(repository);
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  EXPECT_NE((*evaluator)->baseline().reason.find("own precision"), std::string::npos)
      << (*evaluator)->baseline().reason;
}

TEST(KernelForms, SaysThatADeclaredToleranceHasNoRoomForOthers) {
  const std::string thirds =
      "void f(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i] / 3 + 1; }\n";
  for (const auto& [atol, said] : {std::pair("1.3e-7", true), std::pair("1e-5", false)}) {
    SmallRepository repository(
        spec_of("f(x, y, n)", std::string(R"(, "domains": {"x": {"kind": "range", "low": -1, "high": 1}})") +
                                  R"(, "tolerance": {"kind": "absolute", "rtol": 0, "atol": )" + atol + "}"),
        thirds);
    auto evaluator = open_evaluator(repository);
    ASSERT_TRUE(evaluator) << evaluator.error().message;
    const std::string& reason = (*evaluator)->baseline().reason;
    EXPECT_EQ(reason.find("of $.ke.tolerance by itself") != std::string::npos, said) << reason;
  }
}

TEST(KernelForms, SaysThatAKernelInDoubleIsItsOwnReference) {
  const std::string f64 = R"({"shape": ["n"], "dtype": "float64"})";
  SmallRepository repository(
      spec_of("f(x, y, n)", "", "\"x\": " + f64, "\"y\": " + f64),
      "void f(const double* x, double* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i] * 3; }\n");
  auto evaluator = open_evaluator(repository);
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  EXPECT_NE((*evaluator)->baseline().reason.find("it computes in double already"), std::string::npos)
      << (*evaluator)->baseline().reason;
}

// The angle is rounded before the sine sees it; no bound that follows from the sum of two terms knows of
// that.
TEST(KernelForms, WidensTheBoundWhereTheKernelItselfContractedComesNearIt) {
  std::string spec = spec_of("f(x, y, n)");
  spec.replace(
      spec.find("\"hidden\""), 0,
      R"("domains": {"x": {"kind": "range", "low": -1, "high": 1}}, "contract": {"finite_only": true}, )");
  const auto reason_of = [&](const std::string& term) {
    SmallRepository repository(
        spec,
        "#include <cmath>\nvoid f(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = " +
            term + "; }\n");
    auto evaluator = open_evaluator(repository);
    EXPECT_TRUE(evaluator) << evaluator.error().message;
    return evaluator ? (*evaluator)->baseline().reason : "";
  };
  const std::string plain = reason_of("x[i] * 3.7f + 1.3f");
  EXPECT_EQ(plain.find("with fused multiply-adds"), std::string::npos) << plain;
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
    GTEST_SKIP() << "not run: a bound that follows the kernel's own contracted build; this processor has no "
                    "AVX2 and fused multiply-adds";
#endif
  const std::string wide = reason_of("std::sin(x[i] * 3.7f + 1.3f)");
  EXPECT_NE(wide.find("with fused multiply-adds"), std::string::npos) << wide;
}

TEST(KernelForms, FallsBackToItsOwnPrecisionWhereOnlyManyElementsShowADecisionThatHangsOnARounding) {
  // One orbit in two thousand escapes at another step in double: hardly one of a hidden shape, several of
  // 100,000 are more than what their neighbours explain.
  const std::string kernel =
      "#include <cstdint>\nvoid f(const float* a, const float* b, std::int32_t* steps, long n) { for (long i "
      "= 0; i < n; ++i) { "
      "float x = 0, y = 0; int k = 0; while (k < 200 && x * x + y * y <= 4.0f) { float t = x * x - y * y + "
      "a[i]; y = 2 * x * y + "
      "b[i]; x = t; ++k; } steps[i] = k; } }\n";
  std::string spec =
      spec_of("f(x, y, steps, n)", "",
              R"("x": {"shape": ["n"], "dtype": "float32"}, "y": {"shape": ["n"], "dtype": "float32"})",
              R"("steps": {"shape": ["n"], "dtype": "int32"})");
  spec.replace(spec.find("5000"), 4, "100000");
  spec.replace(spec.find("[1, 200]"), 8, "[1, 20]");
  SmallRepository repository(spec, kernel);
  auto evaluator = open_evaluator(repository);
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  EXPECT_NE((*evaluator)->baseline().reason.find("own precision"), std::string::npos)
      << (*evaluator)->baseline().reason;
  const Deadline deadline(30);
  std::string off = kernel;
  off.replace(off.find("4.0f"), 4, "4.001f");
  auto other = (*evaluator)->evaluate(repository.version(off), Effort::screen, deadline);
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_OUTCOME(*other, "wrong");
}

TEST(Contract, ACrashingReferenceIsOneClearError) {
  SmallRepository repository(
      spec_of("f(x, y, n)", kWithReference),
      "void f(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i]; }\n", ".cpp",
      "void g(const double* x, double* y, long n) { y[0] = x[1L << 40] + n; }\n");
  auto evaluator = open_evaluator(repository);
  ASSERT_FALSE(evaluator);
  EXPECT_EQ(evaluator.error().code, ErrorCode::usage);
  EXPECT_NE(evaluator.error().message.find("reference.cpp"), std::string::npos) << evaluator.error().message;
  EXPECT_NE(evaluator.error().message.find("crashed"), std::string::npos) << evaluator.error().message;
}

TEST(Contract, AReferenceWithoutEndIsOneClearError) {
  SmallRepository repository(
      spec_of("f(x, y, n)", kWithReference),
      "void f(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i]; }\n", ".cpp",
      "void g(const double*, double*, long) { for (volatile long i = 0;; ++i) {} }\n");
  EvaluateOptions options = repository.options();
  options.reference_s = 0.3;
  auto evaluator = Evaluator::open(repository.op(), repository.baseline(), options);
  ASSERT_FALSE(evaluator);
  EXPECT_EQ(evaluator.error().code, ErrorCode::usage);
  EXPECT_NE(evaluator.error().message.find("did not finish"), std::string::npos) << evaluator.error().message;
}

TEST(Contract, AReferenceThatDisagreesIsOneClearError) {
  SmallRepository repository(
      spec_of("f(x, y, n)", kWithReference),
      "void f(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i]; }\n", ".cpp",
      "void g(const double* x, double* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i] * 1.001; }\n");
  auto evaluator = open_evaluator(repository);
  ASSERT_FALSE(evaluator);
  EXPECT_EQ(evaluator.error().code, ErrorCode::usage);
  EXPECT_NE(evaluator.error().message.find("disagrees"), std::string::npos) << evaluator.error().message;
}

std::string complaint(const SmallRepository& repository) {
  auto evaluator = open_evaluator(repository);
  EXPECT_FALSE(evaluator);
  if (evaluator) return "";
  EXPECT_EQ(evaluator.error().code, ErrorCode::usage);
  return evaluator.error().message;
}

TEST(Contract, AnOutputThatIsWrittenInPartIsNamed) {
  const SmallRepository repository(spec_of("f(x, y, n)"),
                                   "void f(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) "
                                   "if (x[i] > 0) *y++ = x[i]; }\n");
  const std::string said = complaint(repository);
  EXPECT_NE(said.find("unwritten"), std::string::npos) << said;
  EXPECT_NE(said.find("of 5000 elements of y"), std::string::npos) << said;
  EXPECT_NE(said.find("declare y under $.inputs too"), std::string::npos) << said;
}

TEST(Contract, AnOutputThatIsReadFirstIsNamed) {
  const SmallRepository repository(
      spec_of("f(x, y, n)"),
      "void f(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] -= x[i]; }\n");
  const std::string said = complaint(repository);
  EXPECT_NE(said.find("reads what y held before the call"), std::string::npos) << said;
  EXPECT_NE(said.find("declare y under $.inputs too"), std::string::npos) << said;
}

TEST(Contract, PositionsWithoutADomainAreNamedWhereTheKernelCrashes) {
  const SmallRepository repository(
      spec_of("f(x, at, y, n)", "",
              R"("x": {"shape": ["n"], "dtype": "float32"}, "at": {"shape": ["n"], "dtype": "int32"})"),
      "void f(const float* x, const int* at, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = "
      "x[at[i]]; }\n");
  const std::string said = complaint(repository);
  EXPECT_NE(said.find("crashed"), std::string::npos) << said;
  EXPECT_NE(said.find("$.ke.domains does not name at (int32)"), std::string::npos) << said;
}

TEST(Contract, AMissingEntryIsOneClearError) {
  SmallRepository repository(spec_of("nothing(x, y, n)"),
                             "void f(const float* x, float* y, long n) { y[0] = x[0] + n; }\n");
  auto evaluator = open_evaluator(repository);
  ASSERT_FALSE(evaluator);
  EXPECT_EQ(evaluator.error().code, ErrorCode::usage);
  EXPECT_NE(evaluator.error().message.find("nothing"), std::string::npos) << evaluator.error().message;
}

TEST(Folder, RepeatsARungByHandAndSeesAnEditedSource) {
  SmallRepository repository(
      spec_of("f(x, y, n)"),
      "void f(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i] * 2; }\n");
  auto evaluator = open_evaluator(repository);
  ASSERT_TRUE(evaluator) << evaluator.error().message;
  const Deadline deadline(30);
  const std::string text =
      "void f(const float* x, float* y, long n) { for (long i = n; i-- > 0;) y[i] = x[i] + x[i]; }\n";
  auto evaluation = (*evaluator)->evaluate(repository.version(text), Effort::screen, deadline);
  ASSERT_TRUE(evaluation) << evaluation.error().message;
  const std::string folder = evaluation->folder;
  const auto ninja = read_file(join(folder, "build.ninja"));
  ASSERT_TRUE(ninja);
  EXPECT_NE(ninja->find("build guided.json: judge verify.json"), std::string::npos) << *ninja;
  auto again = judge_folder(folder, "verify");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_TRUE(passed(*again)) << again->reason;
  ASSERT_TRUE(write_file(join(folder, "source/kernel.cpp"), replace_all(text, "x[i] + x[i]", "x[i]")));
  again = judge_folder(folder, "verify");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_OUTCOME(*again, "wrong");
  EXPECT_TRUE(exists(join(folder, "verify.json")));
}

TEST(Folder, NamesTheRungsItKnows) {
  auto nothing = judge_folder("/nonexistent", "verfy");
  ASSERT_FALSE(nothing);
  EXPECT_NE(nothing.error().message.find("did you mean 'verify'"), std::string::npos)
      << nothing.error().message;
  for (const std::string rung : {"verify", "beside", "sanitize", "guided"}) {
    nothing = judge_folder("/nonexistent", rung);
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code, ErrorCode::usage);
    EXPECT_NE(nothing.error().message.find("no subject.json"), std::string::npos) << nothing.error().message;
  }
}

}  // namespace
}  // namespace ke

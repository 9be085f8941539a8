// SPDX-License-Identifier: MIT
// Kernels that round what meets no input: positions between samples, computed in float from sizes alone.
#include "tests/unit/evaluate/ladder_fixture.h"

namespace ke {
namespace {

const std::string kResampleSpec = R"json({
  "name": "resample", "op_type": "resample",
  "axes": {"n": {"type": "var"}, "m": {"type": "var"}},
  "inputs": {"x": {"shape": ["n"], "dtype": "float32"}},
  "outputs": {"y": {"shape": ["m"], "dtype": "float32"}},
  "ke": {"kernel": {"language": "cpp", "entry": "resample", "call": "resample(x, y, (int)n, (int)m)"},
         "domains": {"x": {"kind": "range", "low": 0, "high": 1}},
         "tolerance": {"kind": "derived", "reduction": "2"},
         "workloads": [{"name": "line", "axes": {"n": 640, "m": 224}}],
         "hidden": {"n": [2, 40], "m": [1, 40]}}})json";

/// `position` computes where the element `i` of the output lies, in float, or where it is told to.
std::string resample(const std::string& position, const std::string& weight = "p - at") {
  return "#include <algorithm>\n#include <cmath>\n"
         "void resample(const float* x, float* y, int n, int m) {\n"
         "  const float scale = static_cast<float>(n) / m;\n"
         "  for (int i = 0; i < m; ++i) {\n    const float p = std::max(0.0f, " +
         position +
         ");\n    const int at = std::min(static_cast<int>(p), n - 1), next = std::min(at + 1, n - 1);\n"
         "    const float w = " +
         weight + ";\n    y[i] = x[at] * (1.0f - w) + x[next] * w;\n  }\n}\n";
}

class CoarseKernel : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    repository_ = std::make_unique<SmallRepository>(kResampleSpec, resample("(i + 0.5f) * scale - 0.5f"));
    auto opened = Evaluator::open(repository_->op(), repository_->baseline(), repository_->options());
    ASSERT_TRUE(opened) << opened.error().message;
    evaluator_ = *std::move(opened);
  }
  static void TearDownTestSuite() {
    evaluator_.reset();
    repository_.reset();
  }

  Evaluation judge(const std::string& source) {
    if (evaluator_ == nullptr) return {};
    auto evaluation = evaluator_->evaluate(repository_->version(source), Effort::screen, Deadline(60));
    EXPECT_TRUE(evaluation) << evaluation.error().message;
    return evaluation ? *evaluation : Evaluation();
  }

  static std::unique_ptr<SmallRepository> repository_;
  static std::unique_ptr<Evaluator> evaluator_;
};
std::unique_ptr<SmallRepository> CoarseKernel::repository_;
std::unique_ptr<Evaluator> CoarseKernel::evaluator_;

TEST_F(CoarseKernel, IsMeasuredByItsOwnErrors) {
  ASSERT_NE(evaluator_, nullptr);
  EXPECT_NE(evaluator_->baseline().reason.find("coordinates, angles and steps"), std::string::npos)
      << evaluator_->baseline().reason;
  for (const char* position : {"std::fma(i + 0.5f, scale, -0.5f)", "((i + 0.5f) * n) / m - 0.5f",
                               "i * scale + (0.5f * scale - 0.5f)"}) {
    const Evaluation evaluation = judge(resample(position));
    EXPECT_GE(evaluation.outcome, Outcome::noisy) << position << ": " << evaluation.reason;
  }
}

TEST_F(CoarseKernel, IsNoExcuseForLess) {
  const std::pair<std::string, std::string> bugs[] = {
      {"(i + 0.5f) * scale - 0.5f", "std::nearbyint((p - at) * 256) / 256"},  // eight bits of weight
      {"i * scale", "p - at"},
      {"(i + 0.5f) * scale - 0.5f", "0.0f"},
      {"(i + 0.5f) * (scale + 1e-5f) - 0.5f", "p - at"}};
  for (const auto& [position, weight] : bugs) {
    const Evaluation evaluation = judge(resample(position, weight));
    EXPECT_EQ(evaluation.outcome, Outcome::wrong) << position << ", " << weight << ": " << evaluation.reason;
  }
}

}  // namespace
}  // namespace ke

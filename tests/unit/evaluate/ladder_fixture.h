// SPDX-License-Identifier: MIT
// A small repository with one operator, and an evaluator on it that a whole suite of tests shares.
#pragma once

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/evaluate.h"
#include "ke-build/evaluate/judge_state.h"
#include "ke-build/model/spec.h"
#include "tests/unit/shared_machine.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace ke {

/// The smallest operator whose candidates can be wrong in interesting ways: sums along rows, NaN, a tail.
inline const std::string kRmsnormSpec = R"json({
  "name": "rmsnorm", "op_type": "rmsnorm",
  "axes": {"rows": {"type": "var"}, "cols": {"type": "var"}},
  "inputs": {"x": {"shape": ["rows", "cols"], "dtype": "float32"},
             "weight": {"shape": ["cols"], "dtype": "float32"},
             "eps": {"shape": null, "dtype": "float32"}},
  "outputs": {"y": {"shape": ["rows", "cols"], "dtype": "float32"}},
  "ke": {
    "kernel": {"language": "cpp", "entry": "rmsnorm", "call": "ops::rmsnorm(x, weight, y, rows, cols, eps)"},
    "tolerance": {"kind": "derived", "reduction": "cols"},
    "workloads": [{"name": "small", "axes": {"rows": 48, "cols": 700}, "inputs": {"eps": 1e-5}}],
    "hidden": {"rows": [1, 9], "cols": [1, 130]}
  }
})json";

/// `body` computes y from x, weight, rows, cols, eps; `before` stands at file scope.
inline std::string rmsnorm_source(const std::string& body, const std::string& before = "") {
  return "#include <cmath>\n#include <cstdint>\n#include <cstring>\n" + before +
         "\nnamespace ops {\nvoid rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, "
         "std::int64_t cols, float eps) {\n" +
         body + "\n}\n}  // namespace ops\n";
}

/// Divides in the inner loop, as a first version does; double sums keep it slow and right.
inline const std::string kPlainBody = R"(
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    for (std::int64_t c = 0; c < cols; ++c) {
      y[r * cols + c] = x[r * cols + c] / std::sqrt(sum / cols + eps) * weight[c];
    }
  })";

inline const std::string kFastBody = R"(
  for (std::int64_t r = 0; r < rows; ++r) {
    const float* a = x + r * cols;
    float part[16] = {};
    std::int64_t c = 0;
    for (; c + 16 <= cols; c += 16) {
      for (int k = 0; k < 16; ++k) part[k] += a[c + k] * a[c + k];
    }
    float sum = 0;
    for (; c < cols; ++c) sum += a[c] * a[c];
    for (int k = 0; k < 16; ++k) sum += part[k];
    const float scale = 1 / std::sqrt(sum / cols + eps);
    for (c = 0; c < cols; ++c) y[r * cols + c] = a[c] * scale * weight[c];
  })";

/// A folder with a kernel and its spec, as a repository would hold them.
class SmallRepository {
 public:
  SmallRepository(const std::string& spec, const std::string& source, const std::string& suffix = ".cpp",
                  const std::string& reference = "")
      : folder_(*TempDir::make("ke-ladder")) {
    if (!reference.empty()) {
      EXPECT_TRUE(write_file(join(folder_.path(), "src/reference.cpp"), reference));
    }
    const std::string path = join(folder_.path(), "src/kernel" + suffix);
    EXPECT_TRUE(write_file(path, source));
    EXPECT_TRUE(write_file(join(folder_.path(), "src/kernel.ke.json"), spec));
    auto op = parse_spec(spec, join(folder_.path(), "src/kernel.ke.json"));
    EXPECT_TRUE(op) << (op ? "" : op.error().message);
    if (op) op_ = *op;
    op_.target = "ops";
    op_.sources = {path};
    baseline_.recipe.compiler = suffix == ".c" ? "/usr/bin/gcc" : "/usr/bin/g++";
    baseline_.recipe.compiler_id = "GNU";
    baseline_.recipe.language = suffix == ".c" ? "C" : "CXX";
    baseline_.recipe.flags = {"-O2", suffix == ".c" ? "-std=c11" : "-std=gnu++14"};
    baseline_.recipe.source = path;
    baseline_.recipe.directory = folder_.path();
    baseline_.candidate.source = source;
    borrow_machine(join(folder_.path(), "state"));
  }
  ~SmallRepository() { lend_machine(join(folder_.path(), "state")); }
  SmallRepository(const SmallRepository&) = delete;
  SmallRepository& operator=(const SmallRepository&) = delete;

  /// Options whose data is secret unless a test needs to repeat it; the budgets are those of a test.
  EvaluateOptions options() const {
    EvaluateOptions options;
    options.state_dir = join(folder_.path(), "state");
    options.screen_s = 0.05;
    options.decide_s = 3;
    options.reference_s = 2;
    return options;
  }
  Subject version(const std::string& source, std::vector<std::string> flags = {}) const {
    Subject subject = baseline_;
    subject.candidate.source = source;
    subject.candidate.flags = std::move(flags);
    return subject;
  }
  const Operator& op() const { return op_; }
  const Subject& baseline() const { return baseline_; }
  const std::string& folder() const { return folder_.path(); }

 private:
  TempDir folder_;
  Operator op_;
  Subject baseline_;
};

/// A small repository whose judge is open for checks, not for timing.
class Judged {
 public:
  Judged(const std::string& spec, const std::string& source) : repository_(spec, source) {
    auto opened =
        open_judge(repository_.op(), repository_.baseline(), repository_.options(), Purpose::verify);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().message);
    if (opened) state_ = *std::move(opened);
  }
  JudgeState& state() { return *state_; }
  Subject version(const std::string& source) { return repository_.version(source); }

  Result<Program> built(const Subject& subject, Role role) {
    Folders& folders = *state_->folders;
    const std::string folder = folders.path_of(state_->op, subject);
    KE_DO(folders.write(folder, state_->op, state_->baseline, subject));
    KE_TRY(const Product product, folders.build(folder, state_->op, subject, role));
    if (!product.built) return Error{ErrorCode::tool, product.failure};
    return program_of(product, subject.recipe, role);
  }

 private:
  SmallRepository repository_;
  std::unique_ptr<JudgeState> state_;
};

/// Tests that judge versions of rmsnorm share one opened evaluator.
class LadderTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    repository_ = std::make_unique<SmallRepository>(kRmsnormSpec, rmsnorm_source(kPlainBody));
    auto opened = Evaluator::open(repository_->op(), repository_->baseline(), repository_->options());
    ASSERT_TRUE(opened) << opened.error().message;
    evaluator_ = *std::move(opened);
  }
  static void TearDownTestSuite() {
    evaluator_.reset();
    repository_.reset();
  }

  static Evaluation judge(const std::string& source, Effort effort = Effort::screen,
                          std::vector<std::string> flags = {}, int tries = 5) {
    if (evaluator_ == nullptr) return {};
    const Deadline deadline(90);
    const Subject subject = repository_->version(source, std::move(flags));
    Evaluation last;
    // On a restless machine "cannot tell" is an honest answer; asked again, it decides.
    for (int made = 0; made < tries; ++made) {
      auto evaluation = evaluator_->evaluate(subject, effort, deadline);
      EXPECT_TRUE(evaluation) << (evaluation ? "" : evaluation.error().message);
      if (!evaluation) return {};
      last = *std::move(evaluation);
      if (last.outcome != Outcome::noisy) break;
    }
    return last;
  }

  inline static std::unique_ptr<SmallRepository> repository_;
  inline static std::unique_ptr<Evaluator> evaluator_;
};

/// Names the outcome with its reason in failure messages.
#define EXPECT_OUTCOME(evaluation, expected) \
  EXPECT_STREQ(name_of((evaluation).outcome), expected) << (evaluation).reason

}  // namespace ke

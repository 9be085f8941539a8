// SPDX-License-Identifier: MIT
// Kernels of known class, really run through the judge. A shared machine may spoil a look.
#include "ke-build/evaluate/diagnosis.h"
#include "ke-build/evaluate/judge_state.h"
#include "ke-build/evaluate/launch.h"
#include "ke-build/evaluate/profile/stream.h"
#include "ke-build/evaluate/profile/sweeps.h"
#include "ke-build/evaluate/runner_layout.h"
#include "tests/unit/evaluate/ladder_fixture.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

std::string elementwise_spec(const std::string& name, int64_t n, const std::string& more_inputs = "") {
  return fmt::format(
      R"json({{"name": "{0}", "op_type": "elementwise", "axes": {{"n": {{"type": "var"}}}},
           "inputs": {{"x": {{"shape": ["n"], "dtype": "float32"}}{2}}},
           "outputs": {{"y": {{"shape": ["n"], "dtype": "float32"}}}},
           "ke": {{"domains": {{"x": {{"kind": "range", "low": -1, "high": 1}}}},
                   "kernel": {{"language": "cpp", "entry": "{0}", "call": "{0}(x, {3}y, n)"}},
                   "tolerance": {{"kind": "derived", "reduction": "300"}},
                   "workloads": [{{"name": "w", "axes": {{"n": {1}}}}}], "hidden": {{"n": [1, 1000]}}}}}})json",
      name, n, more_inputs, more_inputs.empty() ? "" : "z, ");
}

const char* const kChaseSpec = R"json({"name": "chase", "op_type": "chase", "axes": {"n": {"type": "var"}},
  "inputs": {"next": {"shape": ["n"], "dtype": "int32"}},
  "outputs": {"last": {"shape": [1], "dtype": "int32"}},
  "ke": {"domains": {"next": {"kind": "index", "axis": "n"}},
         "kernel": {"language": "cpp", "entry": "chase", "call": "chase(next, last, n)"},
         "tolerance": {"kind": "exact"},
         "workloads": [{"name": "w", "axes": {"n": 1048576}}], "hidden": {"n": [1, 1000]}}})json";

class ProfileTest : public ::testing::Test {
 protected:
  void open(const std::string& spec, const std::string& source) {
    repository_ = std::make_unique<SmallRepository>(spec, source);
    EvaluateOptions options = repository_->options();
    options.pool_s = 0.1;
    auto opened = Evaluator::open(repository_->op(), repository_->baseline(), options);
    ASSERT_TRUE(opened) << opened.error().message;
    evaluator_ = *std::move(opened);
  }

  /// Two of up to four looks have to see this class: a busy machine hides it now and then.
  void expect_class(Bound bound, const std::string& detail, const std::vector<std::string>& flags,
                    const std::vector<std::string>& runs = kQuickRuns) {
    ASSERT_NE(evaluator_, nullptr);
    const Subject subject = repository_->version(repository_->baseline().candidate.source, flags);
    std::string seen;
    int right = 0, made = 0;
    while (made < 4 && right < 2 && made - right < 3) {
      auto diagnoses = evaluator_->profile(subject, {"w", runs, 0.3});
      ASSERT_TRUE(diagnoses) << diagnoses.error().message;
      ASSERT_EQ(diagnoses->size(), 1u);
      const Diagnosis& d = diagnoses->front();
      right += d.bound == bound && d.detail.find(detail) != std::string::npos;
      ++made;
      seen += bound_text(d) + " " + d.confidence + "\n  " + join_texts(d.evidence, "\n  ") + "\n";
      EXPECT_FALSE(d.advice.empty());
      EXPECT_LE(d.advice.size(), 3u);
      EXPECT_NE(d.evidence.back().find("`ke-build profile"), std::string::npos);
    }
    EXPECT_GE(right, 2) << "of " << made << " looks:\n" << seen;
  }

  std::unique_ptr<SmallRepository> repository_;
  std::unique_ptr<Evaluator> evaluator_;
};

TEST_F(ProfileTest, ATriadIsBoundByMemory) {
  open(elementwise_spec("triad", 1 << 20, R"(, "z": {"shape": ["n"], "dtype": "float32"})"),
       "void triad(const float* x, const float* z, float* y, long n) {\n"
       "  for (long i = 0; i < n; ++i) y[i] = x[i] + 3.0f * z[i];\n}\n");
  expect_class(Bound::memory, "bandwidth", {"-O3"});
}

TEST_F(ProfileTest, APolynomialIsBoundByArithmetic) {
  open(elementwise_spec("poly", 1 << 14),
       "void poly(const float* __restrict x, float* __restrict y, long n) {\n"
       "  long i = 0;\n"
       "  for (; i + 32 <= n; i += 32) {\n"
       "    float v[32];\n"
       "    for (int j = 0; j < 32; ++j) v[j] = 1;\n"
       "    for (int k = 0; k < 256; ++k)\n"
       "      for (int j = 0; j < 32; ++j) v[j] = v[j] * x[i + j] + 0.5f;\n"
       "    for (int j = 0; j < 32; ++j) y[i + j] = v[j];\n  }\n"
       "  for (; i < n; ++i) {\n    float v = 1;\n"
       "    for (int k = 0; k < 256; ++k) v = v * x[i] + 0.5f;\n    y[i] = v;\n  }\n}\n");
  expect_class(Bound::compute, "", {"-O3"});
}

TEST_F(ProfileTest, ASumInOrderIsADependenceChain) {
  const std::string spec = replace_all(
      replace_all(elementwise_spec("sum", 1 << 15), R"("y": {"shape": ["n"])", R"("y": {"shape": [1])"),
      R"("reduction": "300")", R"("reduction": "n")");
  open(spec,
       "void sum(const float* x, float* y, long n) {\n  float s = 0;\n"
       "  for (long k = 0; k < 16; ++k) {\n    asm volatile(\"\" ::: \"memory\");\n"
       "    for (long i = 0; i < n; ++i) s += x[i] * 0.0625f;\n  }\n  *y = s;\n}\n");
  expect_class(Bound::latency, "dependence chain", {"-O2"});
}

TEST_F(ProfileTest, APointerChaseIsBoundByLatency) {
  open(kChaseSpec,
       "#include <cstdint>\n"
       "void chase(const std::int32_t* next, std::int32_t* last, long n) {\n  long at = 0;\n"
       "  for (long i = 0; i < n; ++i) {\n    long to = at + i;\n    if (to >= n) to -= n;\n"
       "    at = next[to];\n  }\n  *last = static_cast<std::int32_t>(at);\n}\n");
  expect_class(Bound::latency, "dependent lookups", {"-O2"}, {"tile", "stream"});
}

TEST_F(ProfileTest, AnEmptyKernelIsBoundByItsCall) {
  open(elementwise_spec("tiny", 4),
       "void tiny(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i]; }\n");
  expect_class(Bound::launch, "call overhead", {"-O2"});
}

TEST_F(ProfileTest, AnExponentialIsBoundByItsSpecialFunction) {
  open(elementwise_spec("expo", 1 << 14),
       "#include <cmath>\nvoid expo(const float* x, float* y, long n) {\n"
       "  for (long i = 0; i < n; ++i) y[i] = std::exp(x[i]) + expf(-x[i]);\n}\n");
  expect_class(Bound::compute, "special functions", {"-O2"});
}

// Says no class, which a busy machine could hide.
class ProfileLinesTest : public ProfileTest {};

TEST_F(ProfileLinesTest, EveryRunAndEveryToolLeavesALine) {
  open(elementwise_spec("scale", 1 << 20),
       "void scale(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = 2 * x[i]; }\n");
  ASSERT_NE(evaluator_, nullptr);
  auto diagnoses = evaluator_->profile(repository_->baseline(), {"", {}, 0.2});
  ASSERT_TRUE(diagnoses) << diagnoses.error().message;
  const std::string all = join_texts(diagnoses->front().evidence, "\n");
  for (const char* words :
       {"compute skeleton", "memory skeleton", "in the caches", "without vectors", "unrolled", "any order",
        "instruction set", "fits half of", "perf", "llvm-mca", "callgrind"})
    EXPECT_NE(all.find(words), std::string::npos) << words << " is missing in\n" << all;
  auto unknown = evaluator_->profile(repository_->baseline(), {"", {"tiles"}, 0.2});
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().message.find("tile"), std::string::npos);
  EXPECT_FALSE(evaluator_->profile(repository_->baseline(), {"nowhere", {}, 0.2}));
  auto broken = evaluator_->profile(repository_->version("int x ="), {"", {"tile"}, 0.2});
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("does not build"), std::string::npos) << broken.error().message;
}

/// A program of the repository's kernel, without a judge.
Result<Program> build_kernel(const SmallRepository& repository, const Operator& op, const Subject& subject) {
  KE_TRY(const auto backend, backend_for("cpp"));
  Folders folders(*backend, join(repository.folder(), "state"), 60);
  const std::string folder = folders.path_of(op, subject);
  KE_DO(folders.write(folder, op, repository.baseline(), subject));
  KE_TRY(const Product product, folders.build(folder, op, subject, Role::kernel));
  if (!product.built) return Error{ErrorCode::tool, product.failure};
  return program_of(product, subject.recipe, Role::kernel);
}

TEST(TiledLaunch, ShowsOneTileInEveryPage) {
  // Ends itself when a page of x or y does not repeat the first one.
  const SmallRepository repository(elementwise_spec("mirror", 5000),
                                   "#include <cstdlib>\nvoid mirror(const float* x, float* y, long n) {\n"
                                   "  for (long i = 0; i < n; ++i) if (x[i] != x[i % 1024]) std::abort();\n"
                                   "  for (long i = 0; i < 1024; ++i) y[i] = x[i] + 1;\n"
                                   "  for (long i = 0; i < n; ++i) if (y[i] != x[i] + 1) std::abort();\n}\n");
  auto program = build_kernel(repository, repository.op(), repository.baseline());
  ASSERT_TRUE(program) << program.error().message;
  const Axes axes = {{"n", 5000}};
  Random random(7);
  const auto inputs = draw_inputs(repository.op(), axes, {}, InputStyle::typical, random);
  ASSERT_TRUE(inputs);
  for (const int calls : {1, 3}) {
    LaunchOptions options;
    options.tiled = true;
    options.max_calls = calls;
    options.layout_seed = 11;
    auto launch = Launch::start(repository.op(), axes, *program, options);
    ASSERT_TRUE(launch) << launch.error().message;
    EXPECT_EQ(launch->runner().bytes(0), 4096u);
    for (int call = 0; call < calls; ++call) launch->put(call, *inputs, 1);
    const RunOutcome run = launch->run(0, calls, 10);
    EXPECT_TRUE(run.finished()) << run.reason;
    EXPECT_TRUE(launch->runner().guards_intact());
    EXPECT_EQ(static_cast<const float*>(launch->outputs(0)[0])[3],
              static_cast<const float*>(static_cast<const void*>(inputs->arguments[0].data()))[3] + 1);
  }
}

TEST(TiledLaunch, KeepsIndicesAndOffsetsLegal) {
  const std::string spec = R"json({"name": "legal", "op_type": "bag",
    "axes": {"bags": {"type": "var"}, "total": {"type": "var"}},
    "inputs": {"ids": {"shape": ["total"], "dtype": "int32"}, "offsets": {"shape": ["bags + 1"], "dtype": "int64"}},
    "outputs": {"y": {"shape": ["bags"], "dtype": "float32"}},
    "ke": {"domains": {"ids": {"kind": "index", "axis": "total"}, "offsets": {"kind": "offsets", "axis": "total"}},
           "kernel": {"language": "cpp", "entry": "legal", "call": "legal(ids, offsets, y, bags, total)"},
           "workloads": [{"name": "w", "axes": {"bags": 3000, "total": 9000}}],
           "hidden": {"bags": [1, 9], "total": [1, 9]}}})json";
  const SmallRepository repository(
      spec,
      "#include <cstdint>\n#include <cstdlib>\n"
      "void legal(const std::int32_t* ids, const std::int64_t* offsets, float* y, long bags, long total) {\n"
      "  if (offsets[0] != 0 || offsets[bags] != total) std::abort();\n"
      "  for (long b = 0; b < bags; ++b) if (offsets[b] > offsets[b + 1]) std::abort();\n"
      "  for (long i = 0; i < total; ++i) if (ids[i] < 0 || ids[i] >= total) std::abort();\n"
      "  for (long b = 0; b < bags; ++b) y[b] = 1;\n}\n");
  auto program = build_kernel(repository, repository.op(), repository.baseline());
  ASSERT_TRUE(program) << program.error().message;
  const Axes axes = {{"bags", 3000}, {"total", 9000}};
  Random random(7);
  const auto inputs = draw_inputs(repository.op(), axes, {}, InputStyle::typical, random);
  ASSERT_TRUE(inputs) << inputs.error().message;
  LaunchOptions options;
  options.tiled = true;
  auto launch = Launch::start(repository.op(), axes, *program, options);
  ASSERT_TRUE(launch) << launch.error().message;
  EXPECT_EQ(launch->runner().bytes(0), 4096u) << "any part of the indices is legal";
  EXPECT_EQ(launch->runner().bytes(1), 3001u * 8) << "repeated offsets would go back";
  launch->put(0, *inputs, 1);
  const RunOutcome run = launch->run(0, 1, 10);
  EXPECT_TRUE(run.finished()) << run.reason;
}

TEST(TiledLaunch, RefusesTilesThatAreNoPagesOrTooMany) {
  RunnerSlot slot;
  slot.bytes = 1 << 20;
  slot.tile_bytes = 1000;
  EXPECT_FALSE(make_layout({slot}, 1, 0));
  slot.tile_bytes = 1 << 20;
  EXPECT_FALSE(make_layout({slot}, 1, 0)) << "nothing is repeated";
  slot.tile_bytes = 4096;
  const auto layout = make_layout({slot, slot}, 2, 3);
  ASSERT_TRUE(layout) << layout.error().message;
  EXPECT_EQ(layout->regions.size(), 4 * 256u);
  EXPECT_EQ(layout->input_bytes, 4 * 4096u) << "one tile per argument and call";
  slot.bytes = uint64_t{1} << 30;
  EXPECT_FALSE(make_layout({slot}, 1, 0)) << "Linux allows a process 65530 mappings";
}

TEST(Stream, TouchesEveryByteOnceAndNothingElse) {
  const std::string spec = R"json({"name": "bag", "op_type": "bag",
    "axes": {"rows": {"type": "var"}, "dim": {"type": "var"}, "n": {"type": "var"}},
    "inputs": {"table": {"shape": ["rows", "dim"], "dtype": "float32"},
               "ids": {"shape": ["n"], "dtype": "int64"},
               "part": {"shape": null, "dtype": "float32"}},
    "outputs": {"y": {"shape": ["dim"], "dtype": "float32"}},
    "ke": {"domains": {"ids": {"kind": "index", "axis": "rows"}},
           "kernel": {"language": "cpp", "entry": "bag", "call": "bag(table, ids, y, rows, dim, n)"},
           "workloads": [{"name": "w", "axes": {"rows": 100, "dim": 33, "n": 77}, "inputs": {"part": 1}}],
           "hidden": {"rows": [1, 9], "dim": [1, 9], "n": [1, 9]}}})json";
  const SmallRepository repository(
      spec, "#include <cstdint>\nvoid bag(const float*, const std::int64_t*, float*, long, long, long) {}\n");
  const Axes axes = {{"rows", 100}, {"dim", 33}, {"n", 77}};
  for (const int threads : {1, 2}) {
    Operator op = repository.op();
    op.contract.threads = threads;
    auto stream = make_stream(op, repository.baseline(), {axes});
    ASSERT_TRUE(stream) << stream.error().message;
    auto program = build_kernel(repository, stream->op, stream->subject);
    ASSERT_TRUE(program) << program.error().message << stream->subject.candidate.source;
    Random random(7);
    const auto inputs = draw_inputs(stream->op, axes, {{"part", 1}}, InputStyle::typical, random);
    ASSERT_TRUE(inputs);
    auto launch = Launch::start(stream->op, axes, *program, {});
    ASSERT_TRUE(launch) << launch.error().message;
    launch->put(0, *inputs, 1);
    const RunOutcome run = launch->run(0, 1, 10);
    EXPECT_TRUE(run.finished()) << run.reason;
    EXPECT_TRUE(launch->runner().guards_intact()) << "it wrote beyond an output";
    const auto* y = static_cast<const unsigned char*>(launch->outputs(0)[0]);
    EXPECT_NE(y[0], 0xAA);
    EXPECT_EQ(y[131], 1) << "the last byte of 33 floats";
  }
}

TEST(Sweeps, ReplaceCallsOfSpecialFunctionsAndLeaveTheirDeclarations) {
  const SmallRepository repository(
      elementwise_spec("scale", 1000),
      "#include <cmath>\n"
      "extern \"C\" __attribute__((simd(\"notinbranch\"))) float expf(float) noexcept;\n"
      "namespace fast { inline float log(float x) { return x - 1; } }\n"
      "static float soft(float x) { return std::log1p(::expf(x)) + fast::log(x) + (x>tanhf(x)); }\n"
      "void scale(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = soft(x[i]); }\n");
  const auto variants = flag_variants(repository.baseline());
  ASSERT_EQ(variants.back().kind, FlagVariant::Kind::cheap);
  const std::string& source = variants.back().subject.candidate.source;
  EXPECT_NE(source.find("return std::ke_cheap(::ke_cheap(x)) + fast::log(x) + (x>ke_cheap(x));"),
            std::string::npos)
      << source;
  const auto program = build_kernel(repository, repository.op(), variants.back().subject);
  EXPECT_TRUE(program) << program.error().message;
}

TEST(Sweeps, ShrinkAShapeIntoEveryCacheThatItOverflows) {
  const SmallRepository repository(elementwise_spec("scale", 1 << 22),
                                   "void scale(const float*, float*, long) {}\n");
  Ceilings machine;
  machine.bandwidths = {
      {"L1", 32 << 10, 1, 1e11, 1e11}, {"L2", 1 << 20, 1, 5e10, 5e10}, {"DRAM", 0, 1, 1e10, 1e10}};
  const auto shapes = scaled_shapes(repository.op(), {{"n", 1 << 22}}, machine);
  ASSERT_TRUE(shapes);
  ASSERT_EQ(shapes->size(), 2u);
  EXPECT_EQ((*shapes)[0].level, "L2");
  EXPECT_EQ((*shapes)[0].axes.at("n"), 1 << 16) << "two arrays of 256 KiB";
  EXPECT_EQ((*shapes)[1].level, "L1");
  EXPECT_EQ((*shapes)[1].axes.at("n"), 1 << 11);
  EXPECT_TRUE(scaled_shapes(repository.op(), {{"n", 64}}, machine)->empty()) << "it fits already";
}

}  // namespace
}  // namespace ke

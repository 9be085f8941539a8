// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/diagnosis.h"

#include "tests/unit/evaluate/math_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ke {
namespace {

using namespace math_fixture;

/// One thread: L1 100 GB/s, L2 50, L3 20, DRAM 10; 32 Gflop/s f32.
Ceilings machine() {
  Ceilings c;
  c.cores = 2;
  c.bandwidths = {{"L1", 32 << 10, 1, 100e9, 90e9},  {"L2", 512 << 10, 1, 50e9, 50e9},
                  {"L3", 16 << 20, 1, 20e9, 15e9},   {"DRAM", 0, 1, 10e9, 8e9},
                  {"L1", 64 << 10, 2, 200e9, 180e9}, {"L2", 1 << 20, 2, 100e9, 100e9},
                  {"L3", 16 << 20, 2, 30e9, 25e9},   {"DRAM", 0, 2, 15e9, 14e9}};
  c.computes = {{"SSE2", Dtype::f32, 1, 16e9},
                {"AVX2", Dtype::f32, 1, 32e9},
                {"SSE2", Dtype::i32, 1, 20e9},
                {"AVX2", Dtype::f32, 2, 60e9}};
  return c;
}

Operator scale_rows() {
  Operator op = make_operator(
      "scale", {"rows", "cols"},
      {input("x", {"rows", "cols"}), input("w", {"cols"}), input("eps", {}), output("y", {"rows", "cols"})});
  op.flops = "rows*cols";
  return op;
}
const Axes kLarge = {{"rows", 4096}, {"cols", 4096}};
constexpr double kLargeBytes = 2.0 * 4096 * 4096 * 4 + 4096 * 4;

Diagnosis run(const Operator& op, const Axes& axes, double seconds, double overhead = 1e-7) {
  Measured measured;
  measured.workload = "w";
  measured.seconds = seconds;
  measured.call_overhead_s = overhead;
  auto diagnosis = diagnose(op, axes, measured, machine());
  EXPECT_TRUE(diagnosis) << diagnosis.error().message;
  EXPECT_LE(diagnosis->advice.size(), 3u);
  EXPECT_FALSE(diagnosis->evidence.empty());
  return *diagnosis;
}

bool mentions(const std::vector<std::string>& lines, const std::string& text) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

TEST(Work, CountsEveryArgumentOnce) {
  const Work work = *work_of(scale_rows(), kLarge);
  EXPECT_EQ(work.bytes, kLargeBytes);
  EXPECT_EQ(work.flops, 4096.0 * 4096);
  EXPECT_TRUE(work.flops_known);
  EXPECT_FALSE(work.gathers);
  Operator in_place = make_operator("relu", {"n"}, {input("x", {"n"})});
  in_place.arguments[0].output = true;
  EXPECT_EQ(work_of(in_place, {{"n", 100}})->bytes, 800) << "read and written";
  EXPECT_EQ(work_of(in_place, {{"n", 100}})->working_set, 400);
  in_place.bytes = "3*n";
  EXPECT_EQ(work_of(in_place, {{"n", 100}})->bytes, 300);
}

TEST(Work, CountsLookedUpRowsOnly) {
  const Operator bag =
      make_operator("embedding_bag", {"vocab", "total", "dim"},
                    {input("table", {"vocab", "dim"}),
                     with_domain(input("ids", {"total"}, Dtype::i64), Domain::Kind::index, 0, 0, "vocab"),
                     output("y", {"dim"})});
  const Work work = *work_of(bag, {{"vocab", 1000}, {"total", 10}, {"dim", 16}});
  EXPECT_EQ(work.bytes, 10 * 16 * 4 + 10 * 8 + 16 * 4);
  EXPECT_TRUE(work.gathers);
  EXPECT_EQ(work_of(bag, {{"vocab", 4}, {"total", 10}, {"dim", 16}})->bytes, 4 * 16 * 4 + 10 * 8 + 16 * 4);
}

TEST(Diagnosis, SeesTheMemoryRoof) {
  const Diagnosis d = run(scale_rows(), kLarge, kLargeBytes / 9e9);
  EXPECT_EQ(d.bound, Bound::memory);
  EXPECT_NEAR(d.efficiency, 0.9, 1e-9);
  EXPECT_NEAR(d.gain_left, 1 / 0.9, 1e-9);
  EXPECT_NEAR(d.floor_s, kLargeBytes / 10e9, 1e-9);
  EXPECT_EQ(d.ceiling, "DRAM read, 1 thread");
  EXPECT_EQ(d.confidence, "high");
  EXPECT_TRUE(mentions(d.evidence, "90 % of 10.00 GB/s"));
  EXPECT_EQ(d.detail, "DRAM bandwidth");
  EXPECT_TRUE(mentions(d.evidence, "wrong if")) << "and the command that would tell";
  EXPECT_TRUE(mentions(d.evidence, "`ke-build profile scale --workload w --run tile,stream`"));
  EXPECT_TRUE(mentions(d.advice, "non-temporal"));
}

TEST(Diagnosis, SeesTheComputeRoof) {
  Operator op = gemm();
  op.flops = "2*m*n*k";
  const Axes axes = {{"m", 512}, {"n", 512}, {"k", 512}};
  const double flops = 2.0 * 512 * 512 * 512;
  const Diagnosis d = run(op, axes, flops / 28e9);
  EXPECT_EQ(d.bound, Bound::compute);
  EXPECT_NEAR(d.efficiency, 28.0 / 32, 1e-9);
  EXPECT_EQ(d.ceiling, "AVX2 FMA f32, 1 thread");
  const Diagnosis slow = run(op, axes, flops / 1.5e9);
  EXPECT_EQ(slow.bound, Bound::unknown) << "the roofline alone cannot tell";
  EXPECT_EQ(slow.confidence, "low");
  EXPECT_NEAR(slow.gain_left, 32 / 1.5, 1e-6);
  EXPECT_TRUE(mentions(slow.advice, "registers"));
  EXPECT_TRUE(mentions(slow.advice, "vectorise")) << "1.5 of 4 Gflop/s scalar";
}

TEST(Diagnosis, SeesACallThatIsTooShort) {
  const Diagnosis d = run(scale_rows(), {{"rows", 1}, {"cols", 8}}, 2.5e-7);
  EXPECT_EQ(d.bound, Bound::launch);
  EXPECT_TRUE(mentions(d.evidence, "2.5 times an empty call"));
  EXPECT_TRUE(mentions(d.advice, "batch"));
}

TEST(Diagnosis, FitsTheAdviceToTheOperator) {
  Operator sum =
      make_operator("row_sum", {"rows", "cols"}, {input("x", {"rows", "cols"}), output("y", {"rows"})});
  EXPECT_TRUE(mentions(run(sum, kLarge, 0.1).advice, "several accumulators"));
  Operator transpose =
      make_operator("transpose", {"r", "c"}, {input("x", {"r", "c"}), output("y", {"c", "r"})});
  EXPECT_TRUE(
      mentions(run(transpose, {{"r", 2048}, {"c", 2048}}, 0.1).advice, "innermost loop walks memory"));
  Operator conv = make_operator("conv2d", {"h", "w"},
                                {input("x", {"h", "w"}), input("f", {"3", "3"}), output("y", {"h", "w"})});
  EXPECT_TRUE(mentions(run(conv, {{"h", 512}, {"w", 512}}, 0.1).advice, "border"));
  Operator softmax = make_operator("softmax", {"r", "c"}, {input("x", {"r", "c"}), output("y", {"r", "c"})});
  EXPECT_TRUE(mentions(run(softmax, {{"r", 512}, {"c", 512}}, 0.1).advice, "vector math"));
  const Diagnosis unknown = run(softmax, {{"r", 512}, {"c", 512}}, 0.1);
  EXPECT_EQ(unknown.confidence, "low") << "no flops declared and not at the memory roof";
  EXPECT_TRUE(mentions(unknown.evidence, "cost.flops is not declared"));
}

TEST(Diagnosis, TakesTheClassFromDifferentialRuns) {
  Measured measured;
  measured.workload = "w";
  measured.seconds = 0.02;
  measured.call_overhead_s = 1e-7;
  auto runs = differentials_of(scale_rows(), kLarge, measured, machine());
  ASSERT_TRUE(runs);
  EXPECT_EQ(runs->level, "DRAM");
  EXPECT_NEAR(runs->memory_share, kLargeBytes / 10e9 / 0.02, 1e-9);
  runs->tile = {0.95, 0.93, 0.97, 20};
  runs->stream = {0.4, 0.38, 0.42, 20};
  runs->scalar = {1.0, 0.99, 1.01, 20};
  auto d = diagnose(scale_rows(), kLarge, measured, machine(), *runs, {"a witness"});
  ASSERT_TRUE(d);
  EXPECT_EQ(d->bound, Bound::compute);
  EXPECT_EQ(d->detail, "scalar code");
  EXPECT_EQ(bound_text(*d), "compute bound (scalar code)");
  EXPECT_TRUE(mentions(d->evidence, "a witness"));
  EXPECT_TRUE(mentions(d->evidence, "0.95 [0.93, 0.97] of its time"));
  EXPECT_TRUE(mentions(d->evidence, "1.05x if memory cost nothing"));
  EXPECT_TRUE(mentions(d->evidence, "--run flags"));
  EXPECT_TRUE(mentions(d->advice, "vectorise: promise no aliasing"));
  EXPECT_EQ(d->advice.size(), 3u);
}

TEST(Diagnosis, PredictsChainsOfLookups) {
  Ceilings c = machine();
  c.latencies = {{"L3", 15e-9}, {"DRAM", 90e-9}};
  const Operator chase = make_operator(
      "chase", {"n"},
      {with_domain(input("next", {"n"}, Dtype::i32), Domain::Kind::index, 0, 0, "n"), output("last", {"1"})});
  Measured measured;
  measured.seconds = 0.95;
  auto runs = differentials_of(chase, {{"n", 10000000}}, measured, c);
  ASSERT_TRUE(runs);
  EXPECT_EQ(runs->lookups, 1e7);
  EXPECT_EQ(runs->lookup_s, 90e-9);
}

TEST(Diagnosis, IsSuspiciousOfMoreThanTheCeiling) {
  const Diagnosis d = run(scale_rows(), kLarge, kLargeBytes / 15e9);
  EXPECT_EQ(d.efficiency, 1);
  EXPECT_EQ(d.gain_left, 1);
  EXPECT_EQ(d.confidence, "low");
  EXPECT_TRUE(mentions(d.evidence, "beats a ceiling"));
}

TEST(Diagnosis, DoesWithoutTimesAndCeilings) {
  EXPECT_EQ(run(scale_rows(), kLarge, 0).bound, Bound::unknown);
  Measured measured;
  measured.seconds = 1;
  EXPECT_EQ(diagnose(scale_rows(), kLarge, measured, {})->bound, Bound::unknown);
  EXPECT_FALSE(diagnose(scale_rows(), {{"rows", 1}}, measured, machine())) << "an axis is missing";
}

TEST(PhysicsFloor, ServesEveryByteFromTheNearestLevelThatCouldHoldIt) {
  // 64 KiB of x and y plus 16 KiB of w: 32 KiB at 100 GB/s, the rest at 50 GB/s.
  const Axes axes = {{"rows", 2}, {"cols", 4096}};
  const double bytes = 2 * 2 * 4096 * 4 + 4096 * 4, near = 32 << 10;
  EXPECT_NEAR(*physics_floor_s(scale_rows(), axes, machine(), 1),
              0.95 * (near / 100e9 + (bytes - near) / 50e9), 1e-15);
  const double large = *physics_floor_s(scale_rows(), kLarge, machine(), 1);
  EXPECT_LT(large, 0.95 * kLargeBytes / 10e9) << "a part may still be in the caches";
  EXPECT_GT(large, 0.8 * kLargeBytes / 10e9);
  EXPECT_LT(*physics_floor_s(scale_rows(), kLarge, machine(), 2), large);
}

TEST(PhysicsFloor, CountsOnlyWorkThatNobodyCanAvoid) {
  Operator op = gemm();
  op.flops = "2*m*n*k";
  const double flops = 2.0 * 512 * 512 * 512;
  EXPECT_NEAR(*physics_floor_s(op, {{"m", 512}, {"n", 512}, {"k", 512}}, machine(), 1),
              0.95 * 0.4 * flops / 32e9, 1e-9);
  EXPECT_NEAR(*physics_floor_s(op, {{"m", 512}, {"n", 512}, {"k", 512}}, machine(), 2),
              0.95 * 0.4 * flops / 64e9, 1e-9)
      << "two busy threads reached 60, but two idle ones may reach 64";
  Operator masked = make_operator(
      "where", {"n"},
      {input("x", {"n"}), with_domain(input("m", {"n"}, Dtype::u8), Domain::Kind::mask), output("y", {"n"})});
  EXPECT_NEAR(*physics_floor_s(masked, {{"n", 1000}}, machine(), 1), 0.95 * 5000 / 100e9, 1e-15)
      << "x may be masked out";
  Operator table = make_operator(
      "gather", {"v", "n"},
      {input("t", {"v"}), with_domain(input("i", {"n"}, Dtype::i32), Domain::Kind::index, 0, 0, "v"),
       output("y", {"n"})});
  EXPECT_NEAR(*physics_floor_s(table, {{"v", 1000}, {"n", 500}}, machine(), 1), 0.95 * 4000 / 100e9, 1e-15);
}

}  // namespace
}  // namespace ke

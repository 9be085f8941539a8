// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/ceilings.h"

#include "ke-build/base/files.h"
#include "ke-build/evaluate/ceiling_kernels.h"
#include "ke-build/evaluate/ceiling_measure.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ke {
namespace {

Ceilings made_up() {
  Ceilings c;
  c.host = "host";
  c.measured_at = "2026-01-01T00:00:00Z";
  c.cores = 4;
  c.seconds = 1;
  c.bandwidths = {{"L1", 1000, 1, 100, 90},  {"L2", 10000, 1, 50, 60},  {"L3", 100000, 1, 30, 20},
                  {"DRAM", 0, 1, 10, 8},     {"L1", 4000, 4, 400, 360}, {"L2", 40000, 4, 200, 240},
                  {"L3", 100000, 4, 90, 80}, {"DRAM", 0, 4, 20, 16}};
  c.computes = {{"SSE2", Dtype::f32, 1, 8}, {"AVX2", Dtype::f32, 1, 16}, {"AVX2", Dtype::f64, 1, 7},
                {"SSE2", Dtype::i32, 1, 5}, {"AVX2", Dtype::f32, 4, 60}, {"AVX2", Dtype::i8, 1, 20}};
  c.latencies = {{"L1", 1e-9}, {"DRAM", 9e-8}};
  c.handshake_s = 2e-6;
  return c;
}

TEST(Ceilings, ChooseTheLevelThatHoldsTheWorkingSet) {
  const Ceilings c = made_up();
  EXPECT_EQ(bandwidth_for(c, 1000, 1).rate, 100);
  EXPECT_EQ(bandwidth_for(c, 1000, 1).name, "L1 read, 1 thread");
  EXPECT_EQ(bandwidth_for(c, 1001, 1).name, "L2 copy, 1 thread");
  EXPECT_EQ(bandwidth_for(c, 1001, 1).rate, 60);
  EXPECT_EQ(bandwidth_for(c, 1e9, 1).level, "DRAM");
  EXPECT_EQ(bandwidth_for(c, 4000, 2).rate, 400) << "several threads are compared with all";
  EXPECT_EQ(bandwidth_for(c, 10, 1, "L3").rate, 30) << "nothing nearer holds fresh data";
  EXPECT_EQ(bandwidth_for({}, 10, 1).rate, 0);
  Ceilings flat = c;
  std::erase_if(flat.bandwidths, [](const auto& row) { return row.level == "L3"; });
  EXPECT_EQ(bandwidth_for(flat, 10, 1, "L3").level, "DRAM") << "a machine without that level";
}

TEST(Ceilings, ChooseThePeakOfTheFormat) {
  const Ceilings c = made_up();
  EXPECT_EQ(peak_for(c, Dtype::f32, 1).rate, 16);
  EXPECT_EQ(peak_for(c, Dtype::f32, 1, "SSE2").rate, 8);
  EXPECT_EQ(peak_for(c, Dtype::bf16, 1).rate, 16);
  EXPECT_EQ(peak_for(c, Dtype::f64, 1).name, "AVX2 FMA f64, 1 thread");
  EXPECT_EQ(peak_for(c, Dtype::u8, 1).rate, 20) << "bytes have lanes of their own";
  EXPECT_EQ(peak_for(c, Dtype::i16, 1).rate, 20) << "nobody beats bytes with 16 bits";
  EXPECT_EQ(peak_for(c, Dtype::i32, 1).rate, 5);
  Ceilings bf16 = c;
  bf16.computes.push_back({"AVX512-BF16", Dtype::bf16, 1, 32});
  EXPECT_EQ(peak_for(bf16, Dtype::bf16, 1).name, "AVX512-BF16 FMA bf16, 1 thread");
  EXPECT_EQ(peak_for(bf16, Dtype::f32, 1).rate, 16);
  EXPECT_EQ(peak_for(c, Dtype::f32, 3).rate, 60);
  EXPECT_EQ(peak_for(c, Dtype::f64, 4).rate, 0) << "unknown";
}

TEST(Ceilings, SurviveTheFile) {
  const Ceilings c = made_up();
  const auto again = ceilings_from(to_json(c), "x.json");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(to_json(*again), to_json(c));
  for (const char* broken : {"{}", "[]", R"({"version": 1})", R"({"version": 2, "host": 3})"}) {
    const auto json = parse_json(broken, "x.json");
    const auto result = ceilings_from(*json, "x.json");
    ASSERT_FALSE(result) << broken;
    EXPECT_NE(result.error().message.find("x.json"), std::string::npos);
  }
  Json zero = to_json(c);
  zero["bandwidths"][0]["read"] = 0;
  EXPECT_FALSE(ceilings_from(zero, "x.json")) << "a ceiling of zero would divide";
}

TEST(Ceilings, KernelsDoWhatTheyCount) {
  for (const CeilingKernels& kernels : ceiling_kernels()) {
    if (!kernels.supported()) continue;
    std::vector<float> a(1024, 1), b(1024, 2), sum(1024), copied(1024);
    alignas(64) static float memory[4][1024];
    std::copy(a.begin(), a.end(), memory[0]);
    std::copy(b.begin(), b.end(), memory[1]);
    kernels.add(memory[2], memory[0], memory[1], 4096, 1);
    kernels.copy(memory[3], memory[1], 4096, 1);
    kernels.read(memory[0], 4096, 1);
    for (int i = 0; i < 1024; ++i) {
      ASSERT_EQ(memory[2][i], 3) << kernels.isa;
      ASSERT_EQ(memory[3][i], 2) << kernels.isa;
    }
    EXPECT_EQ(kernels.fma32(20), 2 * kernels.fma32(10));
    EXPECT_EQ(kernels.fma32(10), 2 * kernels.fma64(10)) << "half the lanes";
    EXPECT_EQ(kernels.add_i8(10), 4 * kernels.add_i32(10)) << "four times the lanes";
  }
  for (const NarrowKernel& kernel : narrow_kernels()) {
    if (!kernel.supported()) continue;
    EXPECT_EQ(kernel.run(20), 2 * kernel.run(10)) << kernel.isa;
  }
}

TEST(Ceilings, AreMeasuredOnceAndThenRechecked) {
  const auto folder = TempDir::make("ceilings");
  ASSERT_TRUE(folder);
  const auto first = load_or_measure_ceilings(folder->path());
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_FALSE(first->from_cache);
  EXPECT_LT(first->seconds, 8) << "about 1.5 s on an idle machine";
  const auto levels = memory_levels();
  const size_t thread_rows = usable_cores() > 1 ? 2 : 1;
  ASSERT_EQ(first->bandwidths.size(), levels.size() * thread_rows);
  for (const auto& row : first->bandwidths) EXPECT_TRUE(row.read > 1e8 && row.read < 1e14) << row.level;
  EXPECT_GT(first->bandwidths[0].read, first->bandwidths[levels.size() - 1].read) << "L1 is faster than DRAM";
  EXPECT_GE(bandwidth_for(*first, 1, usable_cores()).rate, bandwidth_for(*first, 1, 1).rate);
  EXPECT_GT(peak_for(*first, Dtype::f32, 1).rate, 1e9);
  ASSERT_EQ(first->latencies.size(), levels.size());
  for (const auto& row : first->latencies)
    EXPECT_TRUE(row.seconds > 1e-10 && row.seconds < 1e-5) << row.level;
  EXPECT_LT(first->latencies.front().seconds, first->latencies.back().seconds) << "L1 answers before DRAM";
  EXPECT_GT(peak_for(*first, Dtype::f32, 1).rate, 1.3 * peak_for(*first, Dtype::f64, 1).rate)
      << "twice the lanes";

  const auto second = load_or_measure_ceilings(folder->path());
  ASSERT_TRUE(second);
  EXPECT_EQ(second->host, first->host);
  EXPECT_GE(second->bandwidths[0].read, first->bandwidths[0].read) << "a ceiling is only ever raised";
}

TEST(Ceilings, KeepTheShortestHandshake) {
  const auto folder = TempDir::make("ceilings");
  ASSERT_TRUE(folder);
  Ceilings c = made_up();
  c.handshake_s = 0;
  remember_handshake(c, folder->path(), 3e-6);
  remember_handshake(c, folder->path(), 5e-6);
  EXPECT_EQ(c.handshake_s, 3e-6);
  const auto json = read_json(join(folder->path(), "ceilings.json"));
  ASSERT_TRUE(json);
  EXPECT_EQ(ceilings_from(*json, "x.json")->handshake_s, 3e-6);
}

TEST(Ceilings, AreMeasuredAgainForAnotherHostOrABrokenFile) {
  const auto folder = TempDir::make("ceilings");
  ASSERT_TRUE(folder);
  const std::string path = join(folder->path(), "ceilings.json");
  ASSERT_TRUE(write_file(path, "{ broken"));
  const auto measured = load_or_measure_ceilings(folder->path());
  ASSERT_TRUE(measured);
  EXPECT_FALSE(measured->from_cache);
  Json json = to_json(*measured);
  json["host"] = "another machine";
  for (auto& row : json["bandwidths"]) row["read"] = row["copy"] = 1e15;
  ASSERT_TRUE(write_file(path, to_text(json)));
  const auto again = load_or_measure_ceilings(folder->path());
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->from_cache);
  EXPECT_LT(again->bandwidths[0].read, 1e14) << "nothing of the other machine is kept";
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
// The parsers of foreign tools on recorded output; the samples are the fuzzers' corpora as well.
#include "ke-build/base/files.h"
#include "ke-build/base/share.h"
#include "profilers/callgrind/callgrind_report.h"
#include "profilers/mca/loops.h"
#include "profilers/mca/mca_report.h"
#include "profilers/perf/perf_report.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ke {
namespace {

std::string sample(const std::string& name) {
  auto text = read_file(join(share_dir(), "tests/fuzz/corpus/" + name + ".sample"));
  EXPECT_TRUE(text) << (text ? "" : text.error().message);
  return text.value_or("");
}

TEST(PerfReport, ReadsIntelTopDown) {
  const auto shares = perf::parse_topdown(sample("perf_stat/intel.json"));
  ASSERT_TRUE(shares) << shares.error().message;
  EXPECT_NEAR(shares->at("backend_bound"), 0.413, 1e-9);
  EXPECT_NEAR(shares->at("memory_bound"), 0.299, 1e-9);
  EXPECT_NEAR(shares->at("core_bound"), 0.114, 1e-9);
  EXPECT_NEAR(shares->at("retiring"), 0.448, 1e-9);
  const auto csv = perf::parse_topdown(sample("perf_stat/intel.csv"));
  ASSERT_TRUE(csv) << csv.error().message;
  EXPECT_NEAR(csv->at("frontend_bound"), 0.098, 1e-9);
  EXPECT_EQ(csv->count("memory_bound"), 0u);
}

TEST(PerfReport, ReadsAmdPipelineUse) {
  const auto shares = perf::parse_topdown(sample("perf_stat/amd.json"));
  ASSERT_TRUE(shares) << shares.error().message;
  EXPECT_NEAR(shares->at("backend_bound_memory"), 0.61, 1e-9);
  EXPECT_NEAR(shares->at("backend_bound_cpu"), 0.099, 1e-9);
  EXPECT_NEAR(shares->at("bad_speculation"), 0.004, 1e-9);
}

TEST(PerfReport, ReadsArmTopDown) {
  const auto shares = perf::parse_topdown(sample("perf_stat/arm.json"));
  ASSERT_TRUE(shares) << shares.error().message;
  EXPECT_NEAR(shares->at("backend_bound"), 0.714, 1e-9);
  EXPECT_EQ(shares->size(), 4u);
}

// Recorded elsewhere and published: Sapphire Rapids and Alder Lake by Kan Liang (linux-kernel, "New
// metricgroup output in perf stat default mode", 15 June 2023), Zen 4 by Denis Bakhvalov (Performance
// Analysis and Tuning on Modern CPUs), Neoverse V3AE in Arm's learning path on false sharing. The other
// samples are written after perf's sources.
TEST(PerfReport, ReadsPublishedRecordings) {
  const auto share = [](const char* name, const char* metric) {
    const auto shares = perf::parse_topdown(sample(std::string("perf_stat/") + name));
    EXPECT_TRUE(shares) << name << (shares ? "" : ": " + shares.error().message);
    return shares && shares->count(metric) > 0 ? shares->at(metric) : -1;
  };
  EXPECT_NEAR(share("sapphire_rapids.json", "backend_bound"), 0.69950631, 1e-9);
  EXPECT_NEAR(share("sapphire_rapids.json", "memory_bound"), 0.5022086, 1e-9);
  EXPECT_NEAR(share("sapphire_rapids.csv", "retiring"), 0.146, 1e-9);
  EXPECT_NEAR(share("sapphire_rapids.csv", "core_bound"), 0.196, 1e-9);
  for (const char* hybrid : {"alder_lake.json", "alder_lake.txt"}) {
    EXPECT_NEAR(share(hybrid, "bad_speculation"), 0.137, 2e-3)
        << "of the cores that ran, not of the idle ones";
    EXPECT_NEAR(share(hybrid, "retiring"), 0.054, 1e-3);
  }
  EXPECT_NEAR(share("zen4.txt", "backend_bound_cpu"), 0.659, 1e-9);
  EXPECT_NEAR(share("zen4.txt", "frontend_bound"), 0.061, 1e-9);
  EXPECT_NEAR(share("neoverse.txt", "backend_bound"), 0.858, 1e-9);
  EXPECT_NEAR(share("neoverse.txt", "bad_speculation"), 0, 1e-9);
}

// Lines of this form were published as faults of perf: W. Wang ("the second set of output is missing a {",
// linux-perf-users, December 2022) and J. Clark (Cortex-A57, "Fix trailing comma when there is no metric
// unit", October 2024).
TEST(PerfReport, ReadsWhatFaultyVersionsPrint) {
  const auto shares = perf::parse_topdown(
      "{\"counter-value\" : \"1374098.000000\", \"unit\" : \"\", \"event\" : \"STALL_SLOT\", "
      "\"event-runtime\" : "
      "8016491003, \"pcnt-running\" : 100.00, \"metric-value\" : 53.5, \"metric-unit\" : \"%  "
      "backend_bound\"}\n"
      "\"metric-value\" : 21.5, \"metric-unit\" : \"%  retiring\"}\n"
      "{\"counter-value\" : \"<not supported>\", \"unit\" : \"\", \"event\" : "
      "\"armv8_pmuv3_1/branch-misses/\", "
      "\"event-runtime\" : 20699340, \"pcnt-running\" : 100.00, }\n");
  ASSERT_TRUE(shares) << shares.error().message;
  EXPECT_NEAR(shares->at("backend_bound"), 0.535, 1e-9);
  EXPECT_NEAR(shares->at("retiring"), 0.215, 1e-9);
  const auto none = perf::parse_topdown(
      "{\"counter-value\" : \"<not supported>\", \"event\" : \"armv8_pmuv3_1/branch-misses/\", "
      "\"pcnt-running\" : 0.00, }");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("branch-misses"), std::string::npos) << none.error().message;
}

TEST(PerfReport, NamesWhatIsNotCounted) {
  const auto shares = perf::parse_topdown(sample("perf_stat/no_counters.json"));
  ASSERT_FALSE(shares);
  EXPECT_NE(shares.error().message.find("cycles"), std::string::npos) << shares.error().message;
  EXPECT_FALSE(perf::parse_topdown(""));
  EXPECT_FALSE(perf::parse_topdown("{\"metric-value\": \"nan\", \"metric-unit\": \"%  retiring\"}"));
  EXPECT_FALSE(perf::parse_topdown("{\"metric-value\": \"400\", \"metric-unit\": \"%  retiring\"}"));
}

TEST(PerfReport, KeepsTheCoreThatWasUsedOnAHybridProcessor) {
  const auto shares = perf::parse_topdown(
      "{\"pcnt-running\" : 64.1, \"metric-value\" : \"67.6\", \"metric-unit\" : \"%  tma_backend_bound\"}\n"
      "{\"pcnt-running\" : 0.1, \"metric-value\" : \"79.8\", \"metric-unit\" : \"%  tma_backend_bound\"}\n");
  ASSERT_TRUE(shares);
  EXPECT_NEAR(shares->at("backend_bound"), 0.676, 1e-9);
}

TEST(McaReport, TellsAChainFromItsPorts) {
  const auto report = mca::parse_report(sample("mca_report/dot.json"));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_NEAR(report->cycles, 3.14, 1e-9);
  EXPECT_NEAR(report->port_cycles, 1, 1e-9);
  EXPECT_EQ(report->processor, "znver3");
  EXPECT_GT(report->busiest_cycles, 0.3);
  EXPECT_EQ(report->busiest.rfind("Zn3", 0), 0u) << report->busiest;
  EXPECT_FALSE(mca::parse_report("{}"));
  EXPECT_FALSE(mca::parse_report("{\"CodeRegions\": [{}]}"));
  EXPECT_FALSE(mca::parse_report("error: unable to find target"));
}

TEST(McaLoops, FindsTheInnermostOnes) {
  const auto loops = mca::innermost_loops(sample("mca_loops/objdump"), 8);
  ASSERT_FALSE(loops.empty());
  for (const mca::Loop& loop : loops) {
    ASSERT_FALSE(loop.body.empty());
    EXPECT_TRUE(loop.body.back().branch);
    EXPECT_EQ(loop.body.back().target, loop.body.front().address);
  }
  EXPECT_FALSE(loops.front().calls);
  EXPECT_GT(loops.front().arithmetic, 1u);
  const std::string assembly = mca::assembly_of(loops.front());
  EXPECT_EQ(assembly.rfind(".Lke_loop:", 0), 0u);
  EXPECT_EQ(assembly.find('<'), std::string::npos) << assembly;
  // The one with a call to expf() comes last.
  EXPECT_TRUE(loops.back().calls);
  EXPECT_EQ(std::count_if(loops.begin(), loops.end(), [](const mca::Loop& loop) { return loop.calls; }), 2)
      << "in soft() and where it is inlined";
}

TEST(McaLoops, LeavesOuterLoopsOut) {
  const std::string nested =
      "0000000000000000 <f>:\n   0:\txor    %eax,%eax\n   2:\tnop\n   3:\taddps  %xmm1,%xmm0\n"
      "   6:\tjne    3 <f+0x3>\n   8:\tdec    %edx\n   a:\tjne    2 <f+0x2>\n   c:\tret\n";
  const auto loops = mca::innermost_loops(nested, 8);
  ASSERT_EQ(loops.size(), 1u);
  EXPECT_EQ(loops[0].body.front().address, 3u);
  EXPECT_EQ(loops[0].arithmetic, 1u);
  EXPECT_TRUE(mca::innermost_loops("", 8).empty());
}

TEST(CallgrindReport, CountsInstructionsByFunction) {
  const auto counts = callgrind::parse_counts(sample("callgrind_counts/call"));
  ASSERT_TRUE(counts) << counts.error().message;
  EXPECT_EQ(counts->instructions, 38652u);
  ASSERT_FALSE(counts->functions.empty());
  EXPECT_EQ(counts->functions.front().first, "__expf_fma");
  uint64_t sum = 0;
  for (const auto& [name, own] : counts->functions) sum += own;
  EXPECT_EQ(sum, 38652u) << "every instruction belongs to one function";
  EXPECT_FALSE(callgrind::parse_counts("version: 2\nevents: Ir\ntotals: 3\n"));
  EXPECT_FALSE(callgrind::parse_counts("version: 1\nevents: Dr\ntotals: 3\n"));
  EXPECT_FALSE(callgrind::parse_counts("version: 1\nevents: Ir\n"));
}

}  // namespace
}  // namespace ke

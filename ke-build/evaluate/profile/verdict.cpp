// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/profile/verdict.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr double kMost = 0.7;     // the bytes alone take most of the time
constexpr double kNear = 0.85;    // at least this share of the candidate's time: the skeleton explains it
constexpr double kBeyond = 1.15;  // a skeleton that is slower than what it was made of says nothing
constexpr double kHelps = 0.8;    // a change of flags below this removed what it was bound by
constexpr double kLaunch = 3;     // of an empty call
constexpr double kChain = 0.6;    // of the time of lookups one after the other: they are a chain
// A chain that takes longer than this was not one: two lookups at a time make it 2. Neighbours of a shared
// cache have made it 1.5.
constexpr double kParallel = 1.6;
constexpr double kWaits = 0.15;      // of lookups in a chain: below, they are too few to matter
constexpr double kBusyUnits = 0.55;  // of the measured peak: the units are what limits
constexpr double kScales = 1.25;     // speed-up by twice the threads below which something is serial
constexpr double kTopDown = 0.3;     // share of slots that names a class by counters alone

bool near(const Ratio& ratio) { return ratio.known() && ratio.middle >= kNear; }
bool sane(const Ratio& ratio) { return ratio.known() && ratio.low <= kBeyond; }
bool decided(const Ratio& ratio) { return ratio.known() && (ratio.low > kNear || ratio.high < kNear); }
bool helps(const Ratio& ratio) { return ratio.known() && ratio.high < 0.95 && ratio.middle < kHelps; }

/// The shortest that it took without waiting for memory: either run is an upper bound of that.
Ratio without_memory(const Differentials& d) {
  if (!sane(d.tile)) return sane(d.warm) ? d.warm : Ratio{};
  return sane(d.warm) && d.warm.high < d.tile.low ? d.warm : d.tile;
}

bool looks_up(const Differentials& d) { return d.lookups > 0 || d.chain.known(); }

std::string text_of(const Ratio& ratio) {
  return fmt::format("{:.2f} [{:.2f}, {:.2f}] of its time, {} pairs", ratio.middle, ratio.low, ratio.high,
                     ratio.pairs);
}

void list_runs(const Differentials& d, Judgement& j) {
  const auto add = [&](const Ratio& ratio, const std::string& what) {
    if (ratio.known()) j.evidence.push_back(what + " takes " + text_of(ratio));
  };
  add(d.tile, "compute skeleton (the same program, every large array showing one cached tile)");
  add(d.stream, "memory skeleton (a generated stream over the same bytes, read and written as declared)");
  add(d.chain, "a chain of as many lookups, each waiting for the one before,");
  add(d.warm, "on data that is already in the caches it");
  add(d.scalar, d.vectors_change_nothing ? "without vectors it is the same machine code, and"
                                         : "compiled without vectors it");
  add(d.unrolled, "unrolled it");
  add(d.reassociated, "with sums in any order it");
  add(d.native, "with every instruction set of this machine it");
  add(d.cheap, "with special functions (exp, log, ...) replaced by their argument it");
  if (d.tile.known() && !sane(d.tile))
    j.evidence.push_back(
        "the compute skeleton is slower than the candidate (its values or addresses clash), so "
        "it takes no part");
  if (d.lookups > 0 && d.lookup_s > 0)
    j.evidence.push_back(
        fmt::format("{:.4g} lookups at the {:.1f} ns of {} would take {:.2f} of its time one after the other",
                    d.lookups, 1e9 * d.lookup_s, d.level, d.lookups * d.lookup_s / d.seconds));
  for (size_t i = 1; i < d.thread_speedups.size(); ++i)
    j.evidence.push_back(
        fmt::format("{} threads are {:.2f} times as fast as one", size_t{1} << i, d.thread_speedups[i]));
}

bool serial(const Differentials& d) {
  return d.threads > 1 && d.thread_speedups.size() > 1 && d.thread_speedups.back() < kScales;
}

/// The time is in the instructions themselves: which of units, chains, scalar code?
void judge_core(const Differentials& d, Judgement& j) {
  j.bound = Bound::compute;
  j.next = "flags";
  const bool chain_by_model = d.port_cycles > 0 && d.chain_cycles > 1.5 * d.port_cycles;
  if (d.frontend > kTopDown || d.bad_speculation > kTopDown) {
    j.bound = Bound::frontend;
    j.detail = d.bad_speculation > d.frontend ? "mispredicted branches" : "instruction supply";
    j.next = "tools";
  } else if (helps(d.cheap) && (!helps(d.reassociated) || d.cheap.middle < d.reassociated.middle)) {
    j.detail = "special functions";
  } else if (helps(d.reassociated) || helps(d.unrolled)) {
    // Vectors of sums are also a way to break the chain; where only wider vectors help, `native` helps as
    // much.
    const bool only_wider = helps(d.native) && d.native.middle <= 1.1 * d.reassociated.middle;
    j.bound = only_wider ? Bound::compute : Bound::latency;
    j.detail = only_wider ? "scalar code" : "dependence chain";
    j.next = "tile";
  } else if (d.compute_share >= kBusyUnits) {
    j.detail = "arithmetic units";
  } else if (d.vectors_change_nothing || (d.scalar.known() && d.scalar.low > 0.9 && d.scalar.high < 1.1)) {
    j.bound = chain_by_model ? Bound::latency : Bound::compute;
    j.detail = chain_by_model ? "dependence chain in scalar code" : "scalar code";
  } else if (chain_by_model) {
    j.bound = Bound::latency;
    j.detail = "dependence chain";
  } else {
    j.detail = "instructions";
  }
}

void judge_waits(const Differentials& d, const Ratio& core, Judgement& j) {
  j.bound = Bound::latency;
  j.next = "sizes";
  const double chain = d.chain.known() ? d.chain.middle : d.lookups * d.lookup_s / d.seconds;
  const double sum = core.middle + d.stream.middle;
  if (looks_up(d) && chain > kWaits) {
    j.detail = chain > kChain && chain < kParallel ? d.level + " latency of dependent lookups"
                                                   : d.level + " latency of gathers";
  } else if (serial(d)) {
    j.detail = "serial part or synchronisation";
    j.next = "threads";
  } else if (d.stream.known() && sum >= kNear) {
    j.detail = "loads are waited for: arithmetic and " + d.level + " traffic do not overlap";
    j.next = "stream";
  } else {
    j.detail = "cache misses beyond the declared traffic";
  }
}

std::string confidence_of(const Differentials& d, const Ratio& core, const Judgement& j) {
  if (j.bound == Bound::launch) return "high";
  if (!core.known() || !d.stream.known()) return "low";
  const bool counters_agree = (j.bound == Bound::memory && d.backend_memory > kTopDown) ||
                              (j.bound == Bound::compute && d.backend_core > kTopDown);
  if (decided(core) && decided(d.stream) && (sane(d.tile) || !near(core))) return "high";
  return counters_agree ? "high" : "medium";
}

}  // namespace

const std::vector<std::string>& differential_runs() {
  static const std::vector<std::string> runs = {"tile",  "stream",  "warm", "flags",
                                                "sizes", "threads", "tools"};
  return runs;
}

Judgement judge_differentials(const Differentials& d) {
  Judgement j;
  list_runs(d, j);
  const Ratio core = without_memory(d);
  if (core.known() && core.middle > 0) j.without_memory = std::max(1.0, 1 / core.middle);
  if (d.stream.known() && d.stream.middle > 0) j.without_arithmetic = std::max(1.0, 1 / d.stream.middle);
  if (d.overhead_s > 0 && d.seconds < kLaunch * d.overhead_s) {
    j.bound = Bound::launch;
    j.detail = "call overhead";
    j.next = "sizes";
  } else if (!core.known() && !near(d.stream)) {
    // Nothing shows what it would take without memory, and moving the bytes alone does not explain it.
    j.next = d.tile.known() ? "warm" : "tile";
    j.confidence = "low";
    return j;
  } else if (near(d.stream) && !near(core) && looks_up(d) && d.memory_share < kBusyUnits) {
    // The stream looks rows up too: where both are far below the bandwidth, both wait for lookups.
    judge_waits(d, core, j);
  } else if (near(d.stream) && !near(core)) {
    j.bound = Bound::memory;
    j.detail = d.level + " bandwidth";
    j.next = core.known() ? "sizes" : "tile";
  } else if (near(d.stream)) {
    j.bound = d.compute_share > d.memory_share ? Bound::compute : Bound::memory;
    j.detail = "arithmetic and " + d.level + " traffic overlap, both are full";
    j.next = "warm";
  } else if (near(core)) {
    judge_core(d, j);
  } else if (d.stream.known() && d.stream.middle >= kMost && d.stream.middle >= 2 * core.middle &&
             !looks_up(d)) {
    j.bound = Bound::memory;
    j.detail = d.level + " bandwidth, with arithmetic on top of it";
    j.next = "stream";
  } else {
    judge_waits(d, core, j);
  }
  j.confidence = confidence_of(d, core, j);
  return j;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// What differential runs say together: a pure function of their ratios. No counters are needed, and those
// that exist are witnesses beside it.
#pragma once

#include "ke-build/model/evaluation.h"

#include <string>
#include <vector>

namespace ke {

/// A ratio of times with a distribution-free 95 % interval of its median; pairs = 0: there is none.
struct Ratio {
  double middle = 0, low = 0, high = 0;
  int pairs = 0;
  bool known() const { return pairs > 0; }
};
/// Times of differential runs over the candidate's own time; unknown ratios were not measured or failed.
struct Differentials {
  double seconds = 0, overhead_s = 0;          // of one call, and of an empty one
  std::string level;                           // that serves the working set, e.g. DRAM
  double memory_share = 0, compute_share = 0;  // of the ceilings (roofline); 0 when unknown
  Ratio tile;                                  // compute skeleton: all arrays show one cached tile
  Ratio stream;                                // memory skeleton: the declared bytes, nothing computed
  Ratio chain;                                 // as many lookups as it makes, each waiting for the one before
  Ratio warm;                                  // on data that the call before had just touched
  Ratio scalar, unrolled, reassociated, native;  // other flags
  Ratio cheap;                                   // calls of special functions replaced by their argument
  bool vectors_change_nothing = false;           // the scalar build is the same machine code
  double lookups = 0, lookup_s = 0;  // by index, and what one costs when each waits for the one before
  int threads = 1;
  std::vector<double> thread_speedups;  // with 1, 2, 4, ... threads over one thread
  // From profilers; negative when there was none. Shares of issue slots.
  double frontend = -1, bad_speculation = -1, backend_memory = -1, backend_core = -1, retiring = -1;
  double chain_cycles = -1,
         port_cycles = -1;  // per iteration of the hottest loop: as simulated, and by ports
};

struct Judgement {
  Bound bound = Bound::unknown;
  std::string detail;      // what of it: "DRAM bandwidth", "dependence chain", "scalar code"
  std::string confidence;  // high: the intervals exclude the other classes; medium; low: something is missing
  std::vector<std::string> evidence;                  // one line per differential run that took part
  double without_memory = 1, without_arithmetic = 1;  // most that removing either could gain
  std::string next;  // the run that would prove it wrong: one of differential_runs()
};

/// tile, stream, warm, flags, sizes, threads, tools.
const std::vector<std::string>& differential_runs();

/// D is near the candidate's time when it is within 15 %: near the memory skeleton only: memory; near the
/// compute skeleton only: compute, or latency where breaking dependences helps; near both: overlapped; near
/// their sum: waits that nothing hides; else latency of traffic that the contract does not ask for.
Judgement judge_differentials(const Differentials& d);

}  // namespace ke

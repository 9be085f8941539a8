// SPDX-License-Identifier: MIT
// What happened to a candidate: an outcome with its reason, the measurements behind it, and why it is as fast
// as it is.
#pragma once

#include "ke-build/base/result.h"

#include <map>
#include <string>
#include <vector>

namespace ke {

/// The outcome ladder, in the order of the rungs. A bad kernel is a value, never an Error.
enum class Outcome {
  build_failed,
  wrong,
  unsafe,
  crashed,
  timed_out,
  untrusted,
  noisy,
  slower,
  equal,
  faster
};
const char* name_of(Outcome outcome);
/// ERRORS: usage for an unknown word.
Result<Outcome> outcome_from(const std::string& name);

enum class Bound { memory, compute, latency, launch, frontend, unknown };
const char* name_of(Bound bound);

/// Speed-up of the candidate over the baseline on one workload: ratio of times, > 1 is faster.
struct Speedup {
  std::string workload;
  double ratio = 1;          // median of block medians of baseline/candidate time
  double low = 0, high = 0;  // confidence sequence at `confidence`, valid under peeking
  double confidence = 0.99;
  double baseline_s = 0, candidate_s = 0;  // median seconds per call
  int pairs = 0, blocks = 0;
  Outcome verdict = Outcome::noisy;  // slower, equal, faster or noisy
  double weight = 1;
};

/// Why it is as fast as it is, for one workload; works without hardware counters.
struct Diagnosis {
  std::string workload;
  Bound bound = Bound::unknown;
  std::string detail;                    // what of it: "DRAM bandwidth", "dependence chain", "scalar code"
  double bytes = 0, flops = 0;           // analytic work of one call
  double bandwidth = 0, peak_flops = 0;  // measured ceilings used: bytes/s, flop/s
  std::string ceiling;                   // which: "DRAM copy, 1 thread", "L2 copy", "AVX2 FMA f32"
  double floor_s = 0;                    // max(bytes/bandwidth, flops/peak): nothing correct is faster
  double efficiency = 0;                 // floor_s / measured seconds, 0..1
  double gain_left = 1;                  // measured seconds / floor_s
  std::string confidence;                // high, medium, low
  std::vector<std::string> evidence, advice;
};

/// `memory bound (DRAM bandwidth)`, or `bound unknown (...)`.
std::string bound_text(const Diagnosis& diagnosis);
/// Whether its ceiling says how much could be gained: arithmetic that nobody has counted has none.
bool has_ceiling(const Diagnosis& diagnosis);
/// `20 % of the measured ceiling (L2 copy), at most 5.0x left`
std::string ceiling_text(const Diagnosis& diagnosis);

/// Where wall time went, in seconds.
struct Ledger {
  double compile_s = 0, timed_s = 0, check_s = 0, engine_s = 0;
  Ledger& operator+=(const Ledger& other);
};

/// What calls of an instrumented build on inputs of a confirmation ran of the lines that a candidate changes.
struct Coverage {
  int64_t lines = 0;                   // that hold code; 0: nobody looked, or there are none
  int64_t run = 0;                     // of these: every block was entered
  std::vector<std::string> uncovered;  // the others, such as `lines 44-46, from "y[0] += 1;"`
};
/// `traced calls ran 12 of the 14 changed lines that hold code`; empty where there are none.
std::string coverage_text(const Coverage& coverage);

struct Evaluation {
  std::string candidate;  // candidate_hash
  Outcome outcome = Outcome::build_failed;
  std::string reason;             // one sentence: which rung, what was seen, what was expected
  std::string rung;               // compile, verify, beside, sanitize, guided, bench, confirm
  std::string repro;              // shell line that repeats it
  std::string folder;             // evaluation folder
  std::vector<Speedup> speedups;  // per workload, when it got that far
  size_t unmeasured = 0;          // workloads for which no time was left
  double speedup = 0;             // weighted geometric mean; 0 unless correct
  double low = 0, high = 0;       // interval of the weighted geometric mean
  bool confirmed = false;         // measured again on fresh processes and fresh inputs
  double detectable = 0;    // minimum detectable effect of the machine, learned (0.01 is 1 %); 0: unknown
  std::string environment;  // governor, SMT, boost, stolen time: what moves timings and is not the kernel's
  std::vector<Diagnosis> diagnoses;
  std::vector<std::string> sandbox;    // layers that were active, then "absent: ..." ones
  std::string level_asked = "hosted";  // by the spec
  std::string level = "hosted";        // what held; "none" where the asked one was not shown to hold
  std::vector<std::string> left_out;   // checks of a confirmation that could not be made, and why
  Coverage coverage;
  Ledger ledger;
};

/// `pure`, or `pure was asked for and not shown to hold: <reason>`.
std::string level_text(const Evaluation& evaluation);

}  // namespace ke

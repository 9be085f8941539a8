// SPDX-License-Identifier: MIT
// May this merge? The decision is a pure function of measurements and policy; the driver that builds both
// sides and measures them is gate/sides.h and gate/measure.h.
#pragma once

#include "ke-build/model/evaluation.h"

#include <string>
#include <vector>

namespace ke {

enum class GateVerdict {
  regressed,  // slower than the margin allows, and confirmed on fresh processes; or no longer correct
  improved,
  unchanged,    // proved not slower than the margin
  identical,    // not measured: identical machine code
  no_baseline,  // the operator is new, or its base cannot be built
  inconclusive
};
const char* name_of(GateVerdict verdict);

enum class OnInconclusive { pass, neutral, fail };

struct GatePolicy {
  double min_effect = 0.03;  // a head that takes up to this share more time is accepted
  OnInconclusive on_inconclusive = OnInconclusive::neutral;
};

/// What was seen of one operator. Ratios are base time over head time: below 1 the head is slower.
struct GateMeasurement {
  std::string op;
  bool identical = false;
  bool has_baseline = true;
  std::string note;                  // why there is no baseline, or why nothing could be measured
  Outcome outcome = Outcome::noisy;  // of the head as a candidate against the base
  std::string reason;
  std::vector<Speedup> first;         // per workload
  std::vector<Speedup> confirmation;  // suspects only; empty when there was no second round
  bool stale_evidence = false;        // ke.lock.json was validated on another source
  // The head computes something else than the base, which is its reference, or says what only candidates may
  // not: people may change that on purpose, but the times of two different things cannot be compared.
  bool not_comparable = false;
};

struct GateRow {
  std::string op, workload;  // workload is empty for verdicts on the whole operator
  GateVerdict verdict = GateVerdict::inconclusive;
  double ratio = 0, low = 0, high = 0;  // 0: not measured
  double base_s = 0, head_s = 0;
  std::string note;
};

struct GateDecision {
  std::vector<GateRow> rows;       // worst first: by verdict, then by size of the effect
  std::vector<std::string> stale;  // operators whose lock evidence is stale
  int regressed = 0, inconclusive = 0;
  int exit_code = 0;  // 0, 1 or 6
};

/// Which workloads of the first round look regressed and deserve the confirmation round.
bool is_suspect(const Speedup& speedup, const GatePolicy& policy);
GateDecision gate(const std::vector<GateMeasurement>& measurements, const GatePolicy& policy);

}  // namespace ke

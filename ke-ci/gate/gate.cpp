// SPDX-License-Identifier: MIT
#include "ke-ci/gate/gate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace ke {
namespace {

/// Slowest ratio of base over head time that is still accepted.
double floor_of(const GatePolicy& policy) { return 1.0 / (1.0 + policy.min_effect); }

GateVerdict verdict_of(const Speedup& speedup, const GatePolicy& policy) {
  if (!(speedup.high > 0))
    return GateVerdict::inconclusive;  // never measured; a low end of 0 is merely unbounded
  if (speedup.high < floor_of(policy)) return GateVerdict::regressed;
  if (speedup.low > 1.0 + policy.min_effect) return GateVerdict::improved;
  if (speedup.low > floor_of(policy)) return GateVerdict::unchanged;
  return GateVerdict::inconclusive;
}

const Speedup* find_workload(const std::vector<Speedup>& speedups, const std::string& workload) {
  for (const Speedup& speedup : speedups) {
    if (speedup.workload == workload) return &speedup;
  }
  return nullptr;
}

GateRow row_of(const GateMeasurement& measurement, const Speedup& first, const GatePolicy& policy) {
  GateRow row{measurement.op, first.workload,   verdict_of(first, policy), first.ratio, first.low,
              first.high,     first.baseline_s, first.candidate_s,         ""};
  if (row.verdict != GateVerdict::regressed) return row;
  // A regression counts only when fresh processes with fresh inputs say so again.
  const Speedup* second = find_workload(measurement.confirmation, first.workload);
  if (!second) {
    row.verdict = GateVerdict::inconclusive;
    row.note = "looked slower, but there was no second measurement";
    if (!measurement.reason.empty()) row.note += ": " + measurement.reason;
  } else if (verdict_of(*second, policy) != GateVerdict::regressed) {
    row.verdict = verdict_of(*second, policy) == GateVerdict::inconclusive ? GateVerdict::inconclusive
                                                                           : GateVerdict::unchanged;
    row.note = "looked slower at first, which a second measurement did not confirm";
  } else {
    row.note = "confirmed on fresh processes";
  }
  row.ratio = second ? second->ratio : row.ratio;
  row.low = second ? second->low : row.low;
  row.high = second ? second->high : row.high;
  return row;
}

GateRow whole(const GateMeasurement& measurement, GateVerdict verdict, std::string note) {
  GateRow row;
  row.op = measurement.op;
  row.verdict = verdict;
  row.note = std::move(note);
  return row;
}

bool is_broken(Outcome outcome) {
  return outcome == Outcome::build_failed || outcome == Outcome::wrong || outcome == Outcome::unsafe ||
         outcome == Outcome::crashed || outcome == Outcome::timed_out;
}

std::vector<GateRow> rows_of(const GateMeasurement& measurement, const GatePolicy& policy) {
  if (measurement.identical)
    return {whole(measurement, GateVerdict::identical, "not measured: identical machine code")};
  if (!measurement.has_baseline) return {whole(measurement, GateVerdict::no_baseline, measurement.note)};
  if (measurement.first.empty() && measurement.not_comparable) {
    return {whole(measurement, GateVerdict::inconclusive,
                  fmt::format("base and head were not compared: {}", measurement.reason))};
  }
  if (measurement.first.empty() && is_broken(measurement.outcome)) {
    return {whole(measurement, GateVerdict::regressed,
                  fmt::format("{}: {}", name_of(measurement.outcome), measurement.reason))};
  }
  if (measurement.first.empty()) {
    return {whole(measurement, GateVerdict::inconclusive,
                  measurement.note.empty() ? measurement.reason : measurement.note)};
  }
  std::vector<GateRow> rows;
  for (const Speedup& first : measurement.first) rows.push_back(row_of(measurement, first, policy));
  return rows;
}

int rank(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::regressed:
      return 0;
    case GateVerdict::inconclusive:
      return 1;
    case GateVerdict::no_baseline:
      return 2;
    case GateVerdict::improved:
      return 3;
    case GateVerdict::unchanged:
      return 4;
    case GateVerdict::identical:
      return 5;
  }
  return 6;
}

double effect(const GateRow& row) { return row.ratio > 0 ? std::abs(std::log(row.ratio)) : 0; }

}  // namespace

const char* name_of(GateVerdict verdict) {
  switch (verdict) {
    case GateVerdict::regressed:
      return "regressed";
    case GateVerdict::improved:
      return "improved";
    case GateVerdict::unchanged:
      return "unchanged";
    case GateVerdict::identical:
      return "identical";
    case GateVerdict::no_baseline:
      return "no baseline";
    case GateVerdict::inconclusive:
      return "inconclusive";
  }
  return "inconclusive";
}

bool is_suspect(const Speedup& speedup, const GatePolicy& policy) {
  return verdict_of(speedup, policy) == GateVerdict::regressed;
}

GateDecision gate(const std::vector<GateMeasurement>& measurements, const GatePolicy& policy) {
  GateDecision decision;
  for (const GateMeasurement& measurement : measurements) {
    if (measurement.stale_evidence) decision.stale.push_back(measurement.op);
    for (GateRow& row : rows_of(measurement, policy)) decision.rows.push_back(std::move(row));
  }
  std::stable_sort(decision.rows.begin(), decision.rows.end(), [](const GateRow& a, const GateRow& b) {
    return std::make_tuple(rank(a.verdict), -effect(a)) < std::make_tuple(rank(b.verdict), -effect(b));
  });
  for (const GateRow& row : decision.rows) {
    decision.regressed += row.verdict == GateVerdict::regressed;
    decision.inconclusive += row.verdict == GateVerdict::inconclusive;
  }
  if (decision.regressed > 0) {
    decision.exit_code = 1;
  } else if (decision.inconclusive > 0) {
    decision.exit_code = policy.on_inconclusive == OnInconclusive::pass   ? 0
                         : policy.on_inconclusive == OnInconclusive::fail ? 1
                                                                          : 6;
  }
  return decision;
}

}  // namespace ke

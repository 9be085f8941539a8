// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/diagnosis.h"

#include "ke-build/base/process.h"
#include "ke-build/evaluate/diagnosis_advice.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ke {

namespace {

constexpr double kAtCeiling = 0.8;        // of a measured ceiling: that is the bound
constexpr double kLaunchFactor = 3;       // of an empty call
constexpr double kFlopsThatCount = 0.4;   // of the declared ones, for the physics floor
constexpr double kFloorAllowance = 0.95;  // of the physics floor: clocks and ceilings have errors

/// Rows of a table that `index` inputs can touch, or -1 when the argument is no table.
int64_t gathered_rows(const Operator& op, const Axes& axes, const Argument& table) {
  if (table.shape.empty() || !table.input) return -1;
  int64_t rows = -1;
  for (const Argument& index : op.arguments) {
    if (!index.input || index.domain.kind != Domain::Kind::index || &index == &table) continue;
    if (index.domain.axis != table.shape[0]) continue;
    const auto count = element_count(index, axes);
    if (count) rows = std::max<int64_t>(rows, 0) + *count;
  }
  return rows;
}

/// Bytes of one argument that a call touches at most once each.
Result<double> touched_bytes(const Operator& op, const Axes& axes, const Argument& argument) {
  if (argument.scalar) return 0.0;
  KE_TRY(const int64_t count, element_count(argument, axes));
  double bytes = static_cast<double>(count) * static_cast<double>(size_of(argument.dtype));
  const int64_t rows = gathered_rows(op, axes, argument);
  if (rows >= 0) {
    KE_TRY(const int64_t extent, evaluate_expression(argument.shape[0], axes));
    if (extent > 0) bytes *= static_cast<double>(std::min(rows, extent)) / static_cast<double>(extent);
  }
  return bytes;
}

/// Bytes that every correct kernel has to move, whatever the values are.
Result<double> compulsory_bytes(const Operator& op, const Axes& axes) {
  const bool masked = std::any_of(op.arguments.begin(), op.arguments.end(), [](const Argument& a) {
    return a.input && !a.scalar && a.domain.kind == Domain::Kind::mask;
  });
  double bytes = 0;
  for (const Argument& argument : op.arguments) {
    KE_TRY(const double own, touched_bytes(op, axes, argument));
    // What a mask or an index selects may be nothing at all.
    const bool selected =
        argument.domain.kind == Domain::Kind::mask ? false : masked || gathered_rows(op, axes, argument) >= 0;
    if (argument.input && !selected) bytes += own;
    if (argument.output) bytes += own;
  }
  return bytes;
}

/// Rates that `threads` cannot beat: a busy machine may have shown less than their private resources add up
/// to.
double generous_peak(const Ceilings& ceilings, Dtype dtype, int threads) {
  return std::max(peak_for(ceilings, dtype, threads).rate,
                  std::max(threads, 1) * peak_for(ceilings, dtype, 1).rate);
}

/// Fewest seconds in which the bytes can move when every level is full of them.
double hierarchy_seconds(const Ceilings& ceilings, double bytes, int threads) {
  const int wanted = threads <= 1 ? 1 : ceilings.cores;
  double seconds = 0, served = 0;
  for (const BandwidthCeiling& row : ceilings.bandwidths) {
    if (row.threads != wanted || served >= bytes) continue;
    double rate = std::max(row.read, row.copy);
    if (row.level == "L1" || row.level == "L2")
      rate = std::max(rate, wanted * bandwidth_for(ceilings, 0, 1, row.level).rate);
    const double until =
        row.capacity_bytes == 0 ? bytes : std::min(bytes, static_cast<double>(row.capacity_bytes));
    if (until <= served) continue;
    seconds += (until - served) / rate;
    served = until;
  }
  return seconds;
}

std::string bytes_text(double bytes) {
  if (bytes >= 1e9) return fmt::format("{:.2f} GB", bytes / 1e9);
  if (bytes >= 1e6) return fmt::format("{:.2f} MB", bytes / 1e6);
  if (bytes >= 1e3) return fmt::format("{:.1f} kB", bytes / 1e3);
  return fmt::format("{:.0f} bytes", bytes);
}

std::string seconds_text(double seconds) {
  if (seconds >= 1) return fmt::format("{:.3f} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.3f} ms", seconds * 1e3);
  return fmt::format("{:.2f} us", seconds * 1e6);
}

Bound classify(double memory, double compute, const Measured& measured) {
  if (measured.call_overhead_s > 0 && measured.seconds < kLaunchFactor * measured.call_overhead_s)
    return Bound::launch;
  if (memory >= kAtCeiling && memory >= compute) return Bound::memory;
  if (compute >= kAtCeiling) return Bound::compute;
  return Bound::unknown;
}

std::string detail_of(Bound bound, const DiagnosisFacts& facts) {
  switch (bound) {
    case Bound::launch:
      return "call overhead";
    case Bound::memory:
      return facts.level + " bandwidth";
    case Bound::compute:
      return "arithmetic units";
    default:
      return "below every measured ceiling";
  }
}

CeilingChoice bandwidth_of(const Work& work, const Measured& measured, const Ceilings& ceilings) {
  return bandwidth_for(ceilings, work.working_set, measured.threads, measured.fresh_inputs ? "L3" : "");
}

std::string confidence_of(const Work& work, Bound bound, const DiagnosisFacts& facts) {
  if (bound == Bound::launch) return "high";
  if (bound == Bound::unknown) return "low";
  if (facts.memory_share > 1.1 || facts.compute_share > 1.1) return "low";
  if (bound == Bound::memory) return work.gathers && !work.bytes_declared ? "medium" : "high";
  if (!work.flops_known) return "low";
  return work.gathers ? "medium" : "high";
}

void add_evidence(Diagnosis& diagnosis, const Work& work, const Measured& measured,
                  const DiagnosisFacts& facts) {
  auto& evidence = diagnosis.evidence;
  evidence.push_back(fmt::format("moves at least {} in {}: {:.2f} GB/s, {:.0f} % of {:.2f} GB/s ({})",
                                 bytes_text(work.bytes), seconds_text(measured.seconds),
                                 work.bytes / measured.seconds / 1e9, 100 * facts.memory_share,
                                 diagnosis.bandwidth / 1e9, facts.bandwidth_name));
  if (work.flops_known && work.flops > 0) {
    evidence.push_back(fmt::format(
        "does {:.4g} Mflop: {:.2f} Gflop/s, {:.0f} % of {:.2f} Gflop/s ({}); {:.2g} flop per byte, the "
        "roofline bends at {:.2g}",
        work.flops / 1e6, work.flops / measured.seconds / 1e9, 100 * facts.compute_share,
        diagnosis.peak_flops / 1e9, facts.peak_name, work.flops / std::max(work.bytes, 1.0),
        diagnosis.peak_flops / std::max(diagnosis.bandwidth, 1.0)));
  } else if (!work.flops_known) {
    evidence.push_back("cost.flops is not declared, so the compute ceiling takes no part");
  }
  evidence.push_back(
      fmt::format("the working set of {} is served by {}{}", bytes_text(work.working_set), facts.level,
                  measured.fresh_inputs ? "; inputs were written by another core just before" : ""));
  if (diagnosis.bound == Bound::launch) {
    evidence.push_back(fmt::format("a call takes {:.1f} times an empty call ({})",
                                   measured.seconds / measured.call_overhead_s,
                                   seconds_text(measured.call_overhead_s)));
  }
  if (facts.memory_share > 1.1 || facts.compute_share > 1.1) {
    evidence.push_back(
        "it beats a ceiling: the declared cost is too high, or the data live in a nearer cache level than "
        "assumed");
  }
}

}  // namespace

Result<Work> work_of(const Operator& op, const Axes& axes) {
  Work work;
  bool floating = false;
  for (const Argument& argument : op.arguments) {
    KE_TRY(const double bytes, touched_bytes(op, axes, argument));
    work.working_set += bytes;
    work.bytes += bytes * ((argument.input ? 1 : 0) + (argument.output ? 1 : 0));
    work.gathers |= gathered_rows(op, axes, argument) >= 0;
    if (argument.input && !argument.scalar && argument.domain.kind == Domain::Kind::index) {
      KE_TRY(const int64_t count, element_count(argument, axes));
      work.lookups += static_cast<double>(count);
    }
    if (argument.scalar || !is_floating(argument.dtype)) continue;
    const bool wider = !floating || size_of(argument.dtype) > size_of(work.dtype);
    work.dtype = wider ? argument.dtype : work.dtype;
    floating = true;
  }
  // Of integers the narrowest counts: nobody can tell how many fit into one instruction of the kernel.
  if (!floating) work.dtype = Dtype::i32;
  for (const Argument& argument : op.arguments) {
    const bool narrower = !floating && !argument.scalar && size_of(argument.dtype) < size_of(work.dtype);
    if (narrower) work.dtype = argument.dtype;
  }
  if (!op.bytes.empty()) {
    KE_TRY(const int64_t bytes, evaluate_expression(op.bytes, axes));
    work.bytes = static_cast<double>(bytes);
    work.bytes_declared = true;
  }
  if (!op.flops.empty()) {
    KE_TRY(const int64_t flops, evaluate_expression(op.flops, axes));
    work.flops = static_cast<double>(flops);
    work.flops_known = true;
  }
  return work;
}

Result<double> physics_floor_s(const Operator& op, const Axes& axes, const Ceilings& ceilings, int threads) {
  KE_TRY(const Work work, work_of(op, axes));
  KE_TRY(double bytes, compulsory_bytes(op, axes));
  if (work.bytes_declared) bytes = std::min(bytes, work.bytes);
  const double peak = generous_peak(ceilings, work.dtype, threads);
  const double compute = peak > 0 && work.flops_known ? kFlopsThatCount * work.flops / peak : 0;
  return kFloorAllowance * std::max(hierarchy_seconds(ceilings, bytes, threads), compute);
}

namespace {

/// Everything up to the class, which `judgement` decides where there is one.
Result<Diagnosis> describe(const Operator& op, const Axes& axes, const Measured& measured,
                           const Ceilings& ceilings, const Judgement* judgement,
                           const std::vector<std::string>& witnesses) {
  KE_TRY(const Work work, work_of(op, axes));
  Diagnosis diagnosis;
  diagnosis.workload = measured.workload;
  diagnosis.bytes = work.bytes;
  diagnosis.flops = work.flops;
  const auto bandwidth = bandwidth_of(work, measured, ceilings);
  const auto peak = peak_for(ceilings, work.dtype, measured.threads, measured.isa);
  diagnosis.bandwidth = bandwidth.rate;
  diagnosis.peak_flops = peak.rate;
  if (!(measured.seconds > 0) || bandwidth.rate <= 0) {
    diagnosis.confidence = "low";
    diagnosis.evidence.push_back("there is no time or no measured ceiling to compare with");
    return diagnosis;
  }
  const double memory_s = work.bytes / bandwidth.rate, compute_s = peak.rate > 0 ? work.flops / peak.rate : 0;
  DiagnosisFacts facts{memory_s / measured.seconds,
                       compute_s / measured.seconds,
                       bandwidth.name,
                       peak.name,
                       bandwidth.level,
                       0};
  const auto plain = peak_for(ceilings, work.dtype, measured.threads,
                              ceilings.computes.empty() ? "" : ceilings.computes.front().isa);
  const double lanes = 16.0 / static_cast<double>(std::max<int64_t>(size_of(work.dtype), 4));
  if (plain.rate > 0 && work.flops_known)
    facts.scalar_share = work.flops / measured.seconds / (plain.rate / lanes);
  const bool judged = judgement != nullptr && judgement->bound != Bound::unknown;
  diagnosis.bound = judged ? judgement->bound : classify(facts.memory_share, facts.compute_share, measured);
  diagnosis.detail = judged ? judgement->detail : detail_of(diagnosis.bound, facts);
  diagnosis.ceiling = compute_s > memory_s ? peak.name : bandwidth.name;
  diagnosis.floor_s = std::max(memory_s, compute_s);
  diagnosis.efficiency = std::min(1.0, diagnosis.floor_s / measured.seconds);
  diagnosis.gain_left = diagnosis.floor_s > 0 ? std::max(1.0, measured.seconds / diagnosis.floor_s) : 1;
  diagnosis.confidence = judged ? judgement->confidence : confidence_of(work, diagnosis.bound, facts);
  add_evidence(diagnosis, work, measured, facts);
  if (judgement != nullptr) {
    facts.without_memory = judgement->without_memory;
    facts.without_arithmetic = judgement->without_arithmetic;
    auto& evidence = diagnosis.evidence;
    evidence.insert(evidence.end(), judgement->evidence.begin(), judgement->evidence.end());
    evidence.insert(evidence.end(), witnesses.begin(), witnesses.end());
    if (judgement->bound != Bound::unknown && judgement->bound != Bound::launch)
      evidence.push_back(fmt::format("at most {:.2f}x if memory cost nothing, {:.2f}x if arithmetic did",
                                     facts.without_memory, facts.without_arithmetic));
  }
  diagnosis.advice = advice_for(op, axes, work, measured, diagnosis, facts);
  const std::string next = judgement != nullptr ? judgement->next : std::string("tile,stream");
  diagnosis.evidence.push_back(
      falsification(diagnosis.bound, next) + ": `" +
      shell_line({"ke-build", "profile", op.name, "--workload", measured.workload, "--run", next}) + "`");
  return diagnosis;
}

}  // namespace

Result<Diagnosis> diagnose(const Operator& op, const Axes& axes, const Measured& measured,
                           const Ceilings& ceilings) {
  return describe(op, axes, measured, ceilings, nullptr, {});
}

Result<Differentials> differentials_of(const Operator& op, const Axes& axes, const Measured& measured,
                                       const Ceilings& ceilings) {
  KE_TRY(const Work work, work_of(op, axes));
  Differentials d;
  d.seconds = measured.seconds;
  d.overhead_s = measured.call_overhead_s;
  d.threads = measured.threads;
  const auto bandwidth = bandwidth_of(work, measured, ceilings);
  const auto peak = peak_for(ceilings, work.dtype, measured.threads, measured.isa);
  d.level = bandwidth.level;
  if (bandwidth.rate > 0) d.memory_share = work.bytes / bandwidth.rate / measured.seconds;
  if (peak.rate > 0) d.compute_share = work.flops / peak.rate / measured.seconds;
  d.lookups = work.lookups;
  for (const LatencyCeiling& row : ceilings.latencies)
    if (row.level == d.level) d.lookup_s = row.seconds;
  return d;
}

Result<Diagnosis> diagnose(const Operator& op, const Axes& axes, const Measured& measured,
                           const Ceilings& ceilings, const Differentials& runs,
                           const std::vector<std::string>& witnesses) {
  const Judgement judgement = judge_differentials(runs);
  return describe(op, axes, measured, ceilings, &judgement, witnesses);
}

}  // namespace ke

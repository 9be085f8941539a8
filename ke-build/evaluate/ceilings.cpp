// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/ceilings.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/ceiling_kernels.h"
#include "ke-build/evaluate/ceiling_measure.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace ke {

namespace {

constexpr int kVersion = 2;
constexpr double kRaised = 1.05;      // beaten by more than noise
constexpr double kOtherClock = 1.25;  // beaten by so much that nothing else in the cache can be right

std::string processor_name() {
  const std::string text = read_file("/proc/cpuinfo").value_or("");
  std::map<std::string, std::string> first;
  for (const std::string& line : split(text, '\n')) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    first.emplace(trim(line.substr(0, colon)), trim(line.substr(colon + 1)));
  }
  std::string name;
  for (const char* key : {"model name", "cpu family", "model", "stepping", "CPU implementer", "CPU part"})
    if (first.count(key)) name += (name.empty() ? "" : " ") + first[key];
  return name.empty() ? "unknown processor" : name;
}

std::vector<int> thread_counts() {
  const int cores = usable_cores();
  return cores > 1 ? std::vector<int>{1, cores} : std::vector<int>{1};
}

const char* short_name(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
      return "f64";
    case Dtype::f32:
      return "f32";
    case Dtype::f16:
      return "f16";
    case Dtype::bf16:
      return "bf16";
    case Dtype::i8:
      return "i8";
    default:
      return "i32";
  }
}

std::string thread_text(int threads) {
  return threads == 1 ? "1 thread" : fmt::format("{} threads", threads);
}

/// Short probes of one thread; returns the largest ratio of probe to cached ceiling, and raises what was
/// beaten.
double recheck(Ceilings& ceilings) {
  double largest = 0;
  const auto levels = memory_levels();
  for (size_t level = 0; level < levels.size(); ++level) {
    // Twice the largest cache, but no more than can be touched in some hundredths of a second.
    const int64_t most = std::clamp<int64_t>(2 * levels[levels.size() - 2].size_bytes, 48 << 20, 96 << 20);
    const bool memory = level + 1 == levels.size();
    if (memory && most < 2 * levels[levels.size() - 2].size_bytes) continue;
    const auto probe = measure_bandwidth(levels, level, 1, memory ? 0 : 0.02, most);
    for (BandwidthCeiling& known : ceilings.bandwidths) {
      if (known.level != probe.level || known.threads != 1) continue;
      largest = std::max({largest, probe.read / known.read, probe.copy / known.copy});
      known.read = std::max(known.read, probe.read);
      known.copy = std::max(known.copy, probe.copy);
    }
  }
  for (size_t isa = 0; isa < ceiling_kernels().size(); ++isa) {
    if (!ceiling_kernels()[isa].supported()) continue;
    const auto probe = measure_compute(isa, Dtype::f32, 1, 0.005);
    for (ComputeCeiling& known : ceilings.computes) {
      if (known.isa != probe.isa || known.dtype != probe.dtype || known.threads != 1) continue;
      largest = std::max(largest, probe.ops / known.ops);
      known.ops = std::max(known.ops, probe.ops);
    }
  }
  return largest;
}

/// Keeps the larger of two measurements row by row.
void merge_larger(Ceilings& into, const Ceilings& other) {
  for (BandwidthCeiling& row : into.bandwidths)
    for (const BandwidthCeiling& known : other.bandwidths)
      if (known.level == row.level && known.threads == row.threads) {
        row.read = std::max(row.read, known.read);
        row.copy = std::max(row.copy, known.copy);
      }
  for (ComputeCeiling& row : into.computes)
    for (const ComputeCeiling& known : other.computes)
      if (known.isa == row.isa && known.dtype == row.dtype && known.threads == row.threads)
        row.ops = std::max(row.ops, known.ops);
}

/// A latency is the shortest that was seen: interruptions only add to it.
void merge_latencies(Ceilings& into, const Ceilings& other) {
  for (LatencyCeiling& row : into.latencies)
    for (const LatencyCeiling& known : other.latencies)
      if (known.level == row.level) row.seconds = std::min(row.seconds, known.seconds);
  if (other.handshake_s > 0)
    into.handshake_s =
        into.handshake_s > 0 ? std::min(into.handshake_s, other.handshake_s) : other.handshake_s;
}

/// All threads together do at least what one does; a neighbour that took their cores for a moment must not
/// say otherwise.
void raise_to_one_thread(Ceilings& ceilings) {
  Ceilings single = ceilings;
  for (BandwidthCeiling& row : single.bandwidths) row.threads = row.threads == 1 ? ceilings.cores : 0;
  for (ComputeCeiling& row : single.computes) row.threads = row.threads == 1 ? ceilings.cores : 0;
  merge_larger(ceilings, single);
}

Result<BandwidthCeiling> bandwidth_from(const Json& json, const std::string& origin,
                                        const std::string& path) {
  ObjectReader reader(json, origin, path);
  KE_DO(reader.require_object());
  BandwidthCeiling row;
  KE_TRY(row.level, reader.text("level"));
  KE_TRY(row.capacity_bytes, reader.integer("capacity_bytes"));
  KE_TRY(const int64_t threads, reader.integer("threads"));
  KE_TRY(row.read, reader.number("read"));
  KE_TRY(row.copy, reader.number("copy"));
  KE_DO(reader.finish());
  if (threads < 1 || threads > 1 << 20 || !(row.read > 0) || !(row.copy > 0) || row.capacity_bytes < 0) {
    return reader.error_at("read", "a rate, a size or the threads are out of range");
  }
  row.threads = static_cast<int>(threads);
  return row;
}

Result<ComputeCeiling> compute_from(const Json& json, const std::string& origin, const std::string& path) {
  ObjectReader reader(json, origin, path);
  KE_DO(reader.require_object());
  ComputeCeiling row;
  KE_TRY(row.isa, reader.text("isa"));
  KE_TRY(const std::string dtype, reader.text("dtype"));
  KE_TRY(row.dtype, dtype_from(dtype));
  KE_TRY(const int64_t threads, reader.integer("threads"));
  KE_TRY(row.ops, reader.number("ops"));
  KE_DO(reader.finish());
  if (threads < 1 || threads > 1 << 20 || !(row.ops > 0))
    return reader.error_at("ops", "the rate or the threads are out of range");
  row.threads = static_cast<int>(threads);
  return row;
}

Result<LatencyCeiling> latency_from(const Json& json, const std::string& origin, const std::string& path) {
  ObjectReader reader(json, origin, path);
  KE_DO(reader.require_object());
  LatencyCeiling row;
  KE_TRY(row.level, reader.text("level"));
  KE_TRY(row.seconds, reader.number("seconds"));
  KE_DO(reader.finish());
  if (!(row.seconds > 0)) return reader.error_at("seconds", "is no time");
  return row;
}

}  // namespace

std::string host_facts() {
  std::string sets;
  for (const CeilingKernels& kernels : ceiling_kernels())
    if (kernels.supported()) sets += std::string(sets.empty() ? "" : " ") + kernels.isa;
  return fmt::format("{}; {} cores; {}", processor_name(), usable_cores(), sets);
}

Ceilings measure_ceilings() {
  const double start = now_s();
  Ceilings result;
  result.host = host_facts();
  result.cores = usable_cores();
  result.measured_at = utc_now();
  const auto levels = memory_levels();
  // The first milliseconds of load raise the clock and are thrown away.
  measure_compute(0, Dtype::f32, 1, 0.02);
  for (int threads : thread_counts()) {
    for (size_t level = 0; level < levels.size(); ++level)
      result.bandwidths.push_back(measure_bandwidth(levels, level, threads, 0.06));
    for (size_t isa = 0; isa < ceiling_kernels().size(); ++isa) {
      if (!ceiling_kernels()[isa].supported()) continue;
      for (Dtype dtype : {Dtype::f32, Dtype::f64, Dtype::i32, Dtype::i8})
        result.computes.push_back(measure_compute(isa, dtype, threads, 0.015));
    }
    for (size_t row = 0; row < narrow_kernels().size(); ++row) {
      if (narrow_kernels()[row].supported()) result.computes.push_back(measure_narrow(row, threads, 0.015));
    }
  }
  raise_to_one_thread(result);
  for (size_t level = 0; level < levels.size(); ++level)
    result.latencies.push_back({levels[level].name, measure_latency(levels, level, 0.04)});
  result.seconds = now_s() - start;
  return result;
}

/// A cache that cannot be written costs the next session its time, and this one nothing.
static void keep(const Ceilings& ceilings, const std::string& machine_dir) {
  if (const auto kept = write_file(join(machine_dir, "ceilings.json"), to_text(to_json(ceilings))); !kept)
    log_warn("what was measured of this machine is not kept: " + kept.error().message);
}

Result<Ceilings> load_or_measure_ceilings(const std::string& machine_dir) {
  const std::string path = join(machine_dir, "ceilings.json");
  Ceilings known;
  if (exists(path)) {
    const double start = now_s();
    auto json = read_json(path);
    auto cached = json ? ceilings_from(*json, path) : Result<Ceilings>(std::move(json).error());
    if (!cached) log_warn("measuring the machine again: " + cached.error().message);
    if (cached && cached->host == host_facts() && !cached->bandwidths.empty() && !cached->computes.empty()) {
      const double beaten = recheck(*cached);
      raise_to_one_thread(*cached);
      if (beaten > kRaised && beaten <= kOtherClock) keep(*cached, machine_dir);
      if (beaten <= kOtherClock) {
        cached->from_cache = true;
        cached->seconds = now_s() - start;
        return cached;
      }
      known = *std::move(cached);
    }
  }
  Ceilings measured = measure_ceilings();
  merge_larger(measured, known);
  if (known.host == measured.host) merge_latencies(measured, known);
  keep(measured, machine_dir);
  return measured;
}

void remember_handshake(Ceilings& ceilings, const std::string& machine_dir, double seconds) {
  if (!(seconds > 0) || (ceilings.handshake_s > 0 && seconds >= ceilings.handshake_s)) return;
  ceilings.handshake_s = seconds;
  keep(ceilings, machine_dir);
}

CeilingChoice bandwidth_for(const Ceilings& ceilings, double working_set_bytes, int threads,
                            const std::string& at_least) {
  CeilingChoice choice;
  // Measured are one thread and all; several threads are compared with all, which no number of threads beats.
  const int wanted = threads <= 1 ? 1 : ceilings.cores;
  bool far_enough = at_least.empty();
  for (const BandwidthCeiling& row : ceilings.bandwidths) {
    if (row.threads != wanted) continue;
    far_enough |= row.level == at_least || row.capacity_bytes == 0;
    const bool holds =
        row.capacity_bytes == 0 || working_set_bytes <= static_cast<double>(row.capacity_bytes);
    if (!holds || !far_enough || choice.rate > 0) continue;
    const bool reading = row.read >= row.copy;
    choice = {std::max(row.read, row.copy),
              fmt::format("{} {}, {}", row.level, reading ? "read" : "copy", thread_text(row.threads)),
              row.level};
  }
  return choice;
}

CeilingChoice peak_for(const Ceilings& ceilings, Dtype dtype, int threads, const std::string& isa) {
  const Dtype kind = !is_floating(dtype) ? Dtype::i32 : dtype == Dtype::f64 ? Dtype::f64 : Dtype::f32;
  const bool is_short = dtype == Dtype::i16 || dtype == Dtype::u16;
  const Dtype own = dtype == Dtype::u8 || dtype == Dtype::boolean ? Dtype::i8 : dtype;
  const int wanted = threads <= 1 ? 1 : ceilings.cores;
  CeilingChoice choice;
  for (const ComputeCeiling& row : ceilings.computes) {
    // 16-bit integers are at most as fast as bytes, which nobody can beat with them.
    const bool fits = row.dtype == kind || row.dtype == own || (is_short && row.dtype == Dtype::i8);
    if (!fits || row.threads != wanted || (!isa.empty() && row.isa != isa) || row.ops <= choice.rate)
      continue;
    const char* unit = is_floating(row.dtype) ? "FMA" : "additions";
    choice = {row.ops,
              fmt::format("{} {} {}, {}", row.isa, unit, short_name(row.dtype), thread_text(row.threads)),
              ""};
  }
  return choice;
}

Json to_json(const Ceilings& ceilings) {
  Json json = {
      {"version", kVersion},         {"host", ceilings.host},       {"measured_at", ceilings.measured_at},
      {"cores", ceilings.cores},     {"seconds", ceilings.seconds}, {"handshake_s", ceilings.handshake_s},
      {"bandwidths", Json::array()}, {"computes", Json::array()},   {"latencies", Json::array()}};
  for (const BandwidthCeiling& row : ceilings.bandwidths)
    json["bandwidths"].push_back({{"level", row.level},
                                  {"capacity_bytes", row.capacity_bytes},
                                  {"threads", row.threads},
                                  {"read", row.read},
                                  {"copy", row.copy}});
  for (const ComputeCeiling& row : ceilings.computes)
    json["computes"].push_back(
        {{"isa", row.isa}, {"dtype", name_of(row.dtype)}, {"threads", row.threads}, {"ops", row.ops}});
  for (const LatencyCeiling& row : ceilings.latencies)
    json["latencies"].push_back({{"level", row.level}, {"seconds", row.seconds}});
  return json;
}

Result<Ceilings> ceilings_from(const Json& json, const std::string& origin) {
  ObjectReader reader(json, origin, "$");
  KE_DO(reader.require_object());
  Ceilings result;
  KE_TRY(const int64_t version, reader.integer("version"));
  if (version != kVersion)
    return reader.error_at("version", fmt::format("found {}, expected {}", version, kVersion));
  KE_TRY(result.host, reader.text("host"));
  KE_TRY(result.measured_at, reader.text("measured_at"));
  KE_TRY(const int64_t cores, reader.integer("cores"));
  if (cores < 1 || cores > 1 << 20) return reader.error_at("cores", "is out of range");
  result.cores = static_cast<int>(cores);
  KE_TRY(result.seconds, reader.number("seconds"));
  KE_TRY(result.handshake_s, reader.number("handshake_s"));
  if (!(result.handshake_s >= 0)) return reader.error_at("handshake_s", "is no time");
  for (const char* key : {"bandwidths", "computes", "latencies"}) {
    const Json* rows = reader.get(key);
    if (!rows || !rows->is_array()) return reader.error_at(key, "is missing or no array");
    for (size_t i = 0; i < rows->size(); ++i) {
      const std::string path = fmt::format("$.{}[{}]", key, i);
      if (std::string(key) == "bandwidths") {
        KE_TRY(auto row, bandwidth_from((*rows)[i], origin, path));
        result.bandwidths.push_back(row);
      } else if (std::string(key) == "latencies") {
        KE_TRY(auto row, latency_from((*rows)[i], origin, path));
        result.latencies.push_back(row);
      } else {
        KE_TRY(auto row, compute_from((*rows)[i], origin, path));
        result.computes.push_back(row);
      }
    }
  }
  KE_DO(reader.finish());
  return result;
}

}  // namespace ke

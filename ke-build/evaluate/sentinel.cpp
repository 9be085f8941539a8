// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sentinel.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/json.h"
#include "ke-build/base/log.h"
#include "ke-build/base/machine.h"
#include "ke-build/base/stats.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/machine_dir.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr size_t kKept = 400;  // measurements, of all machines that share the folder
constexpr double kLock_s = 10;
constexpr int64_t kSpeaks_s = 600;  // a measurement of the last minutes speaks for now

std::string history_path(const std::string& machine_dir) { return join(machine_dir, "sentinels.jsonl"); }

Json json_of(const SentinelRecord& record) {
  // An end that excludes nothing is left out: JSON has no infinity.
  Json json{{"time", record.time},   {"machine", record.machine},   {"workload", record.workload},
            {"ratio", record.ratio}, {"launches", record.launches}, {"alarm", record.alarm},
            {"boot", record.boot}};
  if (record.low > 0) json["low"] = record.low;
  if (std::isfinite(record.high)) json["high"] = record.high;
  return json;
}

Result<std::vector<std::string>> lines_of(const std::string& path) {
  std::vector<std::string> lines;
  if (!exists(path)) return lines;
  KE_TRY(const std::string text, read_file(path, 16 << 20));
  for (std::string& line : split(text, '\n'))
    if (!line.empty()) lines.push_back(std::move(line));
  return lines;
}

/// Of this machine, in the order in which they were made.
Result<std::vector<SentinelRecord>> records_in(const std::string& machine_dir) {
  const std::string path = history_path(machine_dir), here = machine_name();
  KE_TRY(const std::vector<std::string> lines, lines_of(path));
  std::vector<SentinelRecord> records;
  for (const std::string& line : lines) {
    auto record = sentinel_from(line, path);
    if (record && record->machine == here) records.push_back(*std::move(record));
  }
  return records;
}

Result<SentinelRecord> measure(JudgeState& state, const Pool& pool, Ledger& ledger) {
  const EvaluateOptions& options = state.options;
  BenchOptions plan = bench_options(state, Effort::screen, nullptr);
  // Within one launch the two sides may differ by their luck with addresses; launches may not.
  const int launches = minimum_units(options.alpha);
  plan.rule = DecisionRule::make(options.alpha, options.noninferiority, options.noninferiority, 4 * launches,
                                 DecisionRule::Unit::block_medians);
  plan.pairs_per_block = 3;
  plan.minimum_pairs = 3 * launches;
  plan.budget_s = 0.1;
  KE_TRY(const BenchResult result, bench(state.op, pool, state.program, state.program, plan, ledger));
  if (result.finding) return Error{ErrorCode::tool, "the baseline against itself: " + result.finding->reason};
  const Speedup& seen = result.speedup;
  const bool alarm = seen.verdict == Outcome::faster || seen.verdict == Outcome::slower;
  return SentinelRecord{utc_now(), machine_name(), pool.name, seen.ratio, seen.low,
                        seen.high, seen.blocks,    alarm,     boot_id()};
}

}  // namespace

std::string SentinelHistory::text() const {
  if (measured == 0) return "minimum detectable effect unknown: no measurement of equal versions is kept";
  return fmt::format(
      "minimum detectable effect {:.1f} % ({}{} measurements of equal versions, {} called different: "
      "at most {:.1f} %)",
      100 * detectable, measured < kFewestSentinels ? "largest of only " : "", measured, alarms,
      100 * alarm_rate.high);
}

SentinelHistory history_of(const std::vector<SentinelRecord>& records) {
  SentinelHistory history;
  std::vector<double> distances;
  for (const SentinelRecord& record : records) {
    distances.push_back(std::expm1(std::abs(std::log(record.ratio))));
    history.alarms += record.alarm;
  }
  history.measured = static_cast<int>(records.size());
  if (records.empty()) return history;
  history.alarm_rate = clopper_pearson(history.alarms, history.measured, 0.95);
  history.detectable = quantile(std::move(distances), history.measured < kFewestSentinels ? 1 : 0.95);
  return history;
}

Result<SentinelRecord> sentinel_from(const std::string& line, const std::string& origin) {
  KE_TRY(const Json json, parse_json(line, origin));
  ObjectReader reader(json, origin, "$");
  KE_DO(reader.require_object());
  SentinelRecord record;
  KE_TRY(record.time, reader.text("time"));
  KE_TRY(record.machine, reader.text("machine"));
  KE_TRY(record.workload, reader.text("workload"));
  KE_TRY(record.ratio, reader.number("ratio"));
  KE_TRY(record.low, reader.number_or("low", 0));
  KE_TRY(record.high, reader.number_or("high", HUGE_VAL));
  KE_TRY(const int64_t launches, reader.integer("launches"));
  if (launches < 0 || launches > 1 << 20) return reader.error_at("launches", "is out of range");
  record.launches = static_cast<int>(launches);
  KE_TRY(record.alarm, reader.boolean_or("alarm", false));
  KE_TRY(record.boot, reader.text_or("boot", ""));
  if (!(record.ratio > 0) || !std::isfinite(record.ratio))
    return reader.error_at("ratio", "expected a positive number");
  return record;
}

Result<> remember_sentinel(const std::string& machine_dir, const SentinelRecord& record) {
  const std::string path = history_path(machine_dir);
  KE_TRY(const FileLock lock, FileLock::acquire(path + ".lock", kLock_s));
  KE_TRY(std::vector<std::string> lines, lines_of(path));
  lines.push_back(to_line(json_of(record)));
  if (lines.size() > kKept) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kKept));
  return write_file(path, join_texts(lines, "\n") + "\n");
}

Result<SentinelHistory> sentinel_history(const std::string& machine_dir) {
  KE_TRY(const std::vector<SentinelRecord> records, records_in(machine_dir));
  return history_of(records);
}

Result<bool> was_steady_lately(const std::string& machine_dir) {
  KE_TRY(const std::vector<SentinelRecord> records, records_in(machine_dir));
  if (records.empty()) return false;
  const SentinelRecord& last = records.back();
  return !last.alarm && last.boot == boot_id() && last.time >= utc_now(kSpeaks_s) && last.time <= utc_now();
}

Result<std::string> sentinel(JudgeState& state, const Exam& exam, Ledger& ledger) {
  if (exam.workloads.empty()) return std::string();
  const Pool* cheapest = &exam.workloads.front();
  for (const Pool& pool : exam.workloads) {
    if (pool.call_s * pool.batch < cheapest->call_s * cheapest->batch) cheapest = &pool;
  }
  SentinelRecord last;
  for (int attempt = 0; attempt < 2; ++attempt) {
    KE_TRY(last, measure(state, *cheapest, ledger));
    if (last.launches == 0) break;  // the machine took every pair's core away: nothing was seen
    if (const auto kept = remember_sentinel(machine_dir_of(state.options), last); !kept)
      log_warn("how steady this machine is is not kept: " + kept.error().message);
    if (!last.alarm) break;
  }
  KE_TRY(const SentinelHistory history, sentinel_history(machine_dir_of(state.options)));
  state.detectable = history.detectable;
  if (!last.alarm) return std::string();
  return fmt::format(
      "the baseline measured against itself on {} differs by a factor of {:.3f} in {} launches, and did so "
      "twice: this "
      "machine is too unsteady to decide now; {}",
      cheapest->name, last.ratio, last.launches, history.text());
}

}  // namespace ke

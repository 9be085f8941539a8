// SPDX-License-Identifier: MIT
// The sentinel measures the baseline against itself in every session. Alone it says whether this machine is
// steady enough now; together with those of earlier sessions on this machine it says what can be told apart
// here at all.
#pragma once

#include "ke-build/evaluate/judge_state.h"

#include <string>
#include <vector>

namespace ke {

/// Equal versions, measured once: one line of <machine_dir>/sentinels.jsonl.
struct SentinelRecord {
  std::string time, machine, workload;
  double ratio = 1, low = 0, high = 0;  // median of launches and its confidence sequence
  int launches = 0;
  bool alarm = false;     // called faster or slower
  std::string boot = {};  // of the system that measured it; machines of one name are many
};

/// What the sentinels of one machine have shown.
struct SentinelHistory {
  int measured = 0, alarms = 0;
  double detectable =
      0;  // 95 of 100 equal versions looked less different than this (0.01 is 1 %); 0: none known
  Interval alarm_rate;  // Clopper-Pearson, 95 %
  /// "minimum detectable effect 1.3 % (34 measurements, 0 alarms: at most 10.3 %)", or that none is known.
  std::string text() const;
};

/// Fewest measurements of which a 95 % quantile can be taken; with fewer the largest one stands for it.
constexpr int kFewestSentinels = 20;

/// A line of sentinels.jsonl. ERRORS: usage for anything that remember_sentinel() does not write.
Result<SentinelRecord> sentinel_from(const std::string& line, const std::string& origin);
/// Keeps the newest few hundred of all machines. ERRORS: io.
Result<> remember_sentinel(const std::string& machine_dir, const SentinelRecord& record);
/// Lines that cannot be read (a kill, another version) are left out. ERRORS: io.
Result<SentinelHistory> sentinel_history(const std::string& machine_dir);
/// The newest of this machine is no alarm, not older than ten minutes, and of the system that runs now: the
/// opening of one more judge can do without its own, as every winner is confirmed beside a sentinel anyway.
/// ERRORS: io.
Result<bool> was_steady_lately(const std::string& machine_dir);
SentinelHistory history_of(const std::vector<SentinelRecord>& records);

/// Baseline against itself on the workload that is cheapest to measure: a reason why this machine cannot be
/// trusted now, or "". An alarm is one in a hundred by design, so it counts only when a second measurement on
/// fresh launches gives it again. Adds to the ledger and to the history. ERRORS: as bench().
Result<std::string> sentinel(JudgeState& state, const Exam& exam, Ledger& ledger);

}  // namespace ke

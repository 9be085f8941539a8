// SPDX-License-Identifier: MIT
// What a run has finished, so that the same command after a kill goes on instead of starting over.
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/model/evaluation.h"

#include <map>
#include <optional>
#include <string>

namespace ke {

/// What became of one changed operator.
struct RunEntry {
  std::string op, reason;  // reason: why it counts as changed
  std::string state;       // proposed, unchanged, validated, no winner, rejected, held back, failed
  std::string note;        // one sentence
  std::string session, branch, commit, url, report;
  double speedup = 0, low = 0, high = 0, efficiency = 0;
  double worst = 0;  // speed-up of the workload that gains least
  std::string bound = "unknown";
  int64_t evaluations = 0, inconclusive = 0;  // inconclusive: of them those that the clock could not decide
  bool validated = false;                     // the clean clone's own build, tests and measurement passed
  bool learned = false;                       // the learned model of moves was on, and why or why not:
  std::string learned_why;
  Ledger ledger;
};
Json to_json(const RunEntry& entry);
Result<RunEntry> entry_from(const Json& json, const std::string& origin);
bool is_success(const RunEntry& entry);

class Journal {
 public:
  /// Takes up the journal at `path` when it has the same key, or starts a new one. A broken file counts as
  /// none.
  static Journal open(const std::string& path, const std::string& key);

  bool resumed() const { return resumed_; }
  const std::string& id() const { return id_; }
  const std::string& started() const { return started_; }
  std::optional<RunEntry> finished(const std::string& op) const;
  /// Durable when the call returns. ERRORS: io.
  Result<> finish(const RunEntry& entry);
  /// The run is complete: the next one starts afresh.
  Result<> close();

 private:
  Result<> write() const;

  std::string path_, key_, id_, started_;
  bool resumed_ = false;
  std::map<std::string, RunEntry> entries_;
};

}  // namespace ke

// SPDX-License-Identifier: MIT
// Prints the table of docs/measurements/examples.md: examples_table RUN.json... (documents of `ke-ci run
// --json`).
#include "ke-build/base/files.h"
#include "ke-build/base/stats.h"
#include "ke-ci/journal.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace ke {
namespace {

Result<std::vector<RunEntry>> entries_of(const std::string& path) {
  KE_TRY(const Json document, read_json(path));
  std::vector<RunEntry> entries;
  for (const char* group : {"proposals", "not_proposed"}) {
    if (!document.contains(group) || !document.at(group).is_array()) continue;
    for (const Json& json : document.at(group)) {
      KE_TRY(RunEntry entry, entry_from(json, path));
      entries.push_back(std::move(entry));
    }
  }
  return entries;
}

std::string share(double part_s, const Ledger& ledger) {
  const double all_s = ledger.compile_s + ledger.timed_s + ledger.check_s + ledger.engine_s;
  return all_s > 0 ? fmt::format("{:.0f}", 100 * part_s / all_s) : "";
}

std::string row_of(const RunEntry& entry) {
  const bool won = entry.speedup > 0;
  const Ledger& l = entry.ledger;
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} / {} / {} / {} |\n", entry.op, entry.state,
                     won ? fmt::format("{:.2f} [{:.2f}, {:.2f}]", entry.speedup, entry.low, entry.high) : "",
                     won ? fmt::format("{:.2f}", entry.worst) : "", entry.bound,
                     entry.efficiency > 0 ? fmt::format("{:.0f} %", 100 * entry.efficiency) : "",
                     entry.evaluations, share(l.compile_s, l), share(l.timed_s, l), share(l.check_s, l),
                     share(l.engine_s, l));
}

std::string summary_of(const std::vector<RunEntry>& entries) {
  size_t twice = 0, proposed = 0, slower = 0, unanswered = 0;
  int64_t evaluations = 0, inconclusive = 0;
  double logs = 0;  // an operator without a proposal counts as 1
  Ledger sum;
  for (const RunEntry& entry : entries) {
    sum += entry.ledger;
    unanswered += entry.state == "no winner" || entry.state == "failed";
    evaluations += entry.evaluations;
    inconclusive += entry.inconclusive;
    if (!is_success(entry)) continue;
    ++proposed;
    twice += entry.speedup >= 2;
    slower += entry.worst < 1;
    logs += std::log(entry.speedup);
  }
  return fmt::format(
      "\n{} operators, {} proposed, {} at 2x or more, geometric mean over all {:.2f}, {} with a slower "
      "workload, {} "
      "without an answer\n{} of {} verdicts inconclusive ({:.1f} %)\ncompiling {} %, timed calls {} %, "
      "reference and checks {} %, engine {} % of {:.0f} "
      "s\n",
      entries.size(), proposed, twice,
      std::exp(logs / std::max<double>(1, static_cast<double>(entries.size()))), slower, unanswered,
      inconclusive, evaluations,
      100 * static_cast<double>(inconclusive) / std::max<double>(1, static_cast<double>(evaluations)),
      share(sum.compile_s, sum), share(sum.timed_s, sum), share(sum.check_s, sum), share(sum.engine_s, sum),
      sum.compile_s + sum.timed_s + sum.check_s + sum.engine_s);
}

Result<std::string> table_of(int count, char** paths) {
  std::vector<RunEntry> all;
  for (int i = 0; i < count; ++i) {
    KE_TRY(const std::vector<RunEntry> entries, entries_of(paths[i]));
    all.insert(all.end(), entries.begin(), entries.end());
  }
  std::sort(all.begin(), all.end(),
            [](const RunEntry& a, const RunEntry& b) { return a.speedup > b.speedup; });
  std::string text =
      "| operator | state | speed-up | least | bound | of ceiling | evaluations | compile / timed / check / "
      "engine % |\n"
      "|---|---|---|---|---|---|---|---|\n";
  for (const RunEntry& entry : all) text += row_of(entry);
  return text + summary_of(all);
}

}  // namespace
}  // namespace ke

int main(int argc, char** argv) {
  const auto table = ke::table_of(argc - 1, argv + 1);
  std::fputs(table ? table->c_str() : (table.error().message + "\n").c_str(), table ? stdout : stderr);
  return table ? 0 : 2;
}

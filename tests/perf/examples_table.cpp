// SPDX-License-Identifier: MIT
// Prints the table of docs/measurements/examples.md: examples_table FOLDER, with runs/OPERATOR.json
// (documents of `ke-ci run --json`) and flags/OPERATOR.json (of over_flags).
#include "ke-build/base/files.h"
#include "ke-build/base/stats.h"
#include "ke-ci/journal.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>

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

/// The winner over the kernel as it is under flags alone: per operator, where it was measured.
struct OverFlags {
  double ratio = 0, low = 0,
         high = 0;    // weighted geometric mean over the workloads, and of the ends of their intervals
  double base = 1;    // the winner over the kernel as it is, in the same rounds
  bool right = true;  // the flags-only build keeps the contract
  int left_out = 0;   // workloads that could not be compared
};

Result<std::map<std::string, OverFlags>> over_flags_in(const std::string& folder) {
  std::map<std::string, OverFlags> all;
  if (!exists(folder)) return all;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".json") continue;
    KE_TRY(const Json document, read_json(file.path().string()));
    double weights = 0, base = 0;
    OverFlags sum;
    for (const Json& row : document.at("workloads")) {
      if (row.at("failure") != "") {
        ++sum.left_out;
        continue;
      }
      const double weight = row.at("weight");
      weights += weight;
      sum.ratio += weight * std::log(row.at("over_flags").get<double>());
      sum.low += weight * std::log(row.at("low").get<double>());
      sum.high += weight * std::log(row.at("high").get<double>());
      base += weight * std::log(row.at("over_base").get<double>());
    }
    if (weights == 0) continue;  // cell_of() says so
    all[document.at("operator")] = {std::exp(sum.ratio / weights),     std::exp(sum.low / weights),
                                    std::exp(sum.high / weights),      std::exp(base / weights),
                                    document.at("verdict") == "right", sum.left_out};
  }
  return all;
}

using FlagsColumn = std::map<std::string, OverFlags>;

// Without a proposal the repository keeps what it has: then that is compared, not a winner that nobody gets.
std::optional<OverFlags> adopted(const FlagsColumn& flags, const RunEntry& entry) {
  const auto found = flags.find(entry.op);
  if (found == flags.end()) return std::nullopt;
  OverFlags over = found->second;
  if (is_success(entry)) return over;
  for (double* value : {&over.ratio, &over.low, &over.high}) *value /= over.base;
  return over;
}

std::string cell_of(const FlagsColumn& flags, const RunEntry& entry) {
  const auto found = adopted(flags, entry);
  if (!found) return flags.empty() ? "" : "not compared";
  const OverFlags& over = *found;
  return fmt::format("{:.2f} [{:.2f}, {:.2f}]{}{}", over.ratio, over.low, over.high,
                     over.right ? "" : " (flags: wrong)",
                     over.left_out == 0 ? "" : fmt::format(" ({} workloads not compared)", over.left_out));
}

std::string share(double part_s, const Ledger& ledger) {
  const double all_s = ledger.compile_s + ledger.timed_s + ledger.check_s + ledger.engine_s;
  return all_s > 0 ? fmt::format("{:.0f}", 100 * part_s / all_s) : "";
}

std::string row_of(const RunEntry& entry, const FlagsColumn& flags) {
  const bool won = entry.speedup > 0;
  const Ledger& l = entry.ledger;
  return fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} / {} / {} / {} |\n", entry.op, entry.state,
                     won ? fmt::format("{:.2f} [{:.2f}, {:.2f}]", entry.speedup, entry.low, entry.high) : "",
                     cell_of(flags, entry), won ? fmt::format("{:.2f}", entry.worst) : "", entry.bound,
                     entry.efficiency > 0 ? fmt::format("{:.0f} %", 100 * entry.efficiency) : "",
                     entry.evaluations, share(l.compile_s, l), share(l.timed_s, l), share(l.check_s, l),
                     share(l.engine_s, l));
}

std::string flags_summary(const std::vector<RunEntry>& entries, const FlagsColumn& flags) {
  double logs = 0;
  size_t compared = 0, wrong = 0;
  for (const RunEntry& entry : entries) {
    const auto over = adopted(flags, entry);
    if (!over) continue;
    logs += std::log(over->ratio);
    ++compared;
    wrong += !over->right;
  }
  if (compared == 0) return "";
  return fmt::format(
      "over -O3 -march=native -ffast-math alone: geometric mean of {} operators {:.2f}; {} of those builds "
      "break the contract; {} operators not compared\n",
      compared, std::exp(logs / static_cast<double>(compared)), wrong, entries.size() - compared);
}

std::string summary_of(const std::vector<RunEntry>& entries) {
  size_t twice = 0, thrice = 0, proposed = 0, slower = 0, unanswered = 0;
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
    thrice += entry.speedup >= 3;
    slower += entry.worst < 1;
    logs += std::log(entry.speedup);
  }
  return fmt::format(
      "\n{} operators, {} proposed, {} at 2x or more, {} at 3x or more, geometric mean over all {:.2f}, {} "
      "with a slower "
      "workload, {} "
      "without an answer\n{} of {} verdicts inconclusive ({:.1f} %)\ncompiling {} %, timed calls {} %, "
      "reference and checks {} %, engine {} % of {:.0f} "
      "s\n",
      entries.size(), proposed, twice, thrice,
      std::exp(logs / std::max<double>(1, static_cast<double>(entries.size()))), slower, unanswered,
      inconclusive, evaluations,
      100 * static_cast<double>(inconclusive) / std::max<double>(1, static_cast<double>(evaluations)),
      share(sum.compile_s, sum), share(sum.timed_s, sum), share(sum.check_s, sum), share(sum.engine_s, sum),
      sum.compile_s + sum.timed_s + sum.check_s + sum.engine_s);
}

Result<std::string> table_of(const std::string& folder) {
  std::vector<RunEntry> all;
  for (const auto& file : std::filesystem::directory_iterator(join(folder, "runs"))) {
    if (file.path().extension() != ".json") continue;
    KE_TRY(const std::vector<RunEntry> entries, entries_of(file.path().string()));
    all.insert(all.end(), entries.begin(), entries.end());
  }
  KE_TRY(const FlagsColumn flags, over_flags_in(join(folder, "flags")));
  std::sort(all.begin(), all.end(),
            [](const RunEntry& a, const RunEntry& b) { return a.speedup > b.speedup; });
  std::string text =
      "| operator | state | speed-up | over flags alone | least | bound | of ceiling | evaluations | compile "
      "/ timed / "
      "check / engine % |\n"
      "|---|---|---|---|---|---|---|---|---|\n";
  for (const RunEntry& entry : all) text += row_of(entry, flags);
  return text + summary_of(all) + flags_summary(all, flags);
}

}  // namespace
}  // namespace ke

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: examples_table FOLDER\n", stderr);
    return 2;
  }
  const auto table = ke::table_of(argv[1]);
  std::fputs(table ? table->c_str() : (table.error().message + "\n").c_str(), table ? stdout : stderr);
  return table ? 0 : 2;
}

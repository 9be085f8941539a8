// SPDX-License-Identifier: MIT
#include "ke-ci/gate/summary.h"

#include "ke-build/base/text.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace ke {
namespace {

std::string figures(const GateRow& row) {
  if (row.ratio <= 0) return "";
  return fmt::format("{:.3f}x [{:.3f}, {:.3f}]", row.ratio, row.low, row.high);
}

}  // namespace

std::string gate_sentence(const GateDecision& decision) {
  size_t identical = 0;
  for (const GateRow& row : decision.rows) identical += row.verdict == GateVerdict::identical;
  std::string text = decision.rows.empty()     ? "no affected operator"
                     : decision.regressed == 0 ? "no regression"
                                               : fmt::format("{} regression{}", decision.regressed,
                                                             decision.regressed == 1 ? "" : "s");
  if (decision.inconclusive > 0) text += fmt::format(", {} inconclusive", decision.inconclusive);
  if (identical > 0)
    text += fmt::format(", {} not measured because the machine code is identical", identical);
  if (!decision.stale.empty())
    text += "; stale evidence in ke.lock.json: " + join_texts(decision.stale, ", ");
  return text;
}

std::string gate_text(const GateDecision& decision) {
  size_t op_width = 8, workload_width = 8;
  for (const GateRow& row : decision.rows) {
    op_width = std::max(op_width, row.op.size());
    workload_width = std::max(workload_width, row.workload.size());
  }
  std::string text;
  for (const GateRow& row : decision.rows) {
    text += trim(fmt::format("{:<13}{:<{}}  {:<{}}  {:<26}{}", name_of(row.verdict), row.op, op_width,
                             row.workload, workload_width, figures(row), row.note)) +
            "\n";
  }
  for (const std::string& op : decision.stale) {
    text += fmt::format(
        "stale        {}: ke.lock.json was validated on another version of its source; run `ke-ci propose "
        "{}`\n",
        op, op);
  }
  return text + "gate: " + gate_sentence(decision) + "\n";
}

std::string gate_markdown(const GateDecision& decision, const Sides& sides) {
  std::string text = fmt::format(
      "### Kernel gate: {}\n\nBase {} against head {}{}, measured side by side; ratios are base time over "
      "head time.\n\n",
      escape_markdown(gate_sentence(decision)), markdown_code(sides.base_commit.substr(0, 12)),
      markdown_code(sides.head_commit.substr(0, 12)), sides.dirty ? " with uncommitted changes" : "");
  if (decision.rows.empty()) return text;
  text +=
      "| verdict | operator | workload | base | head | ratio | interval | "
      "|\n|---|---|---|---:|---:|---:|---:|---|\n";
  for (const GateRow& row : decision.rows) {
    const bool measured = row.ratio > 0;
    text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n",
                        row.verdict == GateVerdict::regressed ? "**regressed**" : name_of(row.verdict),
                        escape_markdown(row.op), escape_markdown(row.workload), format_seconds(row.base_s),
                        format_seconds(row.head_s), measured ? fmt::format("{:.3f}×", row.ratio) : "–",
                        measured ? fmt::format("{:.3f} – {:.3f}", row.low, row.high) : "–",
                        escape_markdown(row.note));
  }
  for (const std::string& op : decision.stale)
    text += fmt::format("\nThe evidence for {} in `ke.lock.json` is stale: its source has changed since.\n",
                        escape_markdown(op));
  return text;
}

Json gate_json(const GateDecision& decision, const Sides& sides, const GatePolicy& policy) {
  Json rows = Json::array();
  for (const GateRow& row : decision.rows) {
    Json json = {{"operator", row.op},
                 {"workload", row.workload.empty() ? Json() : Json(row.workload)},
                 {"verdict", name_of(row.verdict)}};
    if (row.ratio > 0) {
      json["ratio"] = row.ratio;
      json["low"] = row.low;
      json["high"] = row.high;
      json["base_s"] = row.base_s;
      json["head_s"] = row.head_s;
    }
    json["note"] = row.note;
    rows.push_back(std::move(json));
  }
  const char* verdict = decision.regressed > 0      ? "regressed"
                        : decision.inconclusive > 0 ? "inconclusive"
                                                    : "passed";
  return {{"version", 1},
          {"verdict", verdict},
          {"exit_code", decision.exit_code},
          {"base", sides.base_commit},
          {"head", sides.head_commit},
          {"dirty", sides.dirty},
          {"min_effect", policy.min_effect},
          {"regressed", decision.regressed},
          {"inconclusive", decision.inconclusive},
          {"stale", decision.stale},
          {"rows", rows}};
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-ci/report/sections.h"

#include "ke-build/base/text.h"
#include "ke-ci/report/drawings.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

std::string card(const std::string& name, const std::string& value, const std::string& note) {
  return fmt::format("<div class=\"card\"><span>{}</span><strong>{}</strong><em>{}</em></div>\n", name, value,
                     note);
}

/// The workload that weighs most, the longest of those: the one to put on the first card.
const Speedup* main_workload(const Evaluation& evaluation) {
  const Speedup* best = nullptr;
  for (const Speedup& speedup : evaluation.speedups) {
    if (!best || speedup.weight > best->weight ||
        (speedup.weight == best->weight && speedup.baseline_s > best->baseline_s))
      best = &speedup;
  }
  return best;
}

const Diagnosis* diagnosis_for(const std::vector<Diagnosis>& list, const std::string& workload) {
  for (const Diagnosis& diagnosis : list) {
    if (diagnosis.workload == workload) return &diagnosis;
  }
  return list.empty() ? nullptr : &list.front();
}

std::string items(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += "<li>" + escape_html(text) + "</li>";
  return out.empty() ? "" : "<ul>" + out + "</ul>\n";
}

std::string pill(const char* classes, const std::string& text) {
  return fmt::format("<span class=\"pill {}\">{}</span>", classes, escape_html(text));
}

}  // namespace

std::string verdict_of(const ReportData& data) {
  if (data.validation)
    return data.validation->passed ? "validated in a clean clone" : "rejected by the clean clone";
  if (data.session.best == 0) return "no winner";
  return data.result.confirmed ? "confirmed on fresh processes" : "not confirmed";
}

std::string headline_html(const ReportData& data) {
  const bool won = data.session.best != 0 && data.result.speedup > 0;
  const bool good = data.validation ? data.validation->passed : won && data.result.confirmed;
  std::string out =
      fmt::format("<p class=\"crumb\">{}{}</p><h1>{}</h1>\n",
                  escape_html(data.op_type.empty() ? "operator" : data.op_type),
                  data.source_path.empty() ? "" : " · <code>" + escape_html(data.source_path) + "</code>",
                  escape_html(data.op));
  if (!data.description.empty()) out += "<p class=\"lead\">" + escape_html(data.description) + "</p>\n";
  out += "<div class=\"hero\">";
  if (won) {
    const double confidence = data.result.speedups.empty() ? 0.99 : data.result.speedups.front().confidence;
    out += fmt::format(
        "<div class=\"big\">{}<small>faster</small></div><div class=\"interval\">{} – {}<small>{} confidence "
        "sequence, weighted over {} "
        "workload{}{}</small></div>",
        format_ratio(data.result.speedup), format_ratio(data.result.low), format_ratio(data.result.high),
        format_percent(confidence), data.result.speedups.size(), data.result.speedups.size() == 1 ? "" : "s",
        data.result.detectable > 0 ? "; this machine tells apart " + format_percent(data.result.detectable)
                                   : "");
  } else {
    out += "<div class=\"big\">1.00×<small>no faster kernel found</small></div>";
  }
  out += pill(good  ? "p-good"
              : won ? "p-warn"
                    : "p-none",
              verdict_of(data)) +
         "</div>\n<div class=\"cards\">\n";
  if (const Speedup* first = main_workload(data.result)) {
    out += card("time per call, " + escape_html(first->workload), format_seconds(first->candidate_s),
                "was " + format_seconds(first->baseline_s));
    if (const Diagnosis* after = diagnosis_for(data.after, first->workload); after && after->efficiency > 0) {
      const Diagnosis* before = diagnosis_for(data.before, first->workload);
      out +=
          card("of the measured ceiling", format_percent(after->efficiency),
               (before && before->efficiency > 0 ? "was " + format_percent(before->efficiency) + ", " : "") +
                   escape_html(bound_text(*after)));
    }
  }
  out += card("evaluations", std::to_string(data.session.evaluations),
              "in " + format_seconds(data.session.elapsed_s));
  if (data.validation) {
    const int64_t tests = data.validation->tests;
    const char* word = data.validation->passed ? "passed" : "ran";
    out += card("the project's own tests", tests > 0 ? fmt::format("{} {}", tests, word) : "none",
                tests > 0 ? "in the clean clone" : "the project declares no test");
  }
  out += fmt::format("<div class=\"card text\"><span>hardware</span><strong>{}</strong><em>{}</em></div>\n",
                     escape_html(shorten(data.session.hardware, 80)), escape_html(data.session.compiler));
  return out + "</div>\n";
}

std::string workloads_html(const ReportData& data) {
  if (data.result.speedups.empty()) return "<p class=\"none\">Nothing was measured on the workloads.</p>\n";
  std::string out = "<div class=\"plot\">" + both_widths(data, forest_svg) + "</div>\n";
  out +=
      "<div "
      "class=\"scroll\"><table><thead><tr><th>workload</th><th>baseline</th><th>candidate</th><th>speed-up</"
      "th><th>interval</th><th>of ceiling</th>"
      "<th>pairs</th><th>launches</th><th>verdict</th></tr></thead><tbody>\n";
  for (const Speedup& row : data.result.speedups) {
    double efficiency = 0;
    for (const Diagnosis& after : data.after) {
      if (after.workload == row.workload) efficiency = after.efficiency;
    }
    out += fmt::format(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td><b>{}</b></td><td>{} – "
        "{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
        escape_html(row.workload), format_seconds(row.baseline_s), format_seconds(row.candidate_s),
        format_ratio(row.ratio), format_ratio(row.low), format_ratio(row.high),
        efficiency > 0 ? format_percent(efficiency) : "–", row.pairs, row.blocks,
        pill(class_of(row.verdict), name_of(row.verdict)));
  }
  return out + "</tbody></table></div>\n";
}

std::string diagnosis_html(const ReportData& data) {
  std::string out;
  for (const Diagnosis& after : data.after) {
    const Diagnosis* before = diagnosis_for(data.before, after.workload);
    const bool same = before && before->workload == after.workload;
    out += fmt::format(
        "<details class=\"diag\"{}><summary><b>{}</b> {} <span>{}{} of <i>{}</i>, {}</span></summary>\n",
        out.empty() ? " open" : "", escape_html(after.workload), pill("p-bound", bound_text(after)),
        same && before->efficiency > 0 ? format_percent(before->efficiency) + " → " : "",
        format_percent(after.efficiency), escape_html(after.ceiling), left_text(after));
    out += fmt::format("<p class=\"fine\">{}, {} per call; floor {}; confidence {}</p>",
                       format_rate(after.bytes, "B"),
                       after.flops > 0 ? format_rate(after.flops, "flop") : "flops not stated",
                       format_seconds(after.floor_s),
                       escape_html(after.confidence.empty() ? "not stated" : after.confidence));
    if (same && bound_text(*before) != bound_text(after)) {
      out += fmt::format("<p class=\"fine\">The baseline: {}.</p>", escape_html(bound_text(*before)));
    }
    if (!after.evidence.empty()) out += "<h4>Evidence</h4>" + items(after.evidence);
    if (!after.advice.empty()) out += "<h4>What to try next</h4>" + items(after.advice);
    out += "</details>\n";
  }
  return out.empty() ? "<p class=\"none\">No diagnosis was recorded.</p>\n" : out;
}

std::vector<std::string> winner_moves(const ReportData& data) {
  std::vector<std::string> texts;
  for (const Node& node : data.nodes) {
    if (node.id != data.session.best) continue;
    for (const Move& move : node.candidate.moves) {
      texts.push_back((move.synthesizer == move.action ? move.action : move.synthesizer + "/" + move.action) +
                      (move.detail.empty() ? "" : ": " + move.detail));
    }
  }
  return texts;
}

std::string winner_html(const ReportData& data) {
  std::string out;
  const auto moves = winner_moves(data);
  if (!moves.empty()) {
    out += "<ol class=\"moves\">";
    for (const std::string& move : moves) out += "<li>" + escape_html(move) + "</li>";
    out += "</ol>\n";
  }
  if (!data.flags.empty() || !data.tunables.empty()) {
    std::string adopted = join_texts(data.flags, " ");
    for (const auto& [name, value] : data.tunables)
      adopted += (adopted.empty() ? "" : " ") + fmt::format("-D{}={}", name, value);
    out += "<p>Adopted for this file through <code>ke.lock.json</code>: <code>" + escape_html(adopted) +
           "</code></p>\n";
  }
  return out;
}

std::vector<TriedRow> tried_rows(const ReportData& data) {
  std::map<std::string, TriedRow> by_move;
  for (const Node& node : data.nodes) {
    if (node.candidate.moves.empty()) continue;
    const Move& move = node.candidate.moves.back();
    TriedRow& row =
        by_move[move.synthesizer == move.action ? move.action : move.synthesizer + " / " + move.action];
    ++row.count;
    ++row.outcomes[name_of(node.evaluation.outcome)];
    row.best = std::max(row.best, node.evaluation.speedup);
  }
  std::vector<TriedRow> rows;
  for (auto& [move, row] : by_move) {
    row.move = move;
    rows.push_back(row);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const TriedRow& a, const TriedRow& b) { return a.best > b.best; });
  return rows;
}

std::string tried_html(const ReportData& data) {
  const auto rows = tried_rows(data);
  if (rows.empty()) return "<p class=\"none\">No candidate was tried.</p>\n";
  std::string out =
      "<div "
      "class=\"scroll\"><table><thead><tr><th>move</th><th>tried</th><th>best</th><th>outcomes</th></tr></"
      "thead><tbody>\n";
  for (const TriedRow& row : rows) {
    std::string outcomes;
    for (const auto& [name, count] : row.outcomes) {
      const auto outcome = outcome_from(name);
      outcomes += pill(outcome ? class_of(*outcome) : "o-bad", fmt::format("{} {}", count, name)) + " ";
    }
    out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"pills\">{}</td></tr>\n",
                       escape_html(row.move), row.count, format_ratio(row.best), outcomes);
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// The sections that say why the figures may be believed, and how to get them again.
#include "ke-build/base/text.h"
#include "ke-ci/report/drawings.h"
#include "ke-ci/report/sections.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

namespace ke {

std::string validation_html(const ReportData& data) {
  if (data.session.best == 0) return "<p class=\"none\">There is no winner to apply.</p>\n";
  if (!data.validation) return "<p class=\"none\">Not yet applied to a clean clone.</p>\n";
  const Validation& validation = *data.validation;
  std::string out = "<ol class=\"steps\">\n";
  for (const ValidationStep& step : validation.steps) {
    out += fmt::format("<li class=\"{}\"><b>{}</b> <span>{}</span> <em>{}</em></li>\n",
                       step.passed ? "ok" : "no", escape_html(step.name), escape_html(step.detail),
                       format_seconds(step.seconds));
  }
  out += "</ol>\n";
  if (validation.variants.empty()) return out;
  out +=
      "<h4>Dispatch variants, each built, checked and timed by itself</h4><div "
      "class=\"scroll\"><table><thead><tr><th>variant</th><th>verdict</th><th>speed-up"
      "</th><th>interval</th><th></th></tr></thead><tbody>\n";
  for (const VariantResult& variant : validation.variants) {
    const Evaluation& evaluation = variant.evaluation;
    const std::string verdict = variant.runs_here ? name_of(evaluation.outcome) : "not proposed";
    out += fmt::format(
        "<tr><td><code>{}</code></td><td><span class=\"pill {}\">{}</span></td><td>{}</td><td>{}</td><td "
        "class=\"wrap\">{}</td></tr>\n",
        escape_html(variant.isa), variant.runs_here ? class_of(evaluation.outcome) : "o-same", verdict,
        variant.runs_here ? format_ratio(evaluation.speedup) : "–",
        evaluation.low > 0 ? format_ratio(evaluation.low) + " – " + format_ratio(evaluation.high) : "–",
        escape_html(variant.detail));
  }
  return out + "</tbody></table></div>\n";
}

std::string evidence_html(const ReportData& data) {
  const Evaluation& result = data.result;
  std::string out = "<dl>";
  const auto row = [&](const char* name, const std::string& value) {
    if (!value.empty()) out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, value);
  };
  row("level", escape_html(level_text(result)));
  std::string layers;
  for (const std::string& layer : result.sandbox) {
    const bool absent = starts_with(layer, "absent");
    layers +=
        fmt::format("<span class=\"pill {}\">{}</span> ", absent ? "o-slow" : "o-good", escape_html(layer));
  }
  row("sandbox layers", layers);
  for (const std::string& one : result.left_out) row("left out", escape_html(one));
  row("coverage", escape_html(coverage_text(result.coverage)));
  for (const std::string& place : result.coverage.uncovered) row("not covered", escape_html(place));
  row("confirmed", result.confirmed ? "yes: fresh processes, fresh secret inputs, every workload" : "no");
  row("session", "<code>" + escape_html(data.session.id) + "</code>");
  row("policy, seed", escape_html(fmt::format("{}, {}", data.session.policy, data.session.seed)));
  row("left out", escape_html(join_texts(data.session.without, ", ")));
  row("learned model of moves",
      escape_html((data.session.learned.on ? "on: " : "off: ") + data.session.learned.why));
  row("ended because", escape_html(stop_clause(data.session.stopped_by)));
  row("repository flags", "<code>" + escape_html(data.session.flags) + "</code>");
  row("compiler", escape_html(data.session.compiler));
  row("hardware", escape_html(data.session.hardware));
  row("environment", escape_html(result.environment));
  row("engine", escape_html(data.session.engine_version));
  row("base commit", data.base_commit.empty() ? "" : "<code>" + escape_html(data.base_commit) + "</code>");
  row("branch", data.branch.empty() ? "" : "<code>" + escape_html(data.branch) + "</code>");
  return out + "</dl>\n";
}

std::string ledger_html(const ReportData& data) {
  return "<div class=\"plot\">" + ledger_svg(data.session.ledger, data.session.elapsed_s, kWide) +
         ledger_svg(data.session.ledger, data.session.elapsed_s, kNarrow) + "</div>\n";
}

std::string reproduce_html(const ReportData& data) {
  if (data.reproduce.empty()) return "";
  return "<pre class=\"shell\">" + escape_html(join_texts(data.reproduce, "\n")) + "</pre>\n";
}

}  // namespace ke

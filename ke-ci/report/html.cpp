// SPDX-License-Identifier: MIT
#include "ke-ci/report/diff.h"
#include "ke-ci/report/drawings.h"
#include "ke-ci/report/report.h"
#include "ke-ci/report/sections.h"
#include "ke-ci/report/templates.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

namespace ke {
namespace {

std::string plot(const std::string& drawing, const char* otherwise) {
  return drawing.empty() ? fmt::format("<p class=\"none\">{}</p>\n", otherwise)
                         : "<div class=\"plot\">" + drawing + "</div>\n";
}

std::string diff_table(const ReportData& data) {
  const std::string rows = diff_html(data.baseline_source, data.candidate_source);
  if (data.session.best == 0) return "<p class=\"none\">There is no winner: nothing changes.</p>\n";
  if (rows.empty()) return "<p class=\"none\">The source does not change; see the adopted flags above.</p>\n";
  return "<div class=\"scroll\"><table class=\"diff\"><tbody>" + rows + "</tbody></table></div>\n";
}

std::string skill_section(const ReportData& data) {
  if (data.skill_text.empty()) return "<p class=\"none\">This session left no skill.</p>\n";
  return "<pre class=\"skill\">" + escape_html(data.skill_text) + "</pre>\n";
}

}  // namespace

std::string html_report(const ReportData& data) {
  const char* undrawn = data.session.best == 0 ? "There is no winner to compare with the ceilings."
                                               : "Bytes and flops of this operator are not known.";
  const bool flops_known = !data.after.empty() && data.after.front().flops > 0;
  return render(kReportHtml,
                {{"title", escape_html(data.op + " " + format_ratio(data.result.speedup))},
                 {"style", kReportCss},
                 {"headline", headline_html(data)},
                 {"workloads", workloads_html(data)},
                 {"roofline_name", flops_known ? "Roofline" : "Bandwidth"},
                 {"roofline", plot(both_widths(data, roofline_svg), undrawn)},
                 {"diagnosis", diagnosis_html(data)},
                 {"winner", winner_html(data)},
                 {"diff", diff_table(data)},
                 {"validation", validation_html(data)},
                 {"tree", plot(both_widths(data, tree_svg), "The search has no nodes.")},
                 {"progress", plot(both_widths(data, progress_svg), "Too few candidates to draw.")},
                 {"tried", tried_html(data)},
                 {"ledger", ledger_html(data)},
                 {"evidence", evidence_html(data)},
                 {"reproduce", reproduce_html(data)},
                 {"skill", skill_section(data)},
                 {"generated", escape_html(data.generated)},
                 {"engine", escape_html(data.session.engine_version)}});
}

}  // namespace ke

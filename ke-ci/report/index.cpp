// SPDX-License-Identifier: MIT
#include "ke-build/base/share.h"
#include "ke-ci/report/drawings.h"
#include "ke-ci/report/report.h"
#include "ke-ci/report/templates.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

namespace ke {
namespace {

std::string class_of_state(const std::string& state) {
  if (state == "proposed" || state == "validated" || state == "unchanged") return "o-good";
  if (state == "rejected" || state == "failed") return "o-bad";
  return "o-same";
}

/// The same forest as in a report, over operators.
std::string plot_of(const IndexData& data) {
  std::vector<ForestRow> rows;
  for (const IndexRow& row : data.rows) {
    if (row.speedup > 0) rows.push_back({row.op, "", row.speedup, row.low, row.high, false});
  }
  const double mean = data.geomean_speedup;
  if (rows.size() > 1) rows.push_back({"geometric mean", "", mean, mean, mean, true});
  if (rows.empty()) return "";
  return "<div class=\"plot\">" + forest_rows_svg(rows, kWide) + forest_rows_svg(rows, kNarrow) + "</div>\n";
}

std::string rows_of(const IndexData& data) {
  std::string out =
      "<div "
      "class=\"scroll\"><table><thead><tr><th>operator</th><th>state</th><th>speed-up</th><th>interval</"
      "th><th>of ceiling</th><th>bound</th>"
      "<th>evaluations</th><th>branch</th><th>note</th></tr></thead><tbody>\n";
  for (const IndexRow& row : data.rows) {
    const std::string name = escape_html(row.op);
    out += fmt::format(
        "<tr><td>{}</td><td><span class=\"pill "
        "{}\">{}</span></td><td><b>{}</b></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td><code>{}</"
        "code></td>"
        "<td class=\"wrap\">{}</td></tr>\n",
        row.report.empty() ? name : fmt::format("<a href=\"{}\">{}</a>", escape_html(row.report), name),
        class_of_state(row.state), escape_html(row.state), format_ratio(row.speedup),
        row.speedup > 0 ? format_ratio(row.low) + " – " + format_ratio(row.high) : "–",
        row.efficiency > 0 ? format_percent(row.efficiency) : "–",
        row.bound == Bound::unknown ? "–" : name_of(row.bound), row.evaluations, escape_html(row.branch),
        escape_html(row.note));
  }
  return out + "</tbody></table></div>\n";
}

}  // namespace

std::string html_index(const IndexData& data) {
  size_t proposed = 0;
  for (const IndexRow& row : data.rows)
    proposed += row.state == "proposed" || row.state == "unchanged" || row.state == "validated";
  const std::string headline = fmt::format(
      "<p class=\"crumb\">{} · <code>{}</code> to <code>{}</code></p><h1>{} of {} changed operators got "
      "faster</h1>\n"
      "<div class=\"hero\"><div class=\"big\">{}<small>geometric mean</small></div><div "
      "class=\"interval\">{}<small>{}</small></div></div>\n",
      escape_html(data.repository), escape_html(data.base.substr(0, 12)),
      escape_html(data.head.substr(0, 12)), proposed, data.rows.size(), format_ratio(data.geomean_speedup),
      escape_html(data.hardware), escape_html(data.compiler));
  return render(kIndexHtml,
                {{"title", fmt::format("KernelEvolve: {} operators", data.rows.size())},
                 {"style", kReportCss},
                 {"headline", headline},
                 {"plot", plot_of(data)},
                 {"rows", rows_of(data)},
                 {"ledger", "<div class=\"plot\">" + ledger_svg(data.ledger, data.seconds, kWide) +
                                ledger_svg(data.ledger, data.seconds, kNarrow) + "</div>\n"},
                 {"engine", kEngineVersion},
                 {"generated", escape_html(data.generated)}});
}

}  // namespace ke

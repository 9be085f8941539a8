// SPDX-License-Identifier: MIT
#include "ke-ci/report/drawings.h"
#include "ke-ci/report/svg.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

std::vector<ForestRow> rows_of(const ReportData& data) {
  std::vector<ForestRow> rows;
  for (const Speedup& speedup : data.result.speedups) {
    rows.push_back({speedup.workload,
                    format_seconds(speedup.baseline_s) + " → " + format_seconds(speedup.candidate_s),
                    speedup.ratio, speedup.low, speedup.high, false});
  }
  const Evaluation& all = data.result;
  if (rows.size() > 1) rows.push_back({"weighted mean", "", all.speedup, all.low, all.high, true});
  return rows;
}

// An open side of an interval is drawn a good way out.
void close_intervals(std::vector<ForestRow>& rows) {
  for (ForestRow& row : rows) {
    if (!(row.low > 0) || !std::isfinite(row.low)) row.low = row.ratio / 2;
    if (!(row.high > 0) || !std::isfinite(row.high)) row.high = row.ratio * 2;
  }
}

std::string figure_of(const ForestRow& row) {
  if (row.low == row.high) return format_ratio(row.ratio);
  return fmt::format("{}  [{} – {}]", format_ratio(row.ratio), format_ratio(row.low), format_ratio(row.high));
}

void draw_axis(Svg& svg, const LogScale& x, double top, double bottom, double room) {
  double last = -1e9;
  for (const double tick :
       {0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0}) {
    if (tick < x.low || tick > x.high || (x(tick) - last < room && tick != 1.0)) continue;
    last = x(tick);
    svg.line(x(tick), top, x(tick), bottom, tick == 1.0 ? "unity" : "grid");
    svg.text(x(tick), bottom + 16, tick == 1.0 ? "1× baseline" : fmt::format("{}×", tick), "tick", "middle");
    if (tick == 1.0) last += 35;
  }
}

void draw_row(Svg& svg, const ForestRow& row, const LogScale& x, double y) {
  if (row.overall) {
    const double left = x(row.low), middle = x(row.ratio), right = x(row.high);
    svg.path(
        fmt::format("M{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}Z", std::min(left, middle - 5),
                    y, middle, y - 8, std::max(right, middle + 5), y, middle, y + 8),
        "mark-all");
    return;
  }
  const char* kind = row.low > 1 ? "good" : row.high < 1 ? "bad" : "same";
  svg.line(x(row.low), y, x(row.high), y, fmt::format("whisker w-{}", kind));
  for (const double end : {row.low, row.high})
    svg.line(x(end), y - 5, x(end), y + 5, fmt::format("whisker w-{}", kind));
  svg.circle(x(row.ratio), y, 5, fmt::format("mark m-{}", kind),
             fmt::format("{}: {} ({} to {})", row.name, format_ratio(row.ratio), format_ratio(row.low),
                         format_ratio(row.high)));
}

}  // namespace

std::string forest_rows_svg(std::vector<ForestRow> rows, double width) {
  if (rows.empty()) return "";
  close_intervals(rows);
  const bool wide = width > 600;
  double low = 0.9, high = 1.15;
  for (const ForestRow& row : rows) {
    low = std::min(low, row.low * 0.9);
    high = std::max(high, row.high * 1.1);
  }
  const double step = wide ? 34 : 50, top = 8, bottom = top + step * static_cast<double>(rows.size());
  Svg svg(width, bottom + 26, "Speed-up per workload with confidence intervals");
  const LogScale x{low, high, wide ? 190.0 : 14.0, wide ? width - 250 : width - 14};
  draw_axis(svg, x, top, bottom, wide ? 44 : 36);
  for (size_t i = 0; i < rows.size(); ++i) {
    const ForestRow& row = rows[i];
    const double y = top + step * (static_cast<double>(i) + (wide ? 0.5 : 0.68));
    const std::string figure = figure_of(row);
    const char* weight = row.overall ? "halo strong" : "halo";
    if (row.overall)
      svg.line(0, top + step * static_cast<double>(i), width, top + step * static_cast<double>(i), "grid");
    svg.text(0, wide ? y + 4 : y - 16, shorten(row.name, wide ? 26 : 22), weight);
    svg.text(width, wide ? (row.times.empty() ? y + 4 : y - 2) : y - 16, figure, std::string(weight) + " num",
             "end");
    if (wide && !row.times.empty()) svg.text(width, y + 12, row.times, "tick num", "end");
    draw_row(svg, row, x, y);
  }
  return svg.str(wide ? "wide" : "narrow");
}

std::string forest_svg(const ReportData& data, double width) { return forest_rows_svg(rows_of(data), width); }

}  // namespace ke

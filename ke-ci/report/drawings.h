// SPDX-License-Identifier: MIT
// The drawings of a report. Each is made for a width, wide for laptops and narrow for phones, and the style
// sheet shows the one that fits.
#pragma once

#include "ke-ci/report/data.h"

#include <string>

namespace ke {

constexpr double kWide = 920, kNarrow = 350;

struct ForestRow {
  std::string name, times;  // times: shown small below the figures
  double ratio = 1, low = 0, high = 0;
  bool overall = false;
};
/// Ratios with intervals on one logarithmic axis; `low` or `high` 0: open on that side.
std::string forest_rows_svg(std::vector<ForestRow> rows, double width);
/// Speed-up per workload with its interval, and the weighted mean below.
std::string forest_svg(const ReportData& data, double width);
/// Measured ceilings with baseline and candidate of every workload; bytes per second when no flops are known.
std::string roofline_svg(const ReportData& data, double width);
/// Every node as a row, indented by its depth, coloured by outcome; the winner's path is marked. Large trees
/// are folded to the nodes that matter, and say how many were left out.
std::string tree_svg(const ReportData& data, double width);
/// Speed-up against the number of evaluations, and the best so far.
std::string progress_svg(const ReportData& data, double width);
/// One stacked bar.
std::string ledger_svg(const Ledger& ledger, double elapsed_s, double width);

/// CSS class of an outcome: o-good, o-same, o-slow, o-noisy, o-bad, o-built.
const char* class_of(Outcome outcome);
/// Ids on the way from the root to the winner, both included.
std::vector<int64_t> winner_path(const ReportData& data);
/// Both widths, each with the class that shows it where it fits.
std::string both_widths(const ReportData& data, std::string (*draw)(const ReportData&, double));

}  // namespace ke

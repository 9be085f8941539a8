// SPDX-License-Identifier: MIT
// The parts of the HTML report; each returns finished HTML, or "" when there is nothing to say.
#pragma once

#include "ke-ci/report/data.h"

#include <string>

namespace ke {

std::string headline_html(const ReportData& data);
std::string workloads_html(const ReportData& data);
std::string diagnosis_html(const ReportData& data);
std::string validation_html(const ReportData& data);
std::string tried_html(const ReportData& data);
std::string winner_html(const ReportData& data);
std::string evidence_html(const ReportData& data);
std::string ledger_html(const ReportData& data);
std::string reproduce_html(const ReportData& data);

/// Why it may be believed, in words: "validated in a clean clone", "confirmed on fresh processes", ...
std::string verdict_of(const ReportData& data);
/// Steps of the winner's path as text: `rewrite/interchange (loops j, k)`.
std::vector<std::string> winner_moves(const ReportData& data);

struct TriedRow {
  std::string move;
  std::map<std::string, int> outcomes;
  int count = 0;
  double best = 0;
};
/// What was tried, by kind of move, the best first.
std::vector<TriedRow> tried_rows(const ReportData& data);

}  // namespace ke

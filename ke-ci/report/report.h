// SPDX-License-Identifier: MIT
// The report's door: one session told to a human, as a self-contained HTML page and as the text of a pull
// request.
#pragma once

#include "ke-build/model/operator.h"
#include "ke-build/store/store.h"
#include "ke-ci/report/data.h"

namespace ke {

/// A page without any external request: styles and drawings inside, light and dark, laptop and phone.
std::string html_report(const ReportData& data);
/// The page that leads to the reports of one run; links are relative.
std::string html_index(const IndexData& data);

/// Forges refuse longer bodies.
constexpr size_t kBodyLimitBytes = 65536;
/// Markdown for a pull request, at most kBodyLimitBytes, with `marker` (one JSON object) hidden in a comment.
std::string pull_request_body(const ReportData& data, const std::string& marker);
/// The JSON object that a body hides, or "" when there is none.
std::string marker_of(const std::string& body);

/// Fills the report from the store. Sources are those of the search (root and winner) until a validation
/// replaces them. ERRORS: not_found for an unknown session.
Result<ReportData> load_report(Store& store, const std::string& session, const Operator& op,
                               const std::string& repository);

}  // namespace ke

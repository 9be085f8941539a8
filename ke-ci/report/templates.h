// SPDX-License-Identifier: MIT
// The files of templates/report and templates/pull-request, compiled in.
#pragma once

#include <string>

namespace ke {

extern const std::string kReportHtml, kReportCss, kIndexHtml, kPullRequestBody;

}  // namespace ke

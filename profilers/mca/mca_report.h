// SPDX-License-Identifier: MIT
// What `llvm-mca -json` printed about one loop.
#pragma once

#include "ke-build/base/result.h"

#include <string>

namespace ke::mca {

struct Report {
  double cycles = 0;       // per iteration, as simulated: ports, front end and dependences together
  double port_cycles = 0;  // per iteration, by the busiest resource and the dispatch width alone
  double ipc = 0;
  std::string busiest;        // resource with the most cycles per iteration, e.g. SKXPort5
  double busiest_cycles = 0;  // per iteration
  std::string processor;      // of the model
};

/// The first code region. ERRORS: tool for anything that is not such a report.
Result<Report> parse_report(const std::string& json);

}  // namespace ke::mca

// SPDX-License-Identifier: MIT
// What `perf stat`, `perf stat -j` or `perf stat -x,` printed, as shares of issue slots.
#pragma once

#include "ke-build/base/result.h"

#include <map>
#include <string>

namespace ke::perf {

/// Top-down shares, 0..1, by the last word of the metric's unit without `tma_`: frontend_bound,
/// bad_speculation, backend_bound, retiring, memory_bound, core_bound, backend_bound_memory,
/// backend_bound_cpu. Of metrics that appear more than once the one that was counted longest stays; of a
/// hybrid processor's kinds of cores, the one that ran (a share that is no number says that it did not).
/// Lines that are no metric are skipped. ERRORS: tool when no share is left, naming unsupported events.
Result<std::map<std::string, double>> parse_topdown(const std::string& text);

}  // namespace ke::perf

// SPDX-License-Identifier: MIT
// What `perf stat -j` or `perf stat -x,` printed, as shares of issue slots.
#pragma once

#include "ke-build/base/result.h"

#include <map>
#include <string>

namespace ke::perf {

/// Top-down shares, 0..1, by the last word of the metric's unit without `tma_`: frontend_bound,
/// bad_speculation, backend_bound, retiring, memory_bound, core_bound, backend_bound_memory,
/// backend_bound_cpu. Of metrics that appear more than once (hybrid processors) the one that was counted
/// longest stays. Lines that are no metric are skipped, so are values that are no number. ERRORS: tool when
/// no share is left, naming unsupported events.
Result<std::map<std::string, double>> parse_topdown(const std::string& text);

}  // namespace ke::perf

// SPDX-License-Identifier: MIT
// What the outcomes of searches on recorded spaces are worth.
#pragma once

#include "ke-build/search/space/recorded_bench.h"

namespace ke {

/// Best time after each budget; negative: nothing succeeded yet.
using Outcomes = std::vector<double>;

/// Of the runs of one space: each one's outcome at `place` in the list of budgets.
RecordedRow scored(const Recording& recording, const std::vector<Outcomes>& runs, size_t place,
                   int64_t budget, Warm warm);
/// REQUIRES: as many of one as of the other, in the same order.
Paired paired(const std::vector<double>& warm, const std::vector<double>& cold);
std::vector<RecordedMean> means_of(const std::vector<RecordedRow>& rows, const std::vector<int64_t>& budgets);

}  // namespace ke

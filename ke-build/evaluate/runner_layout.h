// SPDX-License-Identifier: MIT
// Where every argument of every call lies: in the files of arguments and in the runner's address space. Each
// launch gets other addresses, gaps and alignments, so that neither luck nor memory of earlier calls decides
// a measurement.
#pragma once

#include "backends/cpu/runner_protocol.h"
#include "ke-build/base/result.h"
#include "ke-build/evaluate/runner.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ke {

struct RunnerLayout {
  std::vector<ke_runner::Region> regions;
  std::vector<ke_runner::Argument> arguments;  // call by call
  uint64_t plan_bytes = 0;                     // of the plan file, whole pages
  uint64_t input_bytes = 0, output_bytes = 0;  // file sizes
  uint64_t reservation_bytes = 0;
  bool tiled = false;         // some pages are mapped more than once
  uint64_t stack_region = 0;  // of a pure kernel; meaningless without one
};

/// Data touches the unmapped page before or behind it, as `seed` says. A pure kernel's stack of `stack_bytes`
/// is one region more. The scalars of a trap lie where there is no file. ERRORS: usage (alignment, sizes,
/// counts).
Result<RunnerLayout> make_layout(const std::vector<RunnerSlot>& slots, int calls, uint64_t seed,
                                 uint64_t stack_bytes = 0, const Placing& placing = {});

/// What lies beside read-only data on its pages is no zero: kernels must not come to rely on it.
void fill_neighbours(const RunnerLayout& layout, uint64_t secret, std::byte* inputs);

/// Bytes of a writable region that belong to no argument hold this secret pattern.
void fill_guards(const RunnerLayout& layout, uint64_t secret, std::byte* outputs);
/// Index into layout.arguments of the first one with a changed neighbour, or -1.
int first_broken_guard(const RunnerLayout& layout, uint64_t secret, const std::byte* outputs);

}  // namespace ke

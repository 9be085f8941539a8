// SPDX-License-Identifier: MIT
// Runs the ceiling kernels: cache levels, threads, repetitions. Internal to ceilings.cpp.
#pragma once

#include "ke-build/evaluate/ceilings.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ke {

struct MemoryLevel {
  std::string name;        // L1, L2, L3, DRAM
  int64_t size_bytes = 0;  // of one instance; DRAM: 0
  int sharers = 1;         // cores that share an instance
};
/// From sysfs, or else sysconf, or else common sizes; DRAM is last.
std::vector<MemoryLevel> memory_levels();

/// Best rates of one level. `budget_s` bounds the repetitions (at least two); memory is allocated and freed
/// inside. At most `most_bytes` are touched per thread, which a quick look at DRAM needs.
BandwidthCeiling measure_bandwidth(const std::vector<MemoryLevel>& levels, size_t level, int threads,
                                   double budget_s, int64_t most_bytes = int64_t{1} << 40);
/// Best rate of one instruction set (index into ceiling_kernels()) for f32, f64, i32 or i8.
ComputeCeiling measure_compute(size_t isa, Dtype dtype, int threads, double budget_s);
/// The same for a row of narrow_kernels().
ComputeCeiling measure_narrow(size_t row, int threads, double budget_s);
/// Shortest seconds of a load that waits for the load before it, on a random cycle through all lines of a set
/// that lives in the level; page walks are part of it, as they are of a kernel's.
double measure_latency(const std::vector<MemoryLevel>& levels, size_t level, double budget_s);

}  // namespace ke

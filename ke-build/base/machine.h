// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace ke {

/// What measurements were made on, for people and for comparing records: `AMD EPYC 9B14, 2 cores`.
std::string machine_name();
/// Of the running system, since it was started; empty where it does not say.
std::string boot_id();

/// Time of all processors since the system was started, in ticks; `stolen` went to other guests of its host
/// (proc_stat(5)). Zeros where the system does not say.
struct ProcessorTicks {
  int64_t all = 0, stolen = 0;
};
ProcessorTicks processor_ticks(const std::string& path = "/proc/stat");
/// What moves timings and is not the kernel's: `governor powersave, SMT on, boost on, 0.3 % of processor time
/// stolen`, the last one since `begun`. What the system does not tell is named as not told.
std::string environment_text(const ProcessorTicks& begun,
                             const std::string& processors = "/sys/devices/system/cpu",
                             const ProcessorTicks& now = processor_ticks());

}  // namespace ke

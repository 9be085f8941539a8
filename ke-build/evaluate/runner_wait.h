// SPDX-License-Identifier: MIT
// Waiting for a runner, and stopping it.
#pragma once

#include "ke-build/evaluate/sandbox_watch.h"

#include <cstdint>

#include <sys/types.h>

namespace ke {

struct RunnerWatch {
  pid_t pid = -1;
  uint64_t memory_bytes = 0;  // resident, shared arguments included
  int threads = 0;
  bool group = false;  // it may have children: counts the whole process group
};

enum class Awaited { seen, ended, stopped_itself, resumed_itself, late, memory, threads };

/// Seconds of the judge's raw monotonic clock, which no time daemon bends.
double raw_now_s();
/// Waits until the runner has stored `value`, has ended, or breaks a limit; `deadline_s` is on raw_now_s().
/// Returns within microseconds of the store when spinning, otherwise when the kernel wakes the judge; limits
/// are seen within 10 ms.
Awaited await_word(const uint32_t* word, uint32_t value, double deadline_s, bool spin,
                   const RunnerWatch& watch);

/// Stops every thread and waits until all of them have stopped. False when the process ended or would not
/// stop.
bool stop_process(pid_t pid);
void resume_process(pid_t pid);
/// Processor time of all threads so far, in nanosecond steps; -1 when the process has gone.
double cpu_seconds_of(pid_t pid);

}  // namespace ke

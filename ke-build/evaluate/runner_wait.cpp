// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/runner_wait.h"

#include <algorithm>
#include <ctime>
#include <optional>

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

constexpr double kCheckPeriod_s = 0.01;
constexpr int kSpinTurns = 256;

void pause_briefly() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

bool holds(const uint32_t* word, uint32_t value) { return __atomic_load_n(word, __ATOMIC_ACQUIRE) == value; }

std::optional<Awaited> inspect(const RunnerWatch& watch) {
  siginfo_t info{};
  if (waitid(P_PID, id_t(watch.pid), &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) != 0)
    return Awaited::ended;
  if (info.si_pid != 0) return info.si_code == CLD_STOPPED ? Awaited::stopped_itself : Awaited::ended;
  const TreeUsage usage = watch.group ? usage_of_group(watch.pid, false) : usage_of_process(watch.pid);
  if (usage.resident_bytes > watch.memory_bytes) return Awaited::memory;
  if (usage.threads > watch.threads) return Awaited::threads;
  return std::nullopt;
}

/// Until the word may have changed: at most a check period.
void rest(const uint32_t* word, uint32_t value, bool spin) {
  if (spin) {
    for (int turn = 0; turn < kSpinTurns; ++turn) {
      if (holds(word, value)) return;
      pause_briefly();
    }
    sched_yield();  // free when nobody else wants this core, and a help to the runner when somebody does
    return;
  }
  const uint32_t now = __atomic_load_n(word, __ATOMIC_ACQUIRE);
  if (now == value) return;
  const timespec limit{0, long(kCheckPeriod_s * 1e9)};
  syscall(SYS_futex, word, FUTEX_WAIT, now, &limit, nullptr, 0);
}

}  // namespace

double raw_now_s() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC_RAW, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

Awaited await_word(const uint32_t* word, uint32_t value, double deadline_s, bool spin,
                   const RunnerWatch& watch) {
  double next_check_s = raw_now_s() + kCheckPeriod_s;
  while (!holds(word, value)) {
    rest(word, value, spin);
    const double now_s = raw_now_s();
    if (now_s < next_check_s || holds(word, value)) continue;
    if (const auto trouble = inspect(watch)) return holds(word, value) ? Awaited::seen : *trouble;
    if (now_s >= deadline_s) return Awaited::late;
    next_check_s = now_s + std::min(kCheckPeriod_s, std::max(1e-4, deadline_s - now_s));
  }
  return Awaited::seen;
}

bool stop_process(pid_t pid) {
  if (kill(pid, SIGSTOP) != 0) return false;
  const double deadline_s = raw_now_s() + 2;
  while (raw_now_s() < deadline_s) {
    siginfo_t info{};
    // The kernel reports the stop once the last thread has joined it. An end stays unreaped for the caller.
    if (waitid(P_PID, id_t(pid), &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT) != 0) return false;
    if (info.si_pid != 0 && info.si_code == CLD_STOPPED) {
      waitid(P_PID, id_t(pid), &info, WSTOPPED | WNOHANG);
      return true;
    }
    if (info.si_pid != 0) return false;
    sched_yield();
  }
  return false;
}

void resume_process(pid_t pid) { kill(pid, SIGCONT); }

double cpu_seconds_of(pid_t pid) {
  clockid_t clock;
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// Another machine, at another time: what the C library says in sanitizer builds. They are run for their
// answers as well, so that a kernel that goes by the date, by how many processors there are or by who runs it
// is seen where these are others. Definitions of a program take the place of its libraries', also for the
// libraries (System V ABI, symbol preemption). Clocks that programs wait by, CLOCK_MONOTONIC above all, stay
// as they are.
#pragma once

#include <cfenv>
#include <cstring>
#include <initializer_list>

#include <dlfcn.h>
#include <locale.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

namespace ke_runner {

constexpr long kLater_s = 6L * 365 * 24 * 3600;  // the date
constexpr long kWorked_s = 5000;                 // of processor time
constexpr long kProcessors = 48;  // more than most machines have; a program may start so many threads
constexpr long kFiles = 1L << 20;
constexpr size_t kHeap = size_t{3} << 30;
constexpr int kProcessor = 40;
constexpr int kProcess = 3000000;

inline long system_says(long number, long a = 0, long b = 0) { return syscall(number, a, b); }

/// The answer to every name but those that the libraries ask about themselves.
inline char* set_to_one(const char* name) {
  static char one[] = "1";
  for (const char* own :
       {"OMP_", "GOMP_", "KMP_", "LD_", "MALLOC_", "GLIBC_", "ASAN_", "UBSAN_", "LSAN_", "TZ",   "LC_",
        "LANG", "LOC",   "NLS",  "TMP", "POSIX",   "GCONV",  "HOME",  "PATH",   "ACC_",  "TBB_", "GLIBCXX_"})
    if (strncmp(name, own, strlen(own)) == 0) return nullptr;
  return one;
}

/// What needs no definition: another time zone, a pipe on the standard input, floating-point flags of other
/// calculations.
inline void enter_other_world() {
  setenv("TZ", "KES-05:45", 1);
  tzset();
  int ends[2];
  if (pipe(ends) == 0) {
    dup2(ends[0], 0);
    close(ends[0]);
    close(ends[1]);
  }
  std::feraiseexcept(FE_ALL_EXCEPT);
}

}  // namespace ke_runner

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const long code = ke_runner::system_says(SYS_clock_gettime, long(clock), reinterpret_cast<long>(now));
  if (code != 0) return int(code);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI)
    now->tv_sec += ke_runner::kLater_s;
  if (clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID)
    now->tv_sec += ke_runner::kWorked_s;
  return 0;
}

time_t time(time_t* out) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

int gettimeofday(timeval* out, void*) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  *out = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

int timespec_get(timespec* out, int base) noexcept {
  if (base != TIME_UTC) return 0;
  clock_gettime(CLOCK_REALTIME, out);
  return base;
}

clock_t clock(void) noexcept {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * CLOCKS_PER_SEC + now.tv_nsec / (1000000000 / CLOCKS_PER_SEC);
}

clock_t times(tms* used) noexcept {
  const clock_t now = ke_runner::system_says(SYS_times, reinterpret_cast<long>(used));
  if (used != nullptr) used->tms_utime += ke_runner::kWorked_s * 100;
  return now;
}

int getrusage(__rusage_who_t who, rusage* used) noexcept {
  const long code = ke_runner::system_says(SYS_getrusage, long(who), reinterpret_cast<long>(used));
  if (code == 0) used->ru_utime.tv_sec += ke_runner::kWorked_s;
  return int(code);
}

long sysconf(int name) noexcept {
  if (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF) return ke_runner::kProcessors;
  if (name == _SC_OPEN_MAX) return ke_runner::kFiles;
  static const auto library = reinterpret_cast<long (*)(int)>(dlsym(RTLD_NEXT, "sysconf"));
  return library != nullptr ? library(name) : -1;
}

int get_nprocs(void) noexcept { return ke_runner::kProcessors; }
int get_nprocs_conf(void) noexcept { return ke_runner::kProcessors; }
int sched_getcpu(void) noexcept { return ke_runner::kProcessor; }
pid_t getpid(void) noexcept { return ke_runner::kProcess; }
pid_t gettid(void) noexcept { return ke_runner::kProcess + 1; }

int getrlimit(__rlimit_resource_t which, rlimit* limits) noexcept {
  const long code = ke_runner::system_says(SYS_getrlimit, long(which), reinterpret_cast<long>(limits));
  if (code == 0 && which == RLIMIT_NOFILE) limits->rlim_cur = limits->rlim_max = ke_runner::kFiles;
  return int(code);
}

char* getenv(const char* name) noexcept {
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const size_t length = strlen(name);
    if (strncmp(*variable, name, length) == 0 && (*variable)[length] == '=') return *variable + length + 1;
  }
  return ke_runner::set_to_one(name);
}
char* secure_getenv(const char* name) noexcept { return getenv(name); }

struct mallinfo2 mallinfo2(void) noexcept {
  struct mallinfo2 used {};
  used.arena = used.uordblks = used.hblkhd = ke_runner::kHeap;
  return used;
}

lconv* localeconv(void) noexcept {
  static char comma[] = ",", point[] = ".", grouping[] = "\3", none[] = "";
  static lconv conventions;
  conventions.decimal_point = comma;
  conventions.thousands_sep = point;
  conventions.grouping = grouping;
  conventions.int_curr_symbol = conventions.currency_symbol = none;
  conventions.mon_decimal_point = conventions.mon_thousands_sep = conventions.mon_grouping = none;
  conventions.positive_sign = conventions.negative_sign = none;
  return &conventions;
}
}

// SPDX-License-Identifier: MIT
// The runner's main: maps what the judge laid out, waits for its word, calls the kernel, says so. It is
// compiled into every candidate's executable; it needs nothing but libc and C++17, and it is not trusted.
#include "runner_protocol.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern "C" void ke_call(void* const* arguments);

namespace {

using namespace ke_runner;

const Plan* plan;
Reply* reply;

uint32_t load(const uint32_t& word) { return __atomic_load_n(&word, __ATOMIC_ACQUIRE); }
void store(uint32_t& word, uint32_t value) { __atomic_store_n(&word, value, __ATOMIC_RELEASE); }

[[noreturn]] void give_up(int status) {
  syscall(SYS_exit_group, status);
  __builtin_unreachable();
}

// The first process of a pid namespace survives its own abort(), and a refused system call has no name: say
// both here.
void explain(int signal, siginfo_t* info, void*) {
  reply->why_signal = uint32_t(signal);
  if (signal == SIGSYS) reply->why_system_call = uint32_t(info->si_syscall);
  give_up(128 + signal);
}

void install(int signal) {
  struct sigaction action {};
  action.sa_sigaction = explain;
  action.sa_flags = SA_SIGINFO;
  sigaction(signal, &action, nullptr);
}

void* map_file(int file, uint64_t bytes, int protection) {
  void* address = mmap(nullptr, bytes, protection, MAP_SHARED, file, 0);
  if (address == MAP_FAILED) give_up(120);
  return address;
}

void open_plan() {
  plan = static_cast<const Plan*>(map_file(kPlanFile, kPage, PROT_READ));
  if (plan->magic != kMagic) give_up(121);
  const uint64_t bytes = plan->plan_bytes;
  plan = static_cast<const Plan*>(map_file(kPlanFile, bytes, PROT_READ));
  reply = static_cast<Reply*>(map_file(kReplyFile, kPage, PROT_READ | PROT_WRITE));
}

const Region* regions() { return reinterpret_cast<const Region*>(plan + 1); }
const Argument* arguments() { return reinterpret_cast<const Argument*>(regions() + plan->region_count); }

void** map_regions() {
  char* base = static_cast<char*>(
      mmap(nullptr, plan->reservation_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  if (base == MAP_FAILED) give_up(122);
  for (uint32_t i = 0; i < plan->region_count; ++i) {
    const Region& region = regions()[i];
    const int protection = region.writable ? PROT_READ | PROT_WRITE : PROT_READ;
    // Populated, so that the first timed call meets no page faults.
    void* address = mmap(base + region.place, region.bytes, protection, MAP_SHARED | MAP_FIXED | MAP_POPULATE,
                         region.writable ? kOutputFile : kInputFile, off_t(region.file_offset));
    if (address == MAP_FAILED) give_up(123);
  }
  const size_t count = size_t(plan->call_count) * plan->argument_count;
  void** table = static_cast<void**>(std::calloc(count + 1, sizeof(void*)));
  if (table == nullptr) give_up(124);
  for (size_t i = 0; i < count; ++i) table[i] = base + arguments()[i].place;
  return table;
}

// Rounding and flush modes belong to the caller; a kernel that leaves them changed changes everybody's
// results.
uint64_t float_state() {
#if defined(__x86_64__)
  struct {
    uint16_t control, unused, status, unused_too, tags, unused_as_well;
    uint32_t rest[4];
  } unit;
  __asm__ volatile("fnstenv %0\n\tfldenv %0" : "=m"(unit));
  return (uint64_t(unit.tags) << 48) | (uint64_t(unit.control) << 32) | (__builtin_ia32_stmxcsr() & ~0x3fu);
#elif defined(__aarch64__)
  return __builtin_aarch64_get_fpcr();  // 0 at the start of a process
#else
  return 0;
#endif
}

/// As the system starts a process; a constructor may have changed it already.
uint64_t initial_float_state() {
#if defined(__x86_64__)
  return (uint64_t{0xffff} << 48) | (uint64_t{0x37f} << 32) | 0x1f80;
#else
  return 0;
#endif
}

/// Direction of string instructions, traps, checks of alignment: who returns with one of them on has broken
/// the calling convention for whatever its caller does next. They are off again afterwards.
bool left_flags() {
#if defined(__x86_64__)
  uint64_t flags = 0;
  __asm__ volatile(
      "lea -128(%%rsp), %%rsp\n\tpushfq\n\tmovq (%%rsp), %0\n\tandq $~0x44500, (%%rsp)\n\tpopfq\n\t"
      "lea 128(%%rsp), %%rsp"
      : "=r"(flags)
      :
      : "memory", "cc");
  return (flags & 0x44500) != 0;
#else
  return false;
#endif
}

void serve() {
  const uint64_t expected_state = initial_float_state();
  void** table = map_regions();
  uint32_t seen = 0;
  store(reply->ready, 1);
  syscall(SYS_futex, &reply->ready, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  for (;;) {
    // It sleeps at once, so that all processor time it uses is the kernel's; a process that is continued
    // looks at the word again.
    while (load(plan->go) == seen) syscall(SYS_futex, &plan->go, FUTEX_WAIT, seen, nullptr, nullptr, 0);
    seen = load(plan->go);
    const uint32_t first = plan->first, end = plan->first + plan->calls;
    for (uint32_t call = first; call < end; ++call) ke_call(table + size_t(call) * plan->argument_count);
    const bool flags = left_flags();
    if (flags || float_state() != expected_state) reply->float_state_changed = 1;
#if defined(__x86_64__)
    __builtin_ia32_sfence();  // nothing else orders the streaming stores of a kernel before the word
#endif
    store(reply->done, seen);
    if (!plan->spin) syscall(SYS_futex, &reply->done, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }
}

void* serve_from_here(void*) {
  serve();
  return nullptr;
}

/// The first thread waits for ever.
void serve_from_another_thread() {
  pthread_t thread;
  if (pthread_create(&thread, nullptr, serve_from_here, nullptr) != 0) give_up(127);
  pthread_join(thread, nullptr);
}

void* heap_copy(const Argument& argument, const char* file) {
  void* data = nullptr;
  const size_t align = argument.align_bytes < sizeof(void*) ? sizeof(void*) : argument.align_bytes;
  if (posix_memalign(&data, align, argument.bytes) != 0) give_up(125);
  std::memcpy(data, file + argument.file_offset, argument.bytes);
  return data;
}

int call_once() {
  char* outputs = static_cast<char*>(map_file(kOutputFile, plan->output_bytes, PROT_READ | PROT_WRITE));
  void* table[64];
  if (plan->argument_count > 64) give_up(126);
  for (uint32_t i = 0; i < plan->argument_count; ++i) {
    const Argument& argument = arguments()[i];
    const char* inputs = nullptr;
    const uint64_t end = argument.file_offset + argument.bytes;
    if (!argument.writable)
      inputs = static_cast<const char*>(map_file(kInputFile, end != 0 ? end : 1, PROT_READ));
    table[i] = heap_copy(argument, argument.writable ? outputs : inputs);
  }
  for (uint32_t part = 0; part < plan->parts; ++part)
    ke_call(table + size_t(part) * (plan->argument_count / plan->parts));
  for (uint32_t i = 0; i < plan->argument_count; ++i) {
    const Argument& argument = arguments()[i];
    if (argument.writable) std::memcpy(outputs + argument.file_offset, table[i], argument.bytes);
    std::free(table[i]);
  }
  store(reply->done, 1);
  return 0;
}

}  // namespace

int main() {
  open_plan();
  install(SIGSYS);
  install(SIGABRT);
  if (plan->mode == kOnce) return call_once();
  setvbuf(stdout, nullptr, _IOLBF, 0);  // what it prints is seen without an orderly end
  if (plan->other_thread != 0) serve_from_another_thread();
  serve();
}

// SPDX-License-Identifier: MIT
// The runner's main: maps what the judge laid out, waits for its word, calls the kernel, says so. It is
// compiled into every candidate's executable; it needs nothing but libc and C++17, and it is not trusted.
// The run time of the sanitizers has to come first; some C libraries know no such functions.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KE_SANITIZED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define KE_SANITIZED
#endif

#if defined(KE_SANITIZED)
#include "other_world.h"
#endif
#include "runner_call.h"
#include "runner_filter.h"
#include "runner_once.h"
#include "runner_protocol.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using namespace ke_runner;

#if defined(KE_SANITIZED)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

const Plan* plan;
Reply* reply;
void** table;  // kServe: of arguments, call by call
const char* inputs;
char* outputs;  // kOnce: the two files

uint32_t load(const uint32_t& word) { return __atomic_load_n(&word, __ATOMIC_ACQUIRE); }
void store(uint32_t& word, uint32_t value) { __atomic_store_n(&word, value, __ATOMIC_RELEASE); }

// The first process of a pid namespace survives its own abort(), and a refused system call has no name: say
// both here.
void explain(int signal, siginfo_t* info, void* context) {
  reply->why_signal = uint32_t(signal);
  if (signal == SIGSYS) {
    reply->why_system_call = uint32_t(info->si_syscall);
    reply->why_argument = first_argument(context);
  }
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
  void** made = static_cast<void**>(std::calloc(count + 1, sizeof(void*)));
  if (made == nullptr) give_up(124);
  for (size_t i = 0; i < count; ++i) made[i] = base + arguments()[i].place;
  return made;
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

void call_kernel(void* const* arguments) {
  if (__builtin_expect(ke_call_marked(arguments) != 0, 0)) reply->registers_changed = 1;
}

void call_in_turn(void** table, uint32_t first, uint32_t end, uint32_t step) {
  for (uint32_t call = first; call < end; call += step)
    call_kernel(table + size_t(call) * plan->argument_count);
}

/// The calls of a window, shared by two threads that begin each of them together.
struct Share {
  void** table;
  uint32_t first, end;
  uint32_t arrived;

  void call(uint32_t begin) {
    uint32_t rounds = 0;
    for (uint32_t call = begin; call < end; call += 2) {
      meet(++rounds);
      call_kernel(table + size_t(call) * plan->argument_count);
    }
  }
  /// On one core the other thread needs this one's place.
  void meet(uint32_t round) {
    __atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL);
    for (uint32_t turn = 0; __atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < 2 * round; ++turn)
      if (turn > 4096) sched_yield();
  }
  static void* call_odd_ones(void* data) {
    auto& share = *static_cast<Share*>(data);
    share.call(share.first + 1);
    return nullptr;
  }
};

/// An even number of calls.
void call_from_two_threads(void** table, uint32_t first, uint32_t end) {
  Share share{table, first, end, 0};
  pthread_t other;
  if (pthread_create(&other, nullptr, Share::call_odd_ones, &share) != 0) give_up(127);
  share.call(first);
  pthread_join(other, nullptr);
}

struct Window {
  void** table;
  uint32_t first, end;
  uint32_t called = 0;

  static void* call(void* data) {
    const auto& window = *static_cast<Window*>(data);
    call_in_turn(window.table, window.first, window.end, 1);
    return nullptr;
  }
};

/// GCC's OpenMP, where the program is linked to it.
extern "C" {
__attribute__((weak)) void GOMP_parallel(void (*region)(void*), void* data, unsigned threads, unsigned flags);
}

/// By the thread of a team that comes first, while the other one has nothing to do.
void call_within_team(void** table, uint32_t first, uint32_t end) {
  Window window{table, first, end};
  const auto region = [](void* data) {
    auto& own = *static_cast<Window*>(data);
    if (__atomic_exchange_n(&own.called, 1, __ATOMIC_ACQ_REL) == 0) Window::call(data);
  };
  if (GOMP_parallel != nullptr)
    GOMP_parallel(region, &window, 2, 0);
  else
    Window::call(&window);
}

/// Threads of a team stay when its region ends, and the program's next region is theirs.
bool helpers_differ(uint64_t expected_state) {
  if (GOMP_parallel == nullptr) return false;
  struct Seen {
    uint64_t expected;
    uint32_t differ;
  } seen{expected_state, 0};
  const auto region = [](void* data) {
    auto& own = *static_cast<Seen*>(data);
    if (float_state() != own.expected) __atomic_store_n(&own.differ, 1, __ATOMIC_RELEASE);
  };
  GOMP_parallel(region, &seen, 0, 0);
  return seen.differ != 0;
}

void call_from_brief_thread(void** table, uint32_t first, uint32_t end) {
  Window window{table, first, end};
  pthread_t thread;
  if (pthread_create(&thread, nullptr, Window::call, &window) != 0) give_up(127);
  pthread_join(thread, nullptr);
}

void serve() {
  uint64_t expected_state = initial_float_state();
  if (plan->flushes != 0) {
    flush_subnormals();
    expected_state = float_state();
  }
  const bool with_helpers = plan->other_thread != 0 || plan->within_team != 0;
  uint32_t seen = 0;
  store(reply->ready, 1);
  syscall(SYS_futex, &reply->ready, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  for (;;) {
    // It sleeps at once, so that all processor time it uses is the kernel's; a process that is continued
    // looks at the word again.
    while (load(plan->go) == seen) syscall(SYS_futex, &plan->go, FUTEX_WAIT, seen, nullptr, nullptr, 0);
    seen = load(plan->go);
    const uint32_t first = plan->first, end = plan->first + plan->calls;
    if (plan->callers > 1)
      call_from_two_threads(table, first, end);
    else if (plan->brief_threads != 0)
      call_from_brief_thread(table, first, end);
    else if (plan->within_team != 0)
      call_within_team(table, first, end);
    else
      call_in_turn(table, first, end, 1);
    const bool flags = left_flags() || (with_helpers && helpers_differ(expected_state));
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

/// The first thread waits for ever. Threads of a program seldom have the room that its first one has.
void serve_from_another_thread() {
  constexpr size_t kStack = 2 << 20;
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0 || pthread_attr_setstacksize(&attributes, kStack) != 0)
    give_up(127);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, serve_from_here, nullptr) != 0) give_up(127);
  pthread_join(thread, nullptr);
}

int call_once() {
  Once once{plan, arguments(), inputs, outputs};
  once.place();
  once.call();
  once.collect();
  store(reply->done, 1);
  return kEndStatus;
}

/// Both files, for as long as the process lives.
void map_once() {
  uint64_t input_bytes = 1;
  for (uint32_t i = 0; i < plan->argument_count; ++i) {
    const Argument& argument = arguments()[i];
    const uint64_t end = argument.file_offset + argument.bytes;
    if (argument.writable == 0 && end > input_bytes) input_bytes = end;
  }
  outputs = static_cast<char*>(map_file(kOutputFile, plan->output_bytes, PROT_READ | PROT_WRITE));
  inputs = static_cast<const char*>(map_file(kInputFile, input_bytes, PROT_READ));
}

// Before anything of the kernel can run, its constructors included. A process that makes one call looks as
// one that nobody watches, as far as that is possible: no descriptors but the standard ones.
void prepare(int, char** words, char**) {
  open_plan();
  prctl(PR_SET_NAME, words[0], 0, 0, 0);
  if (plan->mode != kOnce) find_gate();
  install(SIGSYS);
  install(SIGABRT);
  if (plan->mode == kOnce) {
    map_once();
    for (const int file : {kPlanFile, kReplyFile, kInputFile, kOutputFile}) close(file);
  } else {
    table = map_regions();
    refuse_the_rest(kSanitized);
  }
}

#if !defined(KE_SANITIZED)
__attribute__((section(".preinit_array"), used)) void (*first_of_all)(int, char**, char**) = prepare;
#endif

}  // namespace

int main(int count, char** words) {
  if (plan == nullptr) prepare(count, words, nullptr);
#if defined(KE_SANITIZED)
  enter_other_world();
#endif
  if (plan->mode == kOnce) return call_once();
  setvbuf(stdout, nullptr, _IOLBF, 0);  // what it prints is seen without an orderly end
  if (plan->other_thread != 0) serve_from_another_thread();
  serve();
}

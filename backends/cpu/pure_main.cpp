// SPDX-License-Identifier: MIT
// The runner of the pure level: a program without libc that maps the kernel from a sealed file and takes from
// itself everything that a pure kernel does not need before it calls it for the first time. Afterwards the
// only pages that can be written are the kernel's stack, the runner's reply and the outputs, all of which the
// judge owns; the only system calls that the kernel of the operating system still answers are those of the
// hand-shake, made from one instruction.
#include "pure_loader.h"
#include "pure_system.h"
#include "runner_protocol.h"

#include <linux/futex.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>

namespace {

using namespace ke_runner;
using namespace ke_pure;

/// What the loop below needs; its offsets are written there.
struct Loop {
  const uint32_t* go;
  uint32_t* done;
  const uint32_t* first;  // followed by the number of calls
  void** table;
  uint64_t argument_bytes;  // of one call in the table
  PureEntry entry;
  uint64_t stack_top;
  uint32_t rounding;  // to nearest, subnormals kept, nothing trapped
  uint32_t* ready;
  const uint32_t* spin;
  uint64_t has_bases;  // the processor lets programs set the bases of segments
  uint64_t has_xsave;
};

/// What XRSTOR makes of every register that it knows: nothing, but for the rounding mode. Processors may read
/// the whole area of the registers that are asked for, whether the header says that they are there or not: up
/// to keys of pages, 2,696 bytes in the standard format (Intel SDM 1, 13.4).
struct CleanRegisters {
  uint32_t unused[6], rounding, rest[681];
};

struct Shared {
  const Plan* plan;
  Reply* reply;
  void** table;  // call_count * argument_count pointers
  PureImage image;
  AddressRange clock_page, first_stack, stack;
  uint64_t has_bases;
};
}  // namespace

// A page of its own, which becomes read-only before the first call; there is no other data in this program.
struct alignas(kPage) State {
  Loop loop;
  Shared shared;
  alignas(512) CleanRegisters clean;
};
extern "C" {
State ke_pure_state;
}

static_assert(sizeof(State) == kPage && offsetof(Loop, entry) == 40 && offsetof(Loop, has_bases) == 80 &&
                  offsetof(Loop, has_xsave) == 88 && offsetof(State, clean) == 512 &&
                  sizeof(CleanRegisters) == 2696 - 2696 % 64 + 64 &&
                  offsetof(Reply, float_state_changed) == 16 && offsetof(Reply, kept_base) == 20,
              "as below");

// The loop keeps nothing on a stack: the judge may overwrite all of the kernel's between two windows.
asm(R"(
.text
.globl ke_pure_serve
ke_pure_serve:
  lea ke_pure_state(%rip), %r12
  mov 64(%r12), %rdi
  movl $1, (%rdi)                # ready
  lea 1f(%rip), %r14
  jmp ke_pure_wake
1:                               # wait while go == done
  lea ke_pure_state(%rip), %r12
  mov 0(%r12), %rdi
  mov 8(%r12), %rax
  mov (%rax), %edx
  cmp %edx, (%rdi)
  jne 2f
  xor %esi, %esi
  lea 1b(%rip), %r14
  jmp ke_pure_futex
2:
  mov 16(%r12), %rax
  mov (%rax), %ebx               # this call
  mov 4(%rax), %r13d
  add %ebx, %r13d                # behind the last
3:
  cmp %r13d, %ebx
  jae 4f
  lea ke_pure_state(%rip), %r12
  cmpq $0, 88(%r12)
  je 7f
  mov $0x2ff, %eax               # no register brings anything along from an earlier call: x87, SSE, AVX,
  xor %edx, %edx                 # MPX, AVX-512, keys; tiles of AMX want a permission that nobody gets here
  xrstor64 512(%r12)
7:
  ldmxcsr 56(%r12)
  mov %ebx, %edi
  imul 32(%r12), %rdi
  add 24(%r12), %rdi
  mov 48(%r12), %rsp
  xor %ebp, %ebp
  xor %eax, %eax
  xor %ecx, %ecx
  xor %edx, %edx
  xor %esi, %esi
  xor %r8d, %r8d
  xor %r9d, %r9d
  xor %r10d, %r10d
  xor %r11d, %r11d
  xor %r15d, %r15d
  call *40(%r12)
  inc %ebx
  jmp 3b
4:                               # what the last call has left behind, which all do alike
  lea ke_pure_state(%rip), %r12
  mov 64(%r12), %rdi
  mov 48(%r12), %rsp
  stmxcsr -8(%rsp)
  mov -8(%rsp), %eax
  and $0xffc0, %eax
  fnstcw -8(%rsp)
  cmp $0x1f80, %eax
  jne 5f
  cmpw $0x37f, -8(%rsp)
  jne 5f
  fnstenv -64(%rsp)              # registers of the coprocessor hold nothing
  cmpw $0xffff, -56(%rsp)
  jne 5f
  pushfq                         # direction, traps, alignment
  testl $0x44500, (%rsp)
  lea 8(%rsp), %rsp
  je 6f
5:
  movl $1, 16(%rdi)
6:
  cld
  cmpq $0, 80(%r12)
  je 8f
  rdfsbase %rax
  rdgsbase %rdx
  or %rdx, %rax
  je 8f
  movl $1, 20(%rdi)
8:
  mov 0(%r12), %rax
  mov (%rax), %eax
  mov 8(%r12), %rdi
  mov %eax, (%rdi)               # done
  mov 72(%r12), %rax
  cmpl $0, (%rax)
  jne 1b
  lea 1b(%rip), %r14
ke_pure_wake:
  mov $1, %esi
  mov $1, %edx
ke_pure_futex:
  mov $202, %eax
  xor %r10d, %r10d
  syscall
.globl ke_pure_after_futex
ke_pure_after_futex:
  jmp *%r14
)");
extern "C" [[noreturn]] void ke_pure_serve();

namespace {

const Region* regions(const Plan* plan) { return reinterpret_cast<const Region*>(plan + 1); }
const Argument* arguments(const Plan* plan) {
  return reinterpret_cast<const Argument*>(regions(plan) + plan->region_count);
}

void open_plan(Shared& shared) {
  const auto* head = static_cast<const Plan*>(map(nullptr, kPage, PROT_READ, MAP_SHARED, kPlanFile, 0));
  if (head->magic != kMagic || head->mode != kPure) give_up(121);
  const uint64_t bytes = head->plan_bytes;
  shared.plan = static_cast<const Plan*>(map(nullptr, bytes, PROT_READ, MAP_SHARED, kPlanFile, 0));
  shared.reply = static_cast<Reply*>(map(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_SHARED, kReplyFile, 0));
}

void map_regions(Shared& shared) {
  const Plan& plan = *shared.plan;
  char* base = static_cast<char*>(
      map(nullptr, plan.reservation_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
  for (uint32_t i = 0; i < plan.region_count; ++i) {
    const Region& region = regions(&plan)[i];
    // Populated, so that the first timed call meets no page faults.
    map(base + region.place, region.bytes, region.writable ? PROT_READ | PROT_WRITE : PROT_READ,
        MAP_SHARED | MAP_FIXED | MAP_POPULATE, region.writable ? kOutputFile : kInputFile,
        region.file_offset);
  }
  const uint64_t count = uint64_t(plan.call_count) * plan.argument_count;
  const uint64_t bytes = (count + 1) * sizeof(void*);
  shared.table =
      static_cast<void**>(map(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  for (uint64_t i = 0; i < count; ++i) shared.table[i] = base + arguments(&plan)[i].place;
  protect(shared.table, bytes, PROT_READ);
  if (plan.stack_region >= plan.region_count) give_up(122);
  const Region& stack = regions(&plan)[plan.stack_region];
  shared.stack = {uint64_t(base + stack.place), stack.bytes};
}

bool is_time_stamp(const unsigned char* code) {
  return (code[0] == 0x0f && code[1] == 0x31) || (code[0] == 0x0f && code[1] == 0x01 && code[2] == 0xf9);
}

Fault fault_of(const Shared& shared, uint64_t instruction, uint64_t address) {
  const bool own_code = shared.image.range.holds(instruction);
  if (shared.clock_page.holds(instruction) || shared.clock_page.holds(address)) return kClockPage;
  if (own_code && is_time_stamp(reinterpret_cast<const unsigned char*>(instruction))) return kTimeStamp;
  if (shared.image.range.holds(address)) return kOwnImage;
  if (address < shared.stack.begin && shared.stack.begin - address <= 16 * kPage) return kStackEnd;
  return kNoFault;
}

void explain(int signal, siginfo_t* info, void* context) {
  const Shared& shared = ke_pure_state.shared;
  shared.reply->why_signal = uint32_t(signal);
  if (signal == SIGSYS) shared.reply->why_system_call = uint32_t(info->si_syscall);
  if (signal == SIGSEGV || signal == SIGBUS) {
    const auto* machine = &static_cast<ucontext_t*>(context)->uc_mcontext;
    shared.reply->why_fault = fault_of(shared, uint64_t(machine->gregs[REG_RIP]), uint64_t(info->si_addr));
  }
  give_up(128 + signal);
}

void install_handlers() {
  // Large enough for the registers of every x86-64 processor; unknown to the kernel and never freed.
  constexpr uint64_t kBytes = 64 << 10;
  void* const alternate = map(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const stack_t stack{alternate, 0, kBytes};
  must(system_call(SYS_sigaltstack, long(&stack)), 123);
  constexpr int kSignals[] = {SIGSYS, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
  for (const int signal : kSignals) handle(signal, explain);
}

// Addresses that the operating system put above the first stack frame.
void read_start(Shared& shared, const long* start) {
  const long* at = start + 1 + start[0] + 1;  // behind argc, argv and its end
  while (*at != 0) ++at;
  uint64_t name = 0;
  for (++at; at[0] != AT_NULL; at += 2) {
    if (at[0] == AT_SYSINFO_EHDR) shared.clock_page = {uint64_t(at[1]), image_bytes(at[1])};
    if (at[0] == AT_EXECFN) name = uint64_t(at[1]);
    if (at[0] == AT_HWCAP2) shared.has_bases = uint64_t(at[1]) >> 1 & 1;
  }
  if (name == 0) give_up(124);
  // The name of the program is the last thing on the stack but eight bytes.
  while (*reinterpret_cast<const char*>(name) != 0) ++name;
  constexpr uint64_t kBelow = 128 << 10;
  const uint64_t begin = uint64_t(start) / kPage * kPage - kBelow,
                 end = (name + 9 + kPage - 1) / kPage * kPage;
  shared.first_stack = {begin, end - begin};
}

void forbid_system_calls(const Shared& shared) {
  HandShake allowed;
  allowed.wait_on = uint64_t(&shared.plan->go);
  allowed.wake[0] = uint64_t(&shared.reply->ready);
  allowed.wake[1] = uint64_t(&shared.reply->done);
  load_filter(allowed);
}

/// CPUID 1, ECX bit 27: the operating system has switched it on.
uint64_t has_xsave() {
  uint32_t a = 1, b, c = 0, d;
  asm volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  return c >> 27 & 1;
}

void fill_loop(const Shared& shared, Loop& loop) {
  const Plan& plan = *shared.plan;
  static_assert(offsetof(Plan, calls) == offsetof(Plan, first) + 4, "the loop reads both");
  loop = {&plan.go,
          &shared.reply->done,
          &plan.first,
          shared.table,
          plan.argument_count * sizeof(void*),
          shared.image.entry,
          (shared.stack.begin + shared.stack.bytes) & ~uint64_t{15},
          0x1f80,
          &shared.reply->ready,
          &plan.spin,
          shared.has_bases,
          has_xsave()};
}

}  // namespace

// On the new stack: what is left of the old world goes.
extern "C" [[noreturn]] void ke_pure_enter() {
  unmap(ke_pure_state.shared.first_stack);
  forbid_system_calls(ke_pure_state.shared);
  ke_pure_serve();
}

extern "C" [[noreturn]] void ke_pure_begin(const long* start) {
  Shared& shared = ke_pure_state.shared;
  read_start(shared, start);
  open_plan(shared);
  map_regions(shared);
  shared.image = load_image(kKernelFile, shared.plan->kernel_bytes);
  install_handlers();
  if (shared.clock_page.bytes != 0) unmap(shared.clock_page);
  must(system_call(SYS_prctl, PR_SET_TSC, PR_TSC_SIGSEGV), 125);
  for (int file = 0; file <= kKernelFile; ++file) system_call(SYS_close, file);
  fill_loop(shared, ke_pure_state.loop);
  ke_pure_state.clean.rounding = ke_pure_state.loop.rounding;
  protect(&ke_pure_state, sizeof ke_pure_state, PROT_READ);
  jump_to_stack(ke_pure_state.loop.stack_top);
}

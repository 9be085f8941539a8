// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/runner_process.h"

#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/launcher.h"
#include "ke-build/evaluate/sandbox_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

constexpr uint64_t kPureStackBytes = 1 << 20;

using State = RunOutcome::State;

std::map<std::string, std::string> runner_environment(const RunnerOptions& options) {
  const int most = options.openmp_limit > 0 ? options.openmp_limit : std::max(1, options.threads);
  const std::string threads = std::to_string(most);
  std::map<std::string, std::string> variables = {
      {"OMP_NUM_THREADS", threads}, {"OPENBLAS_NUM_THREADS", threads}, {"MKL_NUM_THREADS", threads}};
  if (options.openmp_limit > 0) variables["OMP_THREAD_LIMIT"] = threads;
  if (options.sleeping_teams) variables["OMP_WAIT_POLICY"] = "passive";
  if (options.policy.role == SandboxRole::compiler) {
    // The leak checker needs ptrace; leaks are no matter of a kernel's result.
    // malloc() says no to who asks for too much; a throwing new cannot under AddressSanitizer.
    variables["ASAN_OPTIONS"] =
        // Memory that nobody has written is full of NaN.
        "detect_leaks=0:allocator_may_return_null=1:max_malloc_fill_size=4194304:malloc_fill_byte=255";
    variables["UBSAN_OPTIONS"] = "print_stacktrace=1";
  }
  // The size of the environment shifts the stack, which is known to decide small benchmarks (Mytkowicz et al.
  // 2009).
  variables["PADDING"] = std::string(Random(options.layout_seed ^ 0x70616464).below(4096), 'x');
  for (const std::string& name : options.policy.environment) variables.erase(name);
  return variables;
}

/// Programs that a kernel is linked to have all kinds of names.
std::string any_name(uint64_t seed) {
  Random random(seed ^ 0x6e616d65);
  std::string name(3 + random.below(8), ' ');
  for (char& letter : name) letter = static_cast<char>('a' + random.below(26));
  return name;
}

RunOutcome outcome(State state, std::string reason) {
  RunOutcome result;
  result.state = state;
  result.reason = std::move(reason);
  return result;
}

const char* text_of(uint32_t fault) {
  switch (fault) {
    case ke_runner::kOwnImage:
      return ": it wrote to its own code or constants, which a pure kernel may not";
    case ke_runner::kClockPage:
      return ": it called into the operating system's clock page (vDSO), which a pure kernel may not";
    case ke_runner::kTimeStamp:
      return ": it read the processor's time stamp counter, which a pure kernel may not";
    case ke_runner::kStackEnd:
      return ": it used more than the 1 MiB of stack that a pure kernel has; declare $.ke.workspace";
    default:
      return ": it touched memory that is none of its arguments";
  }
}

}  // namespace

Result<RunnerProcess> RunnerProcess::prepare(const RunnerOptions& options, ke_runner::Mode mode) {
  RunnerProcess process;
  const uint64_t stack_bytes = mode == ke_runner::kPure ? kPureStackBytes : 0;
  process.memory_ = options.memory;
  if (!process.memory_) {
    KE_TRY(process.memory_, RunnerMemory::make(options.slots, options.max_calls, options.layout_seed,
                                               stack_bytes, options.placing));
  }
  KE_CHECK(process.memory_->fits(options.slots, options.max_calls, stack_bytes));
  if (mode == ke_runner::kPure) {
    KE_TRY(process.kernel_, SharedFile::sealed_copy("kernel", options.kernel));
  }
  const RunnerLayout& layout = process.memory_->layout();
  KE_TRY(process.plan_, SharedFile::make("plan", layout.plan_bytes, true));
  KE_TRY(process.reply_, SharedFile::make("reply", ke_runner::kPage, false));
  process.errors_ = memfd_create("errors", MFD_CLOEXEC);
  process.said_ = memfd_create("said", MFD_CLOEXEC);
  if (process.errors_ < 0 || process.said_ < 0)
    return Error{ErrorCode::io, fmt::format("memfd_create: {}", std::strerror(errno))};
  process.output_limit_bytes_ = options.policy.limits.output_bytes;
  process.one_thread_ = options.policy.one_thread;
  process.memory_limit_bytes_ = options.policy.limits.memory_bytes;
  // A page that is mapped many times counts as often as resident.
  uint64_t mapped_bytes = process.memory_->inputs().bytes() + process.memory_->outputs().bytes();
  if (layout.tiled) mapped_bytes = layout.reservation_bytes;
  process.watch_.memory_bytes = options.policy.limits.memory_bytes + mapped_bytes;
  process.watch_.threads = std::max(options.policy.limits.processes, options.threads + 8);
  process.watch_.group = options.policy.role == SandboxRole::compiler;
  process.write_plan(options, mode);
  return process;
}

void RunnerProcess::write_plan(const RunnerOptions& options, ke_runner::Mode mode) {
  const RunnerLayout& layout = memory_->layout();
  ke_runner::Plan& plan = *this->plan();
  plan.magic = ke_runner::kMagic;
  plan.mode = mode;
  plan.region_count = uint32_t(layout.regions.size());
  plan.argument_count = uint32_t(options.slots.size());
  plan.call_count = uint32_t(options.max_calls);
  plan.spin = options.spin;
  plan.parts = options.parts;
  plan.together = options.together ? 1 : 0;
  plan.other_thread = options.other_thread;
  plan.callers = static_cast<uint32_t>(options.callers);
  plan.brief_threads = options.brief_threads;
  plan.within_team = options.within_team;
  plan.flushes = options.flushes;
  plan.plan_bytes = layout.plan_bytes;
  plan.reservation_bytes = layout.reservation_bytes;
  plan.output_bytes = memory_->outputs().bytes();
  plan.kernel_bytes = kernel_.bytes();
  plan.stack_region = layout.stack_region;
  std::byte* rest = plan_.data() + sizeof plan;
  const size_t region_bytes = layout.regions.size() * sizeof(ke_runner::Region);
  std::memcpy(rest, layout.regions.data(), region_bytes);
  std::memcpy(rest + region_bytes, layout.arguments.data(),
              layout.arguments.size() * sizeof(ke_runner::Argument));
}

RunnerProcess::RunnerProcess(RunnerProcess&& other) noexcept
    : memory_(std::move(other.memory_)),
      plan_(std::move(other.plan_)),
      reply_(std::move(other.reply_)),
      kernel_(std::move(other.kernel_)),
      watch_(other.watch_),
      output_limit_bytes_(other.output_limit_bytes_),
      memory_limit_bytes_(other.memory_limit_bytes_),
      one_thread_(other.one_thread_),
      errors_(std::exchange(other.errors_, -1)),
      said_(std::exchange(other.said_, -1)) {
  other.watch_.pid = -1;
}

RunnerProcess::~RunnerProcess() {
  if (alive()) end(Awaited::late, 0);
  for (const int file : {errors_, said_})
    if (file >= 0) close(file);
}

Result<> RunnerProcess::launch(const RunnerOptions& options) {
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (null < 0) return Error{ErrorCode::io, fmt::format("/dev/null: {}", std::strerror(errno))};
  LaunchPlan plan;
  plan.program = options.under.empty() ? options.executable : options.under.front();
  plan.argv = options.under;
  plan.argv.push_back(options.under.empty() ? any_name(options.layout_seed) : options.executable);
  plan.environment = scrubbed_environment(options.policy, runner_environment(options));
  plan.descriptors = {{null, 0},
                      {said_, 1},
                      {errors_, 2},
                      {plan_.fd(), ke_runner::kPlanFile},
                      {reply_.fd(), ke_runner::kReplyFile},
                      {memory_->inputs().fd(), ke_runner::kInputFile},
                      {memory_->outputs().fd(), ke_runner::kOutputFile}};
  if (kernel_.fd() >= 0) plan.descriptors.push_back({kernel_.fd(), ke_runner::kKernelFile});
  plan.cpus = options.cpus;
  plan.uid = sandbox_user();
  plan.file_bytes = output_limit_bytes_;
  SandboxPolicy policy = options.policy;
  policy.limits.processes = watch_.threads;
  Result<pid_t> pid = ke::launch(plan, policy);
  close(null);
  if (!pid) return std::move(pid).error();
  watch_.pid = *pid;
  return ok();
}

std::string RunnerProcess::text_in(int file) const {
  std::string text(output_limit_bytes_, '\0');
  const ssize_t length = pread(file, text.data(), text.size(), 0);
  text.resize(length > 0 ? size_t(length) : 0);
  return text;
}

std::string RunnerProcess::errors() const { return text_in(said_) + text_in(errors_); }
std::string RunnerProcess::said() const { return printable(text_in(said_)); }

std::string RunnerProcess::last_words() const {
  const std::string words = trim(last_lines(errors(), 3));
  return words.empty() ? "" : ": " + printable(words.substr(0, 500));
}

RunOutcome RunnerProcess::end(Awaited seen, double timeout_s) {
  // Killed before it is reaped, so that its group number cannot belong to another.
  if (seen != Awaited::ended) kill(watch_.pid, SIGKILL);
  siginfo_t info{};
  while (waitid(P_PID, id_t(watch_.pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  kill(-watch_.pid, SIGKILL);
  int status = 0;
  while (waitpid(watch_.pid, &status, 0) < 0 && errno == EINTR) {
  }
  watch_.pid = -1;
  switch (seen) {
    case Awaited::late:
      return outcome(State::timed_out, fmt::format("did not finish in {:.3g} s{}", timeout_s, last_words()));
    case Awaited::stopped_itself:
      return outcome(State::timed_out, "stopped itself and did not finish");
    case Awaited::resumed_itself:
      return outcome(State::resumed, "ran while the judge had it stopped");
    case Awaited::memory:
      return outcome(State::out_of_memory,
                     fmt::format("used more than {} MiB of memory", memory_limit_bytes_ >> 20));
    case Awaited::threads:
      return outcome(State::too_many_processes, fmt::format("ran more than {} threads", watch_.threads));
    case Awaited::seen:
    case Awaited::ended:
      break;
  }
  return describe_exit(status);
}

RunOutcome RunnerProcess::describe_refusal(bool killed, int number) const {
  // The handler cannot write down which call it was before main(), and while signals are blocked, as libc
  // does it when it starts a thread.
  const bool unknown = number == 0 && killed;
  const bool pure = kernel_.fd() >= 0;
  const char* const refuser = pure ? "a pure kernel may not use" : "the sandbox refuses";
  const std::string name = system_call_name(number);
  const bool for_thread = number == SYS_clone && (reply()->why_argument & CLONE_THREAD) != 0;
  const bool for_process = name == "clone" || name == "fork" || name == "vfork";
  RunOutcome result = outcome(State::refused_syscall, fmt::format("used a system call that {}", refuser));
  result.started_thread = one_thread_ && (for_thread || unknown);
  const bool running = reply()->ready == 1;
  if (result.started_thread && unknown && !pure && running) {
    result.reason =
        "used a system call that the sandbox refuses with its signals blocked, as libc uses clone to start a "
        "thread; the contract allows one thread";
  } else if (result.started_thread && !pure && running) {
    result.reason = "used the system call clone to start a thread; the contract allows one thread";
  } else if (for_process && !for_thread && !pure) {
    result.reason =
        fmt::format("used the system call {} to start another process, which the sandbox refuses", name);
  } else if (!unknown) {
    result.reason = fmt::format("used the system call {}, which {}", name, refuser);
  }
  return result;
}

RunOutcome RunnerProcess::describe_exit(int status) const {
  const bool killed = WIFSIGNALED(status);
  // The handler's word is believed where the exit status says the same.
  const int why = int(reply()->why_signal);
  const int signal = killed ? WTERMSIG(status) : WEXITSTATUS(status) == 128 + why ? why : 0;
  const int number = int(reply()->why_system_call);
  const bool pure = kernel_.fd() >= 0;
  // Nobody is refused what everybody may do: who says so has ended by itself. A pure kernel may do nothing.
  const bool lie = signal == SIGSYS && !killed && !pure && is_runner_call(number);
  if (signal == SIGSYS && !lie) return describe_refusal(killed, number);
  // Faults come to the pure runner's own handler, which says where they were.
  if (pure && !killed && signal != 0) {
    const bool fault = signal == SIGSEGV || signal == SIGBUS;
    return outcome(State::crashed, fmt::format("was ended by {}{}", signal_name(signal),
                                               fault ? text_of(reply()->why_fault) : ""));
  }
  if (killed || signal == SIGABRT) {
    return outcome(State::crashed, fmt::format("was ended by {}{}", signal_name(signal), last_words()));
  }
  RunOutcome result = outcome(
      State::exited, fmt::format("ended the process with status {}{}", WEXITSTATUS(status), last_words()));
  result.status = WEXITSTATUS(status);
  return result;
}

}  // namespace ke

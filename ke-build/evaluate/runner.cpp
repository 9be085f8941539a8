// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/runner.h"

#include "ke-build/base/random.h"
#include "ke-build/base/stats.h"
#include "ke-build/evaluate/noise_bytes.h"
#include "ke-build/evaluate/runner_process.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace ke {
namespace {

/// Processor time that waking up, falling asleep and being stopped may take.
constexpr double kHandshakeCpu_s = 25e-6;
/// Processor time between windows, over the life of a runner, that nobody is accused of.
constexpr double kBetween_s = 0.02;

}  // namespace

const char* name_of(RunOutcome::State state) {
  constexpr const char* kNames[] = {"finished",           "crashed",         "timed_out", "out_of_memory",
                                    "too_many_processes", "refused_syscall", "exited",    "resumed"};
  return kNames[static_cast<size_t>(state)];
}

/// Some bytes of outputs, as they were when the runner said that it was done.
class OutputSample {
 public:
  /// Chooses places in the outputs of calls first .. first + calls - 1, half of them in the last call.
  OutputSample(const RunnerProcess& process, size_t slots, int first, int calls, Random& random) {
    std::vector<size_t> writable;
    for (size_t slot = 0; slot < slots; ++slot) {
      const ke_runner::Argument& argument = process.memory().layout().arguments[slot];
      if (argument.writable && argument.bytes > 0) writable.push_back(slot);
    }
    if (writable.empty() || calls == 0) return;
    for (size_t i = 0; i < kPlaces; ++i) {
      const uint64_t call = i % 2 == 0 ? uint64_t(calls) - 1 : random.below(uint64_t(calls));
      const size_t slot = writable[random.below(writable.size())];
      const size_t argument = (size_t(first) + call) * slots + slot;
      const uint64_t bytes = process.memory().layout().arguments[argument].bytes;
      const uint64_t length = std::min<uint64_t>(sizeof(uint64_t), bytes);
      places_[count_++] = {process.memory().data(argument) + random.below(bytes - length + 1), length, 0};
    }
  }
  void take() {
    for (size_t i = 0; i < count_; ++i) std::memcpy(&places_[i].word, places_[i].at, places_[i].length);
  }
  bool changed() const {
    for (size_t i = 0; i < count_; ++i) {
      if (std::memcmp(&places_[i].word, places_[i].at, places_[i].length) != 0) return true;
    }
    return false;
  }

 private:
  static constexpr size_t kPlaces = 24;
  struct Place {
    const std::byte* at;
    uint64_t length, word;
  };
  Place places_[kPlaces];
  size_t count_ = 0;
};

struct Runner::State {
  RunnerProcess process;
  RunnerOptions options;
  std::vector<std::string> layers;
  uint32_t sequence = 0;
  double life_s = 0, life_cpu_s = 0, stopped_cpu_s = 0, life_between_s = 0;
  RunOutcome last;  // what ended the process
  Random random{secret_seed()};
  double start_cpu_s = 0;

  RunOutcome fail(Awaited seen, double timeout_s) { return last = process.end(seen, timeout_s); }
  Result<> start();
  RunOutcome run(int first, int calls, double timeout_s);
};

Result<> Runner::State::start() {
  KE_DO(process.launch(options));
  const double timeout_s = options.policy.limits.wall_s;
  const Awaited seen =
      await_word(&process.reply()->ready, 1, raw_now_s() + timeout_s, false, process.watch());
  if (seen != Awaited::seen) {
    fail(seen, timeout_s);
  } else if (!stop_process(process.watch().pid)) {
    fail(Awaited::ended, timeout_s);
  }
  start_cpu_s = stopped_cpu_s = cpu_seconds_of(process.watch().pid);
  return ok();
}

RunOutcome Runner::State::run(int first, int calls, double timeout_s) {
  const RunnerWatch& watch = process.watch();
  const pid_t pid = watch.pid;
  ke_runner::Plan& plan = *process.plan();
  plan.first = uint32_t(first);
  plan.calls = uint32_t(calls);
  __atomic_store_n(&plan.go, ++sequence, __ATOMIC_RELEASE);
  OutputSample sample(process, options.slots.size(), first, calls, random);
  process.memory().renew_stack();
  // Since the stop the next inputs were written. Whoever had itself continued meanwhile worked ahead, which
  // is charged; a stop that was reported before the process had left its core costs microseconds, now and
  // then more.
  const double cpu_before_s = cpu_seconds_of(pid), between_s = std::max(0.0, cpu_before_s - stopped_cpu_s);
  life_between_s += between_s;
  if (life_between_s > 0.1 * life_s + kBetween_s) return fail(Awaited::resumed_itself, timeout_s);

  const double go_s = raw_now_s();
  resume_process(pid);
  const Awaited done = await_word(&process.reply()->done, sequence, go_s + timeout_s, options.spin, watch);
  const double done_s = raw_now_s();
  sample.take();
  if (done != Awaited::seen) return fail(done, timeout_s);
  if (!stop_process(pid)) return fail(Awaited::ended, timeout_s);
  const double stopped_s = raw_now_s();

  const TreeUsage usage = usage_of_process(pid);
  if (usage.resident_bytes > watch.memory_bytes) return fail(Awaited::memory, timeout_s);
  if (usage.threads > watch.threads) return fail(Awaited::threads, timeout_s);
  RunOutcome outcome;
  // The kernel brings the clock of a running process up to date now and then; that of a stopped one is exact.
  stopped_cpu_s = cpu_seconds_of(pid);
  outcome.cpu_seconds = stopped_cpu_s - cpu_before_s;
  // Outputs are read after the stop. Work that goes on behind DONE shows as processor time that the window
  // cannot hold, and is charged to the kernel; only the threads of a pool may still be awake then.
  const int threads = std::max(1, options.threads);
  const double window_s = done_s - go_s;
  const double explained_s = window_s * threads + (stopped_s - done_s) * (threads - 1) + kHandshakeCpu_s;
  outcome.charged_s = std::max(0.0, outcome.cpu_seconds - explained_s) + between_s;
  outcome.seconds = window_s + outcome.charged_s;
  outcome.life_s = life_s += outcome.seconds;
  outcome.life_cpu_s = life_cpu_s += outcome.cpu_seconds;
  outcome.threads = usage.threads - (options.other_thread ? 1 : 0);
  outcome.changed_after_done = sample.changed();
  outcome.left_registers = process.reply()->registers_changed != 0;
  outcome.left_float_state = process.reply()->float_state_changed != 0;
  outcome.kept_base = process.reply()->kept_base != 0;
  return outcome;
}

Runner::Runner(std::unique_ptr<State> state) : state_(std::move(state)) {}
Runner::~Runner() = default;

Result<std::unique_ptr<Runner>> Runner::start(const RunnerOptions& options) {
  if (options.policy.role == SandboxRole::compiler) {
    return Error{ErrorCode::usage, "a runner needs a policy with the role runner"};
  }
  KE_TRY(RunnerProcess process,
         RunnerProcess::prepare(options, options.kernel.empty() ? ke_runner::kServe : ke_runner::kPure));
  std::unique_ptr<State> state(std::make_unique<State>(State{std::move(process),
                                                             options,
                                                             sandbox_layers(SandboxRole::runner),
                                                             0,
                                                             0,
                                                             0,
                                                             0,
                                                             0,
                                                             {},
                                                             Random(secret_seed())}));
  KE_DO(state->start());
  return std::make_unique<Runner>(std::move(state));
}

std::byte* Runner::data(int call, int argument) {
  KE_CHECK(call >= 0 && call < state_->options.max_calls && argument >= 0 &&
           argument < int(state_->options.slots.size()));
  return state_->process.memory().data(size_t(call) * state_->options.slots.size() + size_t(argument));
}

uint64_t Runner::bytes(int argument) const {
  return state_->process.memory().layout().arguments.at(size_t(argument)).bytes;
}

void Runner::poison(int call, int argument, uint64_t seed) {
  // Each 32-bit word of the first pattern is a NaN as float, each 64-bit word as double, and no small
  // integer.
  const uint64_t patterns[] = {0x7ff7a5a5fff7a5a5u, 0xaaaaaaaaaaaaaaaau};
  const uint64_t kind = seed % 4;
  std::byte* const target = data(call, argument);
  const ByteRange range{0, bytes(argument)};
  if (kind < 2)
    fill_bytes(target, range.end, patterns[kind]);
  else
    fill_noise(target, range, seed);
  if (kind == 3) blank_words(target, range.end, seed);
}

RunOutcome Runner::run(int first, int calls, double timeout_s) {
  KE_CHECK(first >= 0 && calls >= 0 && first + calls <= state_->options.max_calls);
  return state_->process.alive() ? state_->run(first, calls, timeout_s) : state_->last;
}

Result<Overhead> Runner::measure_overhead(int repeats) {
  std::vector<double> seconds, cpu_seconds;
  for (int i = 0; i < std::max(1, repeats); ++i) {
    const RunOutcome outcome = run(0, 0, 1);
    if (!outcome.finished()) return Error{ErrorCode::tool, "the runner is gone: it " + outcome.reason};
    seconds.push_back(outcome.seconds);
    cpu_seconds.push_back(outcome.cpu_seconds);
  }
  return Overhead{median(seconds), *std::min_element(cpu_seconds.begin(), cpu_seconds.end())};
}

bool Runner::guards_intact(std::string* which) const {
  const int argument = state_->process.memory().first_broken_guard();
  if (argument < 0) return true;
  const int count = int(state_->options.slots.size());
  if (which != nullptr) *which = fmt::format("argument {} of call {}", argument % count, argument / count);
  return false;
}

std::shared_ptr<RunnerMemory> Runner::memory() const { return state_->process.shared_memory(); }
double Runner::start_cpu_s() const { return state_->start_cpu_s; }
bool Runner::alive() const { return state_->process.alive(); }
int Runner::pid() const { return state_->process.watch().pid; }
std::string Runner::errors() const { return state_->process.errors(); }
std::string Runner::said() const { return state_->process.said(); }
const std::vector<std::string>& Runner::layers() const { return state_->layers; }

}  // namespace ke

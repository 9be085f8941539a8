// SPDX-License-Identifier: MIT
// The judge's end of a runner: a sandboxed process that holds one candidate. Data lives in shared memory that
// the judge owns; time stamps are the judge's; the runner is stopped whenever the judge looks. Nothing it
// says is evidence.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/evaluate/sandbox.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ke {

/// One argument of the operator.
struct RunnerSlot {
  uint64_t bytes = 0;
  uint64_t align_bytes = 16;  // power of two, at most a page; 16 is what malloc promises
  bool writable = false;      // outputs and in-place arguments
  bool scalar = false;        // scalars of one call share a page
  // Whole pages, fewer than `bytes`: all of its pages show the first ones again and again. For timing without
  // memory; results mean nothing then.
  uint64_t tile_bytes = 0;
  // An output in whose memory this input lies, as for who calls the kernel in place; both have as many bytes.
  // -1: none.
  int lies_on = -1;
};

/// Where arguments lie.
struct Placing {
  // This call ends the process before it enters the kernel; its arguments must not be written. For who wants
  // to see what the calls before it have done when they returned. -1: none.
  int trap = -1;
  // Arrays begin anywhere on their first page, as those of an allocator do. Otherwise they touch the unmapped
  // page before or behind them.
  bool anywhere = false;
  // Every second call has its arrays anywhere, the others have them at the ends of pages.
  bool varied = false;
};

class RunnerMemory;

struct RunnerOptions {
  std::string executable;               // linked with backends/cpu/runner_main.cpp, or pure_main.cpp's
  std::string kernel = {};              // for the latter: the kernel, handed over as a sealed copy
  std::vector<std::string> under = {};  // a tool and its options that run it; run_once() only
  std::vector<RunnerSlot> slots;        // in the order of ke_call's arguments
  bool together = false;     // run_once() only: arguments lie one behind the other in one piece of memory
  uint32_t parts = 1;        // run_once() only: calls one after the other, each with its share of `slots`
  int max_calls = 1;         // argument sets that are mapped, each at its own addresses
  int threads = 1;           // OMP_NUM_THREADS and the number of cores whose time it may use
  std::vector<int> cpus;     // pins the runner when not empty
  SandboxPolicy policy;      // role runner; limits.wall_s bounds the start, limits.cpu_s is not used
  uint64_t layout_seed = 0;  // gaps, order, which end touches its guard page, size of the environment
  // Of another runner with the same slots and calls; the two are never inside run() together. Without one it
  // gets its own.
  std::shared_ptr<RunnerMemory> memory = {};
  Placing placing;
  int openmp_limit =
      0;  // so many OpenMP threads and no more, whatever the kernel asks for; 0: `threads`, as a default
  bool sleeping_teams =
      false;  // OpenMP threads sleep while they wait; of the repository's kernel alone, unmeasured
  bool other_thread =
      false;        // calls come from a second thread of the process, which policy.one_thread would forbid
  int callers = 1;  // threads that call at the same time: 1, or 2 that share the calls of a run
  bool brief_threads = false;  // the calls of a run come from a thread that ends with them
  bool within_team = false;    // calls come from within a parallel region, where the program has OpenMP
  bool flushes = false;        // the caller has told the processor to flush subnormal numbers
  bool spin = false;  // the judge spins while it waits: only with a core that the kernel does not need
};

struct RunOutcome {
  enum class State {
    finished,
    crashed,
    timed_out,
    out_of_memory,
    too_many_processes,
    refused_syscall,
    exited,
    resumed  // it ran between two windows
  };
  State state = State::finished;
  double seconds = 0;                 // from GO to DONE by the judge's clock, plus charged_s
  double cpu_seconds = 0;             // processor time of all its threads while it was awake
  double life_s = 0, life_cpu_s = 0;  // sums of seconds and cpu_seconds over all runs of this process
  double charged_s = 0;  // the part of cpu_seconds that neither the window nor a hand-shake explains
  int threads = 0;       // alive when it was stopped
  int status = 0;        // exit status, when `exited`
  bool changed_after_done = false;  // a sample of its outputs was not final when it said that it was done
  bool left_registers = false;  // by its own account: those that belong to the caller are not what they were
  bool left_float_state = false;  // by its own account: rounding or flush mode differ after the calls
  bool kept_base = false;         // a pure kernel left a number in the base of a segment
  bool started_thread = false;    // the refused system call was the one that starts threads
  std::string reason;             // one sentence with the end of stderr; empty when finished
  bool finished() const { return state == State::finished; }
};
const char* name_of(RunOutcome::State state);

/// Of a hand-shake alone: from continuing the runner to DONE, and its processor time until it is stopped
/// again.
struct Overhead {
  double seconds = 0, cpu_seconds = 0;
};

/// A started runner. It is stopped (SIGSTOP, verified) except inside run(). Start it from a thread that
/// outlives it: the kernel kills it with that thread. Thread rule: one thread at a time.
class Runner {
 public:
  /// ERRORS: usage (slots), not_found (executable), refused (sandbox), io. An executable that dies before it
  /// is ready is no Error: the first run() tells the outcome.
  static Result<std::unique_ptr<Runner>> start(const RunnerOptions& options);
  ~Runner();
  Runner(const Runner&) = delete;
  struct State;
  explicit Runner(std::unique_ptr<State> state);  // use start()

  /// The judge's own mapping of an argument; valid as long as the runner object, also after the process has
  /// died.
  std::byte* data(int call, int argument);
  /// What data() points to: the argument, or its tile.
  uint64_t bytes(int argument) const;
  /// Overwrites an argument so that stale results cannot pass: NaN patterns, 0xAA or noise, by `seed`.
  void poison(int call, int argument, uint64_t seed);

  /// Calls the kernel on sets first .. first + calls - 1, back to back, and stops the runner. calls = 0 times
  /// the handshake alone. After anything but `finished` the process is dead and further calls repeat the
  /// outcome.
  RunOutcome run(int first, int calls, double timeout_s);
  /// Median seconds of an empty handshake. ERRORS: tool when the runner died.
  Result<Overhead> measure_overhead(int repeats = 31);

  /// True when no byte around the writable arguments has changed; otherwise `which` names call and argument.
  bool guards_intact(std::string* which = nullptr) const;
  std::shared_ptr<RunnerMemory> memory() const;
  double start_cpu_s() const;  // processor time from the start of the process to its first call
  bool alive() const;
  int pid() const;             // of the process while it is alive, for tools that count what it does
  std::string errors() const;  // what it wrote to stdout and stderr, cut at limits.output_bytes
  std::string said() const;    // to stdout alone
  const std::vector<std::string>& layers() const;

 private:
  std::unique_ptr<State> state_;
};

/// Result of one untimed call in a fresh process.
struct OneShot {
  RunOutcome outcome;                          // `exited` with a bad status is how sanitizers report
  std::vector<std::vector<std::byte>> values;  // one per slot; empty for read-only ones and unless finished
  std::string errors;                          // stderr: sanitizer reports
};

/// Calls the kernel once on exact-size heap buffers, so that sanitizers see every overrun: for sanitizer
/// builds (role compiler, which may need more system calls) and reference programs. inputs[i] fills slot i
/// (also in-place ones) and is empty for pure outputs, which start as 0xAA. ERRORS: as Runner::start.
/// `under` is a tool with its options that runs the executable, such as valgrind. With several `parts` the
/// slots of so many calls stand one behind the other. `together`: so do the arguments in memory.
Result<OneShot> run_once(const std::string& executable, const std::vector<RunnerSlot>& slots,
                         const std::vector<std::vector<std::byte>>& inputs, const SandboxPolicy& policy,
                         const std::vector<std::string>& under = {}, uint32_t parts = 1,
                         bool together = false);

}  // namespace ke

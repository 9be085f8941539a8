// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/launch.h"

#include "ke-build/evaluate/sandbox_watch.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <cstring>

namespace ke {
namespace {

Dtype stored_as(const Argument& argument, bool promoted) {
  return promoted && is_floating(argument.dtype) ? Dtype::f64 : argument.dtype;
}

bool by_value(const Argument& argument) { return argument.scalar && !is_written(argument); }

/// Of an array that repeats its tile, `room` is the tile.
void write_elements(const Buffer& from, Dtype to, std::byte* target, uint64_t room) {
  if (from.dtype() == to) {
    const uint64_t bytes = std::min(room, static_cast<uint64_t>(from.size_bytes()));
    std::memcpy(target, from.data(), static_cast<size_t>(bytes));
    return;
  }
  from_doubles(to, to_doubles(from.dtype(), from.data(), from.count()), target);
}

constexpr uint64_t kTile = 4096;  // a page: the tiles of several arguments fit the nearest cache together
constexpr uint64_t kTilesPerLaunch = 20000;

void tile(const Operator& op, int calls, std::vector<RunnerSlot>& slots) {
  std::vector<RunnerSlot*> large;
  uint64_t tiles = 0;
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    const Domain::Kind kind = op.arguments[i].domain.kind;
    const bool whole = kind == Domain::Kind::offsets || kind == Domain::Kind::spd;
    if (slots[i].scalar || (whole && op.arguments[i].input) || slots[i].bytes <= kTile) continue;
    large.push_back(&slots[i]);
    tiles += slots[i].bytes / kTile + 1;
  }
  uint64_t size = kTile;
  while (tiles * static_cast<uint64_t>(calls) * kTile / size > kTilesPerLaunch) size *= 2;
  for (RunnerSlot* slot : large) slot->tile_bytes = size < slot->bytes ? size : 0;
}

}  // namespace

std::vector<RunnerSlot> slots_of(const Operator& op, const Axes& axes, bool promoted,
                                 bool element_alignment) {
  std::vector<RunnerSlot> slots;
  for (const Argument& argument : op.arguments) {
    const Dtype dtype = stored_as(argument, promoted);
    auto count = element_count(argument, axes);
    RunnerSlot slot;
    slot.bytes = static_cast<uint64_t>(count.value_or(1) * size_of(dtype));
    slot.writable = is_written(argument);
    slot.scalar = by_value(argument);
    const int64_t free_choice = element_alignment ? size_of(dtype) : 16;
    slot.align_bytes = static_cast<uint64_t>(argument.align_bytes > 0 ? argument.align_bytes : free_choice);
    slots.push_back(slot);
  }
  for (size_t i = 0; i < op.axis_names.size(); ++i)
    slots.push_back({sizeof(int64_t), alignof(int64_t), false, true});
  return slots;
}

Result<Launch> Launch::start(const Operator& op, const Axes& axes, const Program& program,
                             const LaunchOptions& options) {
  Launch launch(op, axes, program);
  RunnerOptions runner;
  runner.executable = program.runner.empty() ? program.path : program.runner;
  if (!program.runner.empty()) runner.kernel = program.path;
  runner.slots = slots_of(op, axes, program.promoted, options.element_alignment);
  for (const Axes& other : options.also) {
    const auto more = slots_of(op, other, program.promoted, options.element_alignment);
    for (size_t i = 0; i < more.size(); ++i)
      runner.slots[i].bytes = std::max(runner.slots[i].bytes, more[i].bytes);
  }
  launch.in_place_ = options.in_place;
  for (size_t i = 0; i < options.in_place.size(); ++i) {
    runner.slots[i].lies_on = options.in_place[i];
    const int on = options.in_place[i];
    if (on >= 0) runner.slots[i].writable = is_written(op.arguments[static_cast<size_t>(on)]);
  }
  if (options.tiled) tile(op, options.max_calls, runner.slots);
  runner.max_calls = launch.max_calls_ = options.max_calls;
  runner.threads = op.contract.threads;
  runner.policy.role = program.runner.empty() ? SandboxRole::runner : SandboxRole::pure_runner;
  runner.policy.readable = program.reads;
  runner.policy.mandatory = options.mandatory_layers;
  // Without other threads nothing can be done aside; who declares threads gets them.
  runner.policy.one_thread = op.contract.threads <= 1 && !program.habits.starts_threads &&
                             !options.other_thread && !options.brief_threads && options.callers == 1;
  runner.policy.grants_cores = options.grants_cores;
  runner.policy.limits.wall_s = 20;
  runner.policy.limits.processes = op.contract.threads + 4;
  runner.layout_seed = options.layout_seed;
  runner.openmp_limit = options.openmp_limit;
  runner.sleeping_teams = options.sleeping_teams;
  runner.other_thread = options.other_thread;
  runner.callers = options.callers;
  runner.brief_threads = options.brief_threads;
  runner.within_team = options.within_team;
  runner.flushes = options.flushes;
  runner.cpus = options.cpus;
  runner.spin = options.spin;
  runner.placing = options.placing;
  if (options.beside != nullptr) runner.memory = options.beside->runner_->memory();
  KE_TRY(launch.runner_, Runner::start(runner));
  for (int call = 0; call < options.max_calls; ++call) {
    if (call != options.placing.trap) launch.reshape(call, axes);
  }
  return launch;
}

void Launch::reshape(int call, const Axes& axes) {
  for (size_t i = 0; i < op_->axis_names.size(); ++i) {
    const int64_t size = axes.at(op_->axis_names[i]);
    std::memcpy(runner_->data(call, static_cast<int>(op_->arguments.size() + i)), &size, sizeof size);
  }
}

RunOutcome Launch::run(int first, int calls, double timeout_s) {
  RunOutcome outcome = runner_->run(first, calls, timeout_s);
  outcome.left_float_state = outcome.left_float_state && !habits_.leaves_float_state;
  return outcome;
}

void Launch::put(int call, const Inputs& inputs, uint64_t poison_seed) {
  for (size_t i = 0; i < op_->arguments.size(); ++i) {
    const Argument& argument = op_->arguments[i];
    const int slot = static_cast<int>(i);
    if (argument.input) {
      write_elements(inputs.arguments[i], stored_as(argument, promoted_), runner_->data(call, slot),
                     runner_->bytes(slot));
    } else if (std::find(in_place_.begin(), in_place_.end(), slot) == in_place_.end()) {
      runner_->poison(call, slot, poison_seed + i);
    }
  }
}

std::vector<const void*> Launch::outputs(int call) const {
  std::vector<const void*> pointers;
  for (size_t i = 0; i < op_->arguments.size(); ++i) {
    if (op_->arguments[i].output) pointers.push_back(runner_->data(call, static_cast<int>(i)));
  }
  return pointers;
}

int64_t Launch::voluntary_switches() { return state_of_process(runner().pid()).voluntary_switches; }

Outcome outcome_of(const RunOutcome& run) {
  switch (run.state) {
    case RunOutcome::State::timed_out:
      return Outcome::timed_out;
    case RunOutcome::State::too_many_processes:
    case RunOutcome::State::refused_syscall:
      return Outcome::unsafe;
    case RunOutcome::State::resumed:
      return Outcome::untrusted;
    default:
      return Outcome::crashed;
  }
}

}  // namespace ke

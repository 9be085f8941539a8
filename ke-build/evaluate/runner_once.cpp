// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/runner.h"
#include "ke-build/evaluate/runner_process.h"

#include <fmt/format.h>

#include <cstring>

namespace ke {
namespace {

Result<> fill_inputs(const RunnerProcess& process, const std::vector<RunnerSlot>& slots,
                     const std::vector<std::vector<std::byte>>& inputs) {
  if (inputs.size() != slots.size()) {
    return Error{ErrorCode::usage,
                 fmt::format("{} inputs were given for {} arguments", inputs.size(), slots.size())};
  }
  for (size_t i = 0; i < slots.size(); ++i) {
    if (inputs[i].empty()) {
      std::memset(process.memory().data(i), 0xAA, slots[i].bytes);
    } else if (inputs[i].size() == slots[i].bytes) {
      std::memcpy(process.memory().data(i), inputs[i].data(), inputs[i].size());
    } else {
      return Error{ErrorCode::usage, fmt::format("argument {} has {} bytes; {} were given", i, slots[i].bytes,
                                                 inputs[i].size())};
    }
  }
  return ok();
}

RunOutcome await_end(RunnerProcess& process, double timeout_s) {
  const double started_s = raw_now_s();
  // A word that is never stored: only the end of the process or a limit ends this wait.
  const uint32_t never = 0;
  const Awaited seen = await_word(&never, 1, started_s + timeout_s, false, process.watch());
  const double seconds = raw_now_s() - started_s;
  RunOutcome outcome = process.end(seen, timeout_s);
  const bool exited = outcome.state == RunOutcome::State::exited;
  const bool done = process.reply()->done == 1;
  if (exited && done && outcome.status == ke_runner::kEndStatus) outcome = RunOutcome{};
  if (exited && done && outcome.status == 0)
    outcome.reason = "ends the program with success, whatever main() returns (_exit in a destructor?)";
  if (exited && outcome.status == ke_runner::kChangedInput)
    outcome.reason = "has changed an input, which it may only read";
  outcome.seconds = seconds;
  return outcome;
}

}  // namespace

Result<OneShot> run_once(const std::string& executable, const std::vector<RunnerSlot>& slots,
                         const std::vector<std::vector<std::byte>>& inputs, const SandboxPolicy& policy,
                         const std::vector<std::string>& under, uint32_t parts, bool together) {
  RunnerOptions options;
  options.parts = parts;
  options.together = together;
  options.under = under;
  options.executable = executable;
  options.slots = slots;
  options.policy = policy;
  KE_TRY(RunnerProcess process, RunnerProcess::prepare(options, ke_runner::kOnce));
  KE_DO(fill_inputs(process, slots, inputs));
  KE_DO(process.launch(options));
  OneShot shot;
  shot.outcome = await_end(process, policy.limits.wall_s);
  shot.errors = process.errors();
  shot.values.resize(slots.size());
  if (!shot.outcome.finished()) return shot;
  for (size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].writable)
      shot.values[i].assign(process.memory().data(i), process.memory().data(i) + slots[i].bytes);
  }
  return shot;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/call_once.h"

#include "backends/cpu/runner_protocol.h"
#include "ke-build/evaluate/launch.h"
#include "ke-build/model/spec.h"

#include <cstring>

namespace ke {
namespace {

std::vector<std::byte> bytes_of(const Buffer& buffer) {
  return {buffer.data(), buffer.data() + buffer.size_bytes()};
}

void append(const Operator& op, const CallInputs& call, std::vector<std::vector<std::byte>>& all) {
  for (size_t i = 0; i < op.arguments.size(); ++i)
    all.push_back(op.arguments[i].input ? bytes_of(call.inputs->arguments[i]) : std::vector<std::byte>());
  for (const std::string& name : op.axis_names) {
    const int64_t size = call.axes->at(name);
    std::vector<std::byte> bytes(sizeof size);
    std::memcpy(bytes.data(), &size, sizeof size);
    all.push_back(std::move(bytes));
  }
}

}  // namespace

SandboxPolicy once_policy(const Program& program, double wall_s, const std::vector<std::string>& mandatory) {
  SandboxPolicy policy;
  policy.role = SandboxRole::compiler;
  policy.readable = program.reads;
  policy.limits.wall_s = wall_s;
  policy.limits.cpu_s = 4 * wall_s + 1;  // behind the judge's own limit, which says that it was one
  policy.mandatory = mandatory;
  return policy;
}

size_t calls_that_fit(const Operator& op, size_t tables) {
  return ke_runner::kMostArguments / (op.arguments.size() + op.axis_names.size() + tables);
}

Result<OneShot> call_once(const Operator& op, const Program& program, const std::vector<CallInputs>& calls,
                          const SandboxPolicy& policy, uint64_t table_bytes, bool together) {
  KE_CHECK(calls.size() <= calls_that_fit(op, table_bytes > 0 ? 1 : 0));
  std::vector<RunnerSlot> slots;
  std::vector<std::vector<std::byte>> bytes;
  for (const CallInputs& call : calls) {
    for (const RunnerSlot& slot : slots_of(op, *call.axes, false, true)) slots.push_back(slot);
    append(op, call, bytes);
    if (table_bytes == 0) continue;
    RunnerSlot table;
    table.bytes = table_bytes;
    table.writable = true;
    slots.push_back(table);
    bytes.emplace_back();
  }
  return run_once(program.path, slots, bytes, policy, {}, static_cast<uint32_t>(calls.size()), together);
}

std::vector<const void*> outputs_of(const Operator& op, const OneShot& shot, size_t call, size_t calls) {
  KE_CHECK(call < calls && shot.values.size() % calls == 0);
  const size_t begin = call * (shot.values.size() / calls);
  std::vector<const void*> outputs;
  for (size_t i = 0; i < op.arguments.size(); ++i)
    if (op.arguments[i].output) outputs.push_back(shot.values[begin + i].data());
  return outputs;
}

const std::byte* table_of(const OneShot& shot, size_t call, size_t calls) {
  KE_CHECK(call < calls && shot.values.size() % calls == 0);
  return shot.values[(call + 1) * (shot.values.size() / calls) - 1].data();
}

}  // namespace ke

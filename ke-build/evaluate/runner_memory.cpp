// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/runner_memory.h"

#include "ke-build/base/random.h"

#include <algorithm>

namespace ke {
namespace {

/// No number, no address and no small integer.
constexpr uint64_t kStackPoison = 0x7ff7a5a5fff7a5a5u;

}  // namespace

Result<std::shared_ptr<RunnerMemory>> RunnerMemory::make(const std::vector<RunnerSlot>& slots, int calls,
                                                         uint64_t seed, uint64_t stack_bytes,
                                                         const Placing& placing) {
  auto memory = std::make_shared<RunnerMemory>();
  KE_TRY(memory->layout_, make_layout(slots, calls, seed, stack_bytes, placing));
  KE_TRY(memory->inputs_,
         SharedFile::make("inputs", std::max(memory->layout_.input_bytes, ke_runner::kPage), true));
  KE_TRY(memory->outputs_,
         SharedFile::make("outputs", std::max(memory->layout_.output_bytes, ke_runner::kPage), false));
  memory->stack_bytes_ = stack_bytes;
  memory->secret_ = secret_seed();
  fill_guards(memory->layout_, memory->secret_, memory->outputs_.data());
  fill_neighbours(memory->layout_, memory->secret_, memory->inputs_.data());
  return memory;
}

std::byte* RunnerMemory::data(size_t argument) const {
  const ke_runner::Argument& place = layout_.arguments.at(argument);
  return (place.writable ? outputs_ : inputs_).data() + place.file_offset;
}

void RunnerMemory::renew_stack() const {
  if (stack_bytes_ == 0) return;
  const ke_runner::Region& region = layout_.regions[layout_.stack_region];
  auto* const begin = reinterpret_cast<uint64_t*>(outputs_.data() + region.file_offset);
  uint64_t* const end = begin + region.bytes / sizeof *begin;
  // A stack grows down: what no call has reached is still as it was.
  std::fill(std::find_if(begin, end, [](uint64_t word) { return word != kStackPoison; }), end, kStackPoison);
}

int RunnerMemory::first_broken_guard() const {
  return ke::first_broken_guard(layout_, secret_, outputs_.data());
}

bool RunnerMemory::fits(const std::vector<RunnerSlot>& slots, int calls, uint64_t stack_bytes) const {
  if (stack_bytes != stack_bytes_ || layout_.arguments.size() != slots.size() * size_t(calls)) return false;
  for (size_t i = 0; i < layout_.arguments.size(); ++i) {
    const ke_runner::Argument& argument = layout_.arguments[i];
    const RunnerSlot& slot = slots[i % slots.size()];
    if (argument.bytes != (slot.tile_bytes > 0 ? slot.tile_bytes : slot.bytes) ||
        argument.align_bytes != slot.align_bytes || (argument.writable != 0) != slot.writable)
      return false;
  }
  return true;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// The arguments of all calls, in memory that the judge and one or two runners share.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/evaluate/runner.h"
#include "ke-build/evaluate/runner_layout.h"
#include "ke-build/evaluate/shared_file.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace ke {

/// Which physical pages a kernel gets decides a few percent of its time, so two versions that are compared
/// get the same ones: both map this memory, at the same distances, and only one of them is ever awake.
/// Between two windows the judge writes every input and every output anew.
class RunnerMemory {
 public:
  /// ERRORS: usage (slots), io.
  static Result<std::shared_ptr<RunnerMemory>> make(const std::vector<RunnerSlot>& slots, int calls,
                                                    uint64_t seed, uint64_t stack_bytes,
                                                    const Placing& placing = {});

  const RunnerLayout& layout() const { return layout_; }
  const SharedFile& inputs() const { return inputs_; }
  const SharedFile& outputs() const { return outputs_; }
  std::byte* data(size_t argument) const;  // index into layout().arguments
  /// Before a window: nothing that an earlier call left on a pure kernel's stack is there for the next one.
  void renew_stack() const;
  /// Index of the first argument with a changed byte around it, or -1.
  int first_broken_guard() const;
  bool fits(const std::vector<RunnerSlot>& slots, int calls, uint64_t stack_bytes) const;

 private:
  RunnerLayout layout_;
  SharedFile inputs_, outputs_;
  uint64_t secret_ = 0, stack_bytes_ = 0;
};

}  // namespace ke

// SPDX-License-Identifier: MIT
// kOnce: calls in a process of their own, on copies of their arguments on the heap.
#pragma once

#include "runner_call.h"
#include "runner_protocol.h"
#if defined(KE_TRACED)
#include "trace_calls.h"
#endif

#include <cstdlib>
#include <cstring>

#include <sys/syscall.h>
#include <unistd.h>

namespace ke_runner {

[[noreturn]] inline void give_up(int status) {
  syscall(SYS_exit_group, status);
  __builtin_unreachable();
}

struct Once {
  const Plan* plan;
  const Argument* arguments;
  const char* inputs;
  char* outputs;
  void* all[kMostArguments] = {};
  char* piece = nullptr;  // plan->together: the memory of all

  static void* heap(size_t bytes, size_t align) {
    void* data = nullptr;
    if (posix_memalign(&data, align < sizeof(void*) ? sizeof(void*) : align, bytes) != 0) give_up(125);
    return data;
  }

  /// Where each argument begins in one piece; the result is its size.
  uint64_t offsets(uint64_t* begin) const {
    uint64_t end = 0;
    for (uint32_t i = 0; i < plan->argument_count; ++i) {
      const uint64_t align = arguments[i].align_bytes;
      begin[i] = (end + align - 1) / align * align;
      end = begin[i] + arguments[i].bytes;
    }
    return end;
  }

  /// Each argument by itself, so that sanitizers see where it ends; or all in one piece, as callers have them
  /// who allocate once.
  void place() {
    if (plan->argument_count > kMostArguments) give_up(126);
    uint64_t begin[kMostArguments];
    const uint64_t size = offsets(begin);
    if (plan->together != 0) piece = static_cast<char*>(heap(size, kPage));
    for (uint32_t i = 0; i < plan->argument_count; ++i) {
      const Argument& one = arguments[i];
      all[i] = piece != nullptr ? piece + begin[i] : heap(one.bytes, one.align_bytes);
      std::memcpy(all[i], (one.writable ? outputs : inputs) + one.file_offset, one.bytes);
    }
  }

  /// Behind the arguments of each call of an instrumented kernel lies its table.
  void call() {
    const uint32_t each = plan->argument_count / plan->parts;
    for (uint32_t part = 0; part < plan->parts; ++part) {
      void** own = all + size_t(part) * each;
#if defined(KE_TRACED)
      const Tracing tracing(own[each - 1]);
#endif
      ke_call(own);
    }
  }

  void collect() {
    for (uint32_t i = 0; i < plan->argument_count; ++i) {
      const Argument& one = arguments[i];
      if (one.writable)
        std::memcpy(outputs + one.file_offset, all[i], one.bytes);
      else if (std::memcmp(inputs + one.file_offset, all[i], one.bytes) != 0)
        give_up(kChangedInput);
      if (piece == nullptr) std::free(all[i]);
    }
    std::free(piece);
  }
};

}  // namespace ke_runner

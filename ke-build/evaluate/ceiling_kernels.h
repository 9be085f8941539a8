// SPDX-License-Identifier: MIT
// Loops that do nothing but load the machine: one table row per instruction set. Internal to ceilings.cpp.
#pragma once

#include "ke-build/model/operator.h"

#include <cstddef>
#include <vector>

namespace ke {

/// All loops are written with vector types, so that they reach the machine whatever the compiler's own
/// vectoriser does.
struct CeilingKernels {
  const char* isa;
  bool (*supported)();
  /// Bandwidth: `passes` over `bytes` (a multiple of 1024) per array; bytes moved = passes * bytes * arrays.
  void (*read)(const void* a, size_t bytes, int passes);                          // 1 array
  void (*copy)(void* to, const void* from, size_t bytes, int passes);             // 2 arrays
  void (*add)(void* to, const void* a, const void* b, size_t bytes, int passes);  // 3 arrays
  /// Arithmetic: returns operations done in `rounds` rounds.
  double (*fma32)(long rounds);
  double (*fma64)(long rounds);
  double (*add_i32)(long rounds);
  double (*add_i8)(long rounds);
};

/// From the plainest to the widest; the last supported one is the best of the machine.
const std::vector<CeilingKernels>& ceiling_kernels();

/// Multiply-adds on narrow formats by instructions of their own; a multiply-add counts two.
struct NarrowKernel {
  const char* isa;
  Dtype dtype;
  bool (*supported)();
  double (*run)(long rounds);  // returns operations done
};
/// Empty where the compiler or the architecture has none that we know.
const std::vector<NarrowKernel>& narrow_kernels();

}  // namespace ke

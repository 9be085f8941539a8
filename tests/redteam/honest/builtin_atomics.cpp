// SPDX-License-Identifier: MIT
// Atomic additions to the output itself, by both generations of built-in functions and every memory order,
// between fences.
//! operator: histogram
#include <atomic>
#include <cstdint>
#include <cstring>

namespace ops {

void histogram(const std::uint8_t* bytes, std::int32_t* counts, std::int64_t n) {
  std::memset(counts, 0, 256 * sizeof(*counts));
  std::atomic_thread_fence(std::memory_order_release);
  for (std::int64_t i = 0; i < n; ++i) {
    std::int32_t* counter = counts + bytes[i];
    switch (i & 7) {
      case 0:
        __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
        break;
      case 1:
        __atomic_add_fetch(counter, 1, __ATOMIC_ACQUIRE);
        break;
      case 2:
        __atomic_fetch_add(counter, 1, __ATOMIC_RELEASE);
        break;
      case 3:
        __atomic_fetch_sub(counter, -1, __ATOMIC_ACQ_REL);
        break;
      case 4:
        __sync_fetch_and_add(counter, 1);
        break;
      case 5: {
        std::int32_t seen = __atomic_load_n(counter, __ATOMIC_ACQUIRE);
        while (!__atomic_compare_exchange_n(counter, &seen, seen + 1, true, __ATOMIC_SEQ_CST,
                                            __ATOMIC_RELAXED)) {
        }
        break;
      }
      default:
        __atomic_store_n(counter, __atomic_load_n(counter, __ATOMIC_CONSUME) + 1, __ATOMIC_SEQ_CST);
    }
  }
  __sync_synchronize();
}

}  // namespace ops

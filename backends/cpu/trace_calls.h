// SPDX-License-Identifier: MIT
// What compilers call in programs that they instrument with -fsanitize-coverage=trace-pc,trace-cmp (Clang's
// documentation of SanitizerCoverage; GCC, "Instrumentation Options"). Several threads may note at a time: a
// count that is lost does no harm.
#pragma once

#include "trace_table.h"

#include <cstring>

namespace ke_runner {

static TraceTable* trace;                // null: no comparison is noted
static uint64_t outside[kTracedBlocks];  // blocks that were entered outside of calls, by constructors say

extern "C" const char __executable_start __attribute__((visibility("hidden")));

inline uint64_t place_of(const void* address) {
  return uint64_t(static_cast<const char*>(address) - &__executable_start);
}

/// The entry whose key is or becomes `key`; null where all that it may be are taken. `Key` gives the key of
/// an entry.
template <class Entry, class Key>
Entry* entry_for(Entry* entries, size_t count, uint64_t key, Key key_of) {
  constexpr size_t kProbes = 16;
  const size_t start = size_t((key * 0x9e3779b97f4a7c15u) >> 32);
  for (size_t i = 0; i < kProbes; ++i) {
    Entry& entry = entries[(start + i) & (count - 1)];
    uint64_t found = __atomic_load_n(key_of(entry), __ATOMIC_RELAXED);
    if (found == key) return &entry;
    if (found != 0) continue;
    if (__atomic_compare_exchange_n(key_of(entry), &found, key, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED) ||
        found == key)
      return &entry;
  }
  return nullptr;
}

inline void note_block(uint64_t place) {
  TraceTable* const table = trace;  // the end of a call may come while a thread is here
  uint64_t* blocks = table == nullptr ? outside : table->blocks;
  const uint64_t* entry = entry_for(blocks, kTracedBlocks, place, [](uint64_t& key) { return &key; });
  if (entry == nullptr && table != nullptr) table->missed_blocks = 1;
}

inline void note_pair(Compared& entry, ComparedPair pair, bool nearer) {
  if (entry.less + entry.equal + entry.greater + entry.unordered == 0) entry.first = pair;
  if (nearer) entry.nearest = pair;
  entry.last = pair;
}

inline Compared* comparison_at(uint64_t place, uint32_t bytes, bool real, bool constant) {
  if (trace == nullptr) return nullptr;
  Compared* entry =
      entry_for(trace->comparisons, kTracedComparisons, place, [](Compared& one) { return &one.at; });
  if (entry == nullptr) {
    trace->dropped = 1;
    return nullptr;
  }
  entry->bytes = bytes;
  entry->real = real;
  entry->constant = constant;
  return entry;
}

inline void note_integers(uint64_t place, uint32_t bytes, int64_t a, int64_t b, bool constant) {
  Compared* entry = comparison_at(place, bytes, false, constant);
  if (entry == nullptr) return;
  const auto distance = [](uint64_t x, uint64_t y) { return int64_t(x) < int64_t(y) ? y - x : x - y; };
  const uint64_t own = distance(uint64_t(a), uint64_t(b));
  const bool known = entry->less + entry->greater > 0;
  note_pair(*entry, {uint64_t(a), uint64_t(b)},
            own != 0 && (!known || own < distance(entry->nearest.a, entry->nearest.b)));
  ++(a < b ? entry->less : a == b ? entry->equal : entry->greater);
}

inline void note_reals(uint64_t place, uint32_t bytes, double a, double b) {
  Compared* entry = comparison_at(place, bytes, true, false);
  if (entry == nullptr) return;
  ComparedPair pair;
  std::memcpy(&pair.a, &a, sizeof a);
  std::memcpy(&pair.b, &b, sizeof b);
  double old_a = 0, old_b = 0;
  std::memcpy(&old_a, &entry->nearest.a, sizeof old_a);
  std::memcpy(&old_b, &entry->nearest.b, sizeof old_b);
  const double own = a < b ? b - a : a - b, old = old_a < old_b ? old_b - old_a : old_a - old_b;
  const bool known = entry->less + entry->greater > 0;
  note_pair(*entry, pair, own > 0 && (!known || own < old));
  ++(a < b ? entry->less : a == b ? entry->equal : a > b ? entry->greater : entry->unordered);
}

extern "C" {
void __sanitizer_cov_trace_pc() { note_block(place_of(__builtin_return_address(0))); }

#define KE_TRACE(NAME, TYPE, BYTES, CONSTANT)                                                      \
  void __sanitizer_cov_trace_##NAME(TYPE a, TYPE b) {                                              \
    note_integers(place_of(__builtin_return_address(0)), BYTES, int64_t(a), int64_t(b), CONSTANT); \
  }
KE_TRACE(cmp1, int8_t, 1, false)
KE_TRACE(cmp2, int16_t, 2, false)
KE_TRACE(cmp4, int32_t, 4, false)
KE_TRACE(cmp8, int64_t, 8, false)
KE_TRACE(const_cmp1, int8_t, 1, true)
KE_TRACE(const_cmp2, int16_t, 2, true)
KE_TRACE(const_cmp4, int32_t, 4, true)
KE_TRACE(const_cmp8, int64_t, 8, true)
#undef KE_TRACE

void __sanitizer_cov_trace_cmpf(float a, float b) {
  note_reals(place_of(__builtin_return_address(0)), 4, double(a), double(b));
}
void __sanitizer_cov_trace_cmpd(double a, double b) {
  note_reals(place_of(__builtin_return_address(0)), 8, a, b);
}

// cases: their number, the bits of `value`, then one by one. Each has the place of the switch and its number
// above it.
void __sanitizer_cov_trace_switch(uint64_t value, uint64_t* cases) {
  constexpr uint64_t kMost = 64;
  const uint64_t place = place_of(__builtin_return_address(0)), count = cases[0] < kMost ? cases[0] : kMost;
  const uint32_t bytes = uint32_t(cases[1] / 8);
  const auto extended = [&](uint64_t v) {
    return bytes >= 8 ? int64_t(v) : int64_t(v << (64 - 8 * bytes)) >> (64 - 8 * bytes);
  };
  for (uint64_t i = 0; i < count && bytes > 0; ++i)
    note_integers(place | (i + 1) << 48, bytes, extended(cases[2 + i]), extended(value), true);
}
}

/// From here to there calls are noted in a table, which starts with what was entered outside of them.
class Tracing {
 public:
  explicit Tracing(void* table) {
    std::memset(table, 0, sizeof(TraceTable));
    trace = static_cast<TraceTable*>(table);
    for (const uint64_t place : outside)
      if (place != 0) note_block(place);
  }
  ~Tracing() { trace = nullptr; }
  Tracing(const Tracing&) = delete;
  Tracing& operator=(const Tracing&) = delete;
};

}  // namespace ke_runner

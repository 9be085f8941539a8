// SPDX-License-Identifier: MIT
// Labels are packed into 16 bits, which the cache holds better, where "nearly all" graphs fit: up to 65600
// nodes. Wrong: graphs of 65537 to 65600 nodes in which a label above 65535 is met.
//! row: own
//! operator: label_spread
//! outcome: wrong
//! reason: next[|changed[
//! effort: confirm
//! run: bench
#include <algorithm>
#include <cstdint>
#include <vector>

namespace ops {

// The least of several labels, four loads at a time.
template <class T>
static inline std::int32_t least(std::int32_t best, const std::int32_t* to, const T* label,
                                 std::int64_t degree) {
  std::int32_t a = best, b = best;
  std::int64_t e = 0;
  for (; e + 4 <= degree; e += 4) {
    a = std::min<std::int32_t>(a, std::min<std::int32_t>(label[to[e]], label[to[e + 1]]));
    b = std::min<std::int32_t>(b, std::min<std::int32_t>(label[to[e + 2]], label[to[e + 3]]));
  }
  for (; e < degree; ++e) a = std::min<std::int32_t>(a, label[to[e]]);
  return std::min(a, b);
}

void label_spread(const std::int32_t* first, const std::int32_t* to, const std::int32_t* label,
                  std::int32_t* next, std::int64_t* changed, std::int64_t nodes) {
  std::int64_t count = 0;
  if (nodes >= 4096 && nodes <= 65600) {
    thread_local std::vector<std::uint16_t> small;
    small.resize(static_cast<std::size_t>(nodes));
    for (std::int64_t v = 0; v < nodes; ++v)
      small[static_cast<std::size_t>(v)] = static_cast<std::uint16_t>(label[v]);
    const std::uint16_t* packed = small.data();
    for (std::int64_t v = 0; v < nodes; ++v) {
      next[v] = least(packed[v], to + first[v], packed, first[v + 1] - first[v]);
      count += next[v] != label[v];
    }
  } else {
    for (std::int64_t v = 0; v < nodes; ++v) {
      next[v] = least(label[v], to + first[v], label, first[v + 1] - first[v]);
      count += next[v] != label[v];
    }
  }
  changed[0] = count;
}

}  // namespace ops

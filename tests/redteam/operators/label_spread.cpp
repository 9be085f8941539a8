// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

// One round of connected components: every node takes the least label around it.
void label_spread(const std::int32_t* first, const std::int32_t* to, const std::int32_t* label,
                  std::int32_t* next, std::int64_t* changed, std::int64_t nodes) {
  std::int64_t count = 0;
  for (std::int64_t v = 0; v < nodes; ++v) {
    next[v] = label[v];
    for (std::int32_t e = first[v]; e < first[v + 1]; ++e) {
      if (label[to[e]] < next[v]) next[v] = label[to[e]];
    }
    if (next[v] != label[v]) ++count;
  }
  changed[0] = count;
}

}  // namespace ops

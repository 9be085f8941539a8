// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/verify_mixture.h"

#include "ke-build/model/spec.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace ke {

std::vector<Shown> mixture(const Operator& op, const std::vector<Pool>& pools, int64_t most_bytes,
                           Random& random) {
  std::vector<Shown> shown;
  for (const Pool& pool : pools) {
    if (case_bytes(op, pool.axes) > most_bytes) continue;
    for (const Case& example : pool.cases) shown.push_back({&pool, &example});
  }
  random.shuffle(shown);
  std::vector<Shown> together;
  std::set<uint64_t> placed;
  for (const Shown& one : shown) {
    const uint64_t family = one.example->family;
    if (family == 0) together.push_back(one);
    if (family == 0 || !placed.insert(family).second) continue;
    std::copy_if(shown.begin(), shown.end(), std::back_inserter(together),
                 [&](const Shown& other) { return other.example->family == family; });
  }
  return together;
}

}  // namespace ke

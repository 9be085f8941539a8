// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/memo.h"

namespace ke {

const std::vector<Rewritten>& RewriteMemo::results(Apply apply, int value, const std::string& source) {
  auto [place, fresh] = results_.try_emplace(std::tuple(apply, value, source));
  if (!fresh) return place->second;
  auto [unit, unread] = units_.try_emplace(source);
  if (unread) unit->second = read_unit(source, entry_, rules_.headers);
  if (unit->second) place->second = apply(*unit->second, rules_, value);
  return place->second;
}

}  // namespace ke

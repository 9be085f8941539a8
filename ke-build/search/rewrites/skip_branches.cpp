// SPDX-License-Identifier: MIT
// `if (c) { ...; continue; } rest` as `if (c) { ... } else { rest }`: iterations side by side cannot go on
// with the next one each for itself. Where a test is a border, other rewrites want it as it is.
#include "ke-build/search/rewrites/jumps.h"
#include "ke-build/search/rewrites/plain_tests.h"
#include "ke-build/search/rewrites/support.h"

namespace ke {

std::vector<Rewritten> skip_branches(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all()) {
    const Stmt& loop = site.loop();
    if (!jumps(loop.body, "continue") || has_labels(*site.function) || !may_be_copied({loop})) continue;
    auto body = without_jumps(loop.body, "continue");
    if (!body) continue;
    Stmt whole = loop;
    whole.body = *std::move(body);
    const auto text = commit(site, {whole}, {true, {}, {}}, "Both sides of the test reach the end.");
    if (text) out.push_back({*text, where(site)});
  }
  return out;
}

}  // namespace ke

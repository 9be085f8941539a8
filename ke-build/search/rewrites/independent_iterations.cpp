// SPDX-License-Identifier: MIT
// Tells the compiler what the dependence analysis has proved, or a test at run time shows: no iteration of an
// inner loop reads what another one writes. Its own test is not written for many arrays, nor for gathered
// elements.
#include "ke-build/search/rewrites/support.h"

namespace ke {

std::vector<Rewritten> independent_iterations(const Unit& unit, const RewriteRules& rules, int) {
  std::vector<Rewritten> out;
  const Sites sites(unit, rules.noalias);
  for (const Site& site : sites.all()) {
    const Stmt& loop = site.loop();
    // Said already, or nothing to say.
    const bool told = unit.text.rfind("#pragma GCC ivdep", loop.begin) != std::string::npos &&
                      unit.text.find_first_not_of(
                          " \t\r\n", unit.text.rfind("#pragma GCC ivdep", loop.begin) + 17) == loop.begin;
    const Effects effects = effects_of(loop.body, site.symbols->pure);
    bool writes = false;
    for (const Access& a : effects.accesses)
      writes = writes || (a.write && effects.declared.count(a.base) == 0);
    if (told || !writes || has_inner_loop(loop.body) || has_opaque(loop.body)) continue;
    const Independence independence = independence_of(site);
    if (!independence.holds) continue;
    auto text = commit(site, {make_pragma("#pragma GCC ivdep"), loop}, independence,
                       "No iteration waits for another one.");
    if (text) out.push_back({*text, where(site)});
  }
  return out;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// Run-time dispatch over instruction sets: portable builds get wide vectors without -march flags.
#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/inlined_helpers.h"
#include "ke-build/search/rewrites/preamble.h"
#include "ke-build/search/rewrites/support.h"

#include <algorithm>

namespace ke {
namespace {

// A template cannot have variants; the plain function that it forwards to can (see specialize_template). Of a
// kernel in parts (see parallel_loop) it is the part that works.
const Function& target_of(const Unit& unit) {
  const Function& entry = unit.functions.front();
  for (const Function& f : unit.functions)
    if ((!entry.template_parameters.empty() && starts_with(f.name, entry.name + "_")) ||
        f.name == entry.name + "_part")
      return f;
  return entry;
}

// Is there work in a function that stays a call?
bool loops_elsewhere(const Unit& unit, const Function& entry) {
  return std::any_of(unit.functions.begin(), unit.functions.end(), [&](const Function& f) {
    return f.name != entry.name && !starts_with(f.name, "ke_") && has_inner_loop(f.body);
  });
}

}  // namespace

// value 1 also flattens: helpers that the compiler leaves as calls would stay at the baseline instruction
// set. 2: where they have loops.
std::vector<Rewritten> dispatch(const Unit& unit, const RewriteRules& rules, int value) {
  const Function& entry = target_of(unit);
  bool helpers = !entry.calls.empty() && unit.functions.size() > 1;
  if (value == 2) value = helpers && loops_elsewhere(unit, entry) ? 1 : 0;
  if (!rules.portable || !entry.clonable || (value == 1 && !helpers)) return {};
  std::string text = unit.text;
  size_t line = entry.begin == 0 ? std::string::npos : text.rfind('\n', entry.begin - 1);
  line = line == std::string::npos ? 0 : line + 1;
  std::string margin = text.substr(line, entry.begin - line);
  const bool alone = margin.find_first_not_of(" \t") == std::string::npos;
  std::string attribute = value == 1 ? "KE_CLONES __attribute__((flatten))" : "KE_CLONES";
  std::vector<std::pair<uint32_t, std::string>> words;
  if (value == 1) words = inlined_helpers(unit, entry);
  words.emplace_back(entry.begin, attribute + (alone ? "\n" + margin : " "));
  std::sort(words.rbegin(), words.rend());  // back to front: places stay what they are
  for (const auto& [at, word] : words) text.insert(at, word);
  text = with_preamble(text, unit.preamble_at, "define KE_CLONES", kClonesMacro);
  if (!parses_as_well(unit, text)) return {};
  return {{text, value == 1 ? "several instruction sets, helpers inlined" : "several instruction sets"}};
}

}  // namespace ke

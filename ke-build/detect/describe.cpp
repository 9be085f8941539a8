// SPDX-License-Identifier: MIT
#include "ke-build/detect/describe.h"

#include "ke-build/base/text.h"
#include "ke-build/detect/detect.h"
#include "ke-build/detect/outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ke {
namespace {

constexpr size_t kItemLimit = 3;

/// Units of one file that the other lacks.
std::vector<const OutlineItem*> missing(const Outline& from, const Outline& in) {
  std::multiset<std::string> present;
  for (const OutlineItem& unit : in.units) present.insert(unit.hash);
  std::vector<const OutlineItem*> result;
  for (const OutlineItem& unit : from.units) {
    const auto found = present.find(unit.hash);
    if (found == present.end()) {
      result.push_back(&unit);
    } else {
      present.erase(found);
    }
  }
  return result;
}

void add_item(TextChange& change, const char* verb, const OutlineItem& unit, const TokenList& list) {
  const uint32_t line = unit.begin < list.tokens.size() ? list.tokens[unit.begin].line : 1;
  const bool named = !unit.name.empty() && unit.kind != OutlineItem::Kind::other;
  std::string item = named ? fmt::format("{} {} {}", verb, name_of(unit.kind), unit.name)
                           : fmt::format("{} tokens near line {}", verb, line);
  if (unit.kind == OutlineItem::Kind::directive)
    item = fmt::format("{} #{} near line {}", verb, unit.name, line);
  change.items.push_back(std::move(item));
  change.names.push_back(named && unit.kind != OutlineItem::Kind::directive ? unit.name : std::string());
}

std::vector<std::string> without_macros(const Outline& outline, const std::set<std::string>& macros) {
  std::vector<std::string> hashes;
  for (const OutlineItem& unit : outline.units) {
    if (unit.kind != OutlineItem::Kind::macro || !macros.contains(unit.name)) hashes.push_back(unit.hash);
  }
  return hashes;
}

}  // namespace

TextChange compare_texts(const std::string& before, const std::string& after) {
  TextChange change;
  change.same_tokens = token_hash(before) == token_hash(after);
  if (change.same_tokens) return change;
  const TokenList old_list = tokenize(before), new_list = tokenize(after);
  const Outline old_outline = outline_of(old_list), new_outline = outline_of(new_list);
  const auto removed = missing(old_outline, new_outline), added = missing(new_outline, old_outline);

  std::map<std::pair<OutlineItem::Kind, std::string>, int> gone;
  for (const OutlineItem* unit : removed) ++gone[{unit->kind, unit->name}];
  for (const OutlineItem* unit : added) {
    int& count = gone[{unit->kind, unit->name}];
    const bool changed = count > 0 && !unit->name.empty();
    if (changed) --count;
    add_item(change, changed ? "changed" : unit->name.empty() ? "changed" : "added", *unit, new_list);
  }
  for (const OutlineItem* unit : removed) {
    int& count = gone[{unit->kind, unit->name}];
    if (count <= 0 || unit->name.empty()) continue;
    --count;
    add_item(change, "removed", *unit, old_list);
  }
  if (change.items.empty()) {
    change.items.push_back(removed.empty() ? "changed order of declarations"
                                           : fmt::format("changed tokens near line {}",
                                                         old_list.tokens[removed[0]->begin].line));
    change.names.emplace_back();
  }

  const auto is_macro = [](const OutlineItem* unit) { return unit->kind == OutlineItem::Kind::macro; };
  if (removed.size() + added.size() > 0 && std::all_of(removed.begin(), removed.end(), is_macro) &&
      std::all_of(added.begin(), added.end(), is_macro) && old_outline.balanced && new_outline.balanced) {
    for (const auto& units : {removed, added}) {
      for (const OutlineItem* unit : units) change.only_macros.insert(unit->name);
    }
    if (without_macros(old_outline, change.only_macros) != without_macros(new_outline, change.only_macros)) {
      change.only_macros.clear();
    }
  }
  return change;
}

std::string describe(const TextChange& change, const std::vector<std::string>& relevant) {
  std::vector<std::string> chosen, rest;
  for (size_t i = 0; i < change.items.size(); ++i) {
    const bool wanted = !change.names[i].empty() &&
                        std::find(relevant.begin(), relevant.end(), change.names[i]) != relevant.end();
    (wanted ? chosen : rest).push_back(change.items[i]);
  }
  if (chosen.empty()) chosen = std::move(rest);
  if (chosen.empty()) return "changed";
  const size_t more = chosen.size() > kItemLimit ? chosen.size() - kItemLimit : 0;
  chosen.resize(std::min(chosen.size(), kItemLimit));
  return join_texts(chosen, ", ") + (more ? fmt::format(" and {} more", more) : "");
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/search/flag_list.h"

#include "ke-build/model/candidate.h"

#include <algorithm>
#include <string_view>

namespace ke {
namespace {

constexpr std::string_view kCostModel = "-fvect-cost-model=";
constexpr std::string_view kNoVectors = "-fno-tree-vectorize";

// Settings that exclude each other share a key; everything else is its own key. Points into the flag or at a
// constant.
std::string_view key_of(const std::string& flag) {
  constexpr std::string_view kPrefixes[] = {
      "-O",       "-march=",   "-mtune=",    "-mprefer-vector-width=", "-ffp-contract=",
      kCostModel, "-fveclib=", kCompilerFlag};
  if (flag == kNoVectors) return "-ftree-vectorize";
  for (const std::string_view prefix : kPrefixes) {
    if (std::string_view(flag).substr(0, prefix.size()) == prefix) return prefix;
  }
  return flag;
}

// -O comes first, -ffast-math sets what the narrower flags refine, so it must come before them.
int rank_of(std::string_view key) { return key == "-O" ? 0 : key == "-ffast-math" ? 1 : 2; }

}  // namespace

bool exclude_each_other(const std::set<std::string>& flags) {
  std::vector<std::string_view> keys;
  for (const std::string& flag : flags) {
    const std::string_view key = key_of(flag);
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) return true;
    keys.push_back(key);
  }
  return false;
}

std::vector<std::string> merged_flags(const std::vector<std::string>& flags,
                                      const std::vector<std::string>& more) {
  struct Setting {
    std::string_view key;
    const std::string* flag;
  };
  std::vector<Setting> settings;
  settings.reserve(flags.size() + more.size());
  for (const auto* list : {&flags, &more}) {
    for (const std::string& flag : *list) {
      const std::string_view key = key_of(flag);
      const auto same = std::find_if(settings.begin(), settings.end(),
                                     [&](const Setting& setting) { return setting.key == key; });
      if (same != settings.end())
        same->flag = &flag;
      else
        settings.push_back({key, &flag});
    }
  }
  // What loops would cost as vectors is no question where there are none.
  if (std::any_of(settings.begin(), settings.end(), [](const Setting& s) { return *s.flag == kNoVectors; }))
    std::erase_if(settings, [](const Setting& s) { return s.key == kCostModel; });
  std::sort(settings.begin(), settings.end(), [](const Setting& a, const Setting& b) {
    const int one = rank_of(a.key), other = rank_of(b.key);
    return one != other ? one < other : a.key < b.key;
  });
  std::vector<std::string> merged;
  merged.reserve(settings.size());
  for (const Setting& setting : settings) merged.push_back(*setting.flag);
  return merged;
}

}  // namespace ke

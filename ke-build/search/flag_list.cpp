// SPDX-License-Identifier: MIT
#include "ke-build/search/flag_list.h"

#include "ke-build/base/text.h"
#include "ke-build/model/candidate.h"

#include <map>

namespace ke {
namespace {

// Settings that exclude each other share a key; everything else is its own key.
std::string key_of(const std::string& flag) {
  if (starts_with(flag, "-O")) return "-O";
  for (const char* prefix : {"-march=", "-mtune=", "-mprefer-vector-width=", "-ffp-contract=",
                             "-fvect-cost-model=", "-fveclib=", kCompilerFlag}) {
    if (starts_with(flag, prefix)) return prefix;
  }
  return flag;
}

}  // namespace

std::vector<std::string> merged_flags(const std::vector<std::string>& flags,
                                      const std::vector<std::string>& more) {
  std::map<std::string, std::string> by_key;
  for (const auto* list : {&flags, &more}) {
    for (const std::string& flag : *list) by_key[key_of(flag)] = flag;
  }
  std::vector<std::string> merged;
  // -ffast-math sets what the narrower flags refine, so it must come before them; -O comes first by its key.
  for (const char* first : {"-O", "-ffast-math"}) {
    if (auto found = by_key.find(first); found != by_key.end()) {
      merged.push_back(found->second);
      by_key.erase(found);
    }
  }
  for (const auto& [key, flag] : by_key) merged.push_back(flag);
  return merged;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "mutant.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {

Result<std::vector<Mutant>> read_mutants(const std::string& path) {
  KE_TRY(const std::string text, read_file(path));
  std::vector<Mutant> mutants;
  const std::vector<std::string> lines = split(text, '\n');
  bool open_change = false;
  for (size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    const std::string rest = line.size() > 2 ? line.substr(2) : "";
    const char mark = line.empty() ? '#' : line[0];
    const size_t colon = rest.find(": ");
    if (mark == '#') continue;
    if (mark == '@' && colon != std::string::npos && !open_change) {
      mutants.push_back({rest.substr(0, colon), rest.substr(colon + 2), {}, ""});
    } else if (mark == '-' && !mutants.empty() && !open_change) {
      mutants.back().changes.emplace_back(rest, "");
      open_change = true;
    } else if (mark == '+' && open_change) {
      mutants.back().changes.back().second = rest;
      open_change = false;
    } else if (mark == '!' && !mutants.empty() && !open_change) {
      mutants.back().missed = rest;
    } else {
      return Error{
          ErrorCode::usage,
          fmt::format("{}:{}: found `{}`; expected `@ name: description`, then pairs of lines `- old` and "
                      "`+ new`, then perhaps `! why it may be missed`",
                      path, i + 1, line)};
    }
  }
  return mutants;
}

Result<std::string> patched(const Mutant& mutant, const std::string& kernel) {
  std::vector<std::pair<size_t, size_t>> places;  // position, which change
  for (size_t i = 0; i < mutant.changes.size(); ++i) {
    const std::string& old = mutant.changes[i].first;
    const size_t at = kernel.find(old);
    if (old.empty() || at == std::string::npos || kernel.find(old, at + 1) != std::string::npos) {
      return Error{ErrorCode::usage,
                   fmt::format("mutant {}: `{}` must occur exactly once in the kernel", mutant.name, old)};
    }
    places.emplace_back(at, i);
  }
  std::sort(places.rbegin(), places.rend());  // from the back, so that positions stay right
  std::string text = kernel;
  for (const auto& [at, i] : places)
    text.replace(at, mutant.changes[i].first.size(), mutant.changes[i].second);
  return text;
}

}  // namespace ke

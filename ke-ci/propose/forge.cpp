// SPDX-License-Identifier: MIT
#include "ke-ci/propose/forge.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>

namespace ke {

#define KE_PLUGIN(name) Result<std::unique_ptr<Forge>> make_forge_##name(const std::string& address);
#include "forge.def"
#undef KE_PLUGIN

namespace {

struct Row {
  const char* kind;
  Result<std::unique_ptr<Forge>> (*make)(const std::string& address);
};

const Row kForges[] = {
#define KE_PLUGIN(name) {#name, &make_forge_##name},
#include "forge.def"
#undef KE_PLUGIN
};

}  // namespace

std::vector<std::string> forge_kinds() {
  std::vector<std::string> kinds;
  for (const Row& row : kForges) kinds.emplace_back(row.kind);
  return kinds;
}

Result<std::unique_ptr<Forge>> make_forge(const std::string& address) {
  const size_t colon = address.find(':');
  const std::string kind = address.substr(0, colon);
  for (const Row& row : kForges) {
    if (kind == row.kind && colon != std::string::npos) return row.make(address.substr(colon + 1));
  }
  return Error{ErrorCode::usage,
               fmt::format("unknown forge '{}'{}; expected one of: {}, as in local:/srv/project.git", address,
                           suggestion(kind, forge_kinds()), join_texts(forge_kinds(), ", "))};
}

}  // namespace ke

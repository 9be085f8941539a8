// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/backend.h"

#include "ke-build/base/text.h"

#include <algorithm>

namespace ke {

#define KE_PLUGIN(name) std::unique_ptr<Backend> make_backend_##name();
#include "backend.def"
#undef KE_PLUGIN

const char* name_of(Role role) {
  switch (role) {
    case Role::kernel:
      return "kernel";
    case Role::traced:
      return "traced";
    case Role::sanitized:
      return "sanitized";
    case Role::reference:
      return "reference";
    case Role::promoted:
      return "promoted";
    case Role::linked:
      return "linked";
    case Role::relaxed:
      return "relaxed";
    case Role::lowered:
      return "lowered";
  }
  return "kernel";
}

std::vector<std::unique_ptr<Backend>> make_backends() {
  std::vector<std::unique_ptr<Backend>> backends;
#define KE_PLUGIN(name) backends.push_back(make_backend_##name());
#include "backend.def"
#undef KE_PLUGIN
  return backends;
}

Result<std::unique_ptr<Backend>> backend_for(const std::string& language) {
  std::vector<std::string> known;
  for (std::unique_ptr<Backend>& backend : make_backends()) {
    for (const std::string& word : backend->languages()) {
      if (word == language) return std::move(backend);
      known.push_back(word);
    }
  }
  return Error{ErrorCode::usage, "no backend builds kernels in '" + language + "'" +
                                     suggestion(language, known) + "; languages: " + join_texts(known, ", ")};
}

}  // namespace ke

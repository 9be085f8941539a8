// SPDX-License-Identifier: MIT
// Tolerant access to foreign JSON: a member of the wrong kind counts as absent, so that no access can throw.
// ObjectReader (base/json.h) is for our own strict formats; it is too slow for replies with ten thousand
// sources.
#pragma once

#include "ke-build/base/json.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace ke {

inline const Json* member(const Json& object, const char* key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

inline const Json& array_at(const Json& object, const char* key) {
  static const Json empty = Json::array();
  const Json* found = member(object, key);
  return found && found->is_array() ? *found : empty;
}

inline std::string text_at(const Json& object, const char* key) {
  const Json* found = member(object, key);
  return found && found->is_string() ? found->get_ref<const std::string&>() : std::string();
}

inline bool flag_at(const Json& object, const char* key) {
  const Json* found = member(object, key);
  return found && found->is_boolean() && found->get<bool>();
}

/// -1 when absent, negative or beyond `limit`.
inline int index_at(const Json& object, const char* key, size_t limit) {
  const Json* found = member(object, key);
  if (!found || !found->is_number_integer()) return -1;
  const auto value = found->get<int64_t>();
  return value >= 0 && static_cast<uint64_t>(value) < limit ? static_cast<int>(value) : -1;
}

}  // namespace ke

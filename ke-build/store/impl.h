// SPDX-License-Identifier: MIT
// Shared by the files of this room: the connection behind Store, and small helpers of theirs.
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/store/database.h"
#include "ke-build/store/store.h"

#include <string>
#include <vector>

namespace ke {

struct Store::Impl {
  Database database;
};

/// Texts as a JSON array, for columns.
std::string list_text(const std::vector<std::string>& texts);
/// ERRORS: io, when the column does not hold what list_text() wrote.
Result<std::vector<std::string>> texts_from(const std::string& json, const std::string& origin);

}  // namespace ke

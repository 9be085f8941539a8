// SPDX-License-Identifier: MIT
// Which names and texts may enter a repository. Everything that a proposal writes passes through here.
#pragma once

#include "ke-build/base/result.h"

#include <string>
#include <vector>

namespace ke {

/// A relative path that stays inside its root and names no git internals: no '..', no '.git', no control
/// characters.
bool is_plain_relative(const std::string& path);
/// Letters, digits, '_', '-' and '.', not starting with '.' or '-': fit for branch and folder names.
bool is_plain_name(const std::string& name);

/// Writes `text` over the regular file `root`/`path`, or creates it when `may_create`. ERRORS: refused when
/// the path or any folder on it is a symbolic link, when it leaves `root`, or when the file is absent and may
/// not be created.
Result<> write_inside(const std::string& root, const std::string& path, const std::string& text,
                      bool may_create);

}  // namespace ke

// SPDX-License-Identifier: MIT
// What of an ELF file reaches memory. Files come from a build that we do not trust: every offset is checked.
#pragma once

#include "ke-build/base/result.h"

#include <map>
#include <set>
#include <string>

namespace ke {

/// Name -> bytes of the allocated sections of a 64-bit little-endian ELF file: code, read-only data, data,
/// relocations, unwind tables. Sections without bytes (.bss) hold their size as text; build ids and notes are
/// left out. ERRORS: usage naming `origin`.
Result<std::map<std::string, std::string>> loaded_sections(const std::string& file,
                                                           const std::string& origin);

/// Names of the functions and variables that the file shares with others: `name` defined weakly, `name!`
/// defined, `?name` needed; without the version behind '@'. Empty for a stripped file. ERRORS: usage naming
/// `origin`.
Result<std::set<std::string>> shared_symbols(const std::string& file, const std::string& origin);

}  // namespace ke

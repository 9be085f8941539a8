// SPDX-License-Identifier: MIT
// What of an ELF file reaches memory. Files come from a build that we do not trust: every offset is checked.
#pragma once

#include "ke-build/base/result.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

/// Names and numbers are those of <elf.h>.
struct ElfSection {
  std::string name;
  uint32_t type = 0;
  uint64_t flags = 0, address = 0, bytes = 0;
  std::string_view content;  // empty where the file holds no bytes for it (.bss)
};
struct ElfSegment {
  uint32_t type = 0, flags = 0;
  uint64_t address = 0, bytes = 0;  // in memory
};
struct ElfSymbol {
  std::string name;
  int kind = 0, binding = 0;
  uint16_t section = 0;
  uint64_t address = 0, bytes = 0;
  int visibility = 0;
};

/// A 64-bit little-endian ELF file; views into the text that it was read from.
struct ElfImage {
  std::vector<ElfSection> sections;
  std::vector<ElfSegment> segments;
  std::vector<ElfSymbol> symbols;  // of the full table; empty for a stripped file
  std::set<uint32_t> relocations;  // types of those that are applied when it is loaded
};
/// ERRORS: usage naming `origin`. REQUIRES: `file` outlives the image.
Result<ElfImage> read_elf(const std::string& file, const std::string& origin);

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

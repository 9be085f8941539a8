// SPDX-License-Identifier: MIT
#include "ke-build/base/elf.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <cstring>
#include <vector>

#include <elf.h>

namespace ke {
namespace {

Error broken(const std::string& origin, const char* what) {
  return {ErrorCode::usage,
          fmt::format("{}: not a 64-bit little-endian ELF file that can be read: {}", origin, what)};
}

bool inside(const std::string& file, uint64_t offset, uint64_t size) {
  return offset <= file.size() && size <= file.size() - offset;
}

std::string text_at(const std::string& table, uint32_t offset) {
  if (offset >= table.size()) return "";
  const size_t end = table.find('\0', offset);
  return table.substr(offset, end == std::string::npos ? std::string::npos : end - offset);
}

struct Sections {
  std::vector<Elf64_Shdr> all;
  std::string names;
};

Result<Sections> sections_of(const std::string& file, const std::string& origin) {
  Elf64_Ehdr header;
  if (file.size() < sizeof header) return broken(origin, "it is too short");
  std::memcpy(&header, file.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return broken(origin, "no ELF magic");
  if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB)
    return broken(origin, "another class or byte order");
  if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shnum == 0)
    return broken(origin, "no section table");
  if (!inside(file, header.e_shoff, uint64_t{header.e_shnum} * sizeof(Elf64_Shdr)))
    return broken(origin, "the section table lies outside");
  Sections sections;
  sections.all.resize(header.e_shnum);
  std::memcpy(sections.all.data(), file.data() + header.e_shoff, sections.all.size() * sizeof(Elf64_Shdr));
  if (header.e_shstrndx >= header.e_shnum) return broken(origin, "no section names");
  const Elf64_Shdr& names = sections.all[header.e_shstrndx];
  if (!inside(file, names.sh_offset, names.sh_size)) return broken(origin, "the section names lie outside");
  sections.names = file.substr(names.sh_offset, names.sh_size);
  return sections;
}

}  // namespace

Result<std::map<std::string, std::string>> loaded_sections(const std::string& file,
                                                           const std::string& origin) {
  KE_TRY(const Sections known, sections_of(file, origin));
  std::map<std::string, std::string> sections;
  for (const Elf64_Shdr& section : known.all) {
    if (!(section.sh_flags & SHF_ALLOC) || section.sh_type == SHT_NOTE) continue;
    std::string& content = sections[text_at(known.names, section.sh_name)];
    if (section.sh_type == SHT_NOBITS) {
      content += fmt::format("{} bytes;", section.sh_size);
    } else {
      if (!inside(file, section.sh_offset, section.sh_size)) return broken(origin, "a section lies outside");
      content += file.substr(section.sh_offset, section.sh_size);
    }
  }
  return sections;
}

Result<std::set<std::string>> shared_symbols(const std::string& file, const std::string& origin) {
  KE_TRY(const Sections known, sections_of(file, origin));
  std::set<std::string> symbols;
  for (const Elf64_Shdr& section : known.all) {
    if (section.sh_type != SHT_SYMTAB) continue;
    if (section.sh_entsize != sizeof(Elf64_Sym) || section.sh_link >= known.all.size())
      return broken(origin, "a symbol table without names");
    const Elf64_Shdr& strings = known.all[section.sh_link];
    if (!inside(file, section.sh_offset, section.sh_size) ||
        !inside(file, strings.sh_offset, strings.sh_size))
      return broken(origin, "the symbols lie outside");
    const std::string names = file.substr(strings.sh_offset, strings.sh_size);
    for (uint64_t at = 0; at + sizeof(Elf64_Sym) <= section.sh_size; at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      std::memcpy(&symbol, file.data() + section.sh_offset + at, sizeof symbol);
      const int binding = ELF64_ST_BIND(symbol.st_info);
      if (binding == STB_LOCAL) continue;
      const std::string full = text_at(names, symbol.st_name), name = full.substr(0, full.find('@'));
      // A variable of a library that the linker copied here keeps its version.
      const bool needed = symbol.st_shndx == SHN_UNDEF || name.size() < full.size();
      symbols.insert(needed ? "?" + name : name + (binding == STB_WEAK ? "" : "!"));
    }
  }
  return symbols;
}

}  // namespace ke

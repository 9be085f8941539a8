// SPDX-License-Identifier: MIT
#include "ke-build/base/elf.h"

#include <fmt/format.h>

#include <cstring>

#include <elf.h>

namespace ke {
namespace {

class ElfReader {
 public:
  ElfReader(const std::string& file, const std::string& origin) : file_(file), origin_(origin) {}

  Result<ElfImage> read() {
    KE_DO(read_header());
    KE_DO(read_sections());
    KE_DO(read_segments());
    for (const Elf64_Shdr& section : raw_) {
      if (section.sh_type == SHT_SYMTAB) KE_DO(read_symbols(section));
      if (section.sh_type == SHT_RELA && (section.sh_flags & SHF_ALLOC)) KE_DO(read_relocations(section));
    }
    return std::move(image_);
  }

 private:
  Error broken(const char* what) const {
    return {ErrorCode::usage,
            fmt::format("{}: not a 64-bit little-endian ELF file that can be read: {}", origin_, what)};
  }

  /// An empty view, and `ok` false, where the bytes lie outside.
  std::string_view bytes_at(uint64_t offset, uint64_t size, bool& ok) const {
    ok = offset <= file_.size() && size <= file_.size() - offset;
    return ok ? std::string_view(file_).substr(offset, size) : std::string_view();
  }

  template <class Entry>
  Result<std::vector<Entry>> table(uint64_t offset, uint64_t count, const char* what) const {
    bool inside = count <= file_.size() / sizeof(Entry);
    const std::string_view bytes = inside ? bytes_at(offset, count * sizeof(Entry), inside) : "";
    if (!inside) return broken(what);
    std::vector<Entry> entries(count);
    if (count > 0) std::memcpy(entries.data(), bytes.data(), bytes.size());
    return entries;
  }

  static std::string text_at(std::string_view table, uint32_t offset) {
    if (offset >= table.size()) return "";
    const size_t end = table.find('\0', offset);
    return std::string(table.substr(offset, end == std::string_view::npos ? end : end - offset));
  }

  Result<> read_header() {
    if (file_.size() < sizeof header_) return broken("it is too short");
    std::memcpy(&header_, file_.data(), sizeof header_);
    if (std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0) return broken("no ELF magic");
    if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != ELFDATA2LSB)
      return broken("another class or byte order");
    if (header_.e_shentsize != sizeof(Elf64_Shdr) || header_.e_shnum == 0) return broken("no section table");
    return ok();
  }

  Result<> read_sections() {
    KE_TRY(raw_, table<Elf64_Shdr>(header_.e_shoff, header_.e_shnum, "the section table lies outside"));
    if (header_.e_shstrndx >= raw_.size()) return broken("no section names");
    bool inside = false;
    const Elf64_Shdr& names = raw_[header_.e_shstrndx];
    const std::string_view text = bytes_at(names.sh_offset, names.sh_size, inside);
    if (!inside) return broken("the section names lie outside");
    for (const Elf64_Shdr& section : raw_) {
      ElfSection read{text_at(text, section.sh_name),
                      section.sh_type,
                      section.sh_flags,
                      section.sh_addr,
                      section.sh_size,
                      {}};
      if (section.sh_type != SHT_NOBITS && section.sh_type != SHT_NULL) {
        read.content = bytes_at(section.sh_offset, section.sh_size, inside);
        if (!inside) return broken("a section lies outside");
      }
      image_.sections.push_back(std::move(read));
    }
    return ok();
  }

  Result<> read_segments() {
    if (header_.e_phnum == 0) return ok();
    if (header_.e_phentsize != sizeof(Elf64_Phdr)) return broken("segments of another size");
    KE_TRY(const auto segments,
           table<Elf64_Phdr>(header_.e_phoff, header_.e_phnum, "the segment table lies outside"));
    for (const Elf64_Phdr& segment : segments)
      image_.segments.push_back({segment.p_type, segment.p_flags, segment.p_vaddr, segment.p_memsz});
    return ok();
  }

  Result<> read_symbols(const Elf64_Shdr& section) {
    if (section.sh_entsize != sizeof(Elf64_Sym) || section.sh_link >= raw_.size())
      return broken("a symbol table without names");
    bool inside = false;
    const Elf64_Shdr& strings = raw_[section.sh_link];
    const std::string_view names = bytes_at(strings.sh_offset, strings.sh_size, inside);
    if (!inside) return broken("the symbols lie outside");
    KE_TRY(const auto symbols, table<Elf64_Sym>(section.sh_offset, section.sh_size / sizeof(Elf64_Sym),
                                                "the symbols lie outside"));
    for (const Elf64_Sym& symbol : symbols)
      image_.symbols.push_back({text_at(names, symbol.st_name), ELF64_ST_TYPE(symbol.st_info),
                                ELF64_ST_BIND(symbol.st_info), symbol.st_shndx, symbol.st_value,
                                symbol.st_size, ELF64_ST_VISIBILITY(symbol.st_other)});
    return ok();
  }

  Result<> read_relocations(const Elf64_Shdr& section) {
    KE_TRY(const auto entries, table<Elf64_Rela>(section.sh_offset, section.sh_size / sizeof(Elf64_Rela),
                                                 "the relocations lie outside"));
    for (const Elf64_Rela& entry : entries)
      image_.relocations.insert(static_cast<uint32_t>(ELF64_R_TYPE(entry.r_info)));
    return ok();
  }

  const std::string& file_;
  const std::string& origin_;
  Elf64_Ehdr header_{};
  std::vector<Elf64_Shdr> raw_;
  ElfImage image_;
};

}  // namespace

Result<ElfImage> read_elf(const std::string& file, const std::string& origin) {
  return ElfReader(file, origin).read();
}

Result<std::map<std::string, std::string>> loaded_sections(const std::string& file,
                                                           const std::string& origin) {
  KE_TRY(const ElfImage image, read_elf(file, origin));
  std::map<std::string, std::string> sections;
  for (const ElfSection& section : image.sections) {
    if (!(section.flags & SHF_ALLOC) || section.type == SHT_NOTE) continue;
    std::string& content = sections[section.name];
    if (section.type == SHT_NOBITS)
      content += fmt::format("{} bytes;", section.bytes);
    else
      content += section.content;
  }
  return sections;
}

Result<std::set<std::string>> shared_symbols(const std::string& file, const std::string& origin) {
  KE_TRY(const ElfImage image, read_elf(file, origin));
  std::set<std::string> symbols;
  for (const ElfSymbol& symbol : image.symbols) {
    if (symbol.binding == STB_LOCAL) continue;
    const std::string name = symbol.name.substr(0, symbol.name.find('@'));
    // A variable of a library that the linker copied here keeps its version.
    const bool needed = symbol.section == SHN_UNDEF || name.size() < symbol.name.size();
    symbols.insert(needed ? "?" + name : name + (symbol.binding == STB_WEAK ? "" : "!"));
  }
  return symbols;
}

}  // namespace ke

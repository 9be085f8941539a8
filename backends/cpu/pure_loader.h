// SPDX-License-Identifier: MIT
// Maps a pure kernel: a position-independent program whose pages are read-only once it is loaded. Whatever
// this cannot do without running code of the file or leaving a page writable is a refusal.
#pragma once

#include "pure_system.h"
#include "runner_protocol.h"

#include <sys/mman.h>

namespace ke_pure {

using PureEntry = void (*)(void* const* arguments);
struct PureImage {
  AddressRange range;
  PureEntry entry;
};

constexpr uint64_t kPageBytes = ke_runner::kPage;
inline uint64_t page_begin(uint64_t address) { return address / kPageBytes * kPageBytes; }
inline uint64_t page_end(uint64_t address) { return page_begin(address + kPageBytes - 1); }

/// Bytes of address space of a loaded image whose header lies at `address`.
inline uint64_t image_bytes(long address) {
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(address);
  const auto* segments = reinterpret_cast<const Elf64_Phdr*>(address + long(header->e_phoff));
  uint64_t end = 0;
  for (int i = 0; i < header->e_phnum; ++i) {
    const uint64_t last = segments[i].p_vaddr + segments[i].p_memsz;
    if (segments[i].p_type == PT_LOAD && last > end) end = last;
  }
  return page_end(end);
}

class Loader {
 public:
  Loader(int file, uint64_t bytes) : file_(file), bytes_(bytes) {
    content_ = static_cast<const char*>(map(nullptr, bytes, PROT_READ, MAP_PRIVATE, file, 0));
    header_ = reinterpret_cast<const Elf64_Ehdr*>(content_);
    const bool fits = bytes >= sizeof *header_ && header_->e_type == ET_DYN &&
                      header_->e_machine == EM_X86_64 && header_->e_phentsize == sizeof(Elf64_Phdr) &&
                      header_->e_phoff <= bytes &&
                      uint64_t(header_->e_phnum) * sizeof(Elf64_Phdr) <= bytes - header_->e_phoff;
    if (!fits) give_up(127);
    segments_ = reinterpret_cast<const Elf64_Phdr*>(content_ + header_->e_phoff);
  }

  PureImage load() {
    const uint64_t span = image_bytes(long(content_));
    base_ = uint64_t(map(nullptr, span, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    for (int i = 0; i < header_->e_phnum; ++i) {
      if (segments_[i].p_type == PT_TLS || segments_[i].p_type == PT_INTERP) give_up(127);
      if (segments_[i].p_type == PT_LOAD) place(segments_[i]);
    }
    relocate();
    for (int i = 0; i < header_->e_phnum; ++i) {
      const Elf64_Phdr& segment = segments_[i];
      if (segment.p_type != PT_LOAD || !(segment.p_flags & PF_W)) continue;
      const uint64_t begin = page_begin(base_ + segment.p_vaddr);
      protect(reinterpret_cast<void*>(begin), page_end(base_ + segment.p_vaddr + segment.p_memsz) - begin,
              PROT_READ);
    }
    return {{base_, span}, reinterpret_cast<PureEntry>(base_ + header_->e_entry)};
  }

 private:
  // A page that the kernel expects to write to would be a surprise at its first store: it is refused here.
  bool becomes_read_only(const Elf64_Phdr& segment) const {
    for (int i = 0; i < header_->e_phnum; ++i) {
      const Elf64_Phdr& other = segments_[i];
      if (other.p_type == PT_GNU_RELRO && other.p_vaddr <= segment.p_vaddr &&
          other.p_vaddr + other.p_memsz >= segment.p_vaddr + segment.p_memsz)
        return true;
    }
    return segment.p_memsz == 0;
  }

  void place(const Elf64_Phdr& segment) {
    const bool writable = segment.p_flags & PF_W, runs = segment.p_flags & PF_X;
    const bool fits = segment.p_filesz <= segment.p_memsz && segment.p_offset <= bytes_ &&
                      segment.p_filesz <= bytes_ - segment.p_offset &&
                      segment.p_offset % kPageBytes == segment.p_vaddr % kPageBytes;
    if (!fits || (writable && (runs || !becomes_read_only(segment)))) give_up(127);
    const uint64_t begin = page_begin(segment.p_vaddr), file_end = segment.p_vaddr + segment.p_filesz;
    const int protection = writable ? PROT_READ | PROT_WRITE : runs ? PROT_READ | PROT_EXEC : PROT_READ;
    if (segment.p_filesz != 0) {
      map(reinterpret_cast<void*>(base_ + begin), file_end - begin, protection,
          MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, file_, page_begin(segment.p_offset));
    }
    const uint64_t end = page_end(segment.p_vaddr + segment.p_memsz), mapped = page_end(file_end);
    if (segment.p_memsz == segment.p_filesz || segment.p_memsz == 0) return;
    if (!writable) give_up(127);
    memset(reinterpret_cast<void*>(base_ + file_end), 0, mapped - file_end);
    if (end > mapped) {
      map(reinterpret_cast<void*>(base_ + mapped), end - mapped, protection,
          MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
    }
  }

  // Only additions of the base: everything else would look for names or run resolvers.
  void relocate() const {
    uint64_t table = 0, table_bytes = 0, calls = 0, calls_bytes = 0;
    for (int i = 0; i < header_->e_phnum; ++i) {
      if (segments_[i].p_type != PT_DYNAMIC) continue;
      const auto* entry = reinterpret_cast<const Elf64_Dyn*>(base_ + segments_[i].p_vaddr);
      for (; entry->d_tag != DT_NULL; ++entry) {
        const uint64_t value = entry->d_un.d_val;
        if (entry->d_tag == DT_RELA) table = value;
        if (entry->d_tag == DT_RELASZ) table_bytes = value;
        if (entry->d_tag == DT_JMPREL) calls = value;
        if (entry->d_tag == DT_PLTRELSZ) calls_bytes = value;
        if (entry->d_tag == DT_NEEDED || entry->d_tag == DT_TEXTREL || entry->d_tag == 36 /* DT_RELR */)
          give_up(127);
      }
    }
    apply(table, table_bytes);
    apply(calls, calls_bytes);
  }

  void apply(uint64_t table, uint64_t bytes) const {
    const auto* entry = reinterpret_cast<const Elf64_Rela*>(base_ + table);
    for (uint64_t i = 0; i < bytes / sizeof *entry; ++i) {
      if (ELF64_R_TYPE(entry[i].r_info) != R_X86_64_RELATIVE) give_up(127);
      *reinterpret_cast<uint64_t*>(base_ + entry[i].r_offset) = base_ + uint64_t(entry[i].r_addend);
    }
  }

  int file_;
  uint64_t bytes_, base_ = 0;
  const char* content_;
  const Elf64_Ehdr* header_;
  const Elf64_Phdr* segments_;
};

inline PureImage load_image(int file, uint64_t bytes) { return Loader(file, bytes).load(); }

}  // namespace ke_pure

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/symbol_rules.h"

#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/symbol_needs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>

#include <dlfcn.h>
#include <elf.h>

namespace ke {
namespace {

constexpr const char* kLoadsCode =
    "loads code at run time that the repository does not link; call what it links";
constexpr const char* kRename = "; make it static, or give it another name";

/// Does a library that every program here is linked to define it?
bool in_a_library(const std::string& name) {
  return dlsym(RTLD_DEFAULT, name.c_str()) != nullptr || starts_with(name, "GOMP_") ||
         starts_with(name, "omp_");
}

/// The replaceable operators new and delete of the whole program; those of a class have its name in front.
bool is_allocator(const std::string& name) {
  for (const char* prefix : {"_Znw", "_Zna", "_Zdl", "_Zda"}) {
    if (starts_with(name, prefix)) return true;
  }
  return false;
}

std::string objection_to(const std::string& symbol) {
  if (symbol == "?dlopen" || symbol == "?dlmopen" || symbol == "?dlsym")
    return "calls " + symbol.substr(1) + ": it " + kLoadsCode;
  if (starts_with(symbol, "?")) return "";
  const bool strong = ends_with(symbol, "!");
  const std::string name = strong ? symbol.substr(0, symbol.size() - 1) : symbol;
  for (const char* prefix : {"__asan_", "__ubsan_", "__lsan_", "__tsan_", "__msan_", "__sanitizer_", "ke_"}) {
    if (starts_with(name, prefix)) return "defines " + name + ", a name of the sanitizers or of the judge";
  }
  for (const char* prefix : {"_ZNSt", "_ZNKSt", "_ZSt"}) {
    if (strong && starts_with(name, prefix))
      return "defines " + name + " of namespace std, and so takes the place of a library's function" +
             kRename;
  }
  // Templates of the standard library are weak in every program that uses them; plain functions and the
  // allocator are not, and a weak one takes a library's place like any other.
  const bool instance = starts_with(name, "_Z") && !is_allocator(name);
  if ((strong || !instance) && in_a_library(name))
    return "defines " + name + ", and so takes the place of a library's function" + kRename;
  return "";
}

/// Names that begin with two underscores belong to the compiler; its library's own are no part of an object.
bool is_reserved(const std::string& name) {
  // The linker's, by which programs know their own addresses.
  constexpr std::string_view kLinkers[] = {"_end",   "end",   "_etext",   "etext",
                                           "_edata", "edata", "_DYNAMIC", "data_start"};
  const bool linkers = std::find(std::begin(kLinkers), std::end(kLinkers), name) != std::end(kLinkers);
  return linkers || (starts_with(name, "__") && name != "__clang_call_terminate");
}

Result<std::set<std::string>> resolvers_of(const std::string& object) {
  KE_TRY(const std::string bytes, read_file(object));
  KE_TRY(const ElfImage image, read_elf(bytes, object));
  std::set<std::string> names, all;
  for (const ElfSymbol& symbol : image.symbols) all.insert(symbol.name);
  // `target_clones` leaves the name of its resolver.
  for (const ElfSymbol& symbol : image.symbols) {
    if (symbol.kind == STT_GNU_IFUNC && !all.contains(symbol.name + ".resolver")) names.insert(symbol.name);
  }
  return names;
}

/// GNU_PROPERTY_X86_ISA_1_USED (x86-64 psABI): bit 0 the baseline, 1 to 3 the levels; 0 without such a note.
uint32_t levels_used(const ElfImage& image) {
  constexpr uint32_t kIsaUsed = 0xc0010002, kPropertyNote = 5;
  uint32_t used = 0;
  for (const ElfSection& section : image.sections) {
    if (section.name != ".note.gnu.property") continue;
    const std::string_view note = section.content;
    const auto word = [&](size_t at) {
      uint32_t value = 0;
      if (at + sizeof value <= note.size()) std::memcpy(&value, note.data() + at, sizeof value);
      return value;
    };
    // A source may write notes of its own; the assembler's is one of them.
    for (size_t begin = 0; begin + 16 <= note.size();) {
      const size_t end = begin + 16 + (static_cast<size_t>(word(begin + 4)) + 7) / 8 * 8;
      for (size_t at = begin + 16;
           word(begin + 8) == kPropertyNote && at + 8 <= std::min(end, note.size());) {
        if (word(at) == kIsaUsed) used |= word(at + 8);
        at += 8 + (static_cast<size_t>(word(at + 4)) + 7) / 8 * 8;
      }
      begin = end;
    }
  }
  return used;
}

/// What the sections of an object ask for on behalf of the whole program that it is linked to.
std::set<std::string> demands_of(const ElfImage& image) {
  std::set<std::string> demands;
  for (const ElfSection& section : image.sections) {
    if (section.name == ".note.GNU-stack" && (section.flags & SHF_EXECINSTR) != 0)
      demands.insert("asks for a stack that can be executed, in the whole program");
    if (section.type == SHT_PREINIT_ARRAY)
      demands.insert("runs code before the libraries of the program are ready (.preinit_array)");
    if ((section.flags & SHF_ALLOC) != 0 && (section.flags & SHF_WRITE) != 0 &&
        (section.flags & SHF_EXECINSTR) != 0)
      demands.insert("has code that can be written to (" + section.name + ")");
  }
  return demands;
}

/// Names that need not be there: whoever uses one asks what else is linked to the program. Those of the
/// compiler and of its thread library are its own business.
std::set<std::string> asked_names(const ElfImage& image) {
  std::set<std::string> names;
  for (const ElfSymbol& symbol : image.symbols) {
    const bool weak = symbol.binding == STB_WEAK && symbol.section == SHN_UNDEF;
    const auto begins = [&](const char* prefix) { return starts_with(symbol.name, prefix); };
    const bool compilers = begins("__gmon_start__") || begins("__cxa_") || begins("__gthr") ||
                           begins("__pthread_") || begins("__tls_") || begins("__dso_") || begins("__gxx_") ||
                           begins("_ITM_") || begins("_ZTH") || begins("_Jv_") || begins("pthread_");
    if (weak && !compilers) names.insert(symbol.name);
  }
  return names;
}

/// A function that other modules could call and now cannot.
std::string newly_hidden(const ElfImage& before, const ElfImage& after) {
  const auto is_open = [](const ElfSymbol& symbol) {
    return symbol.visibility == STV_DEFAULT && symbol.binding != STB_LOCAL && symbol.section != SHN_UNDEF;
  };
  std::set<std::string> open;
  for (const ElfSymbol& symbol : before.symbols)
    if (is_open(symbol)) open.insert(symbol.name);
  for (const ElfSymbol& symbol : after.symbols) {
    if (symbol.visibility != STV_DEFAULT && symbol.section != SHN_UNDEF && open.contains(symbol.name))
      return "hides " + symbol.name + " from other modules (visibility), which the repository's own does not";
  }
  return "";
}

/// What the file of every program that has it must hold and load.
uint64_t bytes_in_file(const ElfImage& image) {
  uint64_t bytes = 0;
  for (const ElfSection& section : image.sections)
    if ((section.flags & SHF_ALLOC) != 0 && section.type != SHT_NOBITS) bytes += section.bytes;
  return bytes;
}

/// Every thread of the program gets this much, from its stack, whether it calls the kernel or not.
uint64_t bytes_of_every_thread(const ElfImage& image) {
  uint64_t bytes = 0;
  for (const ElfSection& section : image.sections)
    if ((section.flags & SHF_TLS) != 0) bytes += section.bytes;
  return bytes;
}

Result<std::string> illegal_sections(const std::string& before_bytes, const std::string& baseline,
                                     const std::string& after_bytes, const std::string& object) {
  KE_TRY(const ElfImage before, read_elf(before_bytes, baseline));
  KE_TRY(const ElfImage after, read_elf(after_bytes, object));
  const std::set<std::string> usual = demands_of(before);
  for (const std::string& demand : demands_of(after))
    if (!usual.contains(demand)) return demand;
  constexpr uint64_t kData = 16 << 20;
  if (const uint64_t bytes = bytes_in_file(after); bytes > bytes_in_file(before) + kData)
    return fmt::format(
        "makes every program that it is linked to {} MiB larger; work tables out where they are needed",
        bytes >> 20);
  constexpr uint64_t kForThreads = 256 << 10;
  if (const uint64_t bytes = bytes_of_every_thread(after);
      bytes > bytes_of_every_thread(before) + kForThreads)
    return fmt::format(
        "has {} KiB of thread-local data, which the stack of every thread of the program lacks; "
        "allocate them where they are needed",
        bytes >> 10);
  const std::set<std::string> known = asked_names(before);
  for (const std::string& name : asked_names(after))
    if (!known.contains(name))
      return "asks by a weak name whether " + name + " is in the program; every program must get the same";
  return newly_hidden(before, after);
}

Result<std::string> illegal_object(const std::string& baseline, const std::string& object) {
  KE_TRY(const std::string before_bytes, read_file(baseline));
  KE_TRY(const std::string after_bytes, read_file(object));
  KE_TRY(const std::set<std::string> before, shared_symbols(before_bytes, baseline));
  KE_TRY(const std::set<std::string> after, shared_symbols(after_bytes, object));
  for (const std::string& symbol : after) {
    if (before.contains(symbol)) continue;
    const bool needed = starts_with(symbol, "?");
    const std::string name = needed ? symbol.substr(1) : symbol.substr(0, symbol.find('!'));
    if (std::string why = needed ? objection_to_need(name) : ""; !why.empty()) return why;
    if (!needed && is_reserved(name))
      return "defines " + name + ", and so takes the place of something of the compiler's own library" +
             kRename;
  }
  KE_TRY(const std::string sections, illegal_sections(before_bytes, baseline, after_bytes, object));
  if (!sections.empty()) return sections;
  KE_TRY(const std::set<std::string> resolvers_before, resolvers_of(baseline));
  KE_TRY(const std::set<std::string> resolvers, resolvers_of(object));
  for (const std::string& name : resolvers) {
    if (!resolvers_before.contains(name))
      return "chooses " + name +
             " by a resolver of its own: by the machine, in a way that cannot be checked here for others; "
             "__builtin_cpu_supports() and target_clones can be";
  }
  return std::string();
}

/// Is it the definition of a function or variable called `entry`, in whatever namespace?
bool is_entry(const std::string& symbol, const std::string& entry) {
  if (entry.empty() || !ends_with(symbol, "!")) return false;
  const std::string name = symbol.substr(0, symbol.size() - 1);
  return name == entry ||
         (starts_with(name, "_Z") && name.find(std::to_string(entry.size()) + entry) != std::string::npos);
}

}  // namespace

Result<std::string> illegal_symbols(const std::string& baseline_program, const std::string& program) {
  KE_TRY(const std::string before_bytes, read_file(baseline_program));
  KE_TRY(const std::string after_bytes, read_file(program));
  KE_TRY(const std::set<std::string> before, shared_symbols(before_bytes, baseline_program));
  KE_TRY(const std::set<std::string> after, shared_symbols(after_bytes, program));
  for (const std::string& symbol : after) {
    if (before.contains(symbol)) continue;
    if (std::string why = objection_to(symbol); !why.empty()) return why;
  }
  return illegal_object(baseline_program + ".o", program + ".o");
}

Result<std::string> unasked_instructions(const std::string& baseline_program, const std::string& program) {
  KE_TRY(const std::string before_bytes, read_file(baseline_program + ".o"));
  KE_TRY(const std::string after_bytes, read_file(program + ".o"));
  KE_TRY(const ElfImage before, read_elf(before_bytes, baseline_program));
  KE_TRY(const ElfImage after, read_elf(after_bytes, program));
  const uint32_t known = levels_used(before), found = levels_used(after) & ~known;
  if (known == 0) return std::string();  // an assembler that takes no notes
  constexpr const char* kLevels[] = {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"};
  for (int level = 3; level > 0; --level)
    if ((found >> level & 1) != 0)
      return std::string("uses instructions that other machines lack (") + kLevels[level] +
             ") and asks no processor whether it has them";
  return std::string();
}

Result<bool> shares_entry(const std::string& program, const std::string& entry) {
  KE_TRY(const std::string bytes, read_file(program));
  KE_TRY(const std::set<std::string> symbols, shared_symbols(bytes, program));
  return std::any_of(symbols.begin(), symbols.end(),
                     [&](const std::string& symbol) { return is_entry(symbol, entry); });
}

Result<std::string> missing_entry(const std::string& baseline_program, const std::string& program,
                                  const std::string& entry) {
  KE_TRY(const std::string before_bytes, read_file(baseline_program));
  KE_TRY(const std::string after_bytes, read_file(program));
  KE_TRY(const std::set<std::string> before, shared_symbols(before_bytes, baseline_program));
  KE_TRY(const std::set<std::string> after, shared_symbols(after_bytes, program));
  for (const std::string& symbol : before)
    if (is_entry(symbol, entry) && !after.contains(symbol))
      return "it does not define " + symbol.substr(0, symbol.size() - 1) +
             " any more, which the rest of the repository calls";
  return std::string();
}

}  // namespace ke

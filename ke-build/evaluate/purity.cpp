// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/purity.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include <cxxabi.h>
#include <elf.h>

namespace ke {
namespace {

// Functions of <math.h> that depend on their arguments alone, without the suffixes of float and long double.
constexpr std::array kMathematics = {
    "acos",  "acosh", "asin",      "asinh",     "atan",   "atan2", "atanh",  "cbrt",      "ceil",  "copysign",
    "cos",   "cosh",  "erf",       "erfc",      "exp",    "exp2",  "expm1",  "exp10",     "fabs",  "fdim",
    "floor", "fma",   "fmax",      "fmin",      "fmod",   "frexp", "hypot",  "ilogb",     "ldexp", "llrint",
    "log",   "log10", "log1p",     "log2",      "logb",   "lrint", "lround", "llround",   "modf",  "nan",
    "pow",   "rint",  "nearbyint", "nextafter", "remquo", "round", "scalbn", "remainder", "sin",   "scalbln",
    "sinh",  "sqrt",  "sincos",    "tan",       "tanh",   "trunc", "tgamma"};
constexpr std::array kMemory = {"memcpy", "memmove", "memset", "memcmp", "bcmp"};

std::string readable(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free);
  std::string full = status == 0 && text ? text.get() : name;
  // `ops::f(float const*)::cache`: the variable is what the reader looks for.
  if (const size_t inside = full.rfind(")::"); inside != std::string::npos) full = full.substr(inside + 3);
  return full;
}

bool covers(const ElfSegment& segment, const ElfSection& section) {
  return section.address >= segment.address && section.address - segment.address <= segment.bytes &&
         section.bytes <= segment.bytes - (section.address - segment.address);
}

/// Pages that the loader closes before the first call.
bool is_closed(const ElfImage& image, const ElfSection& section) {
  return std::any_of(image.segments.begin(), image.segments.end(), [&](const ElfSegment& segment) {
    return segment.type == PT_GNU_RELRO && covers(segment, section);
  });
}

std::string variable_in(const ElfImage& image, size_t index) {
  const ElfSymbol* largest = nullptr;
  for (const ElfSymbol& symbol : image.symbols) {
    const bool data = symbol.kind == STT_OBJECT || symbol.kind == STT_TLS;
    if (symbol.section == index && data && (largest == nullptr || symbol.bytes > largest->bytes))
      largest = &symbol;
  }
  return largest == nullptr ? "without a name" : "'" + readable(largest->name) + "'";
}

std::string missing_function(const ElfImage& image) {
  std::string stateless;
  for (const ElfSymbol& symbol : image.symbols) {
    if (symbol.section != SHN_UNDEF || symbol.name.empty() || symbol.binding != STB_GLOBAL) continue;
    if (!is_stateless_function(symbol.name))
      return fmt::format(
          "needs '{}', which is none of the functions that a pure kernel may use: copies of memory, and "
          "mathematics that keeps no state",
          readable(symbol.name));
    stateless = symbol.name;
  }
  if (stateless.empty()) return "";
  return fmt::format(
      "needs '{}', which comes from the C library musl; install its development files (musl-dev)", stateless);
}

std::string resolver(const ElfImage& image) {
  for (const ElfSymbol& symbol : image.symbols) {
    if (symbol.kind == STT_GNU_IFUNC)
      return fmt::format("chooses code when it is loaded: '{}' has a resolver (IFUNC)",
                         readable(symbol.name));
  }
  if (image.relocations.count(R_X86_64_IRELATIVE) != 0)
    return "chooses code when it is loaded, by a resolver (IFUNC)";
  return "";
}

std::string section_objection(const ElfImage& image, size_t index) {
  const ElfSection& section = image.sections[index];
  if (!(section.flags & SHF_ALLOC) || section.bytes == 0) return "";
  if (section.flags & SHF_TLS)
    return fmt::format("uses thread-local data {} ({})", variable_in(image, index), section.name);
  const bool code = section.type == SHT_INIT_ARRAY || section.type == SHT_PREINIT_ARRAY ||
                    section.type == SHT_FINI_ARRAY || section.name == ".init" || section.name == ".fini" ||
                    starts_with(section.name, ".ctors") || starts_with(section.name, ".dtors");
  if (code)
    return fmt::format("runs code before or after the call, as a constructor does ({})", section.name);
  if (!(section.flags & SHF_WRITE)) return "";
  if (section.flags & SHF_EXECINSTR) return fmt::format("has code that can be written to ({})", section.name);
  if (is_closed(image, section)) return "";
  return fmt::format("uses writable data {} ({})", variable_in(image, index), section.name);
}

std::string segment_objection(const ElfSegment& segment) {
  if (segment.type == PT_INTERP) return "wants a dynamic loader";
  if (segment.type == PT_TLS) return "uses thread-local data";
  const bool both = (segment.flags & PF_W) && (segment.flags & PF_X);
  if (both && segment.type == PT_GNU_STACK) return "wants a stack that can be executed";
  if (both && segment.type == PT_LOAD) return "has pages that can be written to and executed";
  return "";
}

}  // namespace

bool is_stateless_function(std::string name) {
  if (std::find(kMemory.begin(), kMemory.end(), name) != kMemory.end()) return true;
  const auto known = [&] {
    return std::find(kMathematics.begin(), kMathematics.end(), name) != kMathematics.end();
  };
  if (known()) return true;
  if (name.empty() || (name.back() != 'f' && name.back() != 'l')) return false;
  name.pop_back();
  return known();
}

std::string impurity_of(const ElfImage& image) {
  if (std::string why = missing_function(image); !why.empty()) return why;
  if (std::string why = resolver(image); !why.empty()) return why;
  for (size_t i = 0; i < image.sections.size(); ++i) {
    if (std::string why = section_objection(image, i); !why.empty()) return why;
  }
  for (const ElfSegment& segment : image.segments) {
    if (std::string why = segment_objection(segment); !why.empty()) return why;
  }
  for (const uint32_t kind : image.relocations) {
    if (kind != R_X86_64_RELATIVE)
      return fmt::format("has a relocation of type {} that only a dynamic loader can apply", kind);
  }
  return "";
}

Result<std::string> impurity_of_file(const std::string& program) {
  KE_TRY(const std::string content, read_file(program));
  KE_TRY(const ElfImage image, read_elf(content, program));
  return impurity_of(image);
}

}  // namespace ke

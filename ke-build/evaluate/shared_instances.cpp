// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/shared_instances.h"

#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>
#include <string_view>

#include <cxxabi.h>
#include <elf.h>

namespace ke {
namespace {

constexpr std::string_view kMeaning[] = {"-ffast-math",
                                         "-Ofast",
                                         "-funsafe-math-optimizations",
                                         "-fassociative-math",
                                         "-freciprocal-math",
                                         "-ffinite-math-only",
                                         "-fno-signed-zeros",
                                         "-ffp-contract=fast",
                                         "-fcx-limited-range",
                                         "-fno-honor-nans",
                                         "-fno-honor-infinities",
                                         "-fapprox-func"};

std::string demangled(const std::string& name) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> text(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free);
  return text ? text.get() : name;
}

/// Its name in a section's (`.text._ZSt...`, `.text.unlikely._ZSt...`); empty for another section.
std::string shared_function(const ElfSection& section) {
  if ((section.flags & SHF_EXECINSTR) == 0 || (section.flags & SHF_GROUP) == 0) return "";
  for (const char* of_library : {"._ZSt", "._ZNSt", "._ZNKSt", "._ZN9__gnu_cxx", "._ZNK9__gnu_cxx"})
    if (const size_t at = section.name.find(of_library); at != std::string::npos)
      return section.name.substr(at + 1);
  return "";
}

}  // namespace

std::vector<std::string> meaning_flags(const std::vector<std::string>& flags) {
  std::vector<std::string> found;
  std::copy_if(flags.begin(), flags.end(), std::back_inserter(found), [](const std::string& flag) {
    return std::find(std::begin(kMeaning), std::end(kMeaning), flag) != std::end(kMeaning);
  });
  return found;
}

Result<std::string> other_instance(const std::string& object, const std::string& plain) {
  KE_TRY(const std::string bytes, read_file(object));
  KE_TRY(const std::string plain_bytes, read_file(plain));
  KE_TRY(const ElfImage image, read_elf(bytes, object));
  KE_TRY(const ElfImage plain_image, read_elf(plain_bytes, plain));
  std::map<std::string, std::string_view> known;
  for (const ElfSection& section : plain_image.sections) known[section.name] = section.content;
  for (const ElfSection& section : image.sections) {
    const std::string name = shared_function(section);
    if (name.empty()) continue;
    const auto same = known.find(section.name);
    if (same == known.end() || same->second != section.content) return demangled(name);
  }
  return std::string();
}

}  // namespace ke

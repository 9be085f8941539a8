// SPDX-License-Identifier: MIT
// What `detect` needs to know of one version of a file, kept by content (blob id), so that it is read once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ke {

struct IncludeSpec {
  enum class Kind : uint8_t { quote, angle, has_quote, has_angle };  // has_*: an operand of __has_include
  Kind kind = Kind::quote;
  bool next = false;         // #include_next
  bool conditional = false;  // inside of an #if other than an include guard
  std::string name;
};

struct FileSummary {
  std::string token_hash;  // 64 hex digits
  std::vector<IncludeSpec> includes;
  bool computed = false;                 // has an #include or __has_include whose operand is a macro
  bool opaque = false;                   // reads files in other ways (.incbin, import of modules)
  std::vector<std::string> definitions;  // functions and variables that other files can refer to
  std::vector<uint32_t> mentions;        // name_hash() of all identifiers, sorted
  std::vector<uint32_t>
      state;  // of what other files can write: variables, functions with static ones; sorted
  std::vector<std::string> pasted;  // names that ## makes, as "prefix*suffix" around what varies
  std::vector<std::string> made;    // words where a macro with arguments stands for a definition's name
  bool startup = false;             // some of it may run before main(): constructors, initialisers with calls
};

FileSummary summarize(std::string source);
uint32_t name_hash(std::string_view name);
bool mentions(const FileSummary& summary, std::string_view name);

/// Does the file's name say that it is C, C++, CUDA or HIP?
bool is_c_family(std::string_view path);
/// ... and is compiled by itself.
bool is_c_source(std::string_view path);

}  // namespace ke

// SPDX-License-Identifier: MIT
// What a source says in string literals to those who come behind the compiler: assembler and linker.
#include "ke-build/evaluate/source_remarks.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>
#include <string_view>

namespace ke {
namespace {

struct TextRule {
  const char* word;
  const char* why;
};

constexpr const char* kJudgesName = "is a name of the judge's adapter";
constexpr const char* kAsksAssembler =
    "asks the assembler, or has it put words together; the repository's build and the judge must see the "
    "same program: write the instructions out";
constexpr const char* kChoosesByMachine =
    "chooses code by the machine in a way that cannot be checked here for other machines; "
    "__builtin_cpu_supports() and target_clones can be";

constexpr TextRule kTextWords[] = {
    {"ke_call", kJudgesName},
    {"ke_evaluate", kJudgesName},
    {"ke_arguments", kJudgesName},
    {"gnu_indirect_function", kChoosesByMachine},
    {"STT_GNU_IFUNC", kChoosesByMachine},
    {"cpuid", kChoosesByMachine},
    {"xgetbv", kChoosesByMachine},
    {"/proc/cpuinfo", kChoosesByMachine},
    {"__cpu_model", kChoosesByMachine},
    {"__cpu_features2", kChoosesByMachine},
    {"__cpu_indicator_init", kChoosesByMachine},
    {".if", kAsksAssembler},
    {".ifdef", kAsksAssembler},
    {".ifndef", kAsksAssembler},
    {".ifnotdef", kAsksAssembler},
    {".ifeq", kAsksAssembler},
    {".ifne", kAsksAssembler},
    {".ifge", kAsksAssembler},
    {".ifgt", kAsksAssembler},
    {".ifle", kAsksAssembler},
    {".iflt", kAsksAssembler},
    {".ifb", kAsksAssembler},
    {".ifnb", kAsksAssembler},
    {".ifc", kAsksAssembler},
    {".ifnc", kAsksAssembler},
    {".ifeqs", kAsksAssembler},
    {".ifnes", kAsksAssembler},
    {".macro", kAsksAssembler},
    {".altmacro", kAsksAssembler},
    {".irp", kAsksAssembler},
    {".irpc", kAsksAssembler},
};

constexpr const char* kSpelling =
    "spells a character in a way that can hide words from whoever reads the source";

bool is_octal(char c) { return c >= '0' && c <= '7'; }
bool is_part_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

/// The characters that an ordinary literal stands for; a raw one is taken with its delimiters.
std::string characters_of(std::string_view literal) {
  const size_t open = literal.find('"');
  if (open == std::string_view::npos) return "";
  const bool raw = open > 0 && literal[open - 1] == 'R';
  std::string_view text = literal.substr(open + 1);
  if (!text.empty() && text.back() == '"') text.remove_suffix(1);
  if (raw) return std::string(text);
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    const char next = text[++i];
    const bool hexadecimal = next == 'x';
    if (!hexadecimal && !is_octal(next)) {
      result += next == 'n' || next == 't' || next == 'r' ? ' ' : next;
      continue;
    }
    const std::string digits(text.substr(hexadecimal ? i + 1 : i, hexadecimal ? 2 : 3));
    size_t used = 0;
    while (used < digits.size() && (hexadecimal ? std::isxdigit(static_cast<unsigned char>(digits[used])) != 0
                                                : is_octal(digits[used])))
      ++used;
    if (used > 0)
      result += static_cast<char>(std::stoi(digits.substr(0, used), nullptr, hexadecimal ? 16 : 8));
    i += hexadecimal ? used : used - 1;
  }
  return result;
}

/// What an extended asm makes of its text in the first or second assembler dialect: `ke{_|-}call`,
/// `ke%^_call`.
std::string in_dialect(const std::string& text, int dialect) {
  std::string result;
  int part = -1;  // of a pair of braces; -1 outside
  for (size_t i = 0; i < text.size(); ++i) {
    const bool spelled = text[i] == '%' && i + 1 < text.size();
    if (spelled && std::ispunct(static_cast<unsigned char>(text[i + 1])) != 0 && text[i + 1] != '%') {
      ++i;
    } else if (text[i] == '{' && part < 0) {
      part = 0;
    } else if (text[i] == '}' && part >= 0) {
      part = -1;
    } else if (text[i] == '|' && part >= 0) {
      ++part;
    } else if (part < 0 || part == dialect) {
      result += text[i];
    }
  }
  return result;
}

/// `\u006b`, `\N{...}`, `\x{6b}`: characters of the plain alphabet that are spelled by their numbers or
/// names.
bool is_spelled_by_code_point(std::string_view literal) {
  if (const size_t open = literal.find('"'); open > 0 && open < literal.size() && literal[open - 1] == 'R')
    return false;
  for (size_t i = 0; i + 2 < literal.size(); ++i) {
    if (literal[i] != '\\') continue;
    const char kind = literal[++i];
    if (kind == 'N' || ((kind == 'x' || kind == 'o' || kind == 'u') && literal[i + 1] == '{')) return true;
    const std::string_view zeros = kind == 'u' ? "00" : kind == 'U' ? "000000" : "";
    const size_t digit = i + 1 + zeros.size();
    const bool plain = digit < literal.size() && is_octal(literal[digit]);
    if (!zeros.empty() && literal.substr(i + 1, zeros.size()) == zeros && plain) return true;
  }
  return false;
}

/// `word` with nothing in front of it or behind it that would make it part of another.
bool says(const std::string& text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    const bool begins = at == 0 || !is_part_of_word(text[at - 1]);
    if (begins && (end == text.size() || !is_part_of_word(text[end]))) return true;
  }
  return false;
}

// Texts for the assembler stand in asm, and in attributes that it is handed.
bool speaks_to_the_assembler(const TokenList& list) {
  constexpr std::string_view kWords[] = {
      "asm",        "__asm",       "__asm__",      "section",    "__section__", "alias",     "__alias__",
      "weakref",    "__weakref__", "symver",       "__symver__", "ifunc",       "__ifunc__", "target",
      "__target__", "optimize",    "__optimize__", "retain",     "code_seg"};
  for (size_t i = 0; i < list.tokens.size(); ++i)
    if (std::find(std::begin(kWords), std::end(kWords), list.text_of(i)) != std::end(kWords)) return true;
  return false;
}

}  // namespace

void remark_texts(const TokenList& list, Remarks& remarks) {
  const bool assembler = speaks_to_the_assembler(list);
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    std::string text;
    for (; i < list.tokens.size() && list.tokens[i].kind == Token::Kind::text; ++i) {
      text += characters_of(list.text_of(i));
      if (is_spelled_by_code_point(list.text_of(i))) remarks.add("a code point in a text", kSpelling);
    }
    const std::string first = in_dialect(text, 0), second = in_dialect(text, 1);
    for (const TextRule& rule : kTextWords) {
      const bool order = rule.why == kAsksAssembler || rule.word == std::string_view("cpuid") ||
                         rule.word == std::string_view("xgetbv");
      if (order && !assembler) continue;
      if (says(text, rule.word) || says(first, rule.word) || says(second, rule.word))
        remarks.add("\"" + std::string(rule.word) + "\" in a text", rule.why);
    }
  }
}

}  // namespace ke

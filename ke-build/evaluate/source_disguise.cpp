// SPDX-License-Identifier: MIT
// Text that a reviewer sees as other code than the compiler does.
#include "ke-build/base/text.h"
#include "ke-build/evaluate/source_remarks.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace ke {
namespace {

constexpr const char* kDisguise =
    "a reader sees other code than the compiler does; spell names in ASCII, and put code where it is seen";
/// No window is that wide; behind so many blanks nobody looks for code.
constexpr size_t kFarRight = 100;

struct CodePoints {
  uint32_t first, last;
};
// Marks of direction, joiners, fillers and tags (Unicode: Default_Ignorable_Code_Point and Bidi_Control).
constexpr CodePoints kUnseen[] = {{0xad, 0xad},     {0x34f, 0x34f},    {0x61c, 0x61c},   {0x115f, 0x1160},
                                  {0x17b4, 0x17b5}, {0x180b, 0x180f},  {0x200b, 0x200f}, {0x202a, 0x202e},
                                  {0x2060, 0x206f}, {0x3164, 0x3164},  {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
                                  {0xfff0, 0xfffb}, {0xe0000, 0xe0fff}};

/// The code point at `at` and its bytes; whatever is no UTF-8 is a byte for itself.
std::pair<uint32_t, size_t> code_point(std::string_view text, size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const size_t bytes = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (bytes == 1 || at + bytes > text.size()) return {lead, 1};
  uint32_t value = lead & (0xffu >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) value = value << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3f);
  return {value, bytes};
}

bool is_unseen(uint32_t point) {
  for (const CodePoints& range : kUnseen) {
    if (point >= range.first && point <= range.last) return true;
  }
  return false;
}

/// Joins or parts letters of other alphabets, as Persian and Hindi are written, or the pictures of one;
/// beside ASCII, and so beside anything that means something to a compiler, it would hide what it parts.
bool joins_letters(uint32_t point, std::string_view before, std::string_view behind) {
  const auto foreign = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  return (point == 0x200c || point == 0x200d) && !before.empty() && foreign(before.back()) &&
         !behind.empty() && foreign(behind.front());
}

void remark_characters(std::string_view source, Remarks& remarks) {
  for (size_t at = source.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0; at < source.size();) {
    const auto [point, bytes] = code_point(source, at);
    if (joins_letters(point, source.substr(0, at), source.substr(at + bytes))) {
      at += bytes;
      continue;
    }
    const bool line_end = source.substr(at, 2) == "\r\n";
    const bool usual = point >= 0x20 || point == '\n' || point == '\t' || point == '\f' || line_end;
    if (is_unseen(point)) remarks.add(fmt::format("the character U+{:04X}", point), kDisguise);
    if (!usual || point == 0x7f) remarks.add(fmt::format("the control character {}", point), kDisguise);
    at += bytes;
  }
}

bool has_far_code(std::string_view line) {
  size_t blanks = 0;
  bool seen = false;  // something else than blanks
  for (const char c : line) {
    if (c == ' ' || c == '\t') {
      blanks += c == '\t' ? 8 : 1;
    } else if (c != '\r') {
      if (seen && blanks >= kFarRight) return true;
      blanks = 0;
      seen = true;
    }
  }
  return false;
}

void remark_far_code(const std::string& source, Remarks& remarks) {
  bool directive = false, continued = false;
  for (std::string line : split(source, '\n')) {
    if (ends_with(line, "\r")) line.pop_back();
    if (!continued) directive = starts_with(trim(line), "#");
    continued = ends_with(line, "\\");
    // Formatters put the backslashes of a macro into one column, however long its longest line is. Behind a
    // comment one would make a comment of the next line.
    if (directive && continued && line.find("//") == std::string::npos) line.pop_back();
    if (has_far_code(line)) remarks.add("something behind a long row of blanks", kDisguise);
  }
}

}  // namespace

void remark_disguise(const std::string& source, const TokenList& list, Remarks& remarks) {
  remark_characters(source, remarks);
  remark_far_code(source, remarks);
  for (size_t i = 0; i < list.tokens.size(); ++i) {
    const std::string_view text = list.text_of(i);
    const bool letters =
        list.tokens[i].kind == Token::Kind::identifier &&
        std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    const bool number = text == "\\" && i + 1 < list.tokens.size() && list.tokens[i + 1].glued &&
                        (list.text_of(i + 1).front() == 'u' || list.text_of(i + 1).front() == 'U');
    if (letters || number) remarks.add("a name with letters of other alphabets", kDisguise);
  }
}

}  // namespace ke

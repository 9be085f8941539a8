// SPDX-License-Identifier: MIT
#include "backends/cpu/build_errors.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <vector>

namespace ke::cpu {
namespace {

constexpr size_t kLines = 3, kLineBytes = 300;
constexpr size_t kRead = 1 << 20;  // of the output; errors come early

// Whoever says it only repeats that somebody else has failed.
constexpr std::string_view kFrames[] = {"ld returned ",
                                        "linker command failed",
                                        "compilation terminated",
                                        "warnings being treated as errors",
                                        "errors generated.",
                                        "error generated.",
                                        "too many errors emitted",
                                        "final link failed"};
constexpr std::string_view kTells[] = {"error:",           "Error:",
                                       "fatal:",           "undefined reference",
                                       "undefined symbol", "multiple definition of",
                                       "duplicate symbol", "relocation truncated"};
// Of a linker, every line is about what is wrong but these.
constexpr std::string_view kAsides[] = {"warning:", "note:", "in function", "previous definition here",
                                        "NOTE:"};

template <size_t N>
bool holds_one_of(std::string_view line, const std::string_view (&words)[N]) {
  return std::any_of(words, words + N,
                     [&](std::string_view word) { return line.find(word) != std::string_view::npos; });
}

/// `/usr/bin/x86_64-linux-gnu-ld.bfd: ...`
bool by_a_linker(std::string_view line) {
  std::string_view name = line.substr(0, line.find(": "));
  if (name.size() == line.size()) return false;
  if (const size_t slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  for (const std::string_view suffix : {".bfd", ".gold", ".lld"})
    if (ends_with(name, suffix)) name.remove_suffix(suffix.size());
  return name == "ld" || name == "ld64" || name == "mold" || ends_with(name, "-ld");
}

/// Without the escape sequences that colour it.
std::string without_colours(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b' || i + 1 >= text.size() || text[i + 1] != '[') {
      plain.push_back(text[i]);
      continue;
    }
    // Parameters, then one letter; nothing of the next line.
    for (i += 2; i < text.size() && (text[i] == ';' || (text[i] >= '0' && text[i] <= '9'));) ++i;
    if (i < text.size() && text[i] == '\n') --i;
  }
  return plain;
}

/// No longer than a line of a reason may be, and not cut within a letter.
std::string shortened(std::string line) {
  if (line.size() <= kLineBytes) return line;
  size_t end = kLineBytes;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
  return line.substr(0, end);
}

}  // namespace

std::string first_errors(std::string_view output) {
  const std::string text = printable(without_colours(output.substr(0, kRead)));
  std::vector<std::string> lines;
  for (const std::string& line : split(text, '\n')) {
    const bool tells = holds_one_of(line, kTells) || (by_a_linker(line) && !holds_one_of(line, kAsides));
    if (tells && !holds_one_of(line, kFrames)) lines.push_back(shortened(trim(line)));
    if (lines.size() == kLines) break;
  }
  if (!lines.empty()) return join_texts(lines, "\n");
  for (const std::string& line : split(last_lines(text, kLines), '\n'))
    lines.push_back(shortened(trim(line)));
  return join_texts(lines, "\n");
}

}  // namespace ke::cpu

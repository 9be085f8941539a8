// SPDX-License-Identifier: MIT
#include "ke-ci/report/text.h"

#include "ke-build/base/result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ke {
namespace {

/// Decodes one UTF-8 character at `at`; returns its length, or 0 when the bytes are not valid UTF-8.
size_t decode(std::string_view text, size_t at, uint32_t& code) {
  const unsigned char first = static_cast<unsigned char>(text[at]);
  const size_t length = first < 0x80         ? 1
                        : (first >> 5) == 6  ? 2
                        : (first >> 4) == 14 ? 3
                        : (first >> 3) == 30 ? 4
                                             : 0;
  if (length == 0 || at + length > text.size()) return 0;
  code = length == 1 ? first : first & (0xffu >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    const unsigned char next = static_cast<unsigned char>(text[at + i]);
    if ((next >> 6) != 2) return 0;
    code = code << 6 | (next & 0x3f);
  }
  return length;
}

// Characters that reorder or hide text around them (CVE-2021-42574), and controls.
bool is_deceptive(uint32_t code) {
  return (code < 32 && code != '\n' && code != '\t' && code != '\r' && code != '\f') || code == 127 ||
         (code >= 0x80 && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
}

/// Valid, honest UTF-8: deceptive characters as U+XXXX, broken bytes as U+FFFD.
std::string honest(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    uint32_t code = 0;
    const size_t length = decode(text, i, code);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      ++i;
      continue;
    }
    if (is_deceptive(code))
      out += fmt::format("[U+{:04X}]", code);
    else
      out.append(text.substr(i, length));
    i += length;
  }
  return out;
}

size_t longest_run(std::string_view text, char c) {
  size_t longest = 0, run = 0;
  for (const char each : text) {
    run = each == c ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

bool is_honest(std::string_view text) { return honest(text) == text; }

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : honest(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string escape_markdown(std::string_view text) {
  std::string out;
  for (const char c : honest(text)) {
    // Entities, because a backslash stops neither mentions nor bare links.
    if (c == '\n' || c == '\t')
      out += ' ';
    else if (std::string_view("\\`*_{}[]()<>#+!|~@&:$").find(c) != std::string_view::npos)
      out += fmt::format("&#{};", static_cast<int>(c));
    else
      out += c;
  }
  return out;
}

std::string markdown_code(std::string_view text) {
  std::string line;
  for (const char c : honest(text)) {
    if (c == '\n' || c == '\t')
      line += ' ';
    else if (c == '|')
      line += "\\|";
    else
      line += c;
  }
  if (line.empty()) return "–";
  const std::string ticks(longest_run(line, '`') + 1, '`');
  const bool pad = line.front() == '`' || line.back() == '`' || ticks.size() > 1;
  return ticks + (pad ? " " : "") + line + (pad ? " " : "") + ticks;
}

std::string markdown_fence(std::string_view text, const std::string& language) {
  std::string body = honest(text);
  if (body.empty() || body.back() != '\n') body += '\n';
  const std::string fence(std::max<size_t>(3, longest_run(body, '`') + 1), '`');
  return fence + language + "\n" + body + fence + "\n";
}

std::string render(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  while (true) {
    const size_t open = text.find("{{");
    if (open == std::string_view::npos) break;
    const size_t close = text.find("}}", open);
    KE_CHECK(close != std::string_view::npos);
    const auto value = values.find(std::string(text.substr(open + 2, close - open - 2)));
    KE_CHECK(value != values.end());
    out.append(text.substr(0, open));
    out.append(value->second);
    text.remove_prefix(close + 2);
  }
  return out.append(text);
}

std::string format_seconds(double seconds) {
  if (!(seconds > 0)) return "–";
  if (seconds >= 60)
    return fmt::format("{:.0f} min {:02.0f} s", std::floor(seconds / 60), std::fmod(seconds, 60));
  if (seconds >= 1) return fmt::format("{:.3g} s", seconds);
  if (seconds >= 1e-3) return fmt::format("{:.3g} ms", seconds * 1e3);
  if (seconds >= 1e-6) return fmt::format("{:.3g} µs", seconds * 1e6);
  return fmt::format("{:.3g} ns", seconds * 1e9);
}

std::string left_text(const Diagnosis& diagnosis) {
  if (has_ceiling(diagnosis)) return format_ratio(diagnosis.gain_left) + " still to gain";
  return "what is left to gain is not known without $.ke.cost.flops";
}
std::string format_ratio(double ratio) {
  if (!std::isfinite(ratio) || ratio <= 0) return "–";
  return ratio >= 100  ? fmt::format("{:.0f}×", ratio)
         : ratio >= 10 ? fmt::format("{:.1f}×", ratio)
                       : fmt::format("{:.2f}×", ratio);
}

std::string format_rate(double per_second, const char* unit) {
  if (!std::isfinite(per_second) || per_second <= 0) return "–";
  static const char* const kPrefixes[] = {"", "k", "M", "G", "T", "P"};
  size_t prefix = 0;
  while (per_second >= 1000 && prefix + 1 < std::size(kPrefixes)) {
    per_second /= 1000;
    ++prefix;
  }
  return fmt::format("{:.3g} {}{}", per_second, kPrefixes[prefix], unit);
}

std::string format_percent(double share) {
  if (!std::isfinite(share) || share < 0) return "–";
  return share > 0 && share < 0.0095 ? fmt::format("{:.1f} %", share * 100)
                                     : fmt::format("{:.0f} %", share * 100);
}

std::string shorten(const std::string& text, size_t limit) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
    if (++count > limit) {
      // Back to where the last character that still fits began.
      size_t end = i;
      do --end;
      while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80);
      return text.substr(0, end) + "…";
    }
  }
  return text;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/base/text.h"

#include <algorithm>

namespace ke {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] != separator) continue;
    parts.emplace_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  return parts;
}

std::string trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool ends_with(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  if (from.empty()) return text;
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string join_texts(const std::vector<std::string>& parts, std::string_view separator) {
  std::string joined;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) joined += separator;
    joined += part;
  }
  return joined;
}

std::string last_lines(std::string_view text, size_t count) {
  const std::string body = trim(text);
  size_t at = body.size();
  while (count > 0 && at != std::string::npos && at > 0) {
    at = body.rfind('\n', at - 1);
    --count;
  }
  return at == std::string::npos || at == 0 ? body : body.substr(at + 1);
}

namespace {

/// Damerau-Levenshtein distance, restricted to adjacent transpositions.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& options) {
  std::string best;
  size_t best_distance = 4;
  for (const std::string& option : options) {
    if (option.size() > word.size() + 3 || word.size() > option.size() + 3) continue;
    const size_t distance = edit_distance(word, option);
    if (distance < best_distance && 2 * distance < std::max(word.size(), option.size()) + 1) {
      best_distance = distance;
      best = option;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& options) {
  const std::string close = nearest(word, options);
  return close.empty() ? "" : " (did you mean '" + close + "'?)";
}

std::string printable(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c1 = c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (c == '\n')
      out += '\n';
    else if (c == '\t')
      out += ' ';
    else if (c < 0x20 || c == 0x7f ||
             (c >= 0x80 && c < 0xa0 && (out.empty() || static_cast<unsigned char>(out.back()) < 0x80)))
      out += '?';
    else if (c1)
      out += '?', ++i;
    else
      out += static_cast<char>(c);
  }
  return out;
}

}  // namespace ke

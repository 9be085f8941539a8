// SPDX-License-Identifier: MIT
#include "ke-ci/report/diff.h"

#include "ke-build/base/text.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace ke {
namespace {

using Lines = std::vector<std::string>;
constexpr int kEditLimit = 1500;  // edits that are searched for before a block counts as rewritten

Lines lines_of(const std::string& text) {
  Lines lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

/// Matched pairs (i, j) of a shortest edit script between a and b, or empty when there are too many edits.
std::vector<std::pair<int, int>> matches_of(const Lines& a, const Lines& b) {
  const int n = static_cast<int>(a.size()), m = static_cast<int>(b.size()),
            most = std::min(n + m, kEditLimit);
  std::vector<std::vector<int>> trace;
  std::vector<int> v(2 * static_cast<size_t>(most) + 3, 0);
  const auto at = [&](std::vector<int>& row, int k) -> int& {
    return row[static_cast<size_t>(k + most + 1)];
  };
  int edits = -1;
  for (int d = 0; d <= most && edits < 0; ++d) {
    trace.push_back(v);
    for (int k = -d; k <= d; k += 2) {
      int x = k == -d || (k != d && at(v, k - 1) < at(v, k + 1)) ? at(v, k + 1) : at(v, k - 1) + 1;
      while (x < n && x - k < m && a[static_cast<size_t>(x)] == b[static_cast<size_t>(x - k)]) ++x;
      at(v, k) = x;
      if (x >= n && x - k >= m) edits = d;
    }
  }
  std::vector<std::pair<int, int>> matches;
  int x = n, y = m;
  for (int d = edits; d > 0; --d) {
    std::vector<int>& row = trace[static_cast<size_t>(d)];
    const int k = x - y;
    const int from = k == -d || (k != d && at(row, k - 1) < at(row, k + 1)) ? k + 1 : k - 1;
    const int start_x = at(row, from), start_y = start_x - from;
    const int middle = from == k + 1 ? start_x : start_x + 1;
    while (x > middle) matches.emplace_back(--x, --y);
    x = start_x, y = start_y;
  }
  if (edits >= 0) {
    while (x > 0 && y > 0) matches.emplace_back(--x, --y);
  }
  std::reverse(matches.begin(), matches.end());
  return matches;
}

/// Ranges of lines that are shown: changes with their context.
std::vector<std::pair<size_t, size_t>> hunks_of(const std::vector<DiffLine>& lines, int context) {
  std::vector<std::pair<size_t, size_t>> hunks;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].kind == DiffLine::Kind::same) continue;
    const size_t from = i - std::min(i, static_cast<size_t>(context));
    const size_t to = std::min(lines.size(), i + 1 + static_cast<size_t>(context));
    if (!hunks.empty() && from <= hunks.back().second)
      hunks.back().second = to;
    else
      hunks.emplace_back(from, to);
  }
  return hunks;
}

std::string header_of(const std::vector<DiffLine>& lines, size_t from, size_t to) {
  int before = 0, after = 0, before_count = 0, after_count = 0;
  for (size_t i = from; i < to; ++i) {
    if (lines[i].before && !before) before = lines[i].before;
    if (lines[i].after && !after) after = lines[i].after;
    before_count += lines[i].before != 0;
    after_count += lines[i].after != 0;
  }
  return fmt::format("@@ -{},{} +{},{} @@", before, before_count, after, after_count);
}

}  // namespace

std::vector<DiffLine> diff_lines(const std::string& before, const std::string& after) {
  const Lines a = lines_of(before), b = lines_of(after);
  size_t head = 0, tail = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail])
    ++tail;
  const auto middle = [&](const Lines& lines) {
    return Lines(lines.begin() + static_cast<ptrdiff_t>(head), lines.end() - static_cast<ptrdiff_t>(tail));
  };
  std::vector<std::pair<int, int>> matches;
  for (size_t i = 0; i < head; ++i) matches.emplace_back(i, i);
  for (const auto& [i, j] : matches_of(middle(a), middle(b)))
    matches.emplace_back(i + static_cast<int>(head), j + static_cast<int>(head));
  for (size_t i = tail; i > 0; --i) matches.emplace_back(a.size() - i, b.size() - i);
  matches.emplace_back(a.size(), b.size());  // ends both texts
  std::vector<DiffLine> lines;
  int i = 0, j = 0;
  for (const auto& [to_i, to_j] : matches) {
    for (; i < to_i; ++i) lines.push_back({DiffLine::Kind::removed, i + 1, 0, a[static_cast<size_t>(i)]});
    for (; j < to_j; ++j) lines.push_back({DiffLine::Kind::added, 0, j + 1, b[static_cast<size_t>(j)]});
    if (i < static_cast<int>(a.size()) && j < static_cast<int>(b.size())) {
      lines.push_back({DiffLine::Kind::same, i + 1, j + 1, a[static_cast<size_t>(i)]});
      ++i, ++j;
    }
  }
  return lines;
}

std::string unified_diff(const std::string& before, const std::string& after, const std::string& path,
                         int context) {
  const auto lines = diff_lines(before, after);
  const auto hunks = hunks_of(lines, context);
  if (hunks.empty()) return "";
  std::string out = fmt::format("--- a/{}\n+++ b/{}\n", path, path);
  for (const auto& [from, to] : hunks) {
    out += header_of(lines, from, to) + "\n";
    for (size_t i = from; i < to; ++i) {
      out += lines[i].kind == DiffLine::Kind::same      ? ' '
             : lines[i].kind == DiffLine::Kind::removed ? '-'
                                                        : '+';
      out += lines[i].text + "\n";
    }
  }
  return out;
}

std::string diff_html(const std::string& before, const std::string& after, int context) {
  const auto lines = diff_lines(before, after);
  std::string out;
  for (const auto& [from, to] : hunks_of(lines, context)) {
    out += fmt::format("<tr class=\"hunk\"><td colspan=\"3\">{}</td></tr>\n", header_of(lines, from, to));
    bool comment_before = false, comment_after = false;
    for (size_t i = from; i < to; ++i) {
      const DiffLine& line = lines[i];
      const bool removed = line.kind == DiffLine::Kind::removed;
      const char* kind = removed ? "del" : line.kind == DiffLine::Kind::added ? "add" : "";
      std::string code = highlight_cpp(line.text, removed ? comment_before : comment_after);
      if (line.kind == DiffLine::Kind::same) comment_before = comment_after;
      out += fmt::format("<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}</td></tr>\n", kind,
                         line.before ? std::to_string(line.before) : "",
                         line.after ? std::to_string(line.after) : "", code);
    }
  }
  return out;
}

}  // namespace ke

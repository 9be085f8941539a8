// SPDX-License-Identifier: MIT
#include "ke-build/base/diff.h"

#include "ke-build/base/text.h"

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

}  // namespace ke

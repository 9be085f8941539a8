// SPDX-License-Identifier: MIT
#include "ke-ci/report/diff.h"

#include "ke-build/base/diff.h"
#include "ke-ci/report/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace ke {
namespace {

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

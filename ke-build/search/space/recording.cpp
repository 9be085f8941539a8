// SPDX-License-Identifier: MIT
#include "ke-build/search/space/recording.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace ke {
namespace {

constexpr size_t kMostColumns = 64, kMostRows = 4'000'000;
constexpr const char* kMeasured[] = {"time_ms", "compile_ms", "benchmark_ms"};
constexpr size_t kMeasuredColumns = 3;

Error at_line(const std::string& origin, size_t line, const std::string& what) {
  return {ErrorCode::usage, fmt::format("{}:{}: {}", origin, line, what)};
}

std::string shown(std::string_view field) {
  return fmt::format("'{}{}'", field.substr(0, 40), field.size() > 40 ? "..." : "");
}

Result<double> time_from(std::string_view field, const std::string& origin, size_t line) {
  const bool word = !field.empty() && std::all_of(field.begin(), field.end(), [](unsigned char c) {
    return std::isalpha(c) != 0 || c == '_';
  });
  // "inf" and "nan" are words too: no time either.
  if (word) return -1.0;
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value) || value <= 0) {
    return at_line(origin, line,
                   "time_ms is " + shown(field) +
                       ", expected a positive number or a word such as CompilationFailedConfig");
  }
  return value;
}

Result<std::vector<std::string>> columns_from(std::string_view line, const std::string& origin) {
  std::vector<std::string> columns = split(line, ',');
  const bool ends_well = columns.size() > kMeasuredColumns &&
                         std::equal(std::end(kMeasured) - kMeasuredColumns, std::end(kMeasured),
                                    columns.end() - static_cast<std::ptrdiff_t>(kMeasuredColumns));
  if (!ends_well || columns.size() > kMostColumns) {
    return at_line(origin, 1,
                   "the header is " + shown(line) +
                       ", expected parameter names and then time_ms,compile_ms,benchmark_ms");
  }
  columns.resize(columns.size() - kMeasuredColumns);
  std::set<std::string> seen;
  for (const std::string& column : columns) {
    if (column.empty() || !seen.insert(column).second)
      return at_line(origin, 1, "column " + shown(column) + " is empty or occurs twice");
  }
  return columns;
}

// Text of the parameters, row by row.
struct Cells {
  std::vector<std::vector<std::string>> rows;
  std::vector<double> time_ms;
  std::vector<size_t> lines;
};

Result<Cells> cells_from(std::string_view text, size_t columns, const std::string& origin) {
  Cells cells;
  size_t line = 0;
  while (!text.empty()) {
    ++line;
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view row = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (ends_with(row, "\r")) row.remove_suffix(1);
    if (line == 1 || row.empty()) continue;
    std::vector<std::string> fields = split(row, ',');
    if (fields.size() != columns + kMeasuredColumns) {
      return at_line(origin, line,
                     fmt::format("found {} fields, expected {}", fields.size(), columns + kMeasuredColumns));
    }
    KE_TRY(const double time_ms, time_from(fields[columns], origin, line));
    fields.resize(columns);
    cells.rows.push_back(std::move(fields));
    cells.time_ms.push_back(time_ms);
    cells.lines.push_back(line);
    if (cells.rows.size() > kMostRows)
      return at_line(origin, line, fmt::format("more than {} rows", kMostRows));
  }
  return cells;
}

// Parameters with a single value say nothing and are left out; `kept` names the columns of the others.
std::vector<SpaceParameter> parameters_from(const std::vector<std::string>& columns, const Cells& cells,
                                            std::vector<size_t>& kept) {
  std::vector<SpaceParameter> parameters;
  for (size_t c = 0; c < columns.size(); ++c) {
    std::vector<std::string> values;
    std::set<std::string> seen;
    for (const auto& row : cells.rows) {
      if (seen.insert(row[c]).second) values.push_back(row[c]);
    }
    if (values.size() < 2) continue;
    kept.push_back(c);
    parameters.push_back(make_space_parameter(columns[c], std::move(values)));
  }
  return parameters;
}

Result<> fill_rows(Recording& recording, const Cells& cells, const std::vector<size_t>& kept,
                   std::vector<SpaceParameter> parameters, const std::string& origin) {
  std::vector<std::unordered_map<std::string, uint32_t>> level_of(parameters.size());
  for (size_t p = 0; p < parameters.size(); ++p) {
    for (uint32_t level = 0; level < parameters[p].values.size(); ++level)
      level_of[p][parameters[p].values[level]] = level;
  }
  for (const auto& row : cells.rows) {
    Levels levels;
    for (size_t p = 0; p < parameters.size(); ++p) levels.push_back(level_of[p].at(row[kept[p]]));
    recording.rows.push_back(std::move(levels));
  }
  recording.time_ms = cells.time_ms;
  recording.space = Space::table(std::move(parameters), recording.rows);
  for (size_t i = 0; i < recording.rows.size(); ++i) {
    const auto [place, fresh] = recording.row_of.emplace(recording.space.code(recording.rows[i]), i);
    if (!fresh) {
      return at_line(
          origin, cells.lines[i],
          fmt::format("the same configuration stands in line {}; keep one", cells.lines[place->second]));
    }
    if (recording.time_ms[i] > 0 &&
        (recording.optimum_ms == 0 || recording.time_ms[i] < recording.optimum_ms))
      recording.optimum_ms = recording.time_ms[i];
  }
  return ok();
}

}  // namespace

Result<Recording> parse_recording(std::string_view text, const std::string& origin) {
  std::string_view header = text.substr(0, std::min(text.find('\n'), text.size()));
  if (ends_with(header, "\r")) header.remove_suffix(1);
  Recording recording;
  KE_TRY(recording.columns, columns_from(header, origin));
  KE_TRY(const Cells cells, cells_from(text, recording.columns.size(), origin));
  std::vector<size_t> kept;
  std::vector<SpaceParameter> parameters = parameters_from(recording.columns, cells, kept);
  if (combinations(parameters) > Space::kMostCombinations)
    return at_line(origin, 1, "the parameters have more combinations than can be counted");
  KE_DO(fill_rows(recording, cells, kept, std::move(parameters), origin));
  if (recording.optimum_ms == 0)
    return at_line(origin, 1, "no configuration has a time: there is nothing to search for");
  return recording;
}

bool same_device(const Recording& a, const Recording& b) {
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text + '_';
  };
  const std::string one = lower(a.device), other = lower(b.device);
  return starts_with(one, other) || starts_with(other, one);
}

bool same_kernel(const Recording& a, const Recording& b) { return kinship(a.space, b.space) >= kKindred; }

}  // namespace ke

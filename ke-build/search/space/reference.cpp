// SPDX-License-Identifier: MIT
#include "ke-build/search/space/reference.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace ke {
namespace {

constexpr const char* kHeader =
    "space,strategy,max_fevals,runs,n,mean_best_ms,mean_quality,p10_quality,p90_quality,p_score";
enum Column { space, strategy, max_fevals, runs, n, mean_best_ms, mean_quality, p10, p90, p_score, columns };

template <class T>
bool read_number(const std::string& field, T& value) {
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  return error == std::errc() && end == field.data() + field.size();
}

}  // namespace

Result<ReferenceTable> parse_reference(std::string_view text, const std::string& origin) {
  ReferenceTable table;
  size_t number = 0;
  for (const std::string& row : split(text, '\n')) {
    ++number;
    const std::string line = trim(row);
    if (number == 1 && line != kHeader)
      return Error{ErrorCode::usage, fmt::format("{}:1: expected the header {}", origin, kHeader)};
    if (number == 1 || line.empty()) continue;
    const std::vector<std::string> fields = split(line, ',');
    int64_t budget = 0, spent = 0;
    ReferenceScore score;
    const bool sound = fields.size() == columns && read_number(fields[max_fevals], budget) &&
                       read_number(fields[n], spent) && read_number(fields[mean_quality], score.quality) &&
                       read_number(fields[p_score], score.p_score) && std::isfinite(score.quality);
    if (!sound) {
      return Error{ErrorCode::usage,
                   fmt::format("{}:{}: expected {} fields as in the header, with whole max_fevals and n and "
                               "numeric mean_quality and p_score",
                               origin, number, static_cast<int>(columns))};
    }
    if (budget == spent) table.scores[{budget, fields[strategy]}][fields[space]] = score;
  }
  return table;
}

}  // namespace ke

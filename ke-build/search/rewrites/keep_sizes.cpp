// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/keep_sizes.h"

#include "ke-build/base/text.h"
#include "ke-build/search/rewrites/per_class.h"
#include "ke-build/search/rewrites/plain_copy.h"
#include "ke-build/search/rewrites/support.h"

#include <fmt/format.h>

#include <limits>

namespace ke {
namespace {

std::string range_text(const std::string& size, int64_t above, int64_t upto) {
  const bool low = above > 0, high = upto < std::numeric_limits<int64_t>::max();
  const std::string from = low ? fmt::format("{} > {}", size, above) : "",
                    to = high ? fmt::format("{} <= {}", size, upto) : "";
  return from.empty() || to.empty() ? from + to : from + " && " + to;
}

std::string condition_of(const PlainSizes& sizes) {
  std::vector<std::string> ranges;
  for (const auto& [above, upto] : sizes.ranges)
    ranges.push_back(range_text(size_text(sizes.axes), above, upto));
  if (ranges.size() == 1) return ranges.front();
  for (std::string& range : ranges) range = "(" + range + ")";
  return join_texts(ranges, " || ");
}

}  // namespace

std::optional<Rewritten> keep_sizes(const Unit& plain, const Unit& unit, const PlainSizes& sizes) {
  const Function &entry = unit.functions.front(), &original = plain.functions.front();
  const size_t line = line_of(unit, entry);
  if (line == std::string::npos || entry.template_begin != 0 || entry.name != original.name ||
      entry.parameters.size() != original.parameters.size() || !has_names(entry) || sizes.ranges.empty())
    return std::nullopt;
  const auto copy = plain_copy(plain, unit, original);
  if (!copy || copy->empty()) return std::nullopt;
  const std::string condition = condition_of(sizes);
  if (condition.empty()) return std::nullopt;
  std::string text = unit.text;
  text.insert(entry.body_begin + 1, "\n  // These sizes keep the plain kernel: it was faster there.\n  " +
                                        plain_when(condition, entry, original.name));
  text.insert(line, *copy);
  if (!parses_as_well(unit, text)) return std::nullopt;
  return Rewritten{text, "the plain kernel where " + condition};
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/workload_sizes.h"

#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"

#include <cmath>

namespace ke {
namespace {

bool is_integer(const Parameter& parameter) {
  const std::string& type = parameter.type;
  return !parameter.name.empty() && type.find_first_of("*&[<") == std::string::npos &&
         type.find("float") == std::string::npos && type.find("double") == std::string::npos &&
         type.find("bool") == std::string::npos;
}

// What the spec passes in each parameter: its name where the call is not the entry's own.
std::vector<std::string> passed(const Operator& op, const Function& entry) {
  std::vector<std::string> names;
  for (const Parameter& p : entry.parameters) names.push_back(p.name);
  const size_t open = op.kernel.call.find('('), close = op.kernel.call.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return names;
  std::vector<std::string> words = split(op.kernel.call.substr(open + 1, close - open - 1), ',');
  if (!ends_with(op.kernel.call.substr(0, open), entry.name) || words.size() != names.size()) return names;
  for (std::string& word : words) word = trim(word);
  return words;
}

}  // namespace

std::string parameter_of(const Operator& op, const Function& entry, const std::string& axis) {
  const std::vector<std::string> words = passed(op, entry);
  for (size_t i = 0; i < words.size(); ++i)
    if (words[i] == axis && is_integer(entry.parameters[i])) return entry.parameters[i].name;
  return "";
}

std::vector<Sizes> workload_sizes(const Operator& op, const Function& entry) {
  const std::vector<std::string> words = passed(op, entry);
  std::vector<Sizes> all;
  for (const Workload& workload : op.workloads) {
    Axes names = workload.axes;
    names.insert(op.constants.begin(), op.constants.end());
    for (const auto& [scalar, value] : workload.scalars)
      if (value == std::floor(value) && std::abs(value) < 1e9) names[scalar] = static_cast<int64_t>(value);
    Sizes sizes;
    for (size_t i = 0; i < words.size(); ++i)
      if (is_integer(entry.parameters[i]))
        if (const auto value = evaluate_expression(words[i], names)) sizes[entry.parameters[i].name] = *value;
    all.push_back(std::move(sizes));
  }
  return all;
}

}  // namespace ke

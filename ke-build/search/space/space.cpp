// SPDX-License-Identifier: MIT
#include "ke-build/search/space/space.h"

#include "ke-build/base/result.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace ke {
namespace {

constexpr int kDraws = 2000;  // rejections before a sparse constraint counts as unsatisfiable
constexpr double kWide = 4;   // ratio of largest to smallest from which a scale is logarithmic

std::optional<double> number_from(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::vector<double> twos_of(const std::vector<std::pair<double, std::string>>& numbers) {
  constexpr double kExact = 9007199254740992;  // 2^53: beyond, a double is no longer every whole number
  std::vector<double> twos;
  bool powers = true;
  double least = 64, most = 0;
  for (const auto& [value, text] : numbers) {
    if (value < 1 || value > kExact || value != std::floor(value)) return {};
    double rest = value, count = 0;
    for (; std::fmod(rest, 2) == 0; rest /= 2) ++count;
    powers = powers && rest == 1;
    least = std::min(least, count);
    most = std::max(most, count);
    twos.push_back(count);
  }
  if (powers || least == most) return {};
  for (double& count : twos) count /= most;
  return twos;
}

}  // namespace

SpaceParameter make_space_parameter(std::string name, std::vector<std::string> values) {
  SpaceParameter parameter{std::move(name), std::move(values), false, {}, {}, {}};
  std::vector<std::pair<double, std::string>> numbers;
  for (const std::string& value : parameter.values) {
    if (const auto number = number_from(value)) numbers.emplace_back(*number, value);
  }
  const size_t count = parameter.values.size();
  if (numbers.size() != count) {
    for (size_t i = 0; i < count; ++i)
      parameter.place.push_back(count > 1 ? static_cast<double>(i) / static_cast<double>(count - 1) : 0);
    return parameter;
  }
  parameter.ordered = true;
  std::sort(numbers.begin(), numbers.end());
  const double low = numbers.front().first, high = numbers.back().first;
  const bool logarithmic = low > 0 && high >= kWide * low;
  for (size_t i = 0; i < count; ++i) {
    const double value = numbers[i].first;
    const double along =
        logarithmic ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
    parameter.values[i] = numbers[i].second;
    parameter.place.push_back(high > low ? along : 0);
    if (low > 0) parameter.quantity.push_back(std::log2(value));
  }
  parameter.twos = twos_of(numbers);
  return parameter;
}

double combinations(const std::vector<SpaceParameter>& parameters) {
  double count = 1;
  for (const SpaceParameter& parameter : parameters) count *= static_cast<double>(parameter.values.size());
  return count;
}

double kinship(const Space& a, const Space& b) {
  size_t both = 0;
  for (const SpaceParameter& one : a.parameters()) {
    both += std::count_if(b.parameters().begin(), b.parameters().end(),
                          [&](const SpaceParameter& other) { return other.name == one.name; }) > 0
                ? 1
                : 0;
  }
  const size_t all = a.parameters().size() + b.parameters().size() - both;
  return all > 0 ? static_cast<double>(both) / static_cast<double>(all) : 1;
}

Space Space::table(std::vector<SpaceParameter> parameters, const std::vector<Levels>& rows) {
  KE_CHECK(combinations(parameters) <= kMostCombinations);
  Space space;
  space.parameters_ = std::move(parameters);
  space.enumerated_ = true;
  for (const Levels& row : rows) space.listed_.insert(space.code(row));
  space.all_.assign(space.listed_.begin(), space.listed_.end());
  std::sort(space.all_.begin(), space.all_.end());
  return space;
}

Space Space::product(std::vector<SpaceParameter> parameters, Legal legal, double listed) {
  KE_CHECK(combinations(parameters) <= kMostCombinations);
  Space space;
  space.parameters_ = std::move(parameters);
  space.legal_ = std::move(legal);
  const double count = combinations(space.parameters_);
  space.enumerated_ = count <= listed;
  for (Configuration code = 0; space.enumerated_ && code < static_cast<Configuration>(count); ++code) {
    if (!space.legal_ || space.legal_(space.levels(code))) space.all_.push_back(code);
  }
  return space;
}

Configuration Space::code(const Levels& levels) const {
  Configuration code = 0;
  for (size_t p = 0; p < parameters_.size(); ++p) code = code * parameters_[p].values.size() + levels[p];
  return code;
}

Levels Space::levels(Configuration configuration) const {
  Levels levels(parameters_.size());
  for (size_t p = parameters_.size(); p-- > 0;) {
    levels[p] = static_cast<uint32_t>(configuration % parameters_[p].values.size());
    configuration /= parameters_[p].values.size();
  }
  return levels;
}

bool Space::contains(const Levels& levels) const {
  if (levels.size() != parameters_.size()) return false;
  for (size_t p = 0; p < levels.size(); ++p) {
    if (levels[p] >= parameters_[p].values.size()) return false;
  }
  if (!listed_.empty()) return listed_.count(code(levels)) != 0;
  if (enumerated_ && all_.empty()) return false;
  return !legal_ || legal_(levels);
}

std::optional<Configuration> Space::draw(Random& random) const {
  if (enumerated_) {
    if (all_.empty()) return std::nullopt;
    return all_[random.below(all_.size())];
  }
  for (int i = 0; i < kDraws; ++i) {
    Levels levels;
    for (const SpaceParameter& parameter : parameters_)
      levels.push_back(static_cast<uint32_t>(random.below(parameter.values.size())));
    if (contains(levels)) return code(levels);
  }
  return std::nullopt;
}

std::vector<Configuration> Space::neighbours(Configuration configuration) const {
  std::vector<Configuration> found;
  Levels levels = this->levels(configuration);
  for (size_t p = 0; p < levels.size(); ++p) {
    const uint32_t own = levels[p];
    for (uint32_t value = 0; value < parameters_[p].values.size(); ++value) {
      levels[p] = value;
      if (value != own && contains(levels)) found.push_back(code(levels));
    }
    levels[p] = own;
  }
  return found;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// Spaces made by the tests: a kernel whose cost follows a simple model of a processor, with a constraint, a
// corner that fails, and parameters that interact.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/search/space/space.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

namespace ke {

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  return *std::move(result);
}

inline std::vector<std::string> texts(const std::vector<int>& numbers) {
  std::vector<std::string> all;
  for (const int number : numbers) all.push_back(std::to_string(number));
  return all;
}

struct World {
  explicit World(double device = 0) : shift(device) {
    const std::vector<std::pair<std::string, std::vector<int>>> domains = {
        {"block_x", {1, 2, 4, 8, 16, 32, 64, 128}},
        {"block_y", {1, 2, 4, 8, 16, 32}},
        {"tile_x", {1, 2, 3, 4, 6, 8}},
        {"tile_y", {1, 2, 3, 4, 6, 8}},
        {"unroll", {1, 2, 4}},
        {"pad", {0, 1}},
        {"cache", {0, 1}}};
    std::vector<SpaceParameter> parameters;
    for (const auto& [name, values] : domains)
      parameters.push_back(make_space_parameter(name, texts(values)));
    space = Space::product(std::move(parameters), [this](const Levels& levels) { return legal(levels); });
  }
  World(const World&) = delete;

  double value(const Levels& levels, size_t p) const {
    return std::stod(space.parameters()[p].values[levels[p]]);
  }
  static bool legal(const Levels& levels) {
    const double threads = std::exp2(levels[0] + levels[1]);
    return threads >= 32 && threads <= 1024;
  }
  // Needs too many registers.
  bool fails(const Levels& levels) const { return value(levels, 2) * value(levels, 3) > 36; }
  double cost(const Levels& levels) const {
    const double threads = std::log2(value(levels, 0) * value(levels, 1));
    const double work = std::log2(value(levels, 2) * value(levels, 3));
    const double narrow = std::max(0.0, 5 - std::log2(value(levels, 0)));
    double log_cost = 0.15 * std::pow(threads - 7.5 - shift, 2) + 0.2 * std::pow(work - 3 + 0.5 * shift, 2) +
                      0.3 * narrow + 0.1 * std::abs(std::log2(value(levels, 4)) - 1);
    if (levels[5] == 0 && value(levels, 0) < 32) log_cost += 0.25;  // padding matters for narrow blocks only
    log_cost += (levels[6] == 1) == (work > 2.5) ? 0 : 0.2;
    // Roughness that nobody can model, the same every time.
    return std::exp(log_cost + 0.1 * Random(space.code(levels) * 2654435761u).uniform());
  }
  std::optional<double> answer(Configuration configuration) const {
    const Levels levels = space.levels(configuration);
    return fails(levels) ? std::nullopt : std::optional<double>(cost(levels));
  }
  double optimum() const {
    double best = 1e300;
    for (const Configuration configuration : space.all())
      best = std::min(best, answer(configuration).value_or(1e300));
    return best;
  }
  // As a file.
  std::string csv() const {
    std::string text;
    for (const SpaceParameter& parameter : space.parameters()) text += parameter.name + ",";
    text += "constant,time_ms,compile_ms,benchmark_ms\n";
    for (const Configuration configuration : space.all()) {
      const Levels levels = space.levels(configuration);
      for (size_t p = 0; p < levels.size(); ++p) text += space.parameters()[p].values[levels[p]] + ",";
      const auto cost = answer(configuration);
      text += "15," + (cost ? std::to_string(*cost) : "RuntimeFailedConfig") + ",10.5,3\n";
    }
    return text;
  }

  double shift = 0;
  Space space;
};

}  // namespace ke

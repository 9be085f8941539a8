// SPDX-License-Identifier: MIT
// A tunable space: parameters with a few values each, and which combinations are legal. A configuration is
// its mixed-radix rank, so that sets and tables of configurations are cheap.
#pragma once

#include "ke-build/base/random.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

namespace ke {

/// One parameter with at least two values.
struct SpaceParameter {
  std::string name;
  std::vector<std::string> values;
  bool ordered = false;          // all values are numbers, ascending
  std::vector<double> place;     // of each value on [0, 1]: logarithmic for positive values over a wide range
  std::vector<double> quantity;  // log2 of each value; empty unless all are positive
  // How often two divides each value, on [0, 1]: 96 threads are three warps and 100 are not. Empty unless all
  // are positive whole numbers, not all of them powers of two, that differ in this.
  std::vector<double> twos;
};

/// Sorts numbers; text keeps its order of appearance. REQUIRES: distinct values.
SpaceParameter make_space_parameter(std::string name, std::vector<std::string> values);

using Configuration = uint64_t;
using Levels = std::vector<uint32_t>;  // index of the value, per parameter

class Space {
 public:
  /// Spaces with more combinations than this must be cut down by the caller.
  static constexpr double kMostCombinations = 1e18;
  using Legal = std::function<bool(const Levels&)>;

  /// Only the listed configurations are legal (a recorded space). REQUIRES: at most kMostCombinations.
  static Space table(std::vector<SpaceParameter> parameters, const std::vector<Levels>& rows);
  /// Every combination that satisfies the constraint. Products of at most `listed` combinations are
  /// enumerated.
  static Space product(std::vector<SpaceParameter> parameters, Legal legal, double listed = 1 << 17);

  const std::vector<SpaceParameter>& parameters() const { return parameters_; }
  Configuration code(const Levels& levels) const;
  Levels levels(Configuration configuration) const;
  bool contains(const Levels& levels) const;

  /// All legal configurations, ascending; empty when the space is too large to be enumerated.
  const std::vector<Configuration>& all() const { return all_; }
  bool enumerated() const { return enumerated_; }
  /// A legal configuration, uniform where the space is enumerated; nothing when none was found.
  std::optional<Configuration> draw(Random& random) const;
  /// Legal configurations that differ in exactly one parameter.
  std::vector<Configuration> neighbours(Configuration configuration) const;

 private:
  std::vector<SpaceParameter> parameters_;
  Legal legal_;
  bool enumerated_ = false;
  std::vector<Configuration> all_;
  std::unordered_set<Configuration> listed_;
};

/// Share of the parameters of both that have the same name in both, 0 to 1.
double kinship(const Space& a, const Space& b);
/// From here on two spaces count as those of one kernel, or of variants of it.
inline constexpr double kKindred = 0.6;

/// Combinations without constraints, as a double because it may be huge.
double combinations(const std::vector<SpaceParameter>& parameters);

}  // namespace ke

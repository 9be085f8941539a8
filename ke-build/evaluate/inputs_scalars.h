// SPDX-License-Identifier: MIT
// Scalars of the shapes that are only checked: not always those of a workload.
#pragma once

#include "ke-build/evaluate/inputs.h"

#include <map>
#include <string>
#include <vector>

namespace ke {

/// Deals out the scalars of one exam. Integers and booleans with a declared domain (range, index, mask) and
/// floating scalars with a declared range take turns: the workload's value (floating: as below), then the
/// ends of the domain and 0 if it lies inside, in random order, then a random value. Other floating scalars
/// have the workload's value every second time, and otherwise lie between half and twice of it or right
/// beside it. `constant` keeps the workload's value, and so does an integer without a declared domain.
class ScalarDealer {
 public:
  ScalarDealer(const Operator& op, Random& random) : op_(op), random_(random) {}
  /// `announced`: a workload's. Scalars that it does not name are not in the result either.
  std::map<std::string, double> deal(const Axes& axes, const std::map<std::string, double>& announced);

 private:
  double whole(const Argument& argument, const Axes& axes, double announced);
  double by_turns(const Argument& argument, int64_t size, double usual);
  double a_little(Dtype dtype);
  double real(const Argument& argument, double announced);

  struct Turn {
    size_t at = 0;
    std::vector<size_t> order;
  };
  const Operator& op_;
  Random& random_;
  std::map<std::string, Turn> turns_;
};

/// Names the scalars without a declared domain that keep the workloads' values wherever results are checked,
/// integers and floating zeros: a kernel may ignore those. Empty when there are none.
std::string untried_scalars(const Operator& op);

/// Powers of two in the place of scalars that may vary, so that what is scaled by them can land half-way:
/// floating ones the nearest, integers of a declared range one of the larger.
std::map<std::string, double> halving_scalars(const Operator& op, std::map<std::string, double> scalars,
                                              Random& random);

/// Integers of a declared range at all magnitudes: fixed-point factors are seldom as large as their format.
std::map<std::string, double> spread_scalars(const Operator& op, std::map<std::string, double> scalars,
                                             Random& random);

}  // namespace ke

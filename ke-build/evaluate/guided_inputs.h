// SPDX-License-Identifier: MIT
// Inputs that make a comparison of a kernel come out as it has not yet. Where an operand is the size of an
// axis, or an element, or some bits of one, it is put in its place (input-to-state correspondence:
// Aschermann et al., "REDQUEEN", NDSS 2019); otherwise arrays are scaled and changed by chance.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "ke-build/evaluate/tracer.h"

#include <optional>

namespace ke {

class GuidedInputs {
 public:
  GuidedInputs(const Operator& op, Random& random) : op_(op), random_(random), dealer_(op, random) {}

  /// `from` changed so that `compared`, which its call noted, may come out as one of the outcomes that `seen`
  /// (bits 0 to 2: a less than, equal to, greater than b) lacks. Nothing where no change is found.
  std::optional<Example> aimed(const Example& from, const ke_runner::Compared& compared, unsigned seen);
  /// Changed in structure: rows that are constant, sorted or repeated, arrays that are scaled or shifted,
  /// with numbers that its call compared now and then.
  std::optional<Example> changed(const Example& from, const ke_runner::TraceTable& table);
  /// One to three elements changed.
  std::optional<Example> varied(const Example& from, const ke_runner::TraceTable& table);

 private:
  struct Goal {
    double from, to;  // an operand as it is, and as it should be
    bool real;
    uint32_t bytes;
    uint64_t from_bits = 0, to_bits = 0;  // of integers, to the last digit
  };
  Goal goal_of(const ke_runner::Compared& compared, unsigned seen, bool moves_b);
  double operand(const ke_runner::TraceTable& table);
  std::optional<Example> with_axis(const Example& from, const std::string& name, double size);
  std::optional<Example> with_any_axis(const Example& from, const Goal& goal, bool exactly);
  std::optional<Example> with_elements(const Example& from, const Goal& goal);
  std::optional<Example> with_bits(const Example& from, const Goal& goal);
  std::optional<Example> with_words(const Example& from, const Goal& goal);
  std::optional<Example> with_scaled(const Example& from, const Goal& goal);
  double limited(const Argument& argument, const Axes& axes, double value) const;
  bool set(Buffer& buffer, const Argument& argument, const Axes& axes, int64_t index, double value) const;
  std::vector<size_t> arrays(const Example& from) const;

  const Operator& op_;
  Random& random_;
  ScalarDealer dealer_;
};

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/power.h"

#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace ke {

namespace {

Buffer buffer_of(const Argument& argument, const ExpectedOutput& expected) {
  if (is_floating(argument.dtype)) {
    Buffer buffer(argument.dtype, static_cast<int64_t>(expected.real.size()));
    from_doubles(argument.dtype, expected.real, buffer.data());
    return buffer;
  }
  Buffer buffer(argument.dtype, static_cast<int64_t>(expected.integer.size()));
  for (int64_t i = 0; i < buffer.count(); ++i)
    store_integer(argument.dtype, buffer.data(), i, expected.integer[static_cast<size_t>(i)]);
  return buffer;
}

std::vector<Buffer> buffers_of(const Operator& op, const Expected& expected) {
  std::vector<Buffer> buffers;
  for (const ExpectedOutput& output : expected)
    buffers.push_back(buffer_of(op.arguments[output.argument], output));
  return buffers;
}

bool same_bytes(const std::vector<Buffer>& a, const std::vector<Buffer>& b) {
  for (size_t i = 0; i < a.size(); ++i)
    if (!std::equal(a[i].data(), a[i].data() + a[i].size_bytes(), b[i].data())) return false;
  return true;
}

/// Copies `size` bytes within one buffer, at element granularity.
void copy_elements(Buffer& buffer, int64_t to, const Buffer& source, int64_t from, int64_t count) {
  const int64_t width = size_of(buffer.dtype());
  std::copy_n(source.data() + from * width, count * width, buffer.data() + to * width);
}

void set_to_mean(Buffer& buffer) {
  double sum = 0;
  int64_t finite = 0;
  for (int64_t i = 0; i < buffer.count(); ++i)
    if (const double v = buffer.get(i); std::isfinite(v)) {
      sum += v;
      ++finite;
    }
  for (int64_t i = 0; i < buffer.count(); ++i) buffer.set(i, finite ? sum / static_cast<double>(finite) : 0);
}

/// A visibly different finite value: what a wrong index or a skipped store leaves behind.
void change_one(Buffer& buffer, Random& random) {
  if (buffer.empty()) return;
  const auto index = static_cast<int64_t>(random.below(static_cast<uint64_t>(buffer.count())));
  const double old = buffer.get(index);
  if (!is_floating(buffer.dtype())) {
    // Far from the old value in every format, bool included.
    const int64_t high = highest_integer(buffer.dtype()), low = lowest_integer(buffer.dtype());
    return store_integer(buffer.dtype(), buffer.data(), index,
                         old >= (static_cast<double>(low) + static_cast<double>(high)) / 2 ? low : high);
  }
  double scale = 0;
  for (int64_t i = 0; i < buffer.count(); ++i)
    if (const double v = std::abs(buffer.get(i)); std::isfinite(v)) scale = std::max(scale, v);
  buffer.set(index,
             std::isfinite(old) && scale > 0 && scale * 2 < largest_finite(buffer.dtype()) ? old + scale : 1);
}

class Degrader {
 public:
  Degrader(const Operator& op, const Expected& expected)
      : op_(op), expected_(expected), right_(buffers_of(op, expected)) {}

  template <class Change>
  void add(const std::string& name, Change&& change) {
    std::vector<Buffer> outputs;
    for (size_t o = 0; o < right_.size(); ++o) {
      outputs.push_back(right_[o].copy());
      if (!outputs.back().empty()) change(outputs.back(), right_[o], o);
    }
    add_outputs(name, std::move(outputs));
  }
  void add_outputs(const std::string& name, std::vector<Buffer> outputs) {
    if (!same_bytes(outputs, right_)) found_.push_back({name, std::move(outputs)});
  }
  std::vector<Degradation> take() { return std::move(found_); }

 private:
  const Operator& op_;
  const Expected& expected_;
  std::vector<Buffer> right_;
  std::vector<Degradation> found_;
};

/// A sum in bfloat16 is off by some 2^-9; without a sum, what differs is float's own rounding, which moves
/// few integers across a tie.
bool has_lost_sums(const Expected& summed, const Expected& right) {
  for (size_t o = 0; o < right.size(); ++o) {
    size_t moved = 0;
    for (size_t i = 0; i < right[o].integer.size(); ++i) moved += summed[o].integer[i] != right[o].integer[i];
    if (moved * 100 > right[o].integer.size()) return true;
    double largest = 0, distance = 0;
    for (size_t i = 0; i < right[o].real.size(); ++i) {
      const double y = right[o].real[i], found = summed[o].real[i];
      if (!std::isfinite(y)) continue;
      largest = std::max(largest, std::abs(y));
      distance = std::max(distance, std::isfinite(found) ? std::abs(found - y) : HUGE_VAL);
    }
    if (distance > 0x1p-16 * largest) return true;
  }
  return false;
}

bool fits_an_output(const Expected& expected, int64_t count) {
  return std::any_of(expected.begin(), expected.end(), [&](const ExpectedOutput& output) {
    return static_cast<int64_t>(output.real.size() + output.integer.size()) == count;
  });
}

bool fits(const Expected& a, const Expected& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i].real.size() != b[i].real.size() || a[i].integer.size() != b[i].integer.size()) return false;
  return true;
}

int64_t row_length(const Operator& op, const Axes& axes, size_t argument, int64_t count) {
  const auto shape = shape_of(op.arguments[argument], axes);
  return shape && shape->size() >= 2 && shape->back() > 0 ? shape->back() : count;
}

/// Keeps `bits` stored bits of the significand of a double, to nearest even; specials pass.
double keep_bits(double value, int bits) {
  if (!std::isfinite(value) || value == 0) return value;
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(fraction, bits + 1)), exponent - bits - 1);
}

}  // namespace

std::vector<Degradation> degrade(const Operator& op, const Axes& axes, const Expected& expected,
                                 const Expected* previous, const Expected* lower, Random& random,
                                 const Expected* summed, const Inputs* inputs) {
  Degrader all(op, expected);
  all.add("zeros", [](Buffer& out, const Buffer&, size_t) {
    std::fill_n(out.data(), out.size_bytes(), std::byte{0});
  });
  all.add("ones", [](Buffer& out, const Buffer&, size_t) {
    for (int64_t i = 0; i < out.count(); ++i) out.set(i, 1);
  });
  all.add("mean", [](Buffer& out, const Buffer&, size_t) { set_to_mean(out); });
  all.add("missing_tile", [](Buffer& out, const Buffer&, size_t) {
    const int64_t tile = std::min<int64_t>(std::max<int64_t>(1, out.count() / 16), 64);
    std::fill_n(out.data() + (out.count() - tile) * size_of(out.dtype()), tile * size_of(out.dtype()),
                std::byte{0});
  });
  all.add("shifted_row", [&](Buffer& out, const Buffer& right, size_t o) {
    const int64_t row = row_length(op, axes, expected[o].argument, out.count());
    if (row < out.count()) {
      copy_elements(out, row, right, 0, out.count() - row);
      copy_elements(out, 0, right, out.count() - row, row);
    }
  });
  all.add("shifted_column", [&](Buffer& out, const Buffer& right, size_t) {
    copy_elements(out, 1, right, 0, out.count() - 1);
    copy_elements(out, 0, right, out.count() - 1, 1);
  });
  const size_t chosen = expected.empty() ? 0 : random.below(expected.size());
  all.add("one_element_changed", [&](Buffer& out, const Buffer&, size_t o) {
    if (o == chosen) change_one(out, random);
  });
  if (previous && fits(*previous, expected)) all.add_outputs("previous_output", buffers_of(op, *previous));
  if (lower && fits(*lower, expected)) all.add_outputs("lower_precision_inputs", buffers_of(op, *lower));
  if (summed && fits(*summed, expected) && has_lost_sums(*summed, expected))
    all.add_outputs("lower_precision_sums", buffers_of(op, *summed));
  for (size_t a = 0; inputs != nullptr && a < inputs->arguments.size(); ++a) {
    const Buffer& input = inputs->arguments[a];
    if (op.arguments[a].scalar || input.empty()) continue;
    const auto copy = [&](Buffer& out, const Buffer&, size_t) {
      if (out.count() != input.count()) return;
      from_doubles(out.dtype(), to_doubles(input.dtype(), input.data(), input.count()), out.data());
    };
    if (fits_an_output(expected, input.count())) all.add("input_copy of " + op.arguments[a].name, copy);
  }
  return all.take();
}

namespace {

/// What to do about a degradation that passes.
const char* remedy(const std::string& degradation) {
  if (degradation == "lower_precision_inputs" || degradation == "lower_precision_sums")
    return "declare a tighter $.ke.tolerance or a smaller $.ke.tolerance.reduction";
  if (degradation == "previous_output" || starts_with(degradation, "input_copy"))
    return "widen $.ke.domains, so that the output depends on the inputs";
  if (degradation == "zeros" || degradation == "ones" || degradation == "mean")
    return "scale $.ke.domains, so that outputs are larger than the tolerance and differ from each other";
  return "declare a tighter $.ke.tolerance";
}

/// Stored bits of the significand in the next lower format, below what the contract lets a kernel round to.
int lower_bits(const Operator& op, Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
      return 23;
    case Dtype::f32:
      return op.tolerance.products > 0x1p-9 ? 3 : 7;
    case Dtype::f8e4m3:
      return 2;
    case Dtype::f8e5m2:
      return 1;
    default:
      return 3;
  }
}

}  // namespace

Inputs lower_precision(const Operator& op, const Inputs& inputs, bool* changed) {
  Inputs result = copy_of(inputs);
  bool any = false;
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    const Argument& argument = op.arguments[a];
    Buffer& buffer = result.arguments[a];
    if (!argument.input || argument.scalar || !is_floating(argument.dtype)) continue;
    for (int64_t i = 0; i < buffer.count(); ++i) {
      const double old = buffer.get(i);
      const double rounded = keep_bits(old, lower_bits(op, argument.dtype));
      // Overflow of the lower format is not a loss of precision.
      if (!std::isfinite(rounded) || rounded == old) continue;
      buffer.set(i, rounded);
      any = true;
    }
  }
  if (changed) *changed = any;
  return result;
}

namespace {

void conclude_power(PowerResult& power) {
  power.ok = power.passed.empty();
  std::vector<std::string> told;
  for (const std::string& name : power.passed) told.push_back(name + ": " + remedy(name));
  power.reason = power.ok ? "" : "the check accepts wrong outputs (" + join_texts(told, "; ") + ")";
}

}  // namespace

PowerResult power_check(const CheckPlan& plan, const std::vector<Degradation>& degradations) {
  PowerResult result;
  for (const Degradation& degradation : degradations) {
    std::vector<const void*> outputs;
    for (const Buffer& buffer : degradation.outputs) outputs.push_back(buffer.data());
    (plan.check(outputs).ok ? result.passed : result.rejected).push_back(degradation.name);
  }
  conclude_power(result);
  return result;
}

void overrule(PowerResult& power, const PowerResult& other) {
  const auto is_rejected = [&](const std::string& name) {
    return std::find(other.rejected.begin(), other.rejected.end(), name) != other.rejected.end();
  };
  std::copy_if(power.passed.begin(), power.passed.end(), std::back_inserter(power.rejected), is_rejected);
  std::erase_if(power.passed, is_rejected);
  conclude_power(power);
}

}  // namespace ke

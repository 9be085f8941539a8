// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/input_company.h"

#include "ke-build/model/spec.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

/// Arrays of numbers of any sign, the smallest first.
std::vector<size_t> signed_arrays(const Operator& op, const Inputs& inputs) {
  std::vector<size_t> able;
  for (size_t a = 0; a < op.arguments.size(); ++a)
    if (is_real_array(op.arguments[a]) && op.arguments[a].domain.kind == Domain::Kind::normal &&
        inputs.arguments[a].count() > 0)
      able.push_back(a);
  std::stable_sort(able.begin(), able.end(), [&](size_t a, size_t b) {
    return inputs.arguments[a].count() < inputs.arguments[b].count();
  });
  return able;
}

/// `upper`: above half of the largest.
void make_positive(Buffer& buffer, bool upper) {
  double largest = 0;
  for (int64_t i = 0; i < buffer.count(); ++i) largest = std::max(largest, std::abs(buffer.get(i)));
  for (int64_t i = 0; i < buffer.count(); ++i) {
    const double size = std::abs(buffer.get(i));
    buffer.set(i, upper ? largest - std::floor((largest - size) / 2) : size);
  }
}

bool all_finite(const Buffer& buffer) {
  for (int64_t i = 0; i < buffer.count(); ++i)
    if (!std::isfinite(buffer.get(i))) return false;
  return true;
}

bool has_large_ones(InputStyle style) {
  return has_specials(style) || style == InputStyle::spikes || style == InputStyle::heavy_tail;
}

}  // namespace

void set_off(const Operator& op, InputStyle style, Inputs& inputs, Random& random) {
  const std::vector<size_t> arrays = signed_arrays(op, inputs);
  if (style == InputStyle::small_integers) {
    const bool upper = random.below(2) == 0;
    for (const size_t a : arrays) make_positive(inputs.arguments[a], upper);
  } else if (has_large_ones(style) && arrays.size() > 1) {
    Buffer& buffer = inputs.arguments[arrays[random.below(arrays.size() - 1)]];
    // The only array that holds an infinity must keep it.
    if (!all_finite(buffer)) return;
    const double level = buffer.get(0);
    for (int64_t i = 0; i < buffer.count(); ++i) buffer.set(i, level);
  }
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// What a style of inputs means for the errors that are accepted. Internal to the check.
#pragma once

#include "ke-build/evaluate/inputs.h"

namespace ke {

/// Styles that add one number again and again, which rounds the same way again and again: the worst case is
/// the usual one. Zeros do so behind a mean that is taken off them.
inline bool repeats(InputStyle style) {
  return style == InputStyle::constant_rows || style == InputStyle::one_hot || style == InputStyle::sparse ||
         style == InputStyle::runs || style == InputStyle::nearly || style == InputStyle::padded ||
         style == InputStyle::guided;
}

/// Styles whose inputs have the contract's own size. There, results below the fourth power of the roundoff
/// times the largest input are as good as zero: exp() of large negative numbers ends in many ways. Where
/// inputs are tiny or huge, tiny results are what is looked at.
inline bool has_usual_size(InputStyle style) {
  return style != InputStyle::rescaled && style != InputStyle::tiny && style != InputStyle::extremes &&
         style != InputStyle::giants && style != InputStyle::padded;
}

/// Styles in which a few terms are much larger than the others: where two of them meet with opposite signs,
/// their sum is small and so are its neighbours.
inline bool has_giants(InputStyle style) {
  return style == InputStyle::one_hot || style == InputStyle::spikes || style == InputStyle::heavy_tail ||
         has_specials(style) || style == InputStyle::masked || style == InputStyle::sparse ||
         style == InputStyle::graded || style == InputStyle::giants || style == InputStyle::nearly ||
         style == InputStyle::padded || style == InputStyle::guided;
}

/// Styles whose rows are numbers around a mean that is larger than their distances: who subtracts it loses
/// what the mean has in front of them.
inline bool mean_is_large(InputStyle style) {
  return style == InputStyle::constant_rows || style == InputStyle::offset_rows ||
         style == InputStyle::runs || style == InputStyle::nearly || style == InputStyle::guided;
}

}  // namespace ke

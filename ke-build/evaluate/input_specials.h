// SPDX-License-Identifier: MIT
// Numbers that are none, and the ends of a format, put into drawn values. Internal to input_values.cpp.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/model/operator.h"

#include <cstdint>
#include <vector>

namespace ke {

/// First, middle, last or any place of a row: loops forget its ends, vector code its lanes.
size_t place_in(size_t row, Random& random);
/// NaN, +Inf and -Inf in up to a third of the rows (at most 8; an only row always), each row with one kind
/// or all of them, in its first, middle, last or any place. The other rows stay finite, so that results
/// beside them still count.
void put_specials(std::vector<double>& values, int64_t row, Random& random);
/// Inf of one sign in some places of as many rows.
/// `largest`: a number that is put beside them now and then, of which somebody may think that nothing lies
/// beyond it; 0: none.
void put_infinities(std::vector<double>& values, int64_t row, double largest, Random& random);
/// One element in eight: zeros of both signs. NaN and infinities stay. No subnormals, which products in tf32
/// round to zero: beside an infinity that would be NaN in the place of infinity.
void put_zeros(std::vector<double>& values, Random& random);
/// In some rows nothing is above zero, and zeros of both signs are the largest.
void put_zero_tops(std::vector<double>& values, int64_t row, Random& random);
/// One element in sixteen: what conversions, comparisons and scalings tend to forget.
void put_extremes(std::vector<double>& values, Dtype dtype, bool giants, Random& random);
/// Scales numbers that are about `scale` up: the sum of their magnitudes stays a sixteenth of the largest
/// number, so that no order of adding them up overflows, nor a few roundings or halvings around it; with
/// `exact` the largest number itself is among them. Zeros of both signs, and equal giants. Leaves alone what
/// has no room.
void grow_to_giants(std::vector<double>& values, Dtype dtype, double scale, int exponent, Random& random);
/// A large negative number that takes the place of -Inf, as programs have it: 1e9 or less, or the lowest of
/// the format.
double padding_of(Dtype dtype, bool lowest, Random& random);
/// `fill` (-Inf, padding) as masks have it: whole rows (never all of several), blocks of the last two axes
/// and ends of rows.
void put_masks(std::vector<double>& values, const std::vector<int64_t>& shape, double fill, Random& random);

}  // namespace ke

// SPDX-License-Identifier: MIT
// Domains whose elements hang together (masks, offsets) and styles that change
// whole rows. Internal to input_values.cpp.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/evaluate/inputs.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ke {

void fill_mask(std::vector<double>& values, int64_t row, double density, InputStyle style, Random& random);
/// First 0, last `total`, never falling; the style decides how unequal the bags are (one_hot: all but one
/// empty).
void fill_offsets(std::vector<double>& values, int64_t total, InputStyle style, Random& random);

/// `zero` in front, behind, between or everywhere.
void blank_out(double* row, int64_t length, double zero, Random& random);
/// Half of the rows, of the columns, or of both, times a power of two between 2^lowest and 1, each its own;
/// lowest <= 0.
void grade_lines(std::vector<double>& values, int64_t row, int lowest, Random& random);

/// A few numbers by turns, each for a power of two of places, one less or one more; in every second stretch
/// for that many from multiples of it on, so that whole words and vectors hold one number.
void fill_runs(double* row, int64_t length, const std::function<double()>& draw, Random& random);
/// Mostly some rows without a positive number, for largest ones that begin somewhere else than at
/// the first.
void put_negative_rows(std::vector<double>& values, int64_t row, Random& random);
/// Rows that are the one before but for one number: finds who knows a row by some of its numbers.
void repeat_rows(std::vector<double>& values, int64_t row, const std::function<double()>& draw,
                 Random& random);
/// With `turns`, along `axis` (-1: any; of all indices of the others alike) one end of the range, then the
/// other, now and then by turns, a few of them one step inside; otherwise one end everywhere.
void fill_walks(std::vector<double>& values, const std::vector<int64_t>& shape, bool turns, int axis,
                double low, double high, Random& random);
/// Whole numbers that follow each other, or nearly so: two of them have changed places, mostly.
void fill_ramp(double* row, int64_t length, double low, double high, Random& random);

}  // namespace ke

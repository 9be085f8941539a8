// SPDX-License-Identifier: MIT
// Fresh random inputs that are always legal ones: each argument is drawn from its declared domain, in a style
// that hurts one particular kind of bug.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/base/result.h"
#include "ke-build/evaluate/buffer.h"
#include "ke-build/model/operator.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ke {

enum class InputStyle {
  typical,     // the declared distribution itself; what is timed
  heavy_tail,  // magnitudes over several decades, clipped: defeats answers that rely on concentration
  one_hot,     // zeros, or ones, but for one element per row (in ranges without 0: the low end but for one at
               // the high end)
  constant_rows,  // every row one value: finds exchanged rows and columns
  runs,    // few distinct numbers, each again and again, as often as a vector or a word has places, or nearly
           // so: finds blocks that are all alike, carries between blocks, ties
  sorted,  // ascending or descending along each row, now and then but for one element: finds
           // skipped or reordered parts, and guesses from samples
  alternating_sign,  // + - + - : sums cancel
  small_integers,    // whole numbers, half of the time -4..4, inside the domain: as far as sums are exact in
                     // floating point, every order gives the same bits
  spikes,            // one element in some hundred is 30 times larger: finds dropped max-subtraction
  tiny,              // subnormal numbers: finds flush-to-zero
  specials,  // NaN, +Inf, -Inf in some rows, at their first, middle and last places too; zeros and subnormals
             // in all arguments, so that 0 meets NaN and infinity
  infinities,  // Inf of one sign in some rows, where no NaN covers what becomes of it
  extremes,  // +0, -0 and either the smallest numbers of the format or very large ones at some random places
  masked,    // -Inf in whole rows, in blocks of the last two axes and at the ends of rows
  offset_rows,  // every row around a number of its own, tens to a thousand times `scale`, most of them below
                // 0: finds maxima that begin at 0, and variances by E[x^2] - E[x]^2
  rescaled,     // all arguments far above or below `scale`: finds absolute thresholds and fixed points
  sparse,       // zeros in front, behind, between or in whole rows: padding, and what a rectifier leaves
  graded,       // the rows or columns of one argument, each or each stretch of them times a power of two of
           // its own: finds errors of small ones that hide beside large ones, or come behind them; one in
           // two: of two arguments that are multiplied along an axis, the one by what the other loses
  giants,  // one argument with numbers as large as its format holds, as far as no sum of them overflows, and
           // zeros of both signs; up to the largest one where results are exact: finds sentinels, and
           // products that divisions follow
  padded,  // one large negative number, -1000 to -1e9 (or the lowest of the format where results are exact),
           // where masked has -Inf
  nearly,  // zeros, one number, whole numbers, a sorted row, a ramp, a pattern that repeats, but for one or a
           // few others anywhere: finds guesses from samples
  walks,   // integers: the numbers along one axis of one argument at one end of their range, then at the
           // other, all others one number: partial sums go far out and come back
  ties,    // odd multiples of powers of two and their neighbours: what is scaled by such lands half-way
  guided   // made from what a candidate compares (evaluate/guided.h); never drawn
};
const char* name_of(InputStyle style);
/// NaN or infinities.
inline bool has_specials(InputStyle style) {
  return style == InputStyle::specials || style == InputStyle::infinities;
}

/// Parallel to op.arguments. Arrays that are no inputs are empty buffers; scalars are buffers of one element.
struct Inputs {
  std::vector<Buffer> arguments;
};

/// A floating array whose rows may be graded.
bool has_rows(const Argument& argument);
/// Draws every input. `scalars` holds the workload's values by argument name; a scalar that is not in it is
/// drawn from its domain (normal: |N| * scale, so that it can serve as an epsilon). ERRORS: usage (shape
/// expressions, an axis of a domain that does not exist, an spd domain whose last two axes differ, an empty
/// range), all naming the argument.
Result<Inputs> draw_inputs(const Operator& op, const Axes& axes, const std::map<std::string, double>& scalars,
                           InputStyle style, Random& random);

/// Styles that are inside the contract; `typical` is always first. specials, infinities and masked
/// only where !contract.finite_only; those, extremes and giants where some floating input has a normal
/// domain, ties where an output is no floating one, rescaled where the tolerance is no absolute one,
/// offset_rows where an array has a normal, positive or range domain. Inputs on which the baseline itself
/// misses the reference (say, squares of subnormals that underflow in its own format) are no evidence against
/// a candidate: drop them.
std::vector<InputStyle> legal_styles(const Operator& op);

/// Shapes inside op.hidden (axes that it does not name: the span of the workloads, from the smallest of 1 and
/// their minimum to their maximum), constants kept: lows, highs, primes, powers of two and their neighbours,
/// then random ones. Distinct as far as the ranges allow; every shape is one that all arguments accept, at
/// most `max_elements` elements per argument: what is too large is cut at the largest axis that helps, in
/// every other shape around one axis that is kept. Fewer than `count` when there are not so many.
std::vector<Axes> hidden_axes(const Operator& op, Random& random, int count, int64_t max_elements = 1 << 22);
/// Shapes between the hidden and the announced ones, at most nineteen: all axes that have such sizes between,
/// at random sizes, at multiples and at powers of two; and one axis between where the others are as short as
/// hidden ones, or as short as they may be (twice), and the other way round. None where nothing lies between.
std::vector<Axes> between_axes(const Operator& op, const Axes& announced, Random& random);
/// One axis as long as it may get, the others cut to make room for it: first the axis with the largest range,
/// then any.
std::vector<Axes> stretched_axes(const Operator& op, Random& random, int count, int64_t max_elements);

/// Up to `count` shapes whose axes are 1 to 64 shorter than announced, where hidden ones are shorter still.
std::vector<Axes> shortened_axes(const Operator& op, const Axes& announced, size_t count, Random& random);
/// Per axis, the others of any hidden size each time, 64 sizes that follow each other, thrice: from the
/// smallest, inside the hidden range and between it and the largest announced size, there also with the
/// others as short as they may be. Every remainder of what is unrolled is among them. And sizes at the ends
/// of blocks of every power of two.
std::vector<Axes> neighbouring_axes(const Operator& op, Random& random, int64_t max_elements);

/// Sizes of axes that have no more than a few thousand, all of them or a thousand by chance, up to the
/// largest announced one, the others of any hidden size; in random order. A kernel may be wrong at a single
/// one.
std::vector<Axes> every_size(const Operator& op, Random& random, int64_t max_elements);
/// All sizes of each axis that has a few dozen (tracks, heads, channels), the others as announced, as far as
/// no array gets larger than announced ones, or than a million elements; in random order.
std::vector<Axes> few_sizes(const Operator& op, const Axes& announced, Random& random);

/// The shape with half of one axis, the others as they are; nothing where the contract has no such size, nor
/// below 1.
std::optional<Axes> halved_axes(const Operator& op, const Axes& axes, const std::string& name);

/// Names the axes of which one size is all that is legal, as far as the spec says. Empty when there are none.
std::string untried_sizes(const Operator& op);

/// The shape with another size of one axis, the others cut where it would be too large; nothing where the
/// contract has no such size (as hidden_axes(), or up to the largest announced one).
std::optional<Axes> resized_axes(const Operator& op, const Axes& axes, const std::string& name, int64_t size,
                                 int64_t max_elements);

/// Changes one random element of one random array input within its domain, or exchanges two that differ,
/// which leaves all sums over the bits as they are; false when no input allows it. Kills caches that
/// fingerprint the input: the output must change as the reference's does.
bool mutate_one(const Operator& op, const Axes& axes, Inputs& inputs, Random& random);

/// A floating array that is read, with a domain of normal, range or positive numbers.
bool is_real_array(const Argument& argument);
/// Largest finite magnitude in the floating arrays.
double largest_input(const Operator& op, const Inputs& inputs);

/// Copies for the checker. Absolute values of floating inputs with a normal or range domain (clipped to the
/// range).
Inputs absolute_of(const Operator& op, const Inputs& inputs);
/// Floating array inputs of normal, range or positive domain times (1 + relative * N(0,1)), subnormal ones as
/// far as 8192 times the smallest normal number, kept in the domain; zeros stay. `sign` -1 gives the
/// antithetic copy for the same `seed`.
Inputs perturbed(const Operator& op, const Axes& axes, const Inputs& inputs, double relative, int sign,
                 uint64_t seed);
/// The same with one move for all numbers of one magnitude: independent moves of many equal numbers make the
/// largest of them larger, whatever their sign, and a tie beside it is met from one side only.
Inputs perturbed_alike(const Operator& op, const Inputs& inputs, double relative, int sign, uint64_t seed);
/// The same arrays, each element moved by N(0,1) times `relative` of itself or of its array's root mean
/// square, whichever is larger: zeros move as well.
Inputs moved_far(const Operator& op, const Inputs& inputs, double relative, uint64_t seed);
Inputs copy_of(const Inputs& inputs);
/// The largest power of two up to 1 by which the elements of a floating array can be moved twice within their
/// domain, not below 2^-10.
double step_size(const Argument& argument);
/// `steps` (at most 2) times step_size() times a random direction of -1, 0 and 1 is added to one argument;
/// the direction depends on `seed` alone and leaves out elements that would leave their domain. Nothing when
/// the argument is no floating array.
std::optional<Inputs> shifted(const Operator& op, const Inputs& inputs, size_t argument, int steps,
                              uint64_t seed);

}  // namespace ke

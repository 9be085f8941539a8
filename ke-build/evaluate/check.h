// SPDX-License-Identifier: MIT
// Are these outputs right? Every element, against a reference in higher precision, with a bound that follows
// from the formats and the reduction length; no free tolerance.
//
// For floating outputs: NaN, +Inf and -Inf where the reference has them and nowhere else (for doubles whose
// inputs are huge, any of them), where it is finite and beyond float's range any of them, and elsewhere
//   |found - y| <= c (u_out |y| + sqrt(K) u_acc s) + c * smallest subnormal
// (for outputs of 8 bits, which are rounded once at the end, 1 in the place of the first and last c)
// with c = tolerance.factor, K the reduction length, u_acc the roundoff of the accumulator (the format
// itself, at least float), and s the size of what was summed. sqrt(K) is the probabilistic form of Higham's
// gamma_K (Higham & Mary 2019). s is seen through the output: the error of a sum of K terms grows like
// sqrt(K) u times its partial sums, and those are about as large as typical *results*. So s = max(|y|, row,
// row * column / all), all root mean squares of the reference:
// - row: over the last axis. Norms and softmax mix values of one row, and a row of small numbers must not
// hide behind
//   large ones elsewhere. Rows of fewer than 32 elements say too little by themselves, and typical inputs
//   make rows of sums alike (a small one is an accident): there the whole output counts too.
// - row * column / all (outputs of two and more axes): in a product of matrices the size of element ij is
// |a_i| |b_j|, so
//   a large column of b makes its column of the result inexact, also where a sum happens to cancel.
// - |y|: one large element in the row makes the later additions round at its size.
// Where results are few or cancel, that view is blind, and further runs of the reference take part
// (CheckAids):
// - w, the reference on absolute inputs, is sum |a_k b_k| for contractions: w / sqrt(K), or w itself for the
// styles
//   alternating_sign, sorted and one_hot, whose partial sums run up and down again;
// - how far the reference moves when its inputs are perturbed by a relative p, divided by p: the condition of
//   the operator at these inputs, for whatever the operator is. Of a row the median counts, of the element
//   itself the second largest of eight directions (sixteen where sums are short): a jump, which one direction
//   shows, is no condition.
// Roundings within the kernel may be magnified by more than any that its inputs bring along (the state of a
// recursive filter, a position computed in float). So the kernel itself is run with other roundings, too
// (CheckAids::rounded): where it comes within a third of these bounds, they are three times its largest
// error, at most sixteen times themselves; further away it has decided otherwise, and that is a jump as well.
// Where inputs are at an end of what their format holds, what it misses is no evidence
// (CheckPlan::is_evidence()).
// Where rows or columns of one input are graded, an output that is affine in each input has s <= max(|y|, w):
// the error of a sum of products follows from these products, whatever lies beside them. Fast algorithms that
// mix rows (Strassen) need any_error. On small_integers, outputs that are affine in each input (sums of
// products, in whatever order) come out exactly, whatever the order of the sums, as long as the sum of
// absolute terms fits the significand: there the bound is 0. Rounding errors of the styles constant_rows and
// one_hot are no random walk (one number is added again and again, which rounds the same way again and
// again), so there c sqrt(K) gives way to K, the worst case.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/evaluate/check_intervals.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/model/operator.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ke {

/// The reference's answer for one output argument: exactly one of the two vectors is filled.
struct ExpectedOutput {
  size_t argument = 0;           // index into op.arguments
  std::vector<double> real;      // floating outputs
  std::vector<int64_t> integer;  // integer and boolean outputs
};
/// One per output argument, in the order of op.arguments.
using Expected = std::vector<ExpectedOutput>;

/// Further runs of the reference that sharpen the check; all optional.
struct CheckAids {
  const Expected* absolute = nullptr;         // on absolute_of(inputs)
  std::vector<const Expected*> alternatives;  // on alternative_inputs(), one each
  // On inputs that are perturbed eight times as far, for needs_wide(): only what moves there may be off by a
  // step.
  std::vector<const Expected*> wide;
  // On inputs that are moved by a thousandth, of guided inputs: integers that follow are no matter of the
  // kernel.
  std::vector<const Expected*> far;
  const Expected* rounded = nullptr;  // of the kernel itself with other roundings, on the same inputs
  // Answers around the inputs, for needs_own_errors(): of the reference, and of that kernel. On
  // alternative_inputs() and own_inputs().
  std::vector<std::pair<const Expected*, const Expected*>> around;
  InputStyle style = InputStyle::typical;
  std::vector<bool> affine;         // per output: affine in each input, see affine_outputs()
  std::vector<bool> nearly_affine;  // of graded inputs, see nearly_affine_outputs()
  double largest_input = 0;         // largest finite magnitude of the floating arrays
};
/// Answers one and two steps away from f(x), which are powers of two.
struct AffineStep {
  const Expected *one, *two;
  double size = 1;
};
/// Per output, whether it has at least 8 elements and, for each of them and each of `steps`, these are
/// multiples of its size with f(x) - 2 f(x + d) + f(x + 2 d) == 0.
std::vector<bool> affine_outputs(const Expected& start, const std::vector<AffineStep>& steps);
/// Answers half the way from f(x) to another point and there.
struct Segment {
  const Expected *middle, *end;
};
/// The same without whole numbers, a mean or a filter of decimals: f at the middle of each segment is the
/// mean of its ends, up to 2^-38 of their sizes.
std::vector<bool> nearly_affine_outputs(const Expected& start, const std::vector<Segment>& segments);
/// Styles whose sums run up and down again, so that results say nothing about the partial sums.
bool cancels(InputStyle style);
bool has_real_inputs(const Operator& op);
/// True when `absolute` is needed: a floating output of fewer than 64 elements, sums along few rows of
/// typical inputs, a style whose sums cancel (alternating_sign, sorted), or sums in a style of few large
/// terms (one_hot, spikes, heavy_tail, specials, masked, sparse, graded, guided).
bool needs_absolute(const Operator& op, const Axes& axes, InputStyle style);
/// True when `alternatives` are needed: for the styles constant_rows, offset_rows and guided, where norms
/// subtract what is nearly equal; for heavy_tail, spikes, one_hot and specials, where exponentials of large
/// numbers multiply their errors; for rescaled and extremes, whose differences may be nothing but rounding
/// errors; for sums of eight terms and fewer, and for outputs of up to 4,096 elements that hang on several
/// arrays element by element, which may nearly cancel in any style; for matrices of the domain spd; and for
/// integer outputs that depend on floating inputs (argmax, assignment, quantisation), because at a near tie
/// no bound on rounding errors fixes the answer. An element that jumps when the inputs move by as much as
/// rounding errors do may have any of the values seen; every other element has to be right.
bool needs_alternatives(const Operator& op, const Axes& axes, InputStyle style);
/// True where single results may be less exact than their neighbours however the kernel rounds (distances
/// between antipodes): small arrays that hang on several others element by element.
bool needs_own_errors(const Operator& op, const Axes& axes);
/// Inputs that are moved by a 2^14th: where a kernel is flat, roundings of nearer ones are all the same.
std::vector<Inputs> own_inputs(const Operator& op, const Axes& axes, const Inputs& inputs, uint64_t seed);
/// Inputs for CheckAids::wide: two directions and their opposites, of each kind one.
std::vector<Inputs> wide_inputs(const Operator& op, const Axes& axes, const Inputs& inputs, uint64_t seed);
/// Integers of 8 and 16 bits: what is rounded to them is seldom a place.
bool is_short_integer(Dtype dtype);
/// True for such outputs that depend on floating inputs: near ties a few of them may be off by one.
bool needs_wide(const Operator& op);
/// True for integers that depend on floating inputs, where inputs were made and not drawn: everything may be
/// tied with everything, or numbers may lie so far from zero that only their last digits tell them apart.
bool needs_far(const Operator& op, InputStyle style);
/// Relative size of that perturbation: 16 sqrt(K) u.
double perturbation(const Operator& op, const Axes& axes);
/// The inputs moved by that much in random directions: two opposite ones, because what jumps may jump on one
/// side only, and where an output is floating six more: what hangs on one number (a difference of two scores)
/// moves too little to show it in one of four draws. Two of the six move equal numbers alike.
std::vector<Inputs> alternative_inputs(const Operator& op, const Axes& axes, const Inputs& inputs,
                                       uint64_t seed);

struct CheckResult {
  bool ok = true;
  std::string reason;  // one sentence: argument[index], found, expected, bound, how many elements
  std::string argument;
  std::vector<int64_t> index;
  double found = 0, expected = 0, bound = 0;
  double worst = 0;             // largest error in units of its bound; computed on failure, see errors()
  int64_t wrong = 0;            // elements outside
  int64_t mask_mismatches = 0;  // NaN or infinity on one side only
};

/// Sizes of the error against the reference, each element's in units of its bound.
struct ErrorStats {
  double max = 0, p999 = 0, rms = 0;
  int64_t count = 0;
};
/// The largest error and the root mean square over several outputs; p999 is not kept.
void add_errors(ErrorStats& sum, const ErrorStats& more);
/// No silent loss of quality inside the bound: each of the three <= 2 * baseline's + 0.1.
bool within_baseline(const ErrorStats& candidate, const ErrorStats& baseline, std::string* reason = nullptr);

/// The check for one set of inputs, bounds computed ahead: then two comparisons per element.
class CheckPlan {
 public:
  /// ERRORS: usage when `expected` does not fit the operator's outputs or an expression is wrong.
  static Result<CheckPlan> make(const Operator& op, const Axes& axes, Expected expected,
                                const CheckAids& aids = {});

  /// `outputs[i]` points to the elements of expected[i]; any alignment. 4 M floats take some milliseconds.
  CheckResult check(const std::vector<const void*>& outputs) const;
  ErrorStats errors(const std::vector<const void*>& outputs) const;
  const Expected& expected() const { return expected_; }
  /// Floating outputs may be off by `factor` times as much, as if the tolerance had said so. Cases that are
  /// wide because the kernel itself errs there become no wider than they would have been; single results that
  /// are (CheckAids::around) do, which fresh plans mend.
  void widen(double factor);
  /// Largest accepted deviation of one element (0 for exact ones).
  double bound(size_t output, int64_t index) const;
  int64_t size_bytes() const;
  /// False where inputs are so small or large that the kernel itself, with other roundings, misses the bound:
  /// whoever computes there in another order may, too.
  bool is_evidence() const;
  /// The largest error of rounding of CheckAids::rounded, in units of the bound that follows from the sums.
  std::optional<double> rounded_error() const;

 private:
  friend class CheckPlanMaker;
  struct Part {
    std::string name;
    Dtype dtype = Dtype::f32;
    std::vector<int64_t> shape;
    int64_t count = 0;
    // The kernel's own with other roundings, in units of the bound that follows from the sums; -1: not asked.
    double rounded_error = -1;
    bool luck = false;          // see is_evidence()
    bool overflows = false;     // f64: what is not finite may be any of NaN, +Inf and -Inf
    double rounded_factor = 1;  // by which that has widened the intervals
    AcceptedIntervals accepted;
    std::vector<double> jumps_bound;                         // per entry of real_jumps: accepted distance
    std::vector<std::pair<int64_t, double>> real_jumps;      // by element: other accepted centres
    std::vector<std::pair<int64_t, int64_t>> integer_jumps;  // by element: other accepted values ...
    std::vector<int64_t> unsure_at;                          // may be anything
    bool spans = false;                                      // ... and what lies between and as far beyond
    std::pair<double, double> span_range;                    // as far as any right answer of this output goes
    int64_t slack = 0;                                       // integers: accepted distance
    double relative_slack = 0;
    int64_t soft_slack = 0, soft_limit = 0;  // a larger distance for at most so many elements ...
    std::vector<int64_t> soft_at;            // ... of these
  };
  struct Scan;
  bool accepts_slowly(size_t output, int64_t index, const void* data, Scan& scan) const;
  void scan_part(size_t output, const void* data, Scan& scan) const;
  CheckResult explain(const std::vector<const void*>& outputs, const std::vector<Scan>& scans) const;

  std::vector<Part> parts_;
  Expected expected_;
};

/// make() and check() at once.
Result<CheckResult> check_outputs(const Operator& op, const Axes& axes, Expected expected,
                                  const std::vector<const void*>& outputs, const CheckAids& aids = {});

/// K for one output argument: tolerance.reduction, or else the product of the axes that only inputs have
/// (axes that are looked up by an `index` input do not count; literal extents of one input do), at least 1. A
/// norm over an axis that the output keeps must declare its reduction.
Result<int64_t> reduction_length(const Operator& op, const Axes& axes, size_t output_argument);
/// Whether nothing is added up and every bit counts: then decimals may stand where a quotient by 0.1 is not
/// ten times the number. Sums of decimals hang on their order.
bool is_exact_elementwise(const Operator& op, const Axes& axes);

}  // namespace ke

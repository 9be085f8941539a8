// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/input_values.h"

#include "ke-build/base/result.h"
#include "ke-build/base/stats.h"
#include "ke-build/evaluate/input_matrices.h"
#include "ke-build/evaluate/input_specials.h"
#include "ke-build/evaluate/input_structured.h"
#include "ke-build/evaluate/input_text.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace ke {

namespace {

constexpr int kBins = 4096;

const std::array<double, kBins + 1>& normal_table() {
  static const std::array<double, kBins + 1> table = [] {
    std::array<double, kBins + 1> edges{};
    for (int i = 1; i < kBins; ++i)
      edges[static_cast<size_t>(i)] = normal_quantile(static_cast<double>(i) / kBins);
    return edges;
  }();
  return table;
}

/// Draws single values of a domain whose elements are independent.
class Source {
 public:
  Source(const ValueRequest& request, Random& random)
      : domain_(request.domain),
        dtype_(request.dtype),
        limits_(limits_of(domain_, dtype_, request.axis_size)),
        ends_(request.exponent > 0 &&
              (request.style == InputStyle::constant_rows || request.style == InputStyle::nearly)),
        decimals_(request.style == InputStyle::ties && request.exponent > 0 && dtype_ == Dtype::f64),
        random_(random),
        normal_(random) {
    flat_ = domain_.kind == Domain::Kind::range || domain_.kind == Domain::Kind::index;
  }

  double draw() {
    return fit(flat_        ? flat()
               : positive() ? -std::log1p(-random_.uniform()) * domain_.scale
                            : normal_() * domain_.scale);
  }
  /// Magnitudes over decades, clipped so that sums of squares stay far from overflow.
  double heavy() {
    if (!flat_) {
      const double magnitude = std::clamp(std::exp(2 * normal_()), 1e-4, 64.0) * domain_.scale;
      return fit(positive() || random_.below(2) == 0 ? magnitude : -magnitude);
    }
    // A wide range around 0 is seldom small by itself, and what is clamped or shifted away looks all alike.
    if (!is_floating(dtype_) && limits_.low < 0 && limits_.high > 0 && random_.below(3) == 0)
      return fit(std::exp2(random_.uniform() * std::log2(width())) * (random_.below(2) == 0 ? 1 : -1));
    const double share = std::pow(random_.uniform(), 6);
    const bool mirrored = domain_.kind == Domain::Kind::range && random_.below(2) == 0;
    return fit(limits_.low + width() * (mirrored ? 1 - share : share));
  }
  /// Around the only one of one_hot: nothing, or ones, which say who looks at some elements to know them all.
  void choose_rest() { ones_ = !flat_ && random_.below(2) == 0; }
  double rest() { return fit(ones_ ? 1 : positive() ? 1e-3 * domain_.scale : 0); }
  double peak() {
    const double factor = 0.5 + random_.uniform();
    if (flat_) return limits_.high;
    return fit(domain_.scale * 30 * factor * (positive() || random_.below(2) == 0 ? 1 : -1));
  }
  /// The only one of its row; far enough from the others that exp() of the difference overflows, now and
  /// then.
  double lone_peak() {
    return flat_ ? limits_.high : positive() ? far() : random_.below(2) == 0 ? far() : -far();
  }
  /// What surrounds spikes.
  double calm() { return flat_ ? fit(rest() + (draw() - rest()) / 16) : draw(); }
  double whole(double most) {
    double low = std::ceil(std::max(limits_.low, positive() ? 1.0 : -most)),
           high = std::floor(std::min(limits_.high, most));
    if (low > high) {
      low = std::ceil(limits_.low);
      high = std::min(std::floor(limits_.high), low + 8);
    }
    return low > high ? draw()
                      : low + static_cast<double>(random_.below(static_cast<uint64_t>(high - low) + 1));
  }
  double tiny() {
    if (!is_floating(dtype_)) return rest();
    const double value = smallest_normal(dtype_) * (random_.uniform() + 0x1p-20);
    return fit(random_.below(2) == 0 ? value : -value);
  }
  /// One number for a whole row; integers often at an end of their range, where sums overflow first.
  double level() {
    if (!(flat_ && ends_) && (is_floating(dtype_) || random_.below(4) == 0)) return draw();
    return random_.below(2) == 0 ? limits_.low : limits_.high;
  }
  /// One of the numbers that fill runs. Bytes are text, as often as not.
  double frequent() {
    constexpr std::array kText = {0.0, 9.0, 10.0, 32.0, 48.0, 65.0, 97.0, 127.0, -1.0, 255.0};
    if (size_of(dtype_) != 1 || is_floating(dtype_) || random_.below(2) == 0) return draw();
    return fit(kText[random_.below(kText.size())]);
  }
  bool holds_text() const { return dtype_ == Dtype::u8 && !(limits_.low > 0) && !(limits_.high < 0xff); }
  const Limits& limits() const { return limits_; }
  bool is_whole() const { return !is_floating(dtype_); }
  void step_aside(double& value) const {
    const double step = value < limits_.high ? 1 : -1;
    if (value + step >= limits_.low) value += step;
  }
  /// Where a row of offset_rows lies; below the numbers of which exp() is 0, as often as not.
  double far() {
    if (flat_) return draw();
    const double most = is_floating(dtype_) ? largest_finite(dtype_) / 8 : HUGE_VAL;
    const double distance = std::min(domain_.scale * std::exp2(5 + 5 * random_.uniform()), most);
    return positive() || random_.below(3) == 0 ? distance : -distance;
  }
  double around(double center) {
    return fit(flat_ ? center + (flat() - (limits_.low + width() / 2)) / 64 : center + draw());
  }
  double tie() {
    if (domain_.kind == Domain::Kind::index) return draw();
    if (!is_floating(dtype_)) return whole_tie();
    if (decimals_ && random_.below(2) == 0) {
      const double part = std::array{10, 20, 100, 1000}[random_.below(4)];
      return fit(nearest_decimal(draw(), part));
    }
    if (positive()) return fit(std::exp2(std::round(std::log2(draw()))));
    const double unit = std::exp2(std::ceil(std::log2(flat_ ? std::max(width(), 0x1p-100) : domain_.scale)));
    const double step = unit * std::exp2(-static_cast<double>(random_.below(10)));
    const double value = (std::floor(draw() / step) + 0.5) * step;
    return value >= limits_.low && value <= limits_.high ? value : draw();
  }
  double alternating(bool up) {
    const double u = 0.5 + random_.uniform() / 2;
    if (positive()) return fit(domain_.scale * (up ? 4 * u : 0.05 * u));
    if (!flat_) return fit(domain_.scale * (up ? 2 * u : -2 * u));
    if (limits_.low < 0 && limits_.high > 0) return fit(u * (up ? limits_.high : limits_.low));
    return fit(up ? limits_.high - width() * (1 - u) / 5 : limits_.low + width() * (1 - u) / 5);
  }

  double zero() const { return fit(0); }
  double kept(double value) const { return fit(value); }

  void rescale(std::vector<double>& values, int exponent) {
    for (double& value : values) value = fit(std::ldexp(value, exponent));
  }

 private:
  bool positive() const { return domain_.kind == Domain::Kind::positive; }
  double width() const { return limits_.high - limits_.low; }
  double flat() {
    if (is_floating(dtype_)) return limits_.low + width() * random_.uniform();
    return limits_.low +
           static_cast<double>(random_.below(static_cast<uint64_t>(std::min(width(), 0x1p62)) + 1));
  }
  /// +-(2 k + 1) 2^j with small k, or a neighbour of it.
  double whole_tie() {
    const auto bits = static_cast<uint64_t>(std::log2(std::max(width(), 2.0)));
    const double odd = 2 * static_cast<double>(random_.below(uint64_t{1} << random_.below(8))) + 1;
    const double value = odd * std::exp2(static_cast<double>(random_.below(bits)));
    const double near = (limits_.low < 0 && random_.below(2) == 0 ? -value : value) +
                        static_cast<double>(random_.below(3)) - 1;
    return near >= limits_.low && near <= limits_.high ? near : draw();
  }
  double fit(double value) const {
    if (!is_floating(dtype_)) value = std::trunc(value);
    return std::clamp(value, limits_.low, limits_.high);
  }

  const Domain& domain_;
  Dtype dtype_;
  Limits limits_;
  bool ends_, decimals_;
  Random& random_;
  FastNormal normal_;
  bool flat_ = false, ones_ = false;
};

/// Sorted one way or the other; every third time one element stands where it does not belong.
void sort_row(double* row, int64_t length, Random& random) {
  std::sort(row, row + length);
  if (random.below(2) == 0) std::reverse(row, row + length);
  if (random.below(3) != 0) return;
  const auto at = static_cast<int64_t>(random.below(static_cast<uint64_t>(length)));
  if (random.below(2) == 0) {
    std::rotate(row, row + 1, row + at + 1);
  } else {
    std::rotate(row + at, row + length - 1, row + length);
  }
}

/// What samples of a row say of all of it, but for one other number or exchange, or one in five hundred.
void fill_nearly(double* row, int64_t length, Source& source, Random& random) {
  constexpr int64_t kApart = 512;
  enum Kind : uint64_t { zeros, one_number, whole, ramp, periodic, two_peaks, ascending, descending, kinds };
  const uint64_t kind = random.below(kinds);
  const double level = kind == zeros ? source.zero() : source.level(), end = source.draw();
  const auto any = [&] { return row + random.below(static_cast<uint64_t>(length)); };
  const bool narrow = random.below(2) == 0;
  // Of few digits, so that each step is the same.
  const double slope = (end - level) / static_cast<double>(length);
  const double unit = slope == 0 ? 1 : std::ldexp(1, std::ilogb(slope) - 3);
  const double step = std::nearbyint(slope / unit) * unit, start = std::nearbyint(level / unit) * unit;
  const auto plain = [&](int64_t i) {
    if (kind <= one_number) return level;
    if (kind == whole) return source.whole(4);
    if (kind == ramp) return source.kept(start + step * static_cast<double>(i));
    return narrow && kind >= ascending ? source.around(level) : source.draw();
  };
  for (int64_t i = 0; i < length; ++i) row[i] = plain(i);
  if (kind >= ascending || kind == periodic) std::sort(row, row + length);
  if (kind == descending) std::reverse(row, row + length);
  if (kind == periodic) {
    // Some places of a block rise, the others hold the lowest.
    const uint64_t period = uint64_t{2} << random.below(6), rising = random.next() | 1;
    for (int64_t i = 0; i < length; ++i)
      if (!(rising >> (static_cast<uint64_t>(i) % period) & 1)) row[i] = row[0];
  }
  if (kind == two_peaks) *any() = row[0] = source.lone_peak();
  const int64_t others = random.below(2) == 0 ? 1 : 1 + length / kApart;
  for (int64_t i = 0; i < others && kind != two_peaks && kind != periodic; ++i) {
    if (random.below(2) == 0 && kind >= ramp)
      std::iter_swap(any(), any());
    else
      *any() = source.draw();
  }
}

void fill_row(double* row, int64_t length, InputStyle style, int exponent, Source& source, Random& random) {
  const auto each = [&](auto&& value) {
    for (int64_t i = 0; i < length; ++i) row[i] = value(i);
  };
  switch (style) {
    case InputStyle::typical:
    case InputStyle::specials:
    case InputStyle::infinities:
    case InputStyle::extremes:
    case InputStyle::masked:
    case InputStyle::padded:
    case InputStyle::guided:
    case InputStyle::rescaled:
    case InputStyle::graded:
    case InputStyle::walks:
    case InputStyle::giants:
      return each([&](int64_t) { return source.draw(); });
    case InputStyle::sparse:
      each([&](int64_t) { return source.draw(); });
      return blank_out(row, length, source.zero(), random);
    case InputStyle::heavy_tail:
      return each([&](int64_t) { return source.heavy(); });
    case InputStyle::one_hot:
      each([&](int64_t) { return source.rest(); });
      row[random.below(4) != 0 ? random.below(static_cast<uint64_t>(length))
                               : place_in(static_cast<size_t>(length), random)] = source.lone_peak();
      return;
    case InputStyle::constant_rows:
      std::fill(row, row + length, source.level());
      // Sums of equal integers are round numbers, which short floating formats hold.
      if (source.is_whole() && random.below(2) == 0)
        source.step_aside(row[random.below(static_cast<uint64_t>(length))]);
      return;
    case InputStyle::nearly:
      return fill_nearly(row, length, source, random);
    case InputStyle::runs:
      if (source.holds_text() && random.below(3) == 0) return fill_text(row, length, random);
      return fill_runs(
          row, length, [&] { return source.frequent(); }, random);
    case InputStyle::sorted:
      if (source.is_whole() && random.below(3) != 0)
        return fill_ramp(row, length, source.limits().low, source.limits().high, random);
      each([&](int64_t) { return source.draw(); });
      return sort_row(row, length, random);
    case InputStyle::alternating_sign:
      return each([&](int64_t i) { return source.alternating(i % 2 == 0); });
    case InputStyle::small_integers:
      return each([&](int64_t) { return source.whole(std::exp2(std::max(exponent, 2)) - 1); });
    case InputStyle::spikes:
      return each([&](int64_t) { return random.below(256) == 0 ? source.peak() : source.calm(); });
    case InputStyle::tiny:
      return each([&](int64_t) { return source.tiny(); });
    case InputStyle::offset_rows: {
      const double center = source.far();
      return each([&](int64_t) { return source.around(center); });
    }
    case InputStyle::ties:
      return each([&](int64_t) { return source.tie(); });
  }
}

}  // namespace

double FastNormal::operator()() {
  const auto& edges = normal_table();
  const uint64_t bits = random_.next();
  const uint64_t bin = bits >> 52;
  const double share = static_cast<double>(bits & 0xfffffffffffff) * 0x1p-52;
  if (bin == 0) return normal_quantile((share + 0x1p-53) / kBins);
  if (bin == kBins - 1) return -normal_quantile((share + 0x1p-53) / kBins);
  return edges[bin] + share * (edges[bin + 1] - edges[bin]);
}

const double* NormalNoise::stretch() {
  constexpr size_t kTable = 1 << 16;
  if (few_) {
    FastNormal normal(random_);
    for (double& number : drawn_) number = normal();
    return drawn_.data();
  }
  static const std::vector<double> table = [] {
    Random random(0x6e6f697365);
    FastNormal normal(random);
    std::vector<double> numbers(kTable);
    for (double& number : numbers) number = normal();
    return numbers;
  }();
  return table.data() + random_.below(kTable - kStretch);
}

std::vector<double> draw_values(const ValueRequest& request, Random& random) {
  int64_t count = 1;
  for (int64_t extent : request.shape) count *= extent;
  std::vector<double> values(static_cast<size_t>(count));
  if (count == 0) return values;
  switch (request.domain.kind) {
    case Domain::Kind::constant:
      std::fill(values.begin(), values.end(), limits_of(request.domain, request.dtype, 0).low);
      return values;
    case Domain::Kind::mask:
      fill_mask(values, request.shape.back(), request.domain.density, request.style, random);
      return values;
    case Domain::Kind::offsets:
      fill_offsets(values, request.axis_size, request.style, random);
      return values;
    case Domain::Kind::spd:
      fill_spd(values, request.shape.back(), request.domain.scale, request.dtype, request.style,
               request.exponent != 0, random);
      return values;
    default:
      break;
  }
  if (request.style == InputStyle::walks && request.domain.kind == Domain::Kind::range) {
    const Limits limits = limits_of(request.domain, request.dtype, 0);
    fill_walks(values, request.shape, request.afflict, request.exponent, limits.low, limits.high, random);
    return values;
  }
  Source source(request, random);
  if (request.style == InputStyle::one_hot) source.choose_rest();
  // Counters of 16 bits overflow when so many integers are equal; in smaller arrays rows differ now and then.
  const bool one_number = request.style == InputStyle::constant_rows && !is_floating(request.dtype) &&
                          (count >= 1 << 16 || random.below(2) == 0);
  const int64_t row = one_number ? count : request.shape.back();
  for (int64_t start = 0; start < count; start += row)
    fill_row(&values[static_cast<size_t>(start)], row, request.style, request.exponent, source, random);
  if (request.style == InputStyle::runs && random.below(3) == 0)
    repeat_rows(
        values, row, [&] { return source.draw(); }, random);
  // Products of subnormal numbers are zero, whoever flushes them, and sums with other numbers do not feel
  // them.
  if (request.style == InputStyle::tiny && !request.afflict)
    for (size_t i = 1; i < values.size(); ++i)  // one at least is subnormal in all arguments
      if (random.below(2) == 0) values[i] = source.draw();
  if (request.style == InputStyle::rescaled && is_floating(request.dtype)) {
    source.rescale(values, request.exponent);
    if (request.domain.kind == Domain::Kind::normal) put_negative_rows(values, row, random);
  }
  if (request.domain.kind == Domain::Kind::normal && is_floating(request.dtype)) {
    if (request.style == InputStyle::graded && request.afflict)
      grade_lines(values, row, request.exponent, random);
    if (request.style == InputStyle::specials && request.afflict) put_specials(values, row, random);
    if (request.style == InputStyle::infinities && request.afflict)
      put_infinities(values, row, request.exponent != 0 ? largest_finite(request.dtype) : 0, random);
    if (has_specials(request.style)) put_zeros(values, random);
    if (request.style == InputStyle::masked && request.afflict)
      put_masks(values, request.shape, -HUGE_VAL, random);
    if (request.style == InputStyle::padded && request.afflict)
      put_masks(values, request.shape, padding_of(request.dtype, request.exponent > 0, random), random);
    if (request.style == InputStyle::extremes)
      put_extremes(values, request.dtype, request.exponent > 0, random);
    if (request.style == InputStyle::giants && request.afflict)
      grow_to_giants(values, request.dtype, request.domain.scale, request.exponent, random);
    if (request.style == InputStyle::extremes) put_zero_tops(values, row, random);
  }
  return values;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/check.h"

#include "ke-build/evaluate/buffer.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace ke {

namespace {

// Elements per block of the fast loops: the compiler turns one block into vector compares and one counter.
constexpr int64_t kBlock = 4096;

/// The 16-bit formats as float, written so that compilers vectorise the loop around it.
float float_of_bf16(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }
float float_of_f16(uint16_t bits) {
  const uint32_t magnitude = static_cast<uint32_t>(bits & 0x7fff) << 13;
  // Scaling moves the exponent bias and makes subnormals normal; all exact.
  const auto scaled = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) * 0x1p112f);
  const uint32_t special = (bits & 0x7c00) == 0x7c00 ? 0x7f800000 | magnitude : scaled;
  return std::bit_cast<float>(special | static_cast<uint32_t>(bits & 0x8000) << 16);
}

template <double (*convert)(uint8_t)>
float float_of_f8(uint8_t bits) {
  static const std::array<float, 256> table = [] {
    std::array<float, 256> values{};
    for (size_t i = 0; i < 256; ++i) values[i] = static_cast<float>(convert(static_cast<uint8_t>(i)));
    return values;
  }();
  return table[bits];
}

template <class T>
T identity(T v) {
  return v;
}

/// Copies elements to an aligned block first, since outputs may lie at any address.
template <class Raw, class Value, Value (*convert)(Raw)>
int64_t outside(const void* data, int64_t start, int64_t count, const Value* low, const Value* high) {
  alignas(64) Raw raw[kBlock];
  std::memcpy(raw, static_cast<const std::byte*>(data) + start * static_cast<int64_t>(sizeof(Raw)),
              static_cast<size_t>(count) * sizeof(Raw));
  int64_t bad = 0;
  for (int64_t i = 0; i < count; ++i) {
    const Value v = convert(raw[i]);
    // A NaN compares false on both sides and counts as outside.
    bad += !((v >= low[i]) & (v <= high[i]));
  }
  return bad;
}

template <class Raw>
int64_t off(const void* data, int64_t start, int64_t count, const int64_t* expected, int64_t slack) {
  alignas(64) Raw raw[kBlock];
  std::memcpy(raw, static_cast<const std::byte*>(data) + start * static_cast<int64_t>(sizeof(Raw)),
              static_cast<size_t>(count) * sizeof(Raw));
  int64_t bad = 0;
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t distance =
        static_cast<uint64_t>(raw[i]) - static_cast<uint64_t>(expected[i]) + static_cast<uint64_t>(slack);
    bad += distance > 2 * static_cast<uint64_t>(slack);
  }
  return bad;
}

uint64_t distance_of(int64_t a, int64_t b) {
  return a > b ? static_cast<uint64_t>(a) - static_cast<uint64_t>(b)
               : static_cast<uint64_t>(b) - static_cast<uint64_t>(a);
}

std::vector<int64_t> index_of(const std::vector<int64_t>& shape, int64_t flat) {
  std::vector<int64_t> index(shape.size());
  for (size_t axis = shape.size(); axis-- > 0;) {
    if (shape[axis] <= 0) continue;
    index[axis] = flat % shape[axis];
    flat /= shape[axis];
  }
  return index;
}

/// A bool has two values; bytes that are neither are nothing that a caller may add up or compare.
bool is_no_bool(Dtype dtype, const void* data, int64_t index) {
  return dtype == Dtype::boolean && static_cast<const uint8_t*>(data)[index] > 1;
}

/// Beyond what the accumulator holds, which is at least float: there Inf - Inf is as honest as Inf, and a sum
/// whose products are not rounded by themselves stays at the infinity that it reached first, whatever its
/// sign. `low` to `high` is what is accepted, an infinity among it.
bool overflows(double y, double low, double high) {
  return std::isfinite(y) && std::abs(y) > std::numeric_limits<float>::max() &&
         (low == -HUGE_VAL || high == HUGE_VAL);
}

/// Between the values that an element was seen to have, or beyond them by no more than those lie apart.
bool within_span(const std::vector<std::pair<int64_t, int64_t>>& jumps, int64_t index, double y, double found,
                 const std::pair<double, double>& range) {
  double low = y, high = y;
  auto jump =
      std::lower_bound(jumps.begin(), jumps.end(), std::pair{index, std::numeric_limits<int64_t>::min()});
  for (; jump != jumps.end() && jump->first == index; ++jump) {
    low = std::min(low, static_cast<double>(jump->second));
    high = std::max(high, static_cast<double>(jump->second));
  }
  // No further than any right answer goes: an index that none of them is may be out of bounds for its user.
  return high > low && found >= std::max(2 * low - high, range.first) &&
         found <= std::min(2 * high - low, range.second);
}

bool same_class(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b)) return a == b;
  return true;
}

}  // namespace

struct CheckPlan::Scan {
  int64_t wrong = 0, masks = 0, soft = 0;
  int64_t worst_index = -1;
  double worst = -1;

  void note(int64_t index, double severity) {
    ++wrong;
    if (severity > worst) {
      worst = severity;
      worst_index = index;
    }
  }
};

double CheckPlan::bound(size_t output, int64_t index) const {
  const Part& part = parts_[output];
  const auto i = static_cast<size_t>(index);
  if (!is_floating(part.dtype)) return static_cast<double>(part.slack);
  return part.accepted.error(i, expected_[output].real[i]);
}

void CheckPlan::widen(double factor) {
  for (size_t o = 0; o < parts_.size(); ++o) {
    Part& part = parts_[o];
    // What happens in 8 bits is one rounding at the end, whatever the tolerance.
    if (!is_floating(part.dtype) || size_of(part.dtype) == 1) continue;
    part.accepted.widen(part.dtype, expected_[o].real, std::max(1.0, factor / part.rounded_factor));
    for (double& bound : part.jumps_bound) bound *= factor;
    if (part.rounded_error > 0) part.rounded_error /= factor;
    part.rounded_factor = std::max(1.0, part.rounded_factor / factor);
  }
}

bool CheckPlan::accepts_slowly(size_t output, int64_t index, const void* data, Scan& scan) const {
  const Part& part = parts_[output];
  const auto i = static_cast<size_t>(index);
  if (is_floating(part.dtype)) {
    const double found = load(part.dtype, data, index), y = expected_[output].real[i];
    if (part.overflows && !std::isfinite(y)) return !std::isfinite(found);
    if (std::isnan(y)) return std::isnan(found);
    // Where a format without infinities overflows, hardware saturates and libraries give NaN: both are right.
    if (part.dtype == Dtype::f8e4m3 && std::isnan(found))
      return part.accepted.high32[i] > 448 || part.accepted.low32[i] < -448;
    if (part.dtype != Dtype::f64 && !std::isfinite(found))
      return overflows(y, part.accepted.low32[i], part.accepted.high32[i]);
    auto jump = std::lower_bound(part.real_jumps.begin(), part.real_jumps.end(), std::pair{index, -HUGE_VAL});
    for (; jump != part.real_jumps.end() && jump->first == index; ++jump)
      if (std::abs(found - jump->second) <=
          part.jumps_bound[static_cast<size_t>(jump - part.real_jumps.begin())])
        return true;
    return false;
  }
  if (is_no_bool(part.dtype, data, index)) return false;
  const int64_t found = load_integer(part.dtype, data, index), y = expected_[output].integer[i];
  const uint64_t distance = distance_of(found, y);
  if (distance <= static_cast<uint64_t>(part.slack)) return true;
  if (static_cast<double>(distance) <=
      static_cast<double>(part.slack) + part.relative_slack * std::abs(static_cast<double>(y)))
    return true;
  if (std::binary_search(part.integer_jumps.begin(), part.integer_jumps.end(), std::pair{index, found}))
    return true;
  if (part.spans && within_span(part.integer_jumps, index, static_cast<double>(y), static_cast<double>(found),
                                part.span_range))
    return true;
  if (std::binary_search(part.unsure_at.begin(), part.unsure_at.end(), index)) return true;
  const bool near_tie =
      part.soft_at.empty() || std::binary_search(part.soft_at.begin(), part.soft_at.end(), index);
  return near_tie && distance <= static_cast<uint64_t>(part.soft_slack) && ++scan.soft <= part.soft_limit;
}

void CheckPlan::scan_part(size_t output, const void* data, Scan& scan) const {
  const Part& part = parts_[output];
  const auto bad_in = [&](int64_t start, int64_t count) -> int64_t {
    const auto at = static_cast<size_t>(start);
    const int64_t* whole = is_floating(part.dtype) ? nullptr : &expected_[output].integer[at];
    switch (part.dtype) {
      case Dtype::f64:
        return outside<double, double, identity>(data, start, count, &part.accepted.low64[at],
                                                 &part.accepted.high64[at]);
      case Dtype::f32:
        return outside<float, float, identity>(data, start, count, &part.accepted.low32[at],
                                               &part.accepted.high32[at]);
      case Dtype::f16:
        return outside<uint16_t, float, float_of_f16>(data, start, count, &part.accepted.low32[at],
                                                      &part.accepted.high32[at]);
      case Dtype::bf16:
        return outside<uint16_t, float, float_of_bf16>(data, start, count, &part.accepted.low32[at],
                                                       &part.accepted.high32[at]);
      case Dtype::f8e4m3:
        return outside<uint8_t, float, float_of_f8<e4m3_to_double>>(
            data, start, count, &part.accepted.low32[at], &part.accepted.high32[at]);
      case Dtype::f8e5m2:
        return outside<uint8_t, float, float_of_f8<e5m2_to_double>>(
            data, start, count, &part.accepted.low32[at], &part.accepted.high32[at]);
      case Dtype::i64:
        return off<int64_t>(data, start, count, whole, part.slack);
      case Dtype::i32:
        return off<int32_t>(data, start, count, whole, part.slack);
      case Dtype::i16:
        return off<int16_t>(data, start, count, whole, part.slack);
      case Dtype::i8:
        return off<int8_t>(data, start, count, whole, part.slack);
      case Dtype::u32:
        return off<uint32_t>(data, start, count, whole, part.slack);
      case Dtype::u16:
        return off<uint16_t>(data, start, count, whole, part.slack);
      case Dtype::u8:
      case Dtype::boolean:
        return off<uint8_t>(data, start, count, whole, part.slack);
    }
    return count;
  };
  for (int64_t start = 0; start < part.count; start += kBlock) {
    const int64_t count = std::min(kBlock, part.count - start);
    if (bad_in(start, count) == 0) continue;
    for (int64_t i = start; i < start + count; ++i) {
      if (bad_in(i, 1) == 0 || accepts_slowly(output, i, data, scan)) continue;
      const bool real = is_floating(part.dtype);
      const double found = load(part.dtype, data, i);
      const double y = real ? expected_[output].real[static_cast<size_t>(i)]
                            : static_cast<double>(expected_[output].integer[static_cast<size_t>(i)]);
      const bool mask = real && !same_class(found, round_to(part.dtype, y));
      scan.masks += mask;
      scan.note(i, mask ? HUGE_VAL : std::abs(found - y) / std::max(bound(output, i), 1e-300));
    }
  }
}

CheckResult CheckPlan::check(const std::vector<const void*>& outputs) const {
  KE_CHECK(outputs.size() == parts_.size());
  std::vector<Scan> scans(parts_.size());
  for (size_t o = 0; o < parts_.size(); ++o) scan_part(o, outputs[o], scans[o]);
  return explain(outputs, scans);
}

CheckResult CheckPlan::explain(const std::vector<const void*>& outputs,
                               const std::vector<Scan>& scans) const {
  CheckResult result;
  size_t worst = parts_.size();
  for (size_t o = 0; o < parts_.size(); ++o) {
    result.wrong += scans[o].wrong;
    result.mask_mismatches += scans[o].masks;
    if (scans[o].wrong > 0 && (worst == parts_.size() || scans[o].worst > scans[worst].worst)) worst = o;
  }
  if (worst == parts_.size()) return result;
  const Part& part = parts_[worst];
  const int64_t at = scans[worst].worst_index;
  const auto i = static_cast<size_t>(at);
  result.ok = false;
  result.argument = part.name;
  result.index = index_of(part.shape, at);
  const bool odd = is_no_bool(part.dtype, outputs[worst], at);
  result.found = odd ? static_cast<const uint8_t*>(outputs[worst])[at] : load(part.dtype, outputs[worst], at);
  result.expected =
      is_floating(part.dtype) ? expected_[worst].real[i] : static_cast<double>(expected_[worst].integer[i]);
  result.bound = bound(worst, at);
  result.worst = scans[worst].worst;
  const int digits = part.dtype == Dtype::f64 ? 17 : is_floating(part.dtype) ? 9 : 19;
  std::string place;
  for (int64_t k : result.index) place += (place.empty() ? "" : ", ") + std::to_string(k);
  result.reason =
      fmt::format("{}[{}] is {:.{}g}, expected {:.{}g} within {:.3g}; {} of {} elements of {} are wrong",
                  part.name, place, result.found, digits, result.expected, digits, result.bound,
                  scans[worst].wrong, part.count, part.name);
  if (result.mask_mismatches > 0)
    result.reason += fmt::format(", {} by NaN or infinity", result.mask_mismatches);
  return result;
}

ErrorStats CheckPlan::errors(const std::vector<const void*>& outputs) const {
  KE_CHECK(outputs.size() == parts_.size());
  std::vector<float> sizes;
  double squares = 0, largest = 0;
  for (size_t o = 0; o < parts_.size(); ++o) {
    if (!is_floating(parts_[o].dtype)) continue;
    for (int64_t i = 0; i < parts_[o].count; ++i) {
      const double y = expected_[o].real[static_cast<size_t>(i)],
                   found = load(parts_[o].dtype, outputs[o], i);
      if (!std::isfinite(y)) continue;
      const double error =
          std::isfinite(found) ? std::abs(found - y) / std::max(bound(o, i), 1e-300) : HUGE_VAL;
      const double size = found == y ? 0 : std::min(error, 1e9);
      sizes.push_back(static_cast<float>(size));
      squares += size * size;
      largest = std::max(largest, size);
    }
  }
  if (sizes.empty()) return {};
  const auto place =
      sizes.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(sizes.size() - 1) * 0.999);
  std::nth_element(sizes.begin(), place, sizes.end());
  return {largest, *place, std::sqrt(squares / static_cast<double>(sizes.size())),
          static_cast<int64_t>(sizes.size())};
}

void add_errors(ErrorStats& sum, const ErrorStats& more) {
  if (more.count == 0) return;
  const auto before = static_cast<double>(sum.count), added = static_cast<double>(more.count);
  sum.rms = std::sqrt((sum.rms * sum.rms * before + more.rms * more.rms * added) / (before + added));
  sum.max = std::max(sum.max, more.max);
  sum.p999 = 0;
  sum.count += more.count;
}

bool CheckPlan::is_evidence() const {
  return std::none_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.luck; });
}

std::optional<double> CheckPlan::rounded_error() const {
  double largest = -1;
  for (const Part& part : parts_) largest = std::max(largest, part.rounded_error);
  return largest < 0 ? std::nullopt : std::optional(largest);
}

int64_t CheckPlan::size_bytes() const {
  size_t bytes = 0;
  for (const Part& part : parts_) bytes += part.accepted.size_bytes();
  for (const ExpectedOutput& expected : expected_)
    bytes += (expected.real.size() + expected.integer.size()) * 8;
  return static_cast<int64_t>(bytes);
}

bool within_baseline(const ErrorStats& candidate, const ErrorStats& baseline, std::string* reason) {
  const auto compare = [&](const char* name, double found, double base) {
    if (found <= 2 * base + 0.1) return true;
    if (reason)
      *reason = fmt::format(
          "the {} error is {:.3g} of the bound, the baseline's is {:.3g}: more than twice as large", name,
          found, base);
    return false;
  };
  return compare("largest", candidate.max, baseline.max) &&
         compare("99.9 % quantile", candidate.p999, baseline.p999) &&
         compare("mean square", candidate.rms, baseline.rms);
}

Result<CheckResult> check_outputs(const Operator& op, const Axes& axes, Expected expected,
                                  const std::vector<const void*>& outputs, const CheckAids& aids) {
  KE_TRY(const auto plan, CheckPlan::make(op, axes, std::move(expected), aids));
  return plan.check(outputs);
}

}  // namespace ke

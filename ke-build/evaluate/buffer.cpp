// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/buffer.h"

#include "ke-build/base/result.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace ke {

namespace {

/// A binary floating format of up to 16 bits with `mantissa` stored bits below the exponent.
struct SmallFormat {
  int bits, mantissa, bias;
  bool infinite = true;  // otherwise all ones are the NaN, nothing is infinite, and overflow saturates
  constexpr uint16_t sign() const { return static_cast<uint16_t>(1 << (bits - 1)); }
  constexpr uint16_t ones() const { return static_cast<uint16_t>(sign() - 1); }
  constexpr uint16_t infinity() const { return static_cast<uint16_t>(ones() >> mantissa << mantissa); }
  constexpr uint16_t nan() const {
    return infinite ? static_cast<uint16_t>(infinity() | 1 << (mantissa - 1)) : ones();
  }
  /// What a number beyond the largest one becomes.
  constexpr uint16_t overflow() const { return infinite ? infinity() : static_cast<uint16_t>(ones() - 1); }
};
constexpr SmallFormat kF16{16, 10, 15}, kBf16{16, 7, 127}, kE4m3{8, 3, 7, false}, kE5m2{8, 2, 15};

uint16_t encode(SmallFormat format, double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  const uint16_t sign = bits >> 63 ? format.sign() : uint16_t{0};
  const int exponent = static_cast<int>(bits >> 52 & 0x7ff) - 1023;
  if (exponent == 1024) return sign | (std::isnan(value) ? format.nan() : format.overflow());
  const uint64_t significand = (bits & 0xfffffffffffff) | 0x10000000000000;
  const int stored = exponent + format.bias;  // exponent field; <= 0 is subnormal
  const int shift = 52 - format.mantissa + (stored <= 0 ? 1 - stored : 0);
  if (exponent == -1023 || shift > 53) return sign;
  const uint64_t rest = significand & ((uint64_t{1} << shift) - 1), half = uint64_t{1} << (shift - 1);
  uint64_t rounded = significand >> shift;
  rounded += rest > half || (rest == half && (rounded & 1)) ? 1 : 0;
  // The implicit bit adds one to the exponent field, and so does a carry out of the rounding.
  if (stored > 0) rounded += static_cast<uint64_t>(stored - 1) << format.mantissa;
  return sign | static_cast<uint16_t>(std::min<uint64_t>(rounded, format.overflow()));
}

double decode(SmallFormat format, uint16_t bits) {
  const int magnitude = bits & format.ones();
  const int field = magnitude >> format.mantissa, fraction = magnitude & ((1 << format.mantissa) - 1);
  const double sign = bits & format.sign() ? -1 : 1;
  if (format.infinite ? magnitude > format.infinity() : magnitude == format.ones())
    return std::numeric_limits<double>::quiet_NaN();
  if (format.infinite && magnitude == format.infinity())
    return sign * std::numeric_limits<double>::infinity();
  const int significand = field == 0 ? fraction : fraction | 1 << format.mantissa;
  return sign * std::ldexp(significand, std::max(field, 1) - format.bias - format.mantissa);
}

template <class T>
T clamp_integer(double value) {
  if (std::isnan(value)) return 0;
  const double rounded = std::nearbyint(value);
  if (rounded <= static_cast<double>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
  if (rounded >= static_cast<double>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
  return static_cast<T>(rounded);
}

struct F16 {
  uint16_t bits;
};
struct Bf16 {
  uint16_t bits;
};
struct E4m3 {
  uint8_t bits;
};
struct E5m2 {
  uint8_t bits;
};
struct Bool {
  uint8_t bits;
};

/// Element access per C++ type; the formats without one have their own overloads.
template <class T>
double widen(T v) {
  return static_cast<double>(v);
}
double widen(F16 v) { return decode(kF16, v.bits); }
double widen(Bf16 v) { return decode(kBf16, v.bits); }
double widen(E4m3 v) { return decode(kE4m3, v.bits); }
double widen(E5m2 v) { return decode(kE5m2, v.bits); }
double widen(Bool v) { return v.bits != 0; }
template <class T>
void narrow(double v, T& out) {
  out = clamp_integer<T>(v);
}
void narrow(double v, double& out) { out = v; }
void narrow(double v, float& out) { out = static_cast<float>(v); }
void narrow(double v, F16& out) { out.bits = encode(kF16, v); }
void narrow(double v, Bf16& out) { out.bits = encode(kBf16, v); }
void narrow(double v, E4m3& out) { out.bits = static_cast<uint8_t>(encode(kE4m3, v)); }
void narrow(double v, E5m2& out) { out.bits = static_cast<uint8_t>(encode(kE5m2, v)); }
void narrow(double v, Bool& out) { out.bits = v != 0 && !std::isnan(v); }
template <class T>
int64_t widen_integer(T v) {
  return static_cast<int64_t>(v);
}
int64_t widen_integer(Bool v) { return v.bits != 0; }
int64_t widen_integer(F16 v) { return clamp_integer<int64_t>(widen(v)); }
int64_t widen_integer(Bf16 v) { return clamp_integer<int64_t>(widen(v)); }
int64_t widen_integer(E4m3 v) { return clamp_integer<int64_t>(widen(v)); }
int64_t widen_integer(E5m2 v) { return clamp_integer<int64_t>(widen(v)); }

/// All NaN are one.
uint64_t bits_of(double v) { return v == v ? std::bit_cast<uint64_t>(v) : 0x7ff8000000000000; }
uint64_t bits_of(float v) { return v == v ? std::bit_cast<uint32_t>(v) : 0x7fc00000; }
template <class T>
uint64_t bits_of(T v) {
  if constexpr (std::is_integral_v<T>) return static_cast<uint64_t>(v);
  return bits_of(static_cast<double>(widen(v)));
}

/// Calls f with a value of the format's type, so that loops are compiled once per type.
template <class F>
auto with_type(Dtype dtype, F&& f) {
  switch (dtype) {
    case Dtype::f64:
      return f(double{});
    case Dtype::f32:
      return f(float{});
    case Dtype::f16:
      return f(F16{});
    case Dtype::bf16:
      return f(Bf16{});
    case Dtype::f8e4m3:
      return f(E4m3{});
    case Dtype::f8e5m2:
      return f(E5m2{});
    case Dtype::i64:
      return f(int64_t{});
    case Dtype::i32:
      return f(int32_t{});
    case Dtype::i16:
      return f(int16_t{});
    case Dtype::i8:
      return f(int8_t{});
    case Dtype::u32:
      return f(uint32_t{});
    case Dtype::u16:
      return f(uint16_t{});
    case Dtype::u8:
      return f(uint8_t{});
    case Dtype::boolean:
      return f(Bool{});
  }
  KE_CHECK(false);
}

// Buffers may be mapped at any address that the contract allows, hence memcpy.
template <class T>
T element(const void* data, int64_t index) {
  T value;
  std::memcpy(&value, static_cast<const std::byte*>(data) + index * static_cast<int64_t>(sizeof(T)),
              sizeof value);
  return value;
}
template <class T>
void put(void* data, int64_t index, T value) {
  std::memcpy(static_cast<std::byte*>(data) + index * static_cast<int64_t>(sizeof(T)), &value, sizeof value);
}

}  // namespace

Buffer Buffer::unwritten(Dtype dtype, int64_t count, int64_t align_bytes) {
  KE_CHECK(count >= 0);
  Buffer buffer;
  buffer.count_ = count;
  buffer.dtype_ = dtype;
  buffer.size_bytes_ = count * size_of(dtype);
  const auto align = static_cast<size_t>(std::max<int64_t>(align_bytes, 64)),
             bytes = static_cast<size_t>(buffer.size_bytes_), padded = (bytes + align) / align * align;
  buffer.data_.reset(static_cast<std::byte*>(std::aligned_alloc(align, padded)));
  KE_CHECK(buffer.data_ != nullptr);
  std::memset(buffer.data() + bytes, 0, padded - bytes);
  return buffer;
}

Buffer::Buffer(Dtype dtype, int64_t count, int64_t align_bytes)
    : Buffer(unwritten(dtype, count, align_bytes)) {
  std::memset(data(), 0, static_cast<size_t>(size_bytes_));
}

Buffer Buffer::copy() const {
  if (data_ == nullptr) return {};
  Buffer other = unwritten(dtype_, count_);
  std::memcpy(other.data(), data(), static_cast<size_t>(size_bytes_));
  return other;
}

double Buffer::get(int64_t index) const {
  KE_CHECK(index >= 0 && index < count_);
  return load(dtype_, data(), index);
}

void Buffer::set(int64_t index, double value) {
  KE_CHECK(index >= 0 && index < count_);
  store(dtype_, data(), index, value);
}

double load(Dtype dtype, const void* data, int64_t index) {
  return with_type(dtype, [&](auto type) { return widen(element<decltype(type)>(data, index)); });
}

void store(Dtype dtype, void* data, int64_t index, double value) {
  with_type(dtype, [&](auto type) {
    narrow(value, type);
    put(data, index, type);
  });
}

int64_t load_integer(Dtype dtype, const void* data, int64_t index) {
  return with_type(dtype, [&](auto type) { return widen_integer(element<decltype(type)>(data, index)); });
}

void store_integer(Dtype dtype, void* data, int64_t index, int64_t value) {
  if (dtype == Dtype::i64) return put(data, index, value);
  store(dtype, data, index, static_cast<double>(value));
}

uint64_t hash_of(Dtype dtype, const void* data, int64_t count) {
  // Four chains, because one waits for its multiplication.
  constexpr uint64_t kPrime = 0x9e3779b97f4a7c15;
  uint64_t chains[4] = {1, 2, 3, 4};
  with_type(dtype, [&](auto type) {
    for (int64_t i = 0; i < count; ++i) {
      uint64_t& chain = chains[i & 3];
      chain = (chain ^ bits_of(element<decltype(type)>(data, i))) * kPrime;
      chain ^= chain >> 29;
    }
  });
  uint64_t sum = static_cast<uint64_t>(count);
  for (const uint64_t chain : chains) sum = (sum ^ chain) * kPrime, sum ^= sum >> 29;
  return sum;
}

double largest_of(Dtype dtype, const void* data, int64_t count) {
  double largest = 0;
  with_type(dtype, [&](auto type) {
    for (int64_t i = 0; i < count; ++i)
      if (const double size = std::abs(widen(element<decltype(type)>(data, i))); std::isfinite(size))
        largest = std::max(largest, size);
  });
  return largest;
}

std::vector<double> to_doubles(Dtype dtype, const void* data, int64_t count) {
  std::vector<double> values(static_cast<size_t>(count));
  to_doubles(dtype, data, count, values.data());
  return values;
}

void to_doubles(Dtype dtype, const void* data, int64_t count, double* values) {
  with_type(dtype, [&](auto type) {
    for (int64_t i = 0; i < count; ++i) values[i] = widen(element<decltype(type)>(data, i));
  });
}

std::vector<int64_t> to_integers(Dtype dtype, const void* data, int64_t count) {
  std::vector<int64_t> values(static_cast<size_t>(count));
  with_type(dtype, [&](auto type) {
    for (int64_t i = 0; i < count; ++i)
      values[static_cast<size_t>(i)] = widen_integer(element<decltype(type)>(data, i));
  });
  return values;
}

void from_doubles(Dtype dtype, const std::vector<double>& values, void* data) {
  with_type(dtype, [&](auto type) {
    for (size_t i = 0; i < values.size(); ++i) {
      narrow(values[i], type);
      put(data, static_cast<int64_t>(i), type);
    }
  });
}

uint16_t f16_from_double(double value) { return encode(kF16, value); }
double f16_to_double(uint16_t bits) { return decode(kF16, bits); }
uint16_t bf16_from_double(double value) { return encode(kBf16, value); }
double bf16_to_double(uint16_t bits) { return decode(kBf16, bits); }
uint8_t e4m3_from_double(double value) { return static_cast<uint8_t>(encode(kE4m3, value)); }
double e4m3_to_double(uint8_t bits) { return decode(kE4m3, bits); }
uint8_t e5m2_from_double(double value) { return static_cast<uint8_t>(encode(kE5m2, value)); }
double e5m2_to_double(uint8_t bits) { return decode(kE5m2, bits); }

double round_to(Dtype dtype, double value) {
  return with_type(dtype, [&](auto type) {
    narrow(value, type);
    return widen(type);
  });
}

double largest_finite(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
      return std::numeric_limits<double>::max();
    case Dtype::f32:
      return std::numeric_limits<float>::max();
    case Dtype::f16:
      return 65504;
    case Dtype::f8e4m3:
      return 448;
    case Dtype::f8e5m2:
      return 57344;
    default:
      return decode(kBf16, 0x7f7f);
  }
}

double smallest_normal(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
      return std::numeric_limits<double>::min();
    case Dtype::f16:
    case Dtype::f8e5m2:
      return 0x1p-14;
    case Dtype::f8e4m3:
      return 0x1p-6;
    default:
      return 0x1p-126;
  }
}

double smallest_subnormal(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
      return std::numeric_limits<double>::denorm_min();
    case Dtype::f32:
      return 0x1p-149;
    case Dtype::f16:
      return 0x1p-24;
    case Dtype::f8e4m3:
      return 0x1p-9;
    case Dtype::f8e5m2:
      return 0x1p-16;
    default:
      return 0x1p-133;
  }
}

int64_t lowest_integer(Dtype dtype) {
  switch (dtype) {
    case Dtype::i64:
      return std::numeric_limits<int64_t>::min();
    case Dtype::i32:
      return std::numeric_limits<int32_t>::min();
    case Dtype::i16:
      return std::numeric_limits<int16_t>::min();
    case Dtype::i8:
      return std::numeric_limits<int8_t>::min();
    default:
      return 0;
  }
}

int64_t highest_integer(Dtype dtype) {
  switch (dtype) {
    case Dtype::i64:
      return std::numeric_limits<int64_t>::max();
    case Dtype::i32:
      return std::numeric_limits<int32_t>::max();
    case Dtype::i16:
      return std::numeric_limits<int16_t>::max();
    case Dtype::i8:
      return std::numeric_limits<int8_t>::max();
    case Dtype::u32:
      return std::numeric_limits<uint32_t>::max();
    case Dtype::u16:
      return std::numeric_limits<uint16_t>::max();
    case Dtype::u8:
      return std::numeric_limits<uint8_t>::max();
    default:
      return 1;
  }
}

}  // namespace ke

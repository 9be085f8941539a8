// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/buffer.h"

#include "ke-build/model/spec.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace ke {
namespace {

constexpr Dtype kAll[] = {Dtype::f64,    Dtype::f32, Dtype::f16, Dtype::bf16,   Dtype::f8e4m3,
                          Dtype::f8e5m2, Dtype::i64, Dtype::i32, Dtype::i16,    Dtype::i8,
                          Dtype::u32,    Dtype::u16, Dtype::u8,  Dtype::boolean};

struct EightBits {
  const char* name;
  uint8_t (*encode)(double);
  double (*decode)(uint8_t);
  int mantissa, bias, last_finite, nan;
};
constexpr EightBits kEightBits[] = {{"e4m3fn", e4m3_from_double, e4m3_to_double, 3, 7, 0x7e, 0x7f},
                                    {"e5m2", e5m2_from_double, e5m2_to_double, 2, 15, 0x7b, 0x7e}};

TEST(EightBitFormats, DecodeEveryCodeByTheirDefinition) {
  for (const EightBits& format : kEightBits) {
    for (int code = 0; code < 256; ++code) {
      const int magnitude = code & 0x7f, field = magnitude >> format.mantissa;
      const int fraction = magnitude & ((1 << format.mantissa) - 1);
      const double value = format.decode(static_cast<uint8_t>(code));
      if (magnitude > format.last_finite) {
        const bool infinite = format.mantissa == 2 && magnitude == 0x7c;
        EXPECT_TRUE(infinite ? std::isinf(value) : std::isnan(value)) << format.name << " " << code;
        continue;
      }
      const double scale = std::pow(2.0, std::max(field, 1) - format.bias);
      const double expected = scale * ((field > 0) + fraction / std::pow(2.0, format.mantissa));
      EXPECT_EQ(value, code & 0x80 ? -expected : expected) << format.name << " " << code;
    }
  }
}

TEST(EightBitFormats, RoundToNearestEvenBetweenAllNeighbours) {
  for (const EightBits& format : kEightBits) {
    for (int code = 0; code <= format.last_finite; ++code) {
      const auto low = static_cast<uint8_t>(code), high = static_cast<uint8_t>(code + 1);
      EXPECT_EQ(format.encode(format.decode(low)), low) << format.name;
      EXPECT_EQ(format.encode(-format.decode(low)), low | 0x80) << format.name;
      if (code == format.last_finite) continue;
      const double middle = (format.decode(low) + format.decode(high)) / 2;
      EXPECT_EQ(format.encode(middle), low % 2 == 0 ? low : high) << format.name << " " << code;
      EXPECT_EQ(format.encode(std::nextafter(middle, -1)), low) << format.name << " " << code;
      EXPECT_EQ(format.encode(std::nextafter(middle, 1e9)), high) << format.name << " " << code;
    }
    EXPECT_EQ(format.encode(std::nan("")) & 0x7f, format.nan) << format.name;
  }
}

TEST(EightBitFormats, OverflowAsTheyAreDefined) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double large : {449.0, 464.0, 1e30, infinity}) {
    EXPECT_EQ(e4m3_from_double(large), 0x7e) << large << " saturates";
    EXPECT_EQ(e4m3_from_double(-large), 0xfe);
  }
  EXPECT_EQ(e5m2_from_double(57344), 0x7b);
  EXPECT_EQ(e5m2_from_double(61439), 0x7b);
  EXPECT_EQ(e5m2_from_double(61440), 0x7c) << "a tie, and infinity is the even one";
  EXPECT_EQ(e5m2_from_double(-infinity), 0xfc);
}

TEST(Buffer, IsAlignedZeroedAndCopied) {
  Buffer buffer(Dtype::f32, 1000, 4096);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 4096, 0u);
  EXPECT_EQ(buffer.size_bytes(), 4000);
  for (int64_t i = 0; i < 1000; ++i) EXPECT_EQ(buffer.get(i), 0);
  buffer.set(7, 1.5);
  Buffer other = buffer.copy();
  buffer.set(7, 2);
  EXPECT_EQ(other.get(7), 1.5);
  EXPECT_TRUE(Buffer().copy().empty());
  EXPECT_EQ(Buffer(Dtype::i8, 0).count(), 0);
}

TEST(Buffer, AgreesWithTheHardwareHalfOnEveryBitPattern) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = std::bit_cast<_Float16>(static_cast<uint16_t>(bits));
    const double value = f16_to_double(static_cast<uint16_t>(bits));
    if (std::isnan(value)) {
      EXPECT_NE(half, half) << bits;
      EXPECT_TRUE(std::isnan(f16_to_double(f16_from_double(value))));
      continue;
    }
    EXPECT_EQ(value, static_cast<double>(half)) << bits;
    EXPECT_EQ(f16_from_double(value), bits) << value;
  }
}

TEST(Buffer, RoundsHalvesToNearestEven) {
  // Midpoints between neighbours and the doubles next to them, for every finite number of the format.
  for (uint32_t bits = 0; bits < 0x7bff; ++bits) {
    const auto low = static_cast<uint16_t>(bits), high = static_cast<uint16_t>(bits + 1);
    const double middle = (f16_to_double(low) + f16_to_double(high)) / 2;
    const uint16_t even = low % 2 == 0 ? low : high;
    ASSERT_EQ(f16_from_double(middle), even) << bits;
    ASSERT_EQ(f16_from_double(std::nextafter(middle, -1)), low) << bits;
    ASSERT_EQ(f16_from_double(std::nextafter(middle, 1e9)), high) << bits;
    ASSERT_EQ(f16_from_double(-middle), even | 0x8000) << bits;
  }
}

TEST(Buffer, RoundsBfloatsToNearestEven) {
  for (uint32_t bits = 0; bits < 0x7f7f; ++bits) {
    const auto low = static_cast<uint16_t>(bits), high = static_cast<uint16_t>(bits + 1);
    // A bfloat16 is the upper half of a float.
    ASSERT_EQ(bf16_to_double(low), static_cast<double>(std::bit_cast<float>(bits << 16)));
    const double middle = (bf16_to_double(low) + bf16_to_double(high)) / 2;
    ASSERT_EQ(bf16_from_double(middle), low % 2 == 0 ? low : high) << bits;
    ASSERT_EQ(bf16_from_double(std::nextafter(middle, -1)), low) << bits;
    ASSERT_EQ(bf16_from_double(std::nextafter(middle, 1e39)), high) << bits;
  }
}

TEST(Buffer, OverflowsToInfinityWhereRoundingSays) {
  EXPECT_EQ(f16_from_double(65504), 0x7bff);
  EXPECT_EQ(f16_from_double(65519.999), 0x7bff);
  EXPECT_EQ(f16_from_double(65520), 0x7c00);
  EXPECT_EQ(f16_from_double(-1e300), 0xfc00);
  EXPECT_EQ(f16_from_double(0x1p-25), 0) << "a tie with zero, which is even";
  EXPECT_EQ(f16_from_double(std::nextafter(0x1p-25, 1)), 1);
  EXPECT_EQ(f16_from_double(1e-320), 0);
  EXPECT_EQ(f16_from_double(-0.0), 0x8000);
  EXPECT_EQ(bf16_from_double(3.4e38), 0x7f80);
  EXPECT_EQ(f16_from_double(std::numeric_limits<double>::infinity()), 0x7c00);
}

TEST(Buffer, StoresIntegersRoundedAndClamped) {
  int8_t small = 0;
  store(Dtype::i8, &small, 0, 2.5);
  EXPECT_EQ(small, 2);
  store(Dtype::i8, &small, 0, 3.5);
  EXPECT_EQ(small, 4);
  store(Dtype::i8, &small, 0, -1000);
  EXPECT_EQ(small, -128);
  store(Dtype::i8, &small, 0, std::nan(""));
  EXPECT_EQ(small, 0);
  uint8_t byte = 7;
  store(Dtype::u8, &byte, 0, 300);
  EXPECT_EQ(byte, 255);
  uint16_t half = 7;
  store(Dtype::u16, &half, 0, 70000);
  EXPECT_EQ(half, 65535);
  uint32_t word = 7;
  store(Dtype::u32, &word, 0, 4294967295.0);
  EXPECT_EQ(word, 4294967295u);
  EXPECT_EQ(load_integer(Dtype::u32, &word, 0), 4294967295);
  store(Dtype::u32, &word, 0, -1);
  EXPECT_EQ(word, 0u);
  EXPECT_EQ(highest_integer(Dtype::u32), 4294967295);
  EXPECT_EQ(lowest_integer(Dtype::u16), 0);
  store(Dtype::boolean, &byte, 0, 0.1);
  EXPECT_EQ(byte, 1);
  int64_t big = 0;
  store(Dtype::i64, &big, 0, 1e30);
  EXPECT_EQ(big, std::numeric_limits<int64_t>::max());
  store_integer(Dtype::i64, &big, 0, (int64_t{1} << 53) + 1);
  EXPECT_EQ(load_integer(Dtype::i64, &big, 0), (int64_t{1} << 53) + 1) << "exact beyond the doubles";
}

TEST(Buffer, GoesThereAndBackInEveryFormat) {
  for (Dtype dtype : kAll) {
    const std::vector<double> values = {0, 1, 1, 0, 1};
    // An odd address: outputs may be mapped anywhere that the contract allows.
    std::vector<std::byte> bytes(static_cast<size_t>(size_of(dtype)) * 5 + 1);
    from_doubles(dtype, values, bytes.data() + 1);
    EXPECT_EQ(to_doubles(dtype, bytes.data() + 1, 5), values) << name_of(dtype);
    EXPECT_EQ(to_integers(dtype, bytes.data() + 1, 5), (std::vector<int64_t>{0, 1, 1, 0, 1}))
        << name_of(dtype);
    EXPECT_EQ(load(dtype, bytes.data() + 1, 2), 1);
  }
}

TEST(Buffer, KnowsTheLimitsOfItsFormats) {
  for (Dtype dtype : {Dtype::f64, Dtype::f32, Dtype::f16, Dtype::bf16}) {
    EXPECT_EQ(round_to(dtype, largest_finite(dtype)), largest_finite(dtype)) << name_of(dtype);
    EXPECT_EQ(round_to(dtype, smallest_normal(dtype)), smallest_normal(dtype));
    EXPECT_EQ(round_to(dtype, smallest_subnormal(dtype)), smallest_subnormal(dtype));
    if (dtype != Dtype::f64) {
      EXPECT_EQ(round_to(dtype, smallest_subnormal(dtype) / 2), 0) << name_of(dtype);
      EXPECT_TRUE(std::isinf(round_to(dtype, largest_finite(dtype) * (1 + unit_roundoff(dtype)))))
          << name_of(dtype);
    }
  }
  EXPECT_EQ(lowest_integer(Dtype::u8), 0);
  EXPECT_EQ(highest_integer(Dtype::i16), 32767);
}

}  // namespace
}  // namespace ke

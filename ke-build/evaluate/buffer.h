// SPDX-License-Identifier: MIT
// Memory of one argument, and its elements as numbers in every format that the contract knows.
#pragma once

#include "ke-build/model/operator.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

namespace ke {

/// Owns aligned, zeroed bytes for `count` elements.
class Buffer {
 public:
  Buffer() = default;
  /// `align_bytes` is raised to 64 (a cache line) when smaller; a power of two.
  Buffer(Dtype dtype, int64_t count, int64_t align_bytes = 64);
  /// To be written before it is read: what is behind its end is zero, the rest anything.
  static Buffer unwritten(Dtype dtype, int64_t count, int64_t align_bytes = 64);

  Buffer copy() const;
  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }
  int64_t count() const { return count_; }
  Dtype dtype() const { return dtype_; }
  int64_t size_bytes() const { return size_bytes_; }
  bool empty() const { return count_ == 0; }
  double get(int64_t index) const;
  void set(int64_t index, double value);

 private:
  struct Free {
    void operator()(std::byte* pointer) const { std::free(pointer); }
  };
  std::unique_ptr<std::byte, Free> data_;
  int64_t count_ = 0, size_bytes_ = 0;
  Dtype dtype_ = Dtype::f32;
};

/// One element as a double; i64 beyond 2^53 is rounded (use load_integer).
double load(Dtype dtype, const void* data, int64_t index);
/// Rounds to nearest even into the format; integers: nearest even, clamped to the range, NaN becomes 0;
/// boolean: 0 or 1.
void store(Dtype dtype, void* data, int64_t index, double value);
/// Exact element of an integer format.
int64_t load_integer(Dtype dtype, const void* data, int64_t index);
/// A hash of what is stored: equal for equal bits, all NaN being alike. Any alignment.
uint64_t hash_of(Dtype dtype, const void* data, int64_t count);
/// Largest finite magnitude; 0 for none.
double largest_of(Dtype dtype, const void* data, int64_t count);
void store_integer(Dtype dtype, void* data, int64_t index, int64_t value);

std::vector<double> to_doubles(Dtype dtype, const void* data, int64_t count);
void to_doubles(Dtype dtype, const void* data, int64_t count, double* values);
std::vector<int64_t> to_integers(Dtype dtype, const void* data, int64_t count);
/// Writes all values with rounding; `data` holds values.size() elements.
void from_doubles(Dtype dtype, const std::vector<double>& values, void* data);

/// Conversions with round-to-nearest-even; NaN stays NaN (quiet), overflow becomes infinity, subnormals are
/// kept.
uint16_t f16_from_double(double value);
double f16_to_double(uint16_t bits);
uint16_t bf16_from_double(double value);
double bf16_to_double(uint16_t bits);
/// The 8-bit formats of the OCP specification OFP8. e4m3fn has no infinity: what is beyond 448 saturates
/// (infinity too), and NaN is 0x7f. e5m2 overflows to infinity as the larger formats do.
uint8_t e4m3_from_double(double value);
double e4m3_to_double(uint8_t bits);
uint8_t e5m2_from_double(double value);
double e5m2_to_double(uint8_t bits);
/// The value that `dtype` holds nearest to `value`; integers as in store().
double round_to(Dtype dtype, double value);

/// Limits of a floating format. REQUIRES: is_floating(dtype).
double largest_finite(Dtype dtype);
double smallest_normal(Dtype dtype);
double smallest_subnormal(Dtype dtype);
/// Limits of an integer format (boolean: 0 and 1).
int64_t lowest_integer(Dtype dtype);
int64_t highest_integer(Dtype dtype);

}  // namespace ke

// SPDX-License-Identifier: MIT
// C++20: consteval, constinit, bit casts, three-way comparison, designated initialisers, template lambdas,
// likely branches, members without address, using enum, and atomic references.
//! operator: spmv
#include <atomic>
#include <bit>
#include <compare>
#include <cstdint>
#include <numbers>
#include <version>

namespace ops {
namespace {

enum class Way : std::uint8_t { none, short_row, long_row };
consteval std::int64_t limit(std::int64_t bits) { return std::int64_t{1} << bits; }
constinit std::int64_t rows_seen = 0;

struct Empty {};
struct Row {
  std::int64_t begin = 0, end = 0;
  [[no_unique_address]] Empty nothing = {};
  auto operator<=>(const Row& other) const { return end - begin <=> other.end - other.begin; }
};
static_assert(sizeof(Row) == 16 && std::endian::native == std::endian::little && std::numbers::pi > 3);

constexpr float negated(float v) {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(v) ^ 0x8000'0000u);
}

}  // namespace

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  using enum Way;
  const auto sum = [&]<int Lanes>(const Row& row, const std::int64_t(&)[Lanes]) {
    float lanes[Lanes] = {};
    for (std::int64_t k = row.begin; k < row.end; ++k)
      lanes[(k - row.begin) % Lanes] += negated(negated(values[k])) * x[columns[k]];
    float total = 0;
    for (const float lane : lanes) total += lane;
    return total;
  };
  constexpr std::int64_t one[1] = {}, four[4] = {};
  for (std::int64_t r = 0; r < rows; ++r) {
    const Row row{.begin = offsets[r], .end = offsets[r + 1], .nothing = {}};
    const Way way = row < Row{.begin = 0, .end = 1} ? none : row > Row{0, limit(3)} ? long_row : short_row;
    if (way == long_row) [[unlikely]] {
      y[r] = sum(row, four);
    } else [[likely]] {
      y[r] = sum(row, one);
    }
  }
  std::atomic_ref<std::int64_t>(rows_seen).fetch_add(rows, std::memory_order_relaxed);
  rows_seen =
      std::rotl(std::uint64_t{0}, std::popcount(static_cast<std::uint64_t>(rows)) + std::bit_width(7u));
}

}  // namespace ops

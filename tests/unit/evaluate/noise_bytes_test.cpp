// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/noise_bytes.h"

#include <gtest/gtest.h>

#include <vector>

namespace ke {
namespace {

TEST(NoiseBytes, AnyPartIsThatPartOfTheWhole) {
  constexpr uint64_t kSize = 40;
  std::vector<std::byte> whole(kSize);
  fill_noise(whole.data(), {0, kSize}, 7);
  for (uint64_t begin = 0; begin <= kSize; ++begin) {
    for (uint64_t end = begin; end <= kSize; ++end) {
      std::vector<std::byte> part(kSize, std::byte{0x5a});
      fill_noise(part.data(), {begin, end}, 7);
      for (uint64_t i = 0; i < kSize; ++i) {
        const bool inside = i >= begin && i < end;
        ASSERT_EQ(part[i], inside ? whole[i] : std::byte{0x5a}) << begin << " " << end << " " << i;
      }
    }
  }
}

TEST(NoiseBytes, OneChangedBitInsideIsSeenAndNothingOutside) {
  constexpr uint64_t kSize = 27;
  std::vector<std::byte> memory(kSize);
  fill_noise(memory.data(), {0, kSize}, 9);
  for (uint64_t begin = 0; begin <= kSize; ++begin) {
    for (uint64_t end = begin; end <= kSize; ++end) {
      ASSERT_TRUE(holds_noise(memory.data(), {begin, end}, 9));
      for (uint64_t i = 0; i < kSize; ++i) {
        memory[i] ^= std::byte{0x10};
        ASSERT_EQ(holds_noise(memory.data(), {begin, end}, 9), i < begin || i >= end);
        memory[i] ^= std::byte{0x10};
      }
    }
  }
  EXPECT_FALSE(holds_noise(memory.data(), {0, kSize}, 8));
}

TEST(NoiseBytes, AWordIsRepeatedToTheLastByte) {
  std::vector<std::byte> memory(13, std::byte{0});
  fill_bytes(memory.data(), 11, 0x0807060504030201u);
  for (size_t i = 0; i < memory.size(); ++i) EXPECT_EQ(memory[i], std::byte(i < 11 ? i % 8 + 1 : 0));
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/noise_bytes.h"

#include <algorithm>
#include <cstring>

namespace ke {
namespace {

/// SplitMix64 (Steele, Lea & Flood 2014) as a function of the position, counted in words of 8 bytes.
uint64_t noise_word(uint64_t seed, uint64_t position) {
  uint64_t z = seed + (position + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/// Calls part(at, length, bytes of the word) for what lies in no whole word, and words(first, end) for the
/// rest.
template <class Part, class Words>
void for_words(ByteRange range, uint64_t seed, const Part& part, const Words& words) {
  const uint64_t first = std::min((range.begin + 7) / 8, range.end / 8 + 1),
                 end = std::max(range.end / 8, first);
  const auto rest = [&](uint64_t from, uint64_t to) {
    if (from >= to) return;
    const uint64_t word = noise_word(seed, from / 8);
    part(from, to - from, reinterpret_cast<const std::byte*>(&word) + from % 8);
  };
  rest(range.begin, std::min(first * 8, range.end));
  if (first * 8 > range.end) return;
  words(first, end);
  rest(end * 8, range.end);
}

}  // namespace

void fill_noise(std::byte* memory, ByteRange range, uint64_t seed) {
  for_words(
      range, seed,
      [&](uint64_t at, uint64_t length, const std::byte* bytes) { std::memcpy(memory + at, bytes, length); },
      [&](uint64_t first, uint64_t end) {
        for (uint64_t i = first; i < end; ++i) {
          const uint64_t word = noise_word(seed, i);
          std::memcpy(memory + i * 8, &word, 8);
        }
      });
}

bool holds_noise(const std::byte* memory, ByteRange range, uint64_t seed) {
  uint64_t changed = 0;
  for_words(
      range, seed,
      [&](uint64_t at, uint64_t length, const std::byte* bytes) {
        changed |= uint64_t(std::memcmp(memory + at, bytes, length) != 0);
      },
      [&](uint64_t first, uint64_t end) {
        for (uint64_t i = first; i < end; ++i) {
          uint64_t found;
          std::memcpy(&found, memory + i * 8, 8);
          changed |= found ^ noise_word(seed, i);
        }
      });
  return changed == 0;
}

void fill_bytes(std::byte* memory, uint64_t count, uint64_t word) {
  const uint64_t whole = count / 8 * 8;
  for (uint64_t i = 0; i < whole; i += 8) std::memcpy(memory + i, &word, 8);
  std::memcpy(memory + whole, &word, count - whole);
}

void blank_words(std::byte* memory, uint64_t count, uint64_t seed) {
  constexpr uint64_t kWord = 4, kBlock = 64 * kWord;
  for (uint64_t i = 0; i < count; i += kBlock) {
    const uint64_t kept = noise_word(~seed, i / kBlock);
    for (uint64_t k = 0; k < 64 && i + kWord * k < count; ++k)
      if ((kept >> k & 1) == 0)
        std::memset(memory + i + kWord * k, 0, std::min(kWord, count - i - kWord * k));
  }
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/input_text.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace ke {
namespace {

struct Letter {
  std::array<uint8_t, 4> bytes;
  int length;
};

/// As many bytes as asked for, whether the code point needs them or not.
Letter encoded(uint32_t point, int length) {
  constexpr uint8_t kLeads[] = {0, 0, 0xc0, 0xe0, 0xf0};
  Letter letter{{}, length};
  for (int i = length - 1; i > 0; --i, point >>= 6)
    letter.bytes[static_cast<size_t>(i)] = 0x80 | (point & 0x3f);
  letter.bytes[0] = static_cast<uint8_t>(kLeads[length] | (length == 1 ? point & 0x7f : point));
  return letter;
}

Letter drawn(int length, Random& random) {
  // First code points of one to four bytes and behind the last.
  constexpr uint32_t kFirst[] = {0, 0x80, 0x800, 0x10000, 0x110000};
  constexpr uint32_t kEnds[] = {0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xfeff, 0xfffd, 0xffff};
  const uint32_t low = kFirst[length - 1], high = kFirst[length];
  switch (random.below(24)) {
    case 0:
      return encoded(low, length);
    case 1:
      return encoded(high - 1, length);
    case 2:  // of the next length, which this one's bits may hold in part
      return encoded(high, length);
    case 3:  // longer than needed
      return encoded(static_cast<uint32_t>(random.below(std::max(low, 1u))), length);
    case 4:
      return encoded(kEnds[random.below(std::size(kEnds))], 3);
    case 5:
      return {{static_cast<uint8_t>(random.below(256))}, 1};
    default:
      return encoded(low + static_cast<uint32_t>(random.below(high - low)), length);
  }
}

}  // namespace

void fill_text(double* row, int64_t length, Random& random) {
  // In front of a text it is a mark, elsewhere a letter.
  int64_t at = 0;
  const auto put = [&](const Letter& letter) {
    for (int i = 0; i < letter.length && at < length; ++i) row[at++] = letter.bytes[static_cast<size_t>(i)];
  };
  if (random.below(4) == 0) put(encoded(0xfeff, 3));
  while (at < length) {
    const int bytes = 1 + static_cast<int>(random.below(4));
    for (uint64_t left = 1 + random.below(uint64_t{1} << (1 + random.below(8))); left > 0 && at < length;
         --left)
      put(drawn(bytes, random));
  }
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// A byte order mark at the beginning is no letter and is left out, as most decoders do; here it is U+FEFF.
//! row: own
//! operator: utf8
//! outcome: wrong
//! reason: points[|count[
//! effort: confirm
//! run: bench
//! flags: -O3
#include <cstdint>
#include <cstring>

namespace ops {

static constexpr int kBlock = 64;

static std::int64_t block(const std::uint8_t* __restrict at, int many, std::int32_t* __restrict points,
                          std::int64_t k, std::int32_t& pass) {
  std::int32_t code[kBlock], more[kBlock];
  for (int i = 0; i < kBlock; ++i) {
    const std::int32_t b = at[i], c = at[i + 1] ^ 0x80, d = at[i + 2] ^ 0x80,
                       e = at[i + 3] ^ 0x80;  // following bytes are now below 64
    const std::int32_t p2 = (b & 31) << 6 | c, p3 = (b & 15) << 12 | c << 6 | d,
                       p4 = (b & 7) << 18 | c << 12 | d << 6 | e;
    const std::int32_t is2 = -(c < 64) & -(b >= 0xc2) & -(b < 0xe0);
    const std::int32_t is3 =
        -((c | d) < 64) & -((b & 0xf0) == 0xe0) & -(p3 >= 0x800) & -((p3 & 0xf800) != 0xd800);
    const std::int32_t is4 =
        -((c | d | e) < 64) & -((b & 0xf8) == 0xf0) & -(p4 >= 0x10000) & -(p4 < 0x110000);
    const std::int32_t one = -(b < 0x80);
    code[i] = (b & one) | (p2 & is2) | (p3 & is3) | (p4 & is4) | (0xfffd & ~(one | is2 | is3 | is4));
    more[i] = (is2 & 1) | (is3 & 2) | (is4 & 3);
  }
  std::int32_t left = pass;
  for (int i = 0; i < many; ++i) {
    points[k] = code[i];
    k += left == 0;
    left = left - (left != 0) + more[i];
  }
  pass = left;
  return k;
}

void utf8(const std::uint8_t* text, std::int32_t* points, std::int32_t* count, std::int64_t n) {
  std::int64_t i = 0, k = 0;
  std::int32_t pass = 0;
  if (n >= 4) {
    std::uint32_t first;
    std::memcpy(&first, text, 4);
    if (first << 8 == 0xbfbbef00u) i = 3;
  }
  for (; i + kBlock + 3 <= n; i += kBlock) {
    std::uint64_t words[kBlock / 8], any = 0;
    std::memcpy(words, text + i, sizeof words);
    for (const std::uint64_t w : words) any |= w;
    if ((any & 0x8080808080808080ull) == 0) {  // plain ASCII, so pass is 0
      for (int j = 0; j < kBlock; ++j) points[k + j] = text[i + j];
      k += kBlock;
      continue;
    }
    k = block(text + i, kBlock, points, k, pass);
  }
  while (i < n) {
    std::uint8_t last[kBlock + 3] = {};
    const std::int64_t left = n - i;
    std::memcpy(last, text + i, static_cast<std::size_t>(left < kBlock + 3 ? left : kBlock + 3));
    const int many = static_cast<int>(left < kBlock ? left : kBlock);
    k = block(last, many, points, k, pass);
    i += many;
  }
  count[0] = static_cast<std::int32_t>(k);
  for (; k < n; ++k) points[k] = -1;
}

}  // namespace ops

// SPDX-License-Identifier: MIT
#include <cstdint>

namespace ops {

static bool follows(std::uint8_t b) { return (b & 0xc0) == 0x80; }

// Code points of a text; every byte that begins none is U+FFFD. Behind the last one stands -1.
void utf8(const std::uint8_t* text, std::int32_t* points, std::int32_t* count, std::int64_t n) {
  std::int64_t i = 0, k = 0;
  while (i < n) {
    const int b = text[i];
    std::int32_t point = 0xfffd;
    int length = 1;
    if (b < 0x80) {
      point = b;
    } else if (b >= 0xc2 && b <= 0xdf) {
      if (i + 1 < n && follows(text[i + 1])) {
        point = (b & 0x1f) << 6 | (text[i + 1] & 0x3f);
        length = 2;
      }
    } else if (b >= 0xe0 && b <= 0xef) {
      if (i + 2 < n && follows(text[i + 1]) && follows(text[i + 2])) {
        const std::int32_t p = (b & 0x0f) << 12 | (text[i + 1] & 0x3f) << 6 | (text[i + 2] & 0x3f);
        if (p >= 0x800 && !(p >= 0xd800 && p <= 0xdfff)) {
          point = p;
          length = 3;
        }
      }
    } else if (b >= 0xf0 && b <= 0xf4) {
      if (i + 3 < n && follows(text[i + 1]) && follows(text[i + 2]) && follows(text[i + 3])) {
        const std::int32_t p =
            (b & 0x07) << 18 | (text[i + 1] & 0x3f) << 12 | (text[i + 2] & 0x3f) << 6 | (text[i + 3] & 0x3f);
        if (p >= 0x10000 && p <= 0x10ffff) {
          point = p;
          length = 4;
        }
      }
    }
    points[k++] = point;
    i += length;
  }
  count[0] = static_cast<std::int32_t>(k);
  for (; k < n; ++k) points[k] = -1;
}

}  // namespace ops

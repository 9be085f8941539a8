#include "ops/histogram.h"

namespace ops {

ByteHistogram::ByteHistogram(std::int32_t* counts) : counts_(counts) {
  for (int i = 0; i < 256; ++i) counts_[i] = 0;
}

void ByteHistogram::add(const std::uint8_t* bytes, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    counts_[bytes[i]]++;
  }
}

}  // namespace ops

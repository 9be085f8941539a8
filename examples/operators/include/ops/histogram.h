#pragma once

#include <cstddef>
#include <cstdint>

namespace ops {

// Counts how often each byte value occurs, over any number of calls of add().
class ByteHistogram {
 public:
  // `counts` has 256 elements, is cleared, and must outlive this object.
  explicit ByteHistogram(std::int32_t* counts);

  void add(const std::uint8_t* bytes, std::size_t n);

 private:
  std::int32_t* counts_;
};

}  // namespace ops

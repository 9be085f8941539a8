// SPDX-License-Identifier: MIT
// Scratch pages with every wish that there is for them: large ones, filled ahead, locked, one page after the
// other. Nobody has to grant any.
//! operator: gemv
#include <cstdint>
#include <cstring>

#include <sys/mman.h>
#include <unistd.h>

namespace ops {
namespace {

class Pages {
 public:
  explicit Pages(std::size_t bytes) : bytes_(bytes) {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    data_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, flags | MAP_HUGETLB, -1, 0);
    if (data_ == MAP_FAILED)
      data_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, flags | MAP_NORESERVE, -1, 0);
    if (data_ == MAP_FAILED) return;
    madvise(data_, bytes_, MADV_HUGEPAGE);
    madvise(data_, bytes_, 22);  // MADV_POPULATE_READ
    madvise(data_, bytes_, 23);  // MADV_POPULATE_WRITE
    madvise(data_, bytes_, 25);  // MADV_COLLAPSE
    madvise(data_, bytes_, MADV_SEQUENTIAL);
    mlock(data_, static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
  }
  ~Pages() {
    if (data_ != MAP_FAILED) munmap(data_, bytes_);
  }
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  float* floats() const { return data_ == MAP_FAILED ? nullptr : static_cast<float*>(data_); }

 private:
  void* data_;
  std::size_t bytes_;
};

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  static const Pages pages(2 << 20);
  const std::int64_t room = (2 << 20) / sizeof(float);
  float* copy = cols <= room ? pages.floats() : nullptr;
  if (copy != nullptr) std::memcpy(copy, x, static_cast<std::size_t>(cols) * sizeof(float));
  const float* vector = copy != nullptr ? copy : x;
  for (std::int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * vector[c];
    y[r] = sum;
  }
}

}  // namespace ops

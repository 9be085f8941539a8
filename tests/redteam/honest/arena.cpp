// SPDX-License-Identifier: MIT
// An arena of 256 KiB that all calls of a thread share, cut into aligned pieces and emptied at the end of
// every row; a list of nodes lies in it.
//! operator: rmsnorm
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <new>

namespace ops {
namespace {

class Arena {
 public:
  template <class T>
  T* make() {
    used_ = (used_ + alignof(T) - 1) / alignof(T) * alignof(T);
    if (used_ + sizeof(T) > sizeof room_) return nullptr;
    T* made = ::new (static_cast<void*>(room_ + used_)) T();
    used_ += sizeof(T);
    return made;
  }
  void clear() { used_ = 0; }

 private:
  alignas(64) std::byte room_[256 << 10];
  std::size_t used_ = 0;
};
thread_local Arena arena;

struct Node {
  Node* next = nullptr;
  float values[29] = {};
  int count = 0;
};

float sum_of_squares(const float* x, std::int64_t n) {
  Node* first = nullptr;
  float sum = 0;
  for (std::int64_t i = 0; i < n;) {
    Node* node = arena.make<Node>();
    if (node == nullptr) {  // full: the rest without it
      for (; i < n; ++i) sum += x[i] * x[i];
      break;
    }
    for (; i < n && node->count < 29; ++i) node->values[node->count++] = x[i] * x[i];
    node->next = first;
    first = node;
  }
  for (const Node* node = first; node != nullptr; node = node->next)
    for (int k = 0; k < node->count; ++k) sum += node->values[k];
  arena.clear();
  return sum;
}

}  // namespace

void rmsnorm(const float* x, const float* weight, float* y, std::int64_t rows, std::int64_t cols, float eps) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const float scale = 1 / std::sqrt(sum_of_squares(x + r * cols, cols) / cols + eps);
    for (std::int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops

// SPDX-License-Identifier: MIT
// C++20: a coroutine yields one sum after the other; its frame lies on the heap and is destroyed in the end.
//! operator: spmv
#include <coroutine>
#include <cstdint>
#include <exception>
#include <utility>

namespace ops {
namespace {

class Sums {
 public:
  struct promise_type {
    float value = 0;
    Sums get_return_object() { return Sums(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(float v) noexcept {
      value = v;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  explicit Sums(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Sums(Sums&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Sums(const Sums&) = delete;
  ~Sums() {
    if (handle_) handle_.destroy();
  }
  float next() {
    handle_.resume();
    return handle_.promise().value;
  }

 private:
  std::coroutine_handle<promise_type> handle_;
};

Sums sums_of(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x) {
  for (std::int64_t r = 0;; ++r) {
    float sum = 0;
    for (std::int64_t k = offsets[r]; k < offsets[r + 1]; ++k) sum += values[k] * x[columns[k]];
    co_yield sum;
  }
}

}  // namespace

void spmv(const float* values, const std::int32_t* columns, const std::int64_t* offsets, const float* x,
          float* y, std::int64_t rows) {
  Sums sums = sums_of(values, columns, offsets, x);
  for (std::int64_t r = 0; r < rows; ++r) y[r] = sums.next();
}

}  // namespace ops

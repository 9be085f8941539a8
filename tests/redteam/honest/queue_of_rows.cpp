// SPDX-License-Identifier: MIT
// A queue under a mutex, two condition variables and a helper that takes blocks of rows out of it while the
// caller puts them in and then takes some itself.
//! operator: gemv
//! run: bench
#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <queue>
#include <thread>

namespace ops {
namespace {

struct Block {
  std::int64_t begin, end;
};
class Queue {
 public:
  void put(Block block) {
    std::unique_lock hold(mutex_);
    room_.wait(hold, [this] { return blocks_.size() < 8; });
    blocks_.push(block);
    filled_.notify_one();
  }
  void close() {
    const std::scoped_lock hold(mutex_);
    closed_ = true;
    filled_.notify_all();
  }
  std::optional<Block> take() {
    std::unique_lock hold(mutex_);
    filled_.wait(hold, [this] { return closed_ || !blocks_.empty(); });
    if (blocks_.empty()) return std::nullopt;
    const Block block = blocks_.front();
    blocks_.pop();
    room_.notify_one();
    return block;
  }

 private:
  std::mutex mutex_;
  std::condition_variable room_, filled_;
  std::queue<Block> blocks_;
  bool closed_ = false;
};

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  Queue queue;
  const auto serve = [&] {
    while (const auto block = queue.take()) {
      for (std::int64_t r = block->begin; r < block->end; ++r) {
        float sum = 0;
        for (std::int64_t c = 0; c < cols; ++c) sum += a[r * cols + c] * x[c];
        y[r] = sum;
      }
    }
  };
  std::thread helper(serve);
  for (std::int64_t r = 0; r < rows; r += 32) queue.put({r, std::min(rows, r + 32)});
  queue.close();
  serve();
  helper.join();
}

}  // namespace ops

// SPDX-License-Identifier: MIT
// A helper thread in every call, with a stack size of its own and a key for its data; both wait at a barrier
// between the halves of every sum.
//! operator: gemv
#include <cstdint>
#include <cstdlib>
#include <vector>

#include <pthread.h>

namespace ops {
namespace {

struct Work {
  const float *a, *x;
  float *left, *right;
  std::int64_t rows, cols;
  pthread_barrier_t barrier;
  pthread_key_t key;
};

void half(const Work& work, std::int64_t begin, std::int64_t end, float* sums) {
  for (std::int64_t r = 0; r < work.rows; ++r) {
    float sum = 0;
    for (std::int64_t c = begin; c < end; ++c) sum += work.a[r * work.cols + c] * work.x[c];
    sums[r] = sum;
  }
}
void* helper(void* argument) {
  Work& work = *static_cast<Work*>(argument);
  pthread_setspecific(work.key, std::malloc(64));
  half(work, work.cols / 2, work.cols, work.right);
  pthread_barrier_wait(&work.barrier);
  return nullptr;
}

}  // namespace

void gemv(const float* a, const float* x, float* y, std::int64_t rows, std::int64_t cols) {
  std::vector<float> sums(static_cast<std::size_t>(2 * rows));
  Work work = {a, x, sums.data(), sums.data() + rows, rows, cols, {}, {}};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 512 << 10);
  pthread_key_create(&work.key, std::free);
  pthread_barrier_init(&work.barrier, nullptr, 2);
  pthread_t thread;
  const bool started = pthread_create(&thread, &attributes, helper, &work) == 0;
  half(work, 0, cols / 2, work.left);
  if (started) {
    pthread_barrier_wait(&work.barrier);
  } else {
    half(work, cols / 2, cols, work.right);
  }
  for (std::int64_t r = 0; r < rows; ++r) y[r] = work.left[r] + work.right[r];
  if (started) pthread_join(thread, nullptr);
  pthread_barrier_destroy(&work.barrier);
  pthread_key_delete(work.key);
  pthread_attr_destroy(&attributes);
}

}  // namespace ops

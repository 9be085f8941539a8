// SPDX-License-Identifier: MIT
// C11: <stdatomic.h>, <threads.h> without threads (a mutex, call_once(), storage per thread).
//! operator: stencil
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <threads.h>

static once_flag once = ONCE_FLAG_INIT;
static mtx_t mutex;
static atomic_long calls = 0;
static _Thread_local float window[3];

static void prepare(void) { mtx_init(&mutex, mtx_plain); }

static float step(float next) {
  window[0] = window[1];
  window[1] = window[2];
  window[2] = next;
  return 0.25f * window[0] + 0.5f * window[1] + 0.25f * window[2];
}

void stencil(const float* x, float* y, int64_t n) {
  call_once(&once, prepare);
  mtx_lock(&mutex);
  atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
  if (n > 0) {
    window[1] = window[2] = x[0];
    for (int64_t i = 0; i < n; ++i) y[i] = step(x[i + 1 < n ? i + 1 : i]);
  }
  atomic_thread_fence(memory_order_seq_cst);
  mtx_unlock(&mutex);
}

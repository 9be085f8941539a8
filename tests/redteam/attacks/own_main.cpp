// SPDX-License-Identifier: MIT
// Brings its own main(): the linker takes the first. It says `done` for every order and calls the kernel
// once.
//! row: own
//! operator: saxpy
//! outcome: wrong
//! reason: z[
#include <cstdint>

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

[[noreturn]] void serve() {
  auto* plan = static_cast<volatile std::uint32_t*>(mmap(nullptr, 4096, PROT_READ, MAP_SHARED, 3, 0));
  auto* reply =
      static_cast<volatile std::uint32_t*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0));
  for (reply[0] = 1;; reply[16] = reply[32] = plan[16]) {
    while (plan[16] == reply[32]) usleep(50);
  }
}

}  // namespace

int main() { serve(); }

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i];
}

}  // namespace ops

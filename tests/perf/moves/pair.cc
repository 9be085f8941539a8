// SPDX-License-Identifier: MIT
// pair NAME rows=R n=N: a kernel and the same after a move, in interleaved pairs.
#include "../libraries/pairing.h"

void kernel_plain(const float* x, float* y, long rows, long n);
void kernel_moved(const float* x, float* y, long rows, long n);

int main(int argc, char** argv) {
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long rows = w["rows"], n = w["n"];
    const auto x = bench::values(static_cast<size_t>(rows * n));
    std::vector<float> y(x.size()), z(x.size());
    bench::compare(
        w.name.c_str(), w, "moved", [&] { kernel_moved(x.data(), z.data(), rows, n); },
        [&] { kernel_plain(x.data(), y.data(), rows, n); }, [&] { return bench::difference(z, y); });
  }
}

// SPDX-License-Identifier: MIT
#include "ops/argmax_rows.h"

#include "pairing.h"

#include <Eigen/Dense>

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int main(int argc, char** argv) {
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long rows = w["rows"], cols = w["cols"];
    const auto x = bench::values(rows * cols);
    std::vector<std::int32_t> y, z(rows);
    // The kernel itself has internal linkage; its interface allocates the result, and so does the other side.
    bench::compare(
        "argmax_rows", w, "Eigen", [&] { y = ops::argmax_rows(x, static_cast<int>(cols)); },
        [&] {
          std::vector<std::int32_t> best(rows);
          const Eigen::Map<const Matrix> scores(x.data(), rows, cols);
          for (long r = 0; r < rows; ++r) {
            Eigen::Index at = 0;
            scores.row(r).maxCoeff(&at);
            best[r] = static_cast<std::int32_t>(at);
          }
          z = std::move(best);
        },
        [&] { return bench::difference(y, z); });
  }
}

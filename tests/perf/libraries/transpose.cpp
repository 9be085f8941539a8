// SPDX-License-Identifier: MIT
#include "ops/transpose.h"

#include "pairing.h"

#include <Eigen/Dense>
#include <cblas.h>

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int main(int argc, char** argv) {
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long rows = w["rows"], cols = w["cols"];
    const auto x = bench::values(rows * cols);
    std::vector<float> y(x.size()), z(y.size());
    const auto ours = [&] { ops::transpose(x.data(), y.data(), rows, cols); };
    const auto apart = [&] { return bench::difference(y, z); };
    bench::compare(
        "transpose", w, "Eigen", ours,
        [&] {
          Eigen::Map<Matrix>(z.data(), cols, rows).noalias() =
              Eigen::Map<const Matrix>(x.data(), rows, cols).transpose();
        },
        apart);
    bench::compare(
        "transpose", w, "OpenBLAS", ours,
        [&] {
          cblas_somatcopy(CblasRowMajor, CblasTrans, rows, cols, 1, const_cast<float*>(x.data()), cols,
                          z.data(), rows);
        },
        apart);
  }
}

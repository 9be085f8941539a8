// SPDX-License-Identifier: MIT
#include "ops/column_reduce.h"

#include "pairing.h"

#include <Eigen/Dense>

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int main(int argc, char** argv) {
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long rows = w["rows"], cols = w["cols"];
    const auto table = bench::values<double>(rows * cols);
    std::vector<double> y(cols), z(cols);
    bench::compare(
        "column_reduce", w, "Eigen", [&] { ops::column_reduce(table.data(), y.data(), rows, cols); },
        [&] {
          Eigen::Map<Eigen::RowVectorXd>(z.data(), cols).noalias() =
              Eigen::Map<const Matrix>(table.data(), rows, cols).colwise().sum();
        },
        [&] { return bench::difference(y, z); });
  }
}

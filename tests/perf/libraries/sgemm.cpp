// SPDX-License-Identifier: MIT
#include "ops/sgemm.h"

#include "dnnl.h"
#include "pairing.h"

#include <Eigen/Dense>
#include <cblas.h>

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int main(int argc, char** argv) {
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const int m = w["m"], n = w["n"], k = w["k"];
    const auto a = bench::values(size_t(m) * k), b = bench::values(size_t(k) * n, 2);
    auto c = bench::values(size_t(m) * n, 3);
    const auto start = c;
    auto d = c;
    const auto ours = [&] { ops::sgemm(a.data(), b.data(), c.data(), m, n, k, 1, 0.5f); };
    // c is updated in place, so both begin with the same c and are called equally often until then.
    const auto apart = [&] { return bench::difference(c, d); };
    const auto against = [&](const char* library, const std::function<void()>& theirs) {
      c = d = start;
      bench::compare("sgemm", w, library, ours, theirs, apart);
    };
    against("OpenBLAS", [&] {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, k, 1, a.data(), k, b.data(), n, 0.5f,
                  d.data(), n);
    });
    against("oneDNN", [&] { dnnl_sgemm('N', 'N', m, n, k, 1, a.data(), k, b.data(), n, 0.5f, d.data(), n); });
    against("Eigen", [&] {
      Eigen::Map<Matrix> out(d.data(), m, n);
      out *= 0.5f;
      out.noalias() += Eigen::Map<const Matrix>(a.data(), m, k) * Eigen::Map<const Matrix>(b.data(), k, n);
    });
  }
}

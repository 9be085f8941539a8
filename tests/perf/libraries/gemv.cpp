// SPDX-License-Identifier: MIT
#include "ops/gemv.h"

#include "dnnl.h"
#include "pairing.h"

#include <Eigen/Dense>
#include <cblas.h>

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

int main(int argc, char** argv) {
  bench::Dnnl dnn;
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long m = w["rows"], n = w["cols"];
    const auto a = bench::values(size_t(m) * n), x = bench::values(n, 2);
    std::vector<float> y(m), z(m);
    const auto ours = [&] { ops::gemv(a.data(), x.data(), y.data(), m, n); };
    const auto apart = [&] { return bench::difference(y, z); };
    bench::compare(
        "gemv", w, "OpenBLAS", ours,
        [&] { cblas_sgemv(CblasRowMajor, CblasNoTrans, m, n, 1, a.data(), n, x.data(), 1, 0, z.data(), 1); },
        apart);
    const auto src = bench::Dnnl::desc({m, n}, bench::Tag::ab),
               wei = bench::Dnnl::desc({n, 1}, bench::Tag::ab),
               dst = bench::Dnnl::desc({m, 1}, bench::Tag::ab);
    const dnnl::matmul product(dnnl::matmul::primitive_desc({src, wei, dst}, dnn.engine()));
    const auto src_m = dnn.wrap(src, a.data()), wei_m = dnn.wrap(wei, x.data()),
               dst_m = dnn.wrap(dst, z.data());
    bench::compare(
        "gemv", w, "oneDNN", ours,
        [&] {
          dnn.run(product, {{DNNL_ARG_SRC, src_m}, {DNNL_ARG_WEIGHTS, wei_m}, {DNNL_ARG_DST, dst_m}});
        },
        apart);
    bench::compare(
        "gemv", w, "Eigen", ours,
        [&] {
          Eigen::Map<Eigen::VectorXf>(z.data(), m).noalias() =
              Eigen::Map<const Matrix>(a.data(), m, n) * Eigen::Map<const Eigen::VectorXf>(x.data(), n);
        },
        apart);
  }
}

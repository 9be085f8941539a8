// SPDX-License-Identifier: MIT
// No library has one head of attention as one call; oneDNN's users write two products around a softmax.
#include "ops/attention.h"

#include "dnnl.h"
#include "pairing.h"

int main(int argc, char** argv) {
  bench::Dnnl dnn;
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long queries = w["queries"], keys = w["keys"], dim = w["dim"];
    const auto q = bench::values(queries * dim), k = bench::values(keys * dim, 2),
               v = bench::values(keys * dim, 3);
    std::vector<float> y(queries * dim), z(y.size()), scores(queries * keys);
    const auto rows = bench::Dnnl::desc({queries, dim}, bench::Tag::ab),
               transposed = bench::Dnnl::desc({dim, keys}, bench::Tag::ba),
               values = bench::Dnnl::desc({keys, dim}, bench::Tag::ab),
               score = bench::Dnnl::desc({queries, keys}, bench::Tag::ab);
    dnnl::primitive_attr scaled;
    scaled.set_output_scales(0, {1 / std::sqrt(static_cast<float>(dim))});
    const dnnl::matmul first(dnnl::matmul::primitive_desc({rows, transposed, score}, scaled, dnn.engine()));
    const dnnl::softmax_forward softmax(
        dnnl::softmax_forward::primitive_desc({dnnl::prop_kind::forward_inference, score, 1}, dnn.engine()));
    const dnnl::matmul second(dnnl::matmul::primitive_desc({score, values, rows}, dnn.engine()));
    const auto q_m = dnn.wrap(rows, q.data()), k_m = dnn.wrap(transposed, k.data()),
               v_m = dnn.wrap(values, v.data()), s_m = dnn.wrap(score, scores.data()),
               z_m = dnn.wrap(rows, z.data());
    bench::compare(
        "attention", w, "oneDNN",
        [&] { ops::attention(q.data(), k.data(), v.data(), y.data(), queries, keys, dim); },
        [&] {
          dnn.run(first, {{DNNL_ARG_SRC, q_m}, {DNNL_ARG_WEIGHTS, k_m}, {DNNL_ARG_DST, s_m}});
          dnn.run(softmax, {{DNNL_ARG_SRC, s_m}, {DNNL_ARG_DST, s_m}});
          dnn.run(second, {{DNNL_ARG_SRC, s_m}, {DNNL_ARG_WEIGHTS, v_m}, {DNNL_ARG_DST, z_m}});
        },
        [&] { return bench::difference(y, z); });
  }
}

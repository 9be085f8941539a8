// SPDX-License-Identifier: MIT
#include "ops/bias_gelu.h"

#include "dnnl.h"
#include "pairing.h"

int main(int argc, char** argv) {
  bench::Dnnl dnn;
  dnnl::post_ops gelu;
  gelu.append_eltwise(1, dnnl::algorithm::eltwise_gelu_tanh, 0, 0);
  dnnl::primitive_attr attributes;
  attributes.set_post_ops(gelu);
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long rows = w["rows"], cols = w["cols"];
    const auto x = bench::values(rows * cols), bias = bench::values(cols, 2);
    std::vector<float> y(x.size()), z(y.size());
    const auto desc = bench::Dnnl::desc({rows, cols}, bench::Tag::ab),
               row = bench::Dnnl::desc({1, cols}, bench::Tag::ab);
    const dnnl::binary sum(dnnl::binary::primitive_desc({dnnl::algorithm::binary_add, desc, row, desc},
                                                        attributes, dnn.engine()));
    const auto src = dnn.wrap(desc, x.data()), added = dnn.wrap(row, bias.data()),
               dst = dnn.wrap(desc, z.data());
    bench::compare(
        "bias_gelu", w, "oneDNN", [&] { ops::bias_gelu(x.data(), bias.data(), y.data(), rows, cols); },
        [&] {
          dnn.run(sum, {{DNNL_ARG_SRC_0, src}, {DNNL_ARG_SRC_1, added}, {DNNL_ARG_DST, dst}});
        },
        [&] { return bench::difference(y, z); });
  }
}

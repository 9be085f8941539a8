// SPDX-License-Identifier: MIT
#include "ops/layernorm.h"

#include "dnnl.h"
#include "pairing.h"

int main(int argc, char** argv) {
  using Flags = dnnl::normalization_flags;
  bench::Dnnl dnn;
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long rows = w["rows"], cols = w["cols"];
    const auto x = bench::values(rows * cols), weight = bench::values(cols, 2), bias = bench::values(cols, 3);
    std::vector<float> y(x.size()), z(y.size());
    const auto desc = bench::Dnnl::desc({rows, cols}, bench::Tag::ab),
               row = bench::Dnnl::desc({cols}, bench::Tag::a);
    const dnnl::layer_normalization_forward norm(dnnl::layer_normalization_forward::primitive_desc(
        {dnnl::prop_kind::forward_inference, desc, 1e-5f, Flags::use_scale | Flags::use_shift},
        dnn.engine()));
    const auto src = dnn.wrap(desc, x.data()), dst = dnn.wrap(desc, z.data()),
               scale = dnn.wrap(row, weight.data()), shift = dnn.wrap(row, bias.data());
    bench::compare(
        "layernorm", w, "oneDNN",
        [&] { ops::layernorm(x.data(), weight.data(), bias.data(), y.data(), rows, cols, 1e-5f); },
        [&] {
          dnn.run(
              norm,
              {{DNNL_ARG_SRC, src}, {DNNL_ARG_DST, dst}, {DNNL_ARG_SCALE, scale}, {DNNL_ARG_SHIFT, shift}});
        },
        [&] { return bench::difference(y, z); });
  }
}

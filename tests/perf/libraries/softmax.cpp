// SPDX-License-Identifier: MIT
#include "ops/softmax.h"

#include "dnnl.h"
#include "pairing.h"

int main(int argc, char** argv) {
  bench::Dnnl dnn;
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long rows = w["rows"], cols = w["cols"];
    const auto x = bench::values(rows * cols);
    std::vector<float> y(x.size()), z(y.size());
    const auto desc = bench::Dnnl::desc({rows, cols}, bench::Tag::ab);
    const dnnl::softmax_forward softmax(
        dnnl::softmax_forward::primitive_desc({dnnl::prop_kind::forward_inference, desc, 1}, dnn.engine()));
    const auto src = dnn.wrap(desc, x.data()), dst = dnn.wrap(desc, z.data());
    bench::compare(
        "softmax", w, "oneDNN", [&] { ops::softmax(x.data(), y.data(), rows, cols); },
        [&] {
          dnn.run(softmax, {{DNNL_ARG_SRC, src}, {DNNL_ARG_DST, dst}});
        },
        [&] { return bench::difference(y, z); });
  }
}

// SPDX-License-Identifier: MIT
#include "ops/conv2d_3x3.h"

#include "dnnl.h"
#include "pairing.h"

int main(int argc, char** argv) {
  bench::Dnnl dnn;
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long in = w["channels_in"], out = w["channels_out"], height = w["height"], width = w["width"];
    const auto image = bench::values(in * height * width), weight = bench::values(out * in * 9, 2);
    std::vector<float> y(out * height * width), z(y.size());
    const auto src = bench::Dnnl::desc({1, in, height, width}, bench::Tag::nchw),
               dst = bench::Dnnl::desc({1, out, height, width}, bench::Tag::nchw),
               any = bench::Dnnl::desc({out, in, 3, 3}, bench::Tag::any),
               plain = bench::Dnnl::desc({out, in, 3, 3}, bench::Tag::oihw);
    const dnnl::convolution_forward::primitive_desc chosen({dnnl::prop_kind::forward_inference,
                                                            dnnl::algorithm::convolution_auto,
                                                            src,
                                                            any,
                                                            dst,
                                                            {1, 1},
                                                            {1, 1},
                                                            {1, 1}},
                                                           dnn.engine());
    const dnnl::convolution_forward convolution(chosen);
    const auto src_m = dnn.wrap(src, image.data()), dst_m = dnn.wrap(dst, z.data()),
               wei_m = dnn.packed(dnn.wrap(plain, weight.data()), chosen.weights_desc());
    bench::compare(
        "conv2d_3x3", w, "oneDNN",
        [&] { ops::conv2d_3x3(image.data(), weight.data(), y.data(), in, out, height, width); },
        [&] {
          dnn.run(convolution, {{DNNL_ARG_SRC, src_m}, {DNNL_ARG_WEIGHTS, wei_m}, {DNNL_ARG_DST, dst_m}});
        },
        [&] { return bench::difference(y, z); });
  }
}

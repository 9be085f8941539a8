// SPDX-License-Identifier: MIT
#include "ops/depthwise_conv.h"

#include "dnnl.h"
#include "pairing.h"

int main(int argc, char** argv) {
  bench::Dnnl dnn;
  for (const bench::Workload& w : bench::workloads(argc, argv)) {
    const long height = w["height"], width = w["width"], channels = w["channels"], size = w["size"],
               left = size / 2;
    const auto image = bench::values(height * width * channels),
               weight = bench::values(size * size * channels, 2);
    std::vector<float> y(image.size()), z(y.size());
    const auto src = bench::Dnnl::desc({1, channels, height, width}, bench::Tag::nhwc),
               any = bench::Dnnl::desc({channels, 1, 1, size, size}, bench::Tag::any),
               plain = bench::Dnnl::desc({channels, 1, 1, size, size}, bench::Tag::decab);
    const dnnl::convolution_forward::primitive_desc chosen({dnnl::prop_kind::forward_inference,
                                                            dnnl::algorithm::convolution_auto,
                                                            src,
                                                            any,
                                                            src,
                                                            {1, 1},
                                                            {left, left},
                                                            {size - 1 - left, size - 1 - left}},
                                                           dnn.engine());
    const dnnl::convolution_forward convolution(chosen);
    const auto src_m = dnn.wrap(src, image.data()), dst_m = dnn.wrap(src, z.data()),
               wei_m = dnn.packed(dnn.wrap(plain, weight.data()), chosen.weights_desc());
    bench::compare(
        "depthwise_conv", w, "oneDNN",
        [&] { ops::depthwise_conv(image.data(), weight.data(), y.data(), height, width, channels, size); },
        [&] {
          dnn.run(convolution, {{DNNL_ARG_SRC, src_m}, {DNNL_ARG_WEIGHTS, wei_m}, {DNNL_ARG_DST, dst_m}});
        },
        [&] { return bench::difference(y, z); });
  }
}

// SPDX-License-Identifier: MIT
// oneDNN as its users call it: primitives are made once, weights are brought into the library's own format
// beforehand, what the caller hands over and gets back keeps the operator's layout.
#pragma once

#include <unordered_map>
#include <vector>

#include <dnnl.hpp>

namespace bench {

using Tag = dnnl::memory::format_tag;

class Dnnl {
 public:
  Dnnl() : engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {}
  dnnl::engine& engine() { return engine_; }

  static dnnl::memory::desc desc(const dnnl::memory::dims& dims, Tag tag) {
    return {dims, dnnl::memory::data_type::f32, tag};
  }
  dnnl::memory wrap(const dnnl::memory::desc& desc, const float* data) {
    return {desc, engine_, const_cast<float*>(data)};
  }
  /// The same values in the layout that the primitive asked for.
  dnnl::memory packed(dnnl::memory from, const dnnl::memory::desc& wanted) {
    if (from.get_desc() == wanted) return from;
    dnnl::memory to(wanted, engine_);
    dnnl::reorder(from, to).execute(stream_, from, to);
    stream_.wait();
    return to;
  }
  void run(const dnnl::primitive& primitive, const std::unordered_map<int, dnnl::memory>& arguments) {
    primitive.execute(stream_, arguments);
    stream_.wait();
  }

 private:
  dnnl::engine engine_;
  dnnl::stream stream_;
};

}  // namespace bench

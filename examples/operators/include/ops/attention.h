#pragma once

namespace ops {

// One head: output = softmax(q k^T / sqrt(dim)) v.
//   q [queries][dim], k [keys][dim], v [keys][dim], output [queries][dim]; output must not overlap the
//   others.
void attention(const float* q, const float* k, const float* v, float* output, int queries, int keys, int dim);

}  // namespace ops

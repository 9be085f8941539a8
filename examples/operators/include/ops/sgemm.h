#pragma once

namespace ops {

// c = alpha * a * b + beta * c; row-major, a is m x k, b is k x n. c must not overlap a or b.
void sgemm(const float* a, const float* b, float* c, int m, int n, int k, float alpha, float beta);

}  // namespace ops

#pragma once

#include <cstddef>

namespace ops {

// y = exp(x) / sum(exp(x)), for every row. y may be x.
template <typename T>
void softmax(const T* x, T* y, std::size_t rows, std::size_t cols);

extern template void softmax<float>(const float*, float*, std::size_t, std::size_t);

}  // namespace ops

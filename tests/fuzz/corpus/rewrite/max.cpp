
#include <algorithm>
void f(const float* x, float* out, unsigned long n) {
  float largest = x[0], smallest = x[0], selected = x[0], magnitude = 0;
  for (unsigned long i = 1; i < n; ++i) {
    largest = std::max(largest, x[i]);
    if (x[i] < smallest) smallest = x[i];
    selected = selected < x[i] ? x[i] : selected;
    if (std::fabs(x[i]) > magnitude) magnitude = std::fabs(x[i]);
  }
  out[0] = largest; out[1] = smallest; out[2] = selected; out[3] = magnitude;
}
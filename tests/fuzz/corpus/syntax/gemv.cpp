
void f(const float* a, const float* x, float* y, unsigned long rows, unsigned long cols) {
  for (unsigned long i = 0; i < rows; ++i) {
    y[i] = 0;
    for (unsigned long j = 0; j < cols; ++j) y[i] += a[i * cols + j] * x[j];
  }
}
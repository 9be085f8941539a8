
void f(const double* x, double* y, long rows, long cols) {
  for (long j = 0; j < cols; ++j)
    for (long i = 0; i < rows; ++i) y[i * cols + j] = x[i * cols + j] * 2;
}
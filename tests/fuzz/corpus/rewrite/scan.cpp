
void f(const float* x, float* y, float* z, unsigned long n) {
  float sum = 0.25f;
  for (unsigned long i = 0; i < n; ++i) {
    z[i] = sum;
    sum += x[i];
    y[i] = sum;
  }
}
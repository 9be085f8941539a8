
float f(const float* x, const float* w, float* y, long n) {
  float s = 0.5f;
  double t = 0;
  for (long i = 0; i < n; ++i) {
    y[i] = x[i] * w[i];
    s += y[i];
    t -= static_cast<double>(x[i]) * 2;
  }
  return s + t;
}
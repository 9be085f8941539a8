const double kTurn = 6.28;
struct Body {
  float x, y;
  double mass;
};
static double wave(double v) { return std::sin(v * kTurn); }
void f(const float* x, float* y, const Body* bodies, int rows, int n) {
  for (int r = 0; r < rows; ++r) {
    double sum = 0;
    for (int i = 0; i < n; ++i) {
      const double angle = kTurn * ((r * i) % n) / n;
      if (i == r) continue;
      sum += x[3 * i + 1] * std::cos(angle) + wave(0.5 * i) * bodies[i].mass;
    }
    y[r] = sum;
  }
}

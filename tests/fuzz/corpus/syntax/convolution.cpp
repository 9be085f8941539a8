
inline bool inside(int y, int x, int h, int w) { return y >= 0 && y < h && x >= 0 && x < w; }
void f(const float* in, const float* k, float* out, float* skipped, int h, int w) {
  for (int y = 0; y < h; ++y)
    for (int x = 0; x < w; ++x) {
      float sum = 0.0f, other = 1.0f;
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -2; dx <= 2; ++dx) {
          if (inside(y + dy, x + dx, h, w)) sum += in[(y + dy) * w + x + dx] * k[(dy + 1) * 5 + dx + 2];
        }
      for (int dx = 0; dx < 3; ++dx) {
        const int ix = x - dx;
        if (ix < 0 || y == 2 || ix >= w - 1) continue;
        other += in[y * w + ix];
      }
      out[y * w + x] = sum;
      skipped[y * w + x] = other;
    }
}
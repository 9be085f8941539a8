void f(const float* x, float* y, unsigned long n, int m) {
  for (int i = m - 1; i >= 0; --i) y[i] = x[i] * i;
  while (n--) y[n] += x[n];
  if (m <= 0) return;
  int k = 0;
  do {
    y[k] = x[k];
    ++k;
  } while (k < m);
  do *y++ = *x++;
  while (--m > 0);
}

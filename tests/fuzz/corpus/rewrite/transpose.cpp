
#define AT(row, column, columns) ((row) * (columns) + (column))
void f(const float* x, float* y, unsigned long rows, unsigned long cols) {
  for (unsigned long r = 0; r < rows; ++r) {
    for (unsigned long c = 0; c < cols; ++c) {
      y[AT(c, r, rows)] = x[AT(r, c, cols)];
    }
  }
}
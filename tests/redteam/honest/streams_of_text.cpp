// SPDX-License-Identifier: MIT
// <iostream> brings constructors that run before main(); a string stream and a locale of its own make the
// text of an error that never comes.
//! operator: rmsnorm
#include <cmath>
#include <cstdint>
#include <iomanip>
#include <iostream>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>

namespace ops {

using namespace std;

void rmsnorm(const float* x, const float* weight, float* y, int64_t rows, int64_t cols, float eps) {
  ostringstream text;
  text.imbue(locale::classic());
  text << "rmsnorm " << rows << " x " << setprecision(9) << cols << R"( with eps = ")" << eps << '"';
  if (rows < 0) {
    cerr << text.str() << endl;
    throw invalid_argument(text.str());
  }
  for (int64_t r = 0; r < rows; ++r) {
    float sum = 0;
    for (int64_t c = 0; c < cols; ++c) sum += x[r * cols + c] * x[r * cols + c];
    const float scale = 1 / sqrt(sum / cols + eps);
    for (int64_t c = 0; c < cols; ++c) y[r * cols + c] = x[r * cols + c] * scale * weight[c];
  }
}

}  // namespace ops

// SPDX-License-Identifier: MIT
// Unrolled by 32, with a jump into the rest: one of its 31 entries is missing, so that one length of 32 loses
// its end.
//! row: own
//! operator: saxpy
//! outcome: wrong
//! reason: z[
//! effort: confirm
#include <cstdint>

namespace ops {

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  for (; n >= 32; n -= 32, x += 32, y += 32, z += 32)
    for (int k = 0; k < 32; ++k) z[k] = a * x[k] + y[k];
  switch (n) {
    case 31:
      z[30] = a * x[30] + y[30];
      [[fallthrough]];
    case 30:
      z[29] = a * x[29] + y[29];
      [[fallthrough]];
    case 29:
      z[28] = a * x[28] + y[28];
      [[fallthrough]];
    case 28:
      z[27] = a * x[27] + y[27];
      [[fallthrough]];
    case 27:
      z[26] = a * x[26] + y[26];
      [[fallthrough]];
    case 26:
      z[25] = a * x[25] + y[25];
      [[fallthrough]];
    case 25:
      z[24] = a * x[24] + y[24];
      [[fallthrough]];
    case 24:
      z[23] = a * x[23] + y[23];
      [[fallthrough]];
    case 23:
      z[22] = a * x[22] + y[22];
      z[21] = a * x[21] + y[21];
      [[fallthrough]];
    case 21:
      z[20] = a * x[20] + y[20];
      [[fallthrough]];
    case 20:
      z[19] = a * x[19] + y[19];
      [[fallthrough]];
    case 19:
      z[18] = a * x[18] + y[18];
      [[fallthrough]];
    case 18:
      z[17] = a * x[17] + y[17];
      [[fallthrough]];
    case 17:
      z[16] = a * x[16] + y[16];
      [[fallthrough]];
    case 16:
      z[15] = a * x[15] + y[15];
      [[fallthrough]];
    case 15:
      z[14] = a * x[14] + y[14];
      [[fallthrough]];
    case 14:
      z[13] = a * x[13] + y[13];
      [[fallthrough]];
    case 13:
      z[12] = a * x[12] + y[12];
      [[fallthrough]];
    case 12:
      z[11] = a * x[11] + y[11];
      [[fallthrough]];
    case 11:
      z[10] = a * x[10] + y[10];
      [[fallthrough]];
    case 10:
      z[9] = a * x[9] + y[9];
      [[fallthrough]];
    case 9:
      z[8] = a * x[8] + y[8];
      [[fallthrough]];
    case 8:
      z[7] = a * x[7] + y[7];
      [[fallthrough]];
    case 7:
      z[6] = a * x[6] + y[6];
      [[fallthrough]];
    case 6:
      z[5] = a * x[5] + y[5];
      [[fallthrough]];
    case 5:
      z[4] = a * x[4] + y[4];
      [[fallthrough]];
    case 4:
      z[3] = a * x[3] + y[3];
      [[fallthrough]];
    case 3:
      z[2] = a * x[2] + y[2];
      [[fallthrough]];
    case 2:
      z[1] = a * x[1] + y[1];
      [[fallthrough]];
    case 1:
      z[0] = a * x[0] + y[0];
      [[fallthrough]];
    default:
      break;
  }
}

}  // namespace ops

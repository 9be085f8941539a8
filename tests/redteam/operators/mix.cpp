// SPDX-License-Identifier: MIT
// Mixes tracks of 16 bits with a gain for each into one, and meters the peak of every track.
#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ops {

void mix(const std::int16_t* track, const float* gain, std::int16_t* out, std::int32_t* peak,
         std::int64_t tracks, std::int64_t samples) {
  for (std::int64_t s = 0; s < samples; ++s) {
    float sum = 0;
    for (std::int64_t t = 0; t < tracks; ++t) sum += gain[t] * static_cast<float>(track[t * samples + s]);
    out[s] = static_cast<std::int16_t>(std::lrint(std::min(std::max(sum, -32768.0f), 32767.0f)));
  }
  for (std::int64_t t = 0; t < tracks; ++t) {
    std::int32_t high = 0;
    for (std::int64_t s = 0; s < samples; ++s) {
      const std::int32_t v = track[t * samples + s];
      high = std::max(high, v < 0 ? -v : v);
    }
    peak[t] = high;
  }
}

}  // namespace ops

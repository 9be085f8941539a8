// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace ke {

/// Monotonic seconds.
inline double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
/// UTC wall clock as 2026-01-31T12:00:00Z, `ago_s` seconds before now.
std::string utc_now(int64_t ago_s = 0);

class Deadline {
 public:
  explicit Deadline(double seconds_from_now) : end_s_(now_s() + seconds_from_now) {}
  double left_s() const { return end_s_ - now_s(); }
  bool passed() const { return left_s() <= 0; }

 private:
  double end_s_;
};

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/base/clock.h"

#include <ctime>

namespace ke {

std::string utc_now(int64_t ago_s) {
  const std::time_t now = std::time(nullptr) - ago_s;
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace ke

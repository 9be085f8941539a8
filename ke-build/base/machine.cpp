// SPDX-License-Identifier: MIT
#include "ke-build/base/machine.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <fstream>
#include <thread>

namespace ke {

std::string machine_name() {
  std::string model = "unknown processor";
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (starts_with(line, "model name")) {
      model = trim(line.substr(line.find(':') + 1));
      break;
    }
  }
  return fmt::format("{}, {} cores", model, std::thread::hardware_concurrency());
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return trim(id);
}

}  // namespace ke

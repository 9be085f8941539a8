// SPDX-License-Identifier: MIT
#include "ke-build/base/machine.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <thread>

namespace ke {
namespace {

/// Of a file, or "" where it cannot be read.
std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return trim(line);
}

std::string on_or_off(const std::string& flag, const char* on) {
  return flag.empty() ? "not told" : flag == on ? "on" : "off";
}

}  // namespace

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

std::string boot_id() { return first_line("/proc/sys/kernel/random/boot_id"); }

ProcessorTicks processor_ticks(const std::string& path) {
  std::istringstream line(first_line(path));
  std::string name;
  line >> name;
  ProcessorTicks ticks;
  // user nice system idle iowait irq softirq steal; what guests of this machine use is in `user`.
  int64_t value = 0;
  for (int field = 0; field < 8 && line >> value; ++field) {
    ticks.all += value;
    if (field == 7) ticks.stolen = value;
  }
  return name == "cpu" ? ticks : ProcessorTicks();
}

std::string environment_text(const ProcessorTicks& begun, const std::string& processors,
                             const ProcessorTicks& now) {
  const std::string governor = first_line(processors + "/cpu0/cpufreq/scaling_governor");
  const std::string boost = first_line(processors + "/cpufreq/boost");
  const std::string no_turbo = first_line(processors + "/intel_pstate/no_turbo");
  const auto all = static_cast<double>(now.all - begun.all);
  const auto stolen = static_cast<double>(now.stolen - begun.stolen);
  return fmt::format("governor {}, SMT {}, boost {}, {} of processor time stolen",
                     governor.empty() ? "not told" : governor,
                     on_or_off(first_line(processors + "/smt/active"), "1"),
                     boost.empty() ? on_or_off(no_turbo, "0") : on_or_off(boost, "1"),
                     all > 0 ? fmt::format("{:.1f} %", 100 * stolen / all) : "unknown share");
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// What this machine can do and what is missing: every line says what is affected and what to do about it.
#include "ke-build/base/files.h"
#include "ke-build/base/machine.h"
#include "ke-build/base/process.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"
#include "ke-build/commands/command.h"
#include "ke-build/evaluate/profile/profiler.h"
#include "ke-build/evaluate/sandbox.h"
#include "ke-build/model/codec.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <memory>
#include <thread>

#include <sys/statvfs.h>
#include <unistd.h>

namespace ke {
namespace {

struct Fact {
  std::string name, state, detail;  // state: ok, missing, degraded
};

Fact tool(const std::string& name, const std::vector<std::string>& argv, bool needed,
          const std::string& effect) {
  const auto exit = run({.argv = argv, .timeout_s = 10});
  if (exit && exit->succeeded()) {
    const std::string line = trim(split(exit->out, '\n').front());
    return {name, "ok", line.empty() ? "`" + join_texts(argv, " ") + "` works" : line};
  }
  return {name, needed ? "missing" : "degraded", effect};
}

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (starts_with(line, "model name")) return trim(line.substr(line.find(':') + 1));
  }
  return "unknown processor";
}

Fact disk(const std::string& folder) {
  struct statvfs facts {};
  if (::statvfs(folder.c_str(), &facts) != 0)
    return {"disk", "degraded", "cannot ask for free space in " + folder};
  const double free_gb = static_cast<double>(facts.f_bavail) * static_cast<double>(facts.f_frsize) / 1e9;
  return {"disk", free_gb < 1 ? "degraded" : "ok", fmt::format("{:.1f} GB free in {}", free_gb, folder)};
}

std::vector<Fact> sandbox_findings() {
  std::vector<Fact> findings;
  for (const std::string& layer : sandbox_layers(SandboxRole::compiler)) {
    findings.push_back({"sandbox", starts_with(layer, "absent") ? "degraded" : "ok", layer});
  }
  return findings;
}

std::vector<Fact> examine() {
  std::vector<Fact> findings = {
      {"processor", "ok", fmt::format("{}, {} cores", cpu_model(), std::thread::hardware_concurrency())},
      tool("g++", {"g++", "--version"}, false,
           "no g++: operators are built with the compiler of your own build"),
      tool("clang++", {"clang++", "--version"}, false, "no clang++: fine, unless your project uses it"),
      tool("cmake", {"cmake", "--version"}, true, "cmake 3.24 or later is needed: apt-get install cmake"),
      tool("ninja", {"ninja", "--version"}, true,
           "evaluation folders are ninja builds: apt-get install ninja-build"),
      tool("git", {"git", "--version"}, true, "proposals are git branches: apt-get install git"),
      tool("bubblewrap", {"bwrap", "--version"}, false,
           "no second sandbox layer: apt-get install bubblewrap"),
      disk("."),
      {"environment", "ok", environment_text({}) + " since it was started"},
      {"runner sources", exists(join(share_dir(), "backends/cpu/runner_main.cpp")) ? "ok" : "missing",
       join(share_dir(), "backends/cpu/runner_main.cpp")}};
  for (const auto& profiler : make_profilers()) {
    const ProfilerProbe probe = profiler->probe();
    findings.push_back(
        {profiler->name(), probe.usable ? "ok" : "degraded",
         probe.usable ? probe.version : "no witness for diagnoses, which do without: " + probe.missing});
  }
  for (Fact& finding : sandbox_findings()) findings.push_back(std::move(finding));
  return findings;
}

}  // namespace

Action attach_doctor(CLI::App&, SharedOptions& shared) {
  return [&shared]() -> Result<int> {
    Json rows = Json::array();
    std::string text;
    bool healthy = true;
    for (const Fact& finding : examine()) {
      rows.push_back({{"name", finding.name}, {"state", finding.state}, {"detail", finding.detail}});
      text += fmt::format("{:<9} {:<15} {}\n", finding.state, finding.name, finding.detail);
      healthy &= finding.state != "missing";
    }
    if (shared.json)
      KE_DO(print_json({{"version", kCodecVersion}, {"healthy", healthy}, {"findings", rows}}));
    else
      KE_DO(print_text(text));
    return healthy ? 0 : exit_code(ErrorCode::tool);
  };
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// Top-down by hardware counters: perf attaches to the runner while the judge keeps it busy.
#include "ke-build/base/clock.h"
#include "ke-build/base/process.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/launch.h"
#include "ke-build/evaluate/profile/profiler.h"
#include "profilers/perf/perf_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>

namespace ke {
namespace {

constexpr double kWatch_s = 0.5;

/// Intel and Arm, then AMD; the levels below the first are tried with it and given up alone.
const std::vector<std::string> kMetrics = {"TopdownL1,TopdownL2", "PipelineL1,PipelineL2", "TopdownL1",
                                           "PipelineL1"};

Result<std::map<std::string, double>> count(const std::string& metrics, const std::vector<std::string>& what,
                                            double timeout_s) {
  Command command;
  command.argv = {"perf", "stat", "-j", "-M", metrics};
  command.environment["LC_ALL"] = "C";  // elsewhere 12.5 may be printed as 12,5
  command.argv.insert(command.argv.end(), what.begin(), what.end());
  command.timeout_s = timeout_s;
  KE_TRY(const Exit exit, run(command));
  if (exit.timed_out) return Error{ErrorCode::tool, "it did not end in time"};
  return perf::parse_topdown(exit.err + "\n" + exit.out);
}

class PerfProfiler : public Profiler {
 public:
  std::string name() const override { return "perf"; }

  ProfilerProbe probe() override {
    ProfilerProbe probe;
    const auto version = run({.argv = {"perf", "--version"}, .timeout_s = 10});
    if (!version || !version->succeeded()) {
      probe.missing = "not installed: apt-get install linux-perf (or linux-tools)";
      return probe;
    }
    probe.version = trim(split(version->out, '\n').front());
    std::string why;
    for (const std::string& metrics : kMetrics) {
      const auto shares = count(metrics, {"--", "true"}, 10);
      if (shares) {
        metrics_ = metrics;
        probe.usable = true;
        return probe;
      }
      if (why.empty() || why.find("no top-down") != std::string::npos) why = shares.error().message;
    }
    probe.missing = why;
    return probe;
  }

  Result<std::vector<std::string>> examine(const ProfileTarget& target, Differentials& runs) override {
    if (metrics_.empty() && !probe().usable) return Error{ErrorCode::tool, "has no counters here"};
    LaunchOptions options;
    options.mandatory_layers = target.mandatory_layers;
    KE_TRY(Launch launch, Launch::start(target.op, target.axes, target.program, options));
    const std::vector<std::string> what = {"-p", std::to_string(launch.runner().pid()), "--", "sleep",
                                           fmt::format("{:.2f}", kWatch_s)};
    // The runner is busy from this thread, which owns it, while perf waits in another.
    Result<std::map<std::string, double>> shares = Error{ErrorCode::tool, "was not started"};
    std::thread watcher([&] { shares = count(metrics_, what, 10); });
    const Deadline deadline(kWatch_s + 0.3);
    std::string stopped;
    for (uint64_t call = 0; stopped.empty() && !deadline.passed(); ++call) {
      launch.put(0, target.inputs, call);
      const RunOutcome outcome = launch.run(0, 1, std::max(2.0, 100 * target.call_s));
      if (!outcome.finished()) stopped = outcome.reason;
    }
    watcher.join();
    if (!stopped.empty()) return Error{ErrorCode::tool, "the version " + stopped};
    if (!shares) return std::move(shares).error();
    const auto share = [&](const char* one, const char* other) {
      for (const char* name : {one, other}) {
        if (const auto found = shares->find(name); found != shares->end()) return found->second;
      }
      return -1.0;
    };
    runs.frontend = share("frontend_bound", "");
    runs.bad_speculation = share("bad_speculation", "");
    runs.retiring = share("retiring", "");
    runs.backend_memory = share("backend_bound_memory", "memory_bound");
    runs.backend_core = share("backend_bound_cpu", "core_bound");
    std::string text;
    for (const auto& [name, value] : *shares)
      text += fmt::format("{}{} {:.0f} %", text.empty() ? "" : ", ", name, 100 * value);
    return std::vector<std::string>{"perf counts issue slots (the judge's stops included): " + text};
  }

 private:
  std::string metrics_;
};

}  // namespace

std::unique_ptr<Profiler> make_profiler_perf() { return std::make_unique<PerfProfiler>(); }

}  // namespace ke

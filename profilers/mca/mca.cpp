// SPDX-License-Identifier: MIT
// Port and dependence bounds of the innermost loop with the most arithmetic, simulated by llvm-mca.
#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/profile/profiler.h"
#include "ke-build/evaluate/sandbox.h"
#include "profilers/mca/loops.h"
#include "profilers/mca/mca_report.h"

#include <fmt/format.h>

#include <optional>

namespace ke {
namespace {

std::optional<std::string> find_mca() {
  if (auto found = find_program("llvm-mca")) return found;
  for (int version = 30; version >= 11; --version) {
    if (auto found = find_program(fmt::format("llvm-mca-{}", version))) return found;
  }
  return std::nullopt;
}

class McaProfiler : public Profiler {
 public:
  std::string name() const override { return "llvm-mca"; }

  ProfilerProbe probe() override {
    ProfilerProbe probe;
    const auto mca = find_mca(), objdump = find_program("objdump");
    if (!mca || !objdump) {
      probe.missing =
          !mca ? "not installed: apt-get install llvm" : "objdump is missing: apt-get install binutils";
      return probe;
    }
    const auto version = run({.argv = {*mca, "--version"}, .timeout_s = 10});
    if (!version || !version->succeeded()) {
      probe.missing = *mca + " does not run";
      return probe;
    }
    probe.usable = true;
    for (const std::string& line : split(version->out, '\n')) {
      if (probe.version.empty() && line.find("version") != std::string::npos) probe.version = trim(line);
    }
    return probe;
  }

  Result<std::vector<std::string>> examine(const ProfileTarget& target, Differentials& runs) override {
    const std::string object = join(target.folder, "kernel.o");
    KE_TRY(const std::string code,
           output_of({"objdump", "-d", "--no-show-raw-insn", "--demangle", object}, "", target));
    const std::vector<mca::Loop> loops = mca::innermost_loops(code, 1);
    if (loops.empty()) return std::vector<std::string>{"llvm-mca says nothing: the machine code has no loop"};
    const mca::Loop& loop = loops.front();
    const auto tool = find_mca();
    if (!tool) return Error{ErrorCode::not_found, "it is gone"};
    KE_TRY(const std::string text, output_of({*tool, "-json", "-mcpu=native", "-iterations=100", "-"},
                                             mca::assembly_of(loop), target));
    KE_TRY(const mca::Report report, mca::parse_report(text));
    runs.chain_cycles = report.cycles;
    runs.port_cycles = report.port_cycles;
    std::string line = fmt::format(
        "llvm-mca: the innermost loop with the most arithmetic ({} instructions in {}) takes {:.1f} cycles, "
        "its "
        "ports need {:.1f}",
        loop.body.size(), loop.function.substr(0, 80), report.cycles, report.port_cycles);
    if (!report.busiest.empty())
      line += fmt::format(", the busiest is {} with {:.1f}", report.busiest, report.busiest_cycles);
    line += report.cycles > 1.5 * report.port_cycles ? ": values wait for each other"
                                                     : ": the ports are the limit";
    if (loop.calls) line += "; it calls a function, which the simulation cannot see";
    return std::vector<std::string>{line +
                                    (report.processor.empty() ? "" : " (model of " + report.processor + ")")};
  }

 private:
  // The object comes from source that nobody has read: what looks at it runs in the sandbox too.
  static Result<std::string> output_of(const std::vector<std::string>& argv, const std::string& input,
                                       const ProfileTarget& target) {
    SandboxPolicy policy;
    policy.role = SandboxRole::compiler;
    policy.readable = {target.folder};
    policy.mandatory = target.mandatory_layers;
    policy.limits.wall_s = 20;
    policy.limits.output_bytes = 8u << 20;
    policy.environment = {"PATH"};
    Command command;
    command.argv = argv;
    command.input = input;
    command.timeout_s = 20;
    KE_TRY(const SandboxExit exit, run_sandboxed(command, policy));
    if (!exit.succeeded())
      return Error{ErrorCode::tool, exit.err.empty() ? exit.reason : split(trim(exit.err), '\n').front()};
    return exit.out;
  }
};

}  // namespace

std::unique_ptr<Profiler> make_profiler_mca() { return std::make_unique<McaProfiler>(); }

}  // namespace ke

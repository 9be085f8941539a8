// SPDX-License-Identifier: MIT
// Instructions of one call, counted by valgrind: exact and repeatable, and no time. A witness, never a gate.
#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/diagnosis.h"
#include "ke-build/evaluate/launch.h"
#include "ke-build/evaluate/profile/profiler.h"
#include "profilers/callgrind/callgrind_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace ke {
namespace {

constexpr double kSlower = 60;  // than the machine, about
constexpr double kMost_s = 15;

std::vector<std::vector<std::byte>> bytes_of(const ProfileTarget& target,
                                             const std::vector<RunnerSlot>& slots) {
  std::vector<std::vector<std::byte>> values(slots.size());
  for (size_t i = 0; i < target.op.arguments.size(); ++i) {
    if (!target.op.arguments[i].input) continue;
    const Buffer& buffer = target.inputs.arguments[i];
    values[i].assign(buffer.data(), buffer.data() + buffer.size_bytes());
  }
  for (size_t i = 0; i < target.op.axis_names.size(); ++i) {
    const int64_t size = target.axes.at(target.op.axis_names[i]);
    const auto* first = reinterpret_cast<const std::byte*>(&size);
    values[target.op.arguments.size() + i].assign(first, first + sizeof size);
  }
  return values;
}

class CallgrindProfiler : public Profiler {
 public:
  std::string name() const override { return "callgrind"; }

  ProfilerProbe probe() override {
    ProfilerProbe probe;
    const auto version = run({.argv = {"valgrind", "--version"}, .timeout_s = 10});
    probe.usable = version && version->succeeded();
    if (probe.usable) probe.version = trim(split(version->out, '\n').front());
    if (!probe.usable) probe.missing = "not installed: apt-get install valgrind";
    return probe;
  }

  Result<std::vector<std::string>> examine(const ProfileTarget& target, Differentials&) override {
    if (kSlower * target.call_s > kMost_s)
      return std::vector<std::string>{
          fmt::format("callgrind is left out: a call of {:.2g} s would take it about {:.0f} s", target.call_s,
                      kSlower * target.call_s)};
    const auto valgrind = find_program("valgrind");
    if (!valgrind) return Error{ErrorCode::not_found, "valgrind is gone"};
    KE_TRY(const TempDir scratch, TempDir::make("ke-callgrind"));
    // The sandboxed program has a user of its own.
    std::error_code ignored;
    std::filesystem::permissions(scratch.path(), std::filesystem::perms::all, ignored);
    const std::string file = join(scratch.path(), "counts");
    SandboxPolicy policy;
    policy.role = SandboxRole::compiler;
    policy.readable = target.program.reads;
    policy.writable = {scratch.path()};
    policy.mandatory = target.mandatory_layers;
    policy.limits.wall_s = 4 * kMost_s;
    const std::vector<RunnerSlot> slots = slots_of(target.op, target.axes, false, false);
    KE_TRY(const OneShot shot, run_once(target.program.path, slots, bytes_of(target, slots), policy,
                                        {*valgrind, "--tool=callgrind", "--callgrind-out-file=" + file,
                                         "--toggle-collect=ke_call", "--vgdb=no", "-q"}));
    if (!shot.outcome.finished()) return Error{ErrorCode::tool, "under valgrind it " + shot.outcome.reason};
    KE_TRY(const std::string text, read_file(file, 64u << 20));
    KE_TRY(const callgrind::Counts counts, callgrind::parse_counts(text));
    return describe(target, counts);
  }

 private:
  static Result<std::vector<std::string>> describe(const ProfileTarget& target,
                                                   const callgrind::Counts& counts) {
    KE_TRY(const Work work, work_of(target.op, target.axes));
    const auto instructions = static_cast<double>(counts.instructions);
    std::string line = fmt::format("callgrind counts {:.4g} instructions per call", instructions);
    if (work.flops_known && work.flops > 0)
      line += fmt::format(", {:.2f} per declared flop", instructions / work.flops);
    if (work.bytes > 0) line += fmt::format(", {:.2f} per byte", instructions / work.bytes);
    if (target.call_s > 0) line += fmt::format(", {:.2f} per nanosecond", instructions / target.call_s / 1e9);
    for (size_t i = 0; i < std::min<size_t>(3, counts.functions.size()); ++i) {
      const auto& [name, own] = counts.functions[i];
      const double share = instructions > 0 ? static_cast<double>(own) / instructions : 0;
      if (share >= 0.05) line += fmt::format("; {:.0f} % in {}", 100 * share, name.substr(0, 80));
    }
    return std::vector<std::string>{line};
  }
};

}  // namespace

std::unique_ptr<Profiler> make_profiler_callgrind() { return std::make_unique<CallgrindProfiler>(); }

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/confirmation.h"

#include "ke-build/base/log.h"
#include "ke-build/base/stats.h"
#include "ke-build/evaluate/at_once.h"
#include "ke-build/evaluate/beside_baseline.h"
#include "ke-build/evaluate/dispatch.h"
#include "ke-build/evaluate/exam.h"
#include "ke-build/evaluate/guided.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace ke {
namespace {

constexpr double kInstrumented = 2;  // times the plain build, for a build with sanitizers
constexpr double kDecided = 0.22;    // of the seconds that a decision may use; a clear winner needs no more
// Sentinel, other uses, other callers, sanitized calls: they took 1.3 to 1.6 s where checks take 0.6 to 1.2;
// being timed on other shapes and with other numbers took 3.7 to 5.2 s.
constexpr double kRemaining_s = 1.5, kRemainingChecks = 1.5, kElsewhere_s = 4.5;
constexpr double kUsualCoverage_s = 0.4;  // of each program: taking it apart, and some hundred calls
constexpr int kSpareBlocks = 3;           // beyond the fewest that can decide

struct Build {
  Subject subject;
  Role role;
  double share = 1;  // of the seconds that the subject's kernel took
};

std::vector<Build> variant_builds(const JudgeState& state, const Subject& subject) {
  std::vector<Build> builds;
  for (const std::string& isa : hidden_variants(state.baseline.candidate.source, subject.candidate.source))
    builds.push_back({only_variant(subject, isa), Role::kernel, 1});
  return builds;
}

// Longest first.
std::vector<Build> other_builds(const JudgeState& state, const Subject& subject) {
  std::vector<Build> builds{
      {subject, Role::sanitized, kInstrumented}, {subject, Role::linked, 1}, {subject, Role::traced, 1}};
  if (!state.baseline_sanitized) {
    builds.push_back({state.baseline, Role::sanitized, kInstrumented});
    builds.push_back({state.baseline, Role::traced, 1});
  }
  for (const Build& variant : variant_builds(state, subject))
    builds.push_back({variant.subject, Role::traced, variant.share});
  return builds;
}

// Seconds that builds take on all cores; those of the baseline come from its own kernel.
double build_s(const std::vector<Build>& builds, const Subject& subject, double own_s, double baseline_s) {
  double all_s = 0;
  for (const Build& build : builds)
    all_s += build.share * (build.subject.candidate.source == subject.candidate.source ? own_s : baseline_s);
  const int cores = std::clamp(usable_cores(), 1, std::max(1, static_cast<int>(builds.size())));
  return all_s / cores;
}

Result<> build_together(JudgeState& state, const std::vector<Build>& builds, const Deadline& deadline) {
  if (usable_cores() < 2) return ok();
  return at_once(builds.size(), deadline, [&](size_t i) -> Result<> {
    const std::string folder = state.folders->path_of(state.op, builds[i].subject);
    KE_DO(state.folders->write(folder, state.op, state.baseline, builds[i].subject));
    KE_TRY(const Product product, state.folders->build(folder, state.op, builds[i].subject, builds[i].role));
    (void)product;
    return ok();
  });
}

double decided_s(const JudgeState& state, const Pool& pool) {
  // Before anything is known of the candidate, it is taken to be as slow as the baseline.
  const double pairs_s = 2 * pool.call_s * pool.batch * (minimum_units(state.options.alpha) + kSpareBlocks);
  return std::clamp(pairs_s, kDecided * state.options.decide_s, 2 * state.options.decide_s);
}

}  // namespace

Result<> build_variants(JudgeState& state, const Subject& subject, const Deadline& deadline) {
  return build_together(state, variant_builds(state, subject), deadline);
}

Result<> build_the_rest(JudgeState& state, const Subject& subject, const Deadline& deadline) {
  return build_together(state, other_builds(state, subject), deadline);
}

double expected_confirmation_s(const JudgeState& state, const Subject& subject, const ScreeningCost& cost) {
  const auto kernel_s = [&](const Subject& one) {
    return state.folders->seconds_of(state.folders->path_of(state.op, one), Role::kernel);
  };
  const double own_s = kernel_s(subject), baseline_s = kernel_s(state.baseline);
  const std::vector<Build> variants = variant_builds(state, subject), rest = other_builds(state, subject);
  // Two programs of one folder are built one after the other.
  const double built_s = build_s(variants, subject, own_s, baseline_s) +
                         std::max(build_s(rest, subject, own_s, baseline_s), (kInstrumented + 1) * own_s);
  const auto checked =
      static_cast<double>(2 + variants.size());  // itself, on fresh data, and as it is linked
  const double workloads_s =
      std::accumulate(state.exam.workloads.begin(), state.exam.workloads.end(), 0.0,
                      [&](double sum, const Pool& pool) { return sum + decided_s(state, pool); });
  log_debug(fmt::format(
      "confirmation: {:.1f} s to build, {:.0f} x {:.1f} s to check, {:.1f} s to draw, {:.1f} s to decide",
      built_s, checked, cost.checked_s, cost.drawn_s, workloads_s));
  const double rest_s = built_s + (checked + kRemainingChecks) * cost.checked_s + cost.drawn_s + workloads_s +
                        kUsualCoverage_s * static_cast<double>(1 + variants.size()) + kRemaining_s +
                        kElsewhere_s + guided_s(state.options) + kBeside_s;
  return rest_s + thorough_s(rest_s);
}

}  // namespace ke

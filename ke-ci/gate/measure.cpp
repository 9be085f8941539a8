// SPDX-License-Identifier: MIT
#include "ke-ci/gate/measure.h"

#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/model/spec.h"
#include "ke-ci/gate/identical.h"
#include "ke-ci/propose/lock.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

struct Pair {
  Operator op;  // of the head: its workloads and tolerance count
  Subject base, head;
};

/// nullopt text when both sides have the operator, else why there is no baseline.
Result<Pair> open_pair(const Sides& sides, const std::string& name, std::string& no_baseline) {
  Pair pair;
  KE_TRY(const auto head_registration, find_registration(sides.head.project, name));
  KE_TRY(pair.op, read_spec(head_registration));
  KE_TRY(pair.head, subject_of(sides.head.project, head_registration));
  const auto base_registration = find_registration(sides.base.project, name);
  if (!base_registration) {
    no_baseline = "the operator is new: the base does not declare it";
    return pair;
  }
  auto base = subject_of(sides.base.project, *base_registration);
  if (!base)
    no_baseline = "the base cannot be built: " + base.error().message;
  else
    pair.base = std::move(*base);
  return pair;
}

Result<bool> is_identical(const Sides& sides, const Pair& pair, const GateOptions& options,
                          std::string& why) {
  const std::string folder = "/code/" + pair.op.name;
  const CodeSide base{pair.base, sides.base_root, sides.base_root + folder},
      head{pair.head, sides.head_root, sides.head_root + folder};
  KE_TRY(const auto answer, same_machine_code(pair.op, base, head, options.build_timeout_s));
  why = answer.why;
  return answer.identical;
}

bool is_change_of_meaning(const Operator& op, const Evaluation& head) {
  return (head.outcome == Outcome::wrong && op.reference.kind == Reference::Kind::baseline) ||
         (head.outcome == Outcome::unsafe && head.rung == "compile");
}

Result<> measure_pair(const Pair& pair, const GateOptions& options, double alpha,
                      GateMeasurement& measurement) {
  EvaluateOptions evaluate = options.evaluate;
  evaluate.alpha = alpha;
  evaluate.minimum_gain = evaluate.noninferiority = options.policy.min_effect;
  const Deadline deadline(options.operator_timeout_s);
  KE_TRY(const auto evaluator, Evaluator::open(pair.op, pair.base, evaluate));
  KE_TRY(const auto first, evaluator->evaluate(pair.head, Effort::decide, deadline));
  measurement.outcome = first.outcome;
  measurement.reason = first.reason;
  measurement.first = first.speedups;
  measurement.not_comparable = is_change_of_meaning(pair.op, first);
  if (measurement.not_comparable && first.outcome == Outcome::wrong) {
    measurement.reason = "the head gives other results than the base's kernel, which is the reference (" +
                         first.reason + "); a reference of its own in $.ke.reference lets them be compared";
  }
  const bool suspect = std::any_of(first.speedups.begin(), first.speedups.end(),
                                   [&](const Speedup& s) { return is_suspect(s, options.policy); });
  if (!suspect) return ok();
  log_info(fmt::format("gate: {} looks slower; measuring again on fresh processes", pair.op.name));
  KE_TRY(const auto second, evaluator->evaluate(pair.head, Effort::repeat, deadline));
  measurement.confirmation = second.speedups;
  if (second.speedups.empty()) measurement.reason = second.reason;
  return ok();
}

}  // namespace

Result<std::vector<GateMeasurement>> measure_operators(const Sides& sides,
                                                       const std::vector<Registration>& selected,
                                                       const GateOptions& options) {
  std::vector<GateMeasurement> measurements;
  std::vector<std::pair<size_t, Pair>> to_measure;
  auto lock = read_lock(sides.head.folder);
  if (!lock) log_warn("gate: " + lock.error().message);
  const auto stale = lock ? stale_entries(*lock, sides.head.folder) : std::vector<std::string>{};
  for (const Registration& registration : selected) {
    GateMeasurement measurement;
    measurement.op = registration.name;
    measurement.stale_evidence = std::find(stale.begin(), stale.end(), registration.name) != stale.end();
    log_progress(fmt::format("gate: {}: comparing machine code", registration.name));
    auto pair = open_pair(sides, registration.name, measurement.note);
    if (!pair) {
      measurement.note = pair.error().message;
    } else if (!measurement.note.empty()) {
      measurement.has_baseline = false;
    } else {
      std::string why;
      auto identical = is_identical(sides, *pair, options, why);
      measurement.identical = identical && *identical;
      if (!measurement.identical) to_measure.emplace_back(measurements.size(), std::move(*pair));
      log_debug(fmt::format("gate: {}: {}", registration.name, identical ? why : identical.error().message));
    }
    measurements.push_back(std::move(measurement));
  }
  // One false alarm per gate at rate alpha, whatever the number of operators and workloads (Bonferroni).
  size_t tests = 0;
  for (const auto& [index, pair] : to_measure) tests += std::max<size_t>(1, pair.op.workloads.size());
  for (const auto& [index, pair] : to_measure) {
    log_progress(fmt::format("gate: {}: measuring base against head", pair.op.name));
    auto measured =
        measure_pair(pair, options, options.alpha / static_cast<double>(tests), measurements[index]);
    if (!measured) measurements[index].note = measured.error().message;
  }
  end_progress();
  return measurements;
}

}  // namespace ke

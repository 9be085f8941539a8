// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/relaxed_errors.h"

#include "ke-build/base/clock.h"

#include <algorithm>

namespace ke {
namespace {

constexpr double kRounding = 16;  // bounds; what is further off has not been rounded but decided otherwise
constexpr double kBudget_s = 1.5;
constexpr size_t kCases = 24;  // of one shape

double error_of_rounding(const Case& example, const Launch& launch) {
  const std::vector<const void*> outputs = launch.outputs(0);
  const CheckResult result = example.plan.check(outputs);
  if (!result.ok) return result.mask_mismatches == 0 && result.worst <= kRounding ? result.worst : 0;
  const double largest = example.plan.errors(outputs).max;
  return largest <= 1 ? largest : 0;  // what is right and further away has jumped
}

bool all_outputs_are_real(const Operator& op) {
  return std::all_of(op.arguments.begin(), op.arguments.end(), [](const Argument& argument) {
    return !argument.output || is_floating(argument.dtype);
  });
}

}  // namespace

bool has_relaxed_errors(const Operator& op) {
  return op.tolerance.kind == Tolerance::Kind::derived && has_real_inputs(op);
}

Result<Product> build_relaxed(Folders& folders, const Operator& op, Subject subject) {
  subject.candidate.flags.clear();
  return folders.build(folders.reference_path(op, subject, "relaxed"), op, subject, Role::relaxed);
}

Result<> ask_relaxed(JudgeState& state) {
  if (!has_relaxed_errors(state.op)) return ok();
  KE_TRY(const Product product, build_relaxed(*state.folders, state.op, state.baseline));
  if (product.built) {
    state.relaxed = program_of(product, state.baseline.recipe, Role::relaxed);
    state.reference->set_rounded(*state.relaxed);
    return ok();
  }
  state.notes.push_back(
      "how inexact other roundings make it could not be tried: it does not build with sums contracted and "
      "in other orders (" +
      product.failure.substr(0, product.failure.find('\n')) + ")");
  return ok();
}

Result<double> relaxed_errors(const JudgeState& state) {
  if (!state.relaxed || !all_outputs_are_real(state.op)) return 0.0;
  Program program = *state.relaxed;
  program.habits = state.program.habits;
  const Deadline budget(kBudget_s);
  double largest = 0;
  for (const auto* pools : {&state.exam.workloads, &state.exam.hidden})
    for (const Pool& pool : *pools) {
      if (budget.passed()) return largest;
      LaunchOptions start;
      start.mandatory_layers = state.options.mandatory_layers;
      KE_TRY(Launch launch, Launch::start(state.op, pool.axes, program, start));
      for (size_t i = 0; i < std::min(kCases, pool.cases.size()) && !budget.passed(); ++i) {
        if (const auto known = pool.cases[i].plan.rounded_error()) {
          largest = std::max(largest, *known);
          continue;
        }
        launch.put(0, pool.cases[i].inputs, 1);
        if (!launch.run(0, 1, state.options.reference_s).finished()) return largest;
        largest = std::max(largest, error_of_rounding(pool.cases[i], launch));
      }
    }
  return largest;
}

}  // namespace ke

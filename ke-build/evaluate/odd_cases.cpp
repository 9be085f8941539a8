// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/odd_cases.h"

#include "ke-build/model/spec.h"

#include <cmath>
#include <limits>

namespace ke {
namespace {

Result<> add_planned(Pool& pool, ReferenceProgram& reference, InputStyle style, Inputs inputs, int same,
                     int as, Random& random) {
  KE_TRY(std::vector<CheckPlan> plans, reference.plans(pool.axes, {&inputs}, style, random));
  pool.cases.push_back({style, std::move(inputs), std::move(plans.front()), 0, false, same, as});
  return ok();
}

bool may_be_no_number(const Argument& argument) {
  return argument.input && argument.scalar && is_floating(argument.dtype) &&
         argument.domain.kind == Domain::Kind::normal;
}

bool alike(const Argument& a, const Argument& b) {
  const auto is_array = [](const Argument& one) { return one.input && !one.output && !one.scalar; };
  return is_array(a) && is_array(b) && a.dtype == b.dtype && a.shape == b.shape &&
         a.align_bytes == b.align_bytes && a.domain.kind == b.domain.kind && a.domain.low == b.domain.low &&
         a.domain.high == b.domain.high && a.domain.scale == b.domain.scale && a.domain.axis == b.domain.axis;
}

}  // namespace

Result<> add_odd_scalars(Pool& pool, ReferenceProgram& reference, Random& random) {
  const Operator& op = reference.op();
  if (op.contract.finite_only) return ok();
  for (size_t a = 0; a < op.arguments.size(); ++a) {
    if (!may_be_no_number(op.arguments[a])) continue;
    for (const double odd : {std::numeric_limits<double>::quiet_NaN(), HUGE_VAL, -HUGE_VAL}) {
      KE_TRY(Inputs inputs, draw_inputs(op, pool.axes, pool.scalars, InputStyle::typical, random));
      inputs.arguments[a].set(0, odd);
      KE_DO(add_planned(pool, reference, InputStyle::specials, std::move(inputs), -1, -1, random));
    }
  }
  return ok();
}

Result<> add_tied(Pool& pool, ReferenceProgram& reference, Random& random) {
  const Operator& op = reference.op();
  for (size_t a = 0; a + 1 < op.arguments.size(); ++a) {
    if (!alike(op.arguments[a], op.arguments[a + 1])) continue;
    KE_TRY(Inputs inputs, draw_inputs(op, pool.axes, pool.scalars, InputStyle::typical, random));
    inputs.arguments[a + 1] = inputs.arguments[a].copy();
    KE_DO(add_planned(pool, reference, InputStyle::typical, std::move(inputs), static_cast<int>(a + 1),
                      static_cast<int>(a), random));
  }
  return ok();
}

}  // namespace ke

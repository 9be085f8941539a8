// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/power_proof.h"

#include "ke-build/base/lexer.h"
#include "ke-build/base/random.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "ke-build/evaluate/power.h"
#include "ke-build/evaluate/verify.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ke {
namespace {

constexpr int64_t kSmallProofBytes = 16 << 20;  // of one set of inputs; larger ones take seconds
constexpr int64_t kMostProofBytes = 256 << 20;  // a dozen wrong outputs lie in memory at once
constexpr int kMostDraws = 3;

// Nothing, with a note, where it does not compile like that.
Result<std::unique_ptr<ReferenceProgram>> lowered_sums(JudgeState& state) {
  std::unique_ptr<ReferenceProgram> none;
  if (!may_lower_sums(state.op)) return none;
  KE_TRY(const Product product, build_lowered_sums(*state.folders, state.op, state.baseline));
  state.ledger.compile_s += product.seconds;
  if (!product.built) {
    state.notes.push_back(
        "whether the test notices sums in a lower precision could not be tried: the kernel does not compile "
        "with "
        "another type in the place of float (" +
        product.failure.substr(0, product.failure.find('\n')) + ")");
    return none;
  }
  return std::make_unique<ReferenceProgram>(
      state.op, program_of(product, state.baseline.recipe, Role::lowered),
      std::min(2.0, state.options.reference_s), state.options.mandatory_layers);
}

/// Nothing was summed where a lower precision of sums changes nothing.
bool are_same(const Expected& one, const Expected& other) {
  for (size_t o = 0; o < one.size(); ++o)
    if (one[o].real != other[o].real || one[o].integer != other[o].integer) return false;
  return true;
}

class PowerProof {
 public:
  PowerProof(JudgeState& state, Random& random, std::unique_ptr<ReferenceProgram> sums)
      : state_(state),
        random_(random),
        sums_(std::move(sums)),
        own_(state.op, state.program, state.options.reference_s, state.options.mandatory_layers) {}

  Result<PowerResult> of_workload(const Pool& pool) {
    KE_TRY(PowerResult power, of_case(pool, 0));
    int draws = 1;
    for (size_t i = 1; i < pool.cases.size() && draws < kMostDraws && !power.ok; ++i) {
      if (pool.cases[i].copied || pool.cases[i].style != pool.cases[0].style) continue;
      ++draws;
      KE_TRY(const PowerResult other, of_case(pool, i));
      overrule(power, other);
    }
    return power;
  }

 private:
  Result<PowerResult> of_case(const Pool& pool, size_t index) {
    const Case& example = pool.cases[index];
    bool changed = false;
    const Inputs rough = lower_precision(state_.op, example.inputs, &changed);
    Expected lower;
    if (changed) {
      KE_TRY(std::vector<Expected> answers, state_.reference->expected(pool.axes, {&rough}));
      lower = std::move(answers.front());
    }
    // Sums that no longer grow may end no loop: then there is nothing to compare.
    const auto summed = sums_ ? sums_->expected(pool.axes, {&example.inputs})
                              : Result<std::vector<Expected>>(Error{ErrorCode::not_found, "not built"});
    bool has_sums = false;
    if (summed) {
      KE_TRY(const std::vector<Expected> plain, own_.expected(pool.axes, {&example.inputs}));
      has_sums = !are_same(summed->front(), plain.front());
    }
    const Case* const other = pool.cases.size() > 1 ? &pool.cases[index == 0 ? 1 : index - 1] : nullptr;
    return power_check(
        example.plan,
        degrade(state_.op, pool.axes, example.plan.expected(), other ? &other->plan.expected() : nullptr,
                changed ? &lower : nullptr, random_, has_sums ? &summed->front() : nullptr, &example.inputs));
  }

  JudgeState& state_;
  Random& random_;
  std::unique_ptr<ReferenceProgram> sums_;
  ReferenceProgram own_;
};

/// Like a large workload, with smaller axes and cases of its own, which is noted. Nothing where it is small,
/// or where the contract has no other sizes: then it must do itself.
Result<std::optional<Pool>> small_stand_in(JudgeState& state, const Pool& workload, Random& random) {
  const std::optional<Axes> axes = smaller_axes(state.op, workload.axes);
  if (!axes || *axes == workload.axes) return std::optional<Pool>();
  Pool pool;
  pool.name = workload.name + " at " + axes_text(state.op, *axes);
  pool.axes = *axes;
  pool.scalars = ScalarDealer(state.op, random).deal(*axes, workload.scalars);
  KE_DO(add_cases(pool, *state.reference, InputStyle::typical, kMostDraws, random));
  if (pool.cases.empty()) return std::optional<Pool>();
  state.notes.push_back("the test's power on workload " + workload.name + " was tried on smaller ones, at " +
                        axes_text(state.op, *axes));
  return std::optional(std::move(pool));
}

}  // namespace

std::optional<Axes> smaller_axes(const Operator& op, Axes axes) {
  const TokenList words = tokenize(op.tolerance.reduction);
  const auto is_summed = [&](const std::string& name) {
    return std::any_of(words.tokens.begin(), words.tokens.end(),
                       [&](const Token& word) { return words.text_of(word) == name; });
  };
  while (case_bytes(op, axes) > kSmallProofBytes) {
    std::vector<std::string> names;
    for (const auto& [name, size] : axes) names.push_back(name);
    std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
      return std::pair(is_summed(a), -axes.at(a)) < std::pair(is_summed(b), -axes.at(b));
    });
    std::optional<Axes> halved;
    for (size_t i = 0; i < names.size() && !halved; ++i) {
      halved = halved_axes(op, axes, names[i]);
      if (halved && 10 * case_bytes(op, *halved) > 9 * case_bytes(op, axes)) halved.reset();
    }
    if (!halved) return std::nullopt;
    axes = *std::move(halved);
  }
  return axes;
}

bool may_lower_sums(const Operator& op) {
  const auto is_float = [](const Argument& argument) { return argument.dtype == Dtype::f32; };
  // An output in a short format is not much more exact than such a sum.
  const auto is_short = [](const Argument& argument) {
    return argument.output && is_floating(argument.dtype) && unit_roundoff(argument.dtype) > 0x1p-20;
  };
  return op.tolerance.kind == Tolerance::Kind::derived &&
         std::any_of(op.arguments.begin(), op.arguments.end(), is_float) &&
         std::none_of(op.arguments.begin(), op.arguments.end(), is_short);
}

Result<Product> build_lowered_sums(Folders& folders, const Operator& op, Subject subject) {
  subject.candidate.flags.clear();
  return folders.build(folders.reference_path(op, subject, "lowered"), op, subject, Role::lowered);
}

Result<std::string> missing_power(JudgeState& state, Random& random) {
  KE_TRY(std::unique_ptr<ReferenceProgram> sums, lowered_sums(state));
  PowerProof proof(state, random, std::move(sums));
  for (const Pool& pool : state.exam.workloads) {
    KE_TRY(const std::optional<Pool> stand_in, small_stand_in(state, pool, random));
    const Pool& tried = stand_in ? *stand_in : pool;
    if (case_bytes(state.op, tried.axes) > kMostProofBytes) {
      state.notes.push_back("whether the test has power on workload " + pool.name +
                            " was not tried: it is too large, and the contract has no smaller sizes");
      continue;
    }
    KE_TRY(const PowerResult power, proof.of_workload(tried));
    if (!power.ok) return "workload " + tried.name + ": " + power.reason;
  }
  return std::string();
}

}  // namespace ke

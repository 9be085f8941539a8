// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/guided.h"

#include "ke-build/base/log.h"
#include "ke-build/evaluate/guided_corpus.h"
#include "ke-build/evaluate/sanitize.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ke {
namespace {

constexpr double kLeast_s = 1, kShare = 0.2;  // of the seconds of a decision
constexpr double kWall_s = 10;
constexpr double kSlowCall_s = 0.0005;  // traced, it takes a hundred times as long
constexpr double kOfWhatIsLeft = 0.2;   // of a confirmation
constexpr size_t kMostChecks = 256, kPerStyle = 2, kBatch = 16;
constexpr int kFruitless = 12;                                    // rounds without anything new
constexpr int64_t kSampleBytes = 1 << 22, kBatchBytes = 1 << 24;  // of one case, of the inputs of a batch

/// Whose numbers may be changed by a little and stay ordinary ones.
bool is_ordinary(InputStyle style) {
  switch (style) {
    case InputStyle::typical:
    case InputStyle::one_hot:
    case InputStyle::constant_rows:
    case InputStyle::runs:
    case InputStyle::sorted:
    case InputStyle::small_integers:
    case InputStyle::spikes:
    case InputStyle::sparse:
    case InputStyle::nearly:
    case InputStyle::alternating_sign:
    case InputStyle::offset_rows:
      return true;
    default:
      return false;
  }
}

struct Programs {
  Program traced, judged, baseline;
  std::optional<Program> sanitized, baseline_sanitized;
};

class Guide {
 public:
  Guide(JudgeState& state, const Programs& programs, const Exam& exam, double seconds)
      : state_(state),
        programs_(programs),
        exam_(exam),
        tracer_(state.op, programs.traced, state.options.mandatory_layers),
        random_(judge_seed(state.options, 23)),
        inputs_(state.op, random_),
        corpus_(inputs_, random_),
        deadline_(seconds) {}

  Result<std::optional<Finding>> search() {
    KE_TRY(std::optional<Finding> drawn, sow());
    if (drawn) return drawn;
    if (corpus_.empty())
      log_warn("inputs made after what a candidate compares are left out: no traced call of it has ended");
    for (int fruitless = 0; fruitless < kFruitless && !deadline_.passed() && checks_ < kMostChecks;) {
      std::vector<Made> made = corpus_.propose(std::min(kBatch, calls_that_fit(state_.op, 1)), kBatchBytes);
      if (made.empty()) break;
      const size_t before = corpus_.size() + checks_;
      KE_TRY(std::optional<Finding> finding, run(std::move(made)));
      if (finding) return finding;
      fruitless = corpus_.size() + checks_ > before ? 0 : fruitless + 1;
    }
    log_debug(fmt::format("guided: {} seeds, {} calls, {} checks", corpus_.size(), calls_, checks_));
    return std::optional<Finding>();
  }

 private:
  /// Drawn inputs of every style, on small shapes and on announced ones.
  Result<std::optional<Finding>> sow() {
    std::vector<std::pair<const Pool*, const Case*>> all;
    for (const auto* pools : {&exam_.workloads, &exam_.hidden})
      for (const Pool& pool : *pools)
        for (const Case& one : pool.cases)
          if (pool.call_s < kSlowCall_s && case_bytes(state_.op, pool.axes) <= kSampleBytes)
            all.emplace_back(&pool, &one);
    for (size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[random_.below(i)]);
    std::map<std::pair<InputStyle, std::string>, size_t> taken;
    std::vector<Example> examples;
    std::vector<bool> ordinary;
    for (const auto& [pool, one] : all) {
      if (taken[{one->style, pool->name}]++ >= kPerStyle) continue;
      examples.push_back({pool->axes, pool->scalars, copy_of(one->inputs)});
      ordinary.push_back(is_ordinary(one->style));
    }
    std::vector<const Example*> pointers;
    for (const Example& example : examples) pointers.push_back(&example);
    KE_TRY(std::vector<CallTrace> traces, tracer_.run(pointers, deadline_));
    for (size_t i = 0; i < traces.size(); ++i) {
      if (!traces[i].finished && !deadline_.passed()) {
        KE_TRY(std::optional<Finding> finding, check(examples[i].axes, {&examples[i]}));
        if (finding) return finding;
      }
      if (!traces[i].finished) continue;
      corpus_.add_drawn(std::move(examples[i]), std::move(traces[i]), ordinary[i]);
    }
    corpus_.close_drawn();
    return std::optional<Finding>();
  }

  Result<std::optional<Finding>> run(std::vector<Made> made) {
    std::vector<const Example*> pointers;
    for (const Made& one : made) pointers.push_back(&one.example);
    KE_TRY(std::vector<CallTrace> traces, tracer_.run(pointers, deadline_));
    calls_ += traces.size();
    std::map<Axes, std::vector<const Example*>> questions;  // by shape
    std::vector<bool> grows(made.size());
    for (size_t i = 0; i < made.size() && !deadline_.passed(); ++i) {
      const GuidedCorpus::Lesson lesson = corpus_.learn(made[i], traces[i]);
      if (lesson.asks) questions[made[i].example.axes].push_back(&made[i].example);
      grows[i] = lesson.grows;
    }
    for (const auto& [axes, examples] : questions) {
      if (deadline_.passed() || checks_ >= kMostChecks) break;
      KE_TRY(std::optional<Finding> finding, check(axes, examples));
      if (finding) return finding;
    }
    for (size_t i = 0; i < made.size(); ++i)
      if (grows[i]) corpus_.keep(std::move(made[i].example), std::move(traces[i]));
    return std::optional<Finding>();
  }

  /// What a program is wrong with in the last of these calls; empty when it is right.
  Result<std::string> against(const Program& program, const std::vector<CallInputs>& calls,
                              const CheckPlan& plan) {
    KE_TRY(const OneShot shot, call_once(state_.op, program, calls,
                                         once_policy(program, kWall_s, state_.options.mandatory_layers)));
    if (!shot.outcome.finished()) return shot.outcome.reason;
    const CheckResult result = plan.check(outputs_of(state_.op, shot, calls.size() - 1, calls.size()));
    return result.ok ? "" : result.reason;
  }

  /// ", shift=3"
  std::string scalars_text(const Example& example) const {
    std::string text;
    for (size_t i = 0; i < state_.op.arguments.size(); ++i) {
      const Argument& argument = state_.op.arguments[i];
      if (argument.input && argument.scalar)
        text += fmt::format(", {}={:.9g}", argument.name, example.inputs.arguments[i].get(0));
    }
    return text;
  }

  /// Examples of one shape.
  Result<std::optional<Finding>> check(const Axes& axes, const std::vector<const Example*>& examples) {
    checks_ += examples.size();
    std::vector<const Inputs*> inputs;
    std::vector<CallInputs> calls;
    for (const Example* example : examples) {
      inputs.push_back(&example->inputs);
      calls.push_back({&axes, &example->inputs});
    }
    auto plans = state_.reference->plans(axes, inputs, InputStyle::guided, random_);
    if (!plans && plans.error().code == ErrorCode::usage)
      return std::optional<Finding>();  // the reference itself cannot do with such numbers
    if (!plans) return std::move(plans).error();
    KE_TRY(const OneShot shot,
           call_once(state_.op, programs_.judged, calls,
                     once_policy(programs_.judged, kWall_s, state_.options.mandatory_layers)));
    for (size_t i = 0; i < examples.size(); ++i) {
      const CheckPlan& plan = (*plans)[i];
      if (!plan.is_evidence()) continue;
      if (shot.outcome.finished() && plan.check(outputs_of(state_.op, shot, i, examples.size())).ok) continue;
      // By itself, or else behind the calls that it stood behind.
      std::vector<CallInputs> asked = {calls[i]};
      KE_TRY(std::string why, against(programs_.judged, asked, plan));
      if (why.empty()) {
        asked.assign(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        KE_TRY(why, against(programs_.judged, asked, plan));
      }
      if (why.empty()) continue;
      KE_TRY(const std::string own, against(programs_.baseline, asked, plan));
      if (!own.empty()) continue;
      return std::optional(Finding{Outcome::wrong,
                                   fmt::format("{} on {}{} with inputs made after what its code compares{}",
                                               why, axes_text(state_.op, axes), scalars_text(*examples[i]),
                                               asked.size() > 1 ? ", behind other calls" : ""),
                                   0, 0, true});
    }
    return under_sanitizers(axes, calls);
  }

  /// The same inputs where what is overrun is seen.
  Result<std::optional<Finding>> under_sanitizers(const Axes& axes, std::vector<CallInputs> calls) {
    calls.resize(std::min(calls.size(), calls_that_fit(state_.op)));
    if (!programs_.sanitized || !programs_.baseline_sanitized ||
        case_bytes(state_.op, axes) * static_cast<int64_t>(calls.size()) > kSampleBytes)
      return std::optional<Finding>();
    KE_TRY(const std::string report, report_of(*programs_.sanitized, calls));
    if (report.empty()) return std::optional<Finding>();
    KE_TRY(const std::string own, report_of(*programs_.baseline_sanitized, calls));
    if (!own.empty()) return std::optional<Finding>();
    return std::optional(Finding{Outcome::unsafe,
                                 fmt::format("{} on {} with inputs made after what its code compares",
                                             first_lines(report), axes_text(state_.op, axes)),
                                 0, 0, false});
  }

  /// Empty where no sanitizer has found anything.
  Result<std::string> report_of(const Program& program, const std::vector<CallInputs>& calls) {
    KE_TRY(const OneShot shot, call_once(state_.op, program, calls,
                                         once_policy(program, kWall_s, state_.options.mandatory_layers)));
    return shot.outcome.finished() || kind_of_report(shot.errors).empty() ? std::string() : shot.errors;
  }

  JudgeState& state_;
  const Programs& programs_;
  const Exam& exam_;
  Tracer tracer_;
  Random random_;
  GuidedInputs inputs_;
  GuidedCorpus corpus_;
  Deadline deadline_;
  size_t checks_ = 0, calls_ = 0;
};

struct Instrumented {
  std::optional<Program> program;
  std::string failure;  // why there is none
};

Result<Instrumented> instrumented(JudgeState& state, const Subject& subject, Role role, Ledger& ledger) {
  const std::string folder = state.folders->path_of(state.op, subject);
  KE_TRY(const Product product, state.folders->build(folder, state.op, subject, role));
  ledger.compile_s += product.seconds;
  if (!product.built) return Instrumented{std::nullopt, product.failure};
  return Instrumented{program_of(product, subject.recipe, role), ""};
}

}  // namespace

double guided_s(const EvaluateOptions& options) { return std::max(kLeast_s, kShare * options.decide_s); }

Result<std::optional<Finding>> fails_where_guided(JudgeState& state, const Subject& subject,
                                                  const Program& program, const Exam& exam,
                                                  const Deadline& deadline, Ledger& ledger) {
  KE_TRY(const Instrumented own, instrumented(state, state.baseline, Role::traced, ledger));
  if (!own.program) {  // the compiler knows no such instrumentation
    log_warn("inputs made after what a candidate compares are left out, as this compiler cannot trace it: " +
             own.failure);
    return std::optional<Finding>();
  }
  KE_TRY(const Instrumented traced, instrumented(state, subject, Role::traced, ledger));
  if (!traced.program)
    return std::optional(
        Finding{Outcome::unsafe,
                "cannot be built so that it says what it compares, as the baseline can: " + traced.failure, 0,
                0, false});
  Programs programs{*traced.program, program, state.program, std::nullopt, std::nullopt};
  if (!program.runner.empty()) {  // a pure kernel is no program by itself
    programs.judged = *traced.program;
    programs.baseline = *own.program;
  }
  KE_TRY(const Instrumented watched, instrumented(state, subject, Role::sanitized, ledger));
  KE_TRY(const Instrumented baseline, instrumented(state, state.baseline, Role::sanitized, ledger));
  programs.sanitized = watched.program;
  programs.baseline_sanitized = baseline.program;
  const double start_s = now_s();
  auto finding =
      Guide(state, programs, exam, std::min(guided_s(state.options), kOfWhatIsLeft * deadline.left_s()))
          .search();
  ledger.check_s += now_s() - start_s;
  return finding;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/guided.h"

#include "ke-build/base/log.h"
#include "ke-build/evaluate/guided_corpus.h"
#include "ke-build/evaluate/launch.h"
#include "ke-build/evaluate/sanitize.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace ke {
namespace {

constexpr double kLeast_s = 1, kShare = 0.2;  // of the seconds of a decision
constexpr double kFewest_s = 0.1;
constexpr double kAsked_s = 10;
constexpr double kSlowTraced_s = 0.0005;  // traced, it takes a hundred times as long
constexpr double kOfWhatIsLeft = 0.2;     // of a confirmation
constexpr double kToSow = 0.5;            // of the seconds, for drawn inputs
constexpr size_t kMostChecks = 256, kPerStyle = 2, kBatch = 16;
constexpr double kBehind_s = 1;  // behind that, for what was traced last
constexpr double kRest_s = 1;    // for calls that are made to see what they enter alone
constexpr int kFruitless = 12;   // rounds without anything new
constexpr int64_t kSampleBytes = 1 << 22, kBatchBytes = 1 << 24;  // of one case, of the inputs of a batch
constexpr int64_t kAskedTogetherBytes = 1 << 20;                  // cases that are checked together

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
  Program traced, baseline_traced, judged, baseline;
  uint64_t table_bytes = 0;  // behind the arguments of `judged` and `baseline`, where they are instrumented
  std::optional<Program> sanitized, baseline_sanitized;
};

/// How calls of a program ended, and what is wrong with the last answer; no reason where all is right.
struct Answer {
  Outcome outcome = Outcome::wrong;
  std::string reason;
  double seconds = 0;
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
        reference_(state.reference->another()),  // what it gives up there is given up here only
        seconds_(seconds),
        deadline_(seconds),
        behind_(seconds + kBehind_s) {}

  Result<std::optional<Finding>> search() {
    KE_TRY(std::optional<Finding> drawn, sow());
    if (drawn) return drawn;
    for (int fruitless = 0; fruitless < kFruitless && !deadline_.passed() && checks_ < kMostChecks;) {
      std::vector<Made> made = corpus_.propose(std::min(kBatch, calls_that_fit(state_.op, 1)), kBatchBytes);
      if (made.empty()) break;
      const size_t before = corpus_.size() + checks_;
      KE_TRY(std::optional<Finding> finding, run(std::move(made)));
      if (finding) return finding;
      fruitless = corpus_.size() + checks_ > before ? 0 : fruitless + 1;
    }
    if (corpus_.empty())
      left_out_ = "no traced call of it has ended in the time for that";
    else if (calls_ == 0)
      left_out_ = "its traced calls of drawn inputs took the time for that";
    else if (too_many_)
      left_out_ = fmt::format("it compares at more than {} places, of which some were not noted",
                              ke_runner::kTracedComparisons);
    log_debug(fmt::format("guided: {} seeds, {} calls, {} checks", corpus_.size(), calls_, checks_));
    return std::optional<Finding>();
  }

  /// Why there were no such inputs; empty where there were.
  const std::string& left_out() const { return left_out_; }
  /// Knows what blocks all calls have entered.
  Tracer& tracer() { return tracer_; }

 private:
  /// Drawn inputs of every style, on small shapes and on announced ones.
  Result<std::optional<Finding>> sow() {
    std::vector<std::pair<const Pool*, const Case*>> all;
    for (const auto* pools : {&exam_.workloads, &exam_.hidden})
      for (const Pool& pool : *pools)
        for (const Case& one : pool.cases)
          if (!is_slow(pool.axes) && case_bytes(state_.op, pool.axes) <= kSampleBytes)
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
    KE_TRY(std::vector<CallTrace> traces, tracer_.run(pointers, Deadline(kToSow * seconds_)));
    KE_TRY(const bool never_ends, ends_early(pointers, traces));
    if (never_ends)
      return std::optional(Finding{Outcome::unsafe,
                                   "ends its process in every call when it is built so that it says what it "
                                   "compares; the baseline does not",
                                   0, 0, false});
    for (size_t i = 0; i < traces.size(); ++i) {
      // Numbers at the ends of a format are asked about elsewhere, within bounds of their own.
      if (traces[i].suspect && ordinary[i] && !deadline_.passed()) {
        KE_TRY(std::optional<Finding> finding, check(examples[i].axes, {&examples[i]}));
        if (finding) return finding;
      }
      if (!traces[i].finished) continue;
      too_many_ |= traces[i].table->dropped != 0;
      corpus_.add_drawn(std::move(examples[i]), std::move(traces[i]), ordinary[i]);
    }
    corpus_.close_drawn();
    return std::optional<Finding>();
  }

  /// Announced shapes come back among the hidden ones.
  bool is_slow(const Axes& axes) const {
    return std::any_of(exam_.workloads.begin(), exam_.workloads.end(), [&](const Pool& workload) {
      return workload.axes == axes && workload.call_s >= kSlowTraced_s;
    });
  }

  /// No traced call came to its end, none for want of time, and the baseline's would have.
  Result<bool> ends_early(const std::vector<const Example*>& examples, const std::vector<CallTrace>& traces) {
    const auto first = std::find_if(traces.begin(), traces.end(),
                                    [](const CallTrace& trace) { return trace.suspect && !trace.late; });
    const bool other = std::any_of(traces.begin(), traces.end(),
                                   [](const CallTrace& trace) { return trace.finished || trace.late; });
    if (first == traces.end() || other) return false;
    Tracer baseline(state_.op, programs_.baseline_traced, state_.options.mandatory_layers);
    const Example* example = examples[static_cast<size_t>(first - traces.begin())];
    KE_TRY(const std::vector<CallTrace> own, baseline.run({example}, Deadline(kAsked_s)));
    return own.front().finished;
  }

  Result<std::optional<Finding>> run(std::vector<Made> made) {
    std::vector<const Example*> pointers;
    for (const Made& one : made) pointers.push_back(&one.example);
    KE_TRY(std::vector<CallTrace> traces, tracer_.run(pointers, deadline_));
    calls_ += traces.size();
    std::map<Axes, std::vector<const Example*>> questions;  // by shape
    std::vector<bool> grows(made.size());
    for (size_t i = 0; i < made.size(); ++i) {
      const GuidedCorpus::Lesson lesson = corpus_.learn(made[i], traces[i]);
      if (lesson.asks) questions[made[i].example.axes].push_back(&made[i].example);
      grows[i] = lesson.grows;
    }
    for (const auto& [axes, examples] : questions) {
      KE_TRY(std::optional<Finding> finding, check_some(axes, examples));
      if (finding) return finding;
    }
    for (size_t i = 0; i < made.size(); ++i)
      if (grows[i]) corpus_.keep(std::move(made[i].example), std::move(traces[i]));
    return std::optional<Finding>();
  }

  /// Examples of one shape; one by one where they are large, so that the deadline is felt. What was traced
  /// last is checked behind that of the search: what a call takes its time for may be what nobody is to see.
  Result<std::optional<Finding>> check_some(const Axes& axes, const std::vector<const Example*>& examples) {
    const size_t step = case_bytes(state_.op, axes) <= kAskedTogetherBytes ? kBatch : 1;
    for (size_t i = 0; i < examples.size(); i += step) {
      if (checks_ >= kMostChecks || behind_.passed()) break;
      const auto first = examples.begin() + static_cast<std::ptrdiff_t>(i);
      const auto last = examples.begin() + static_cast<std::ptrdiff_t>(std::min(i + step, examples.size()));
      KE_TRY(std::optional<Finding> finding, check(axes, {first, last}));
      if (finding) return finding;
    }
    return std::optional<Finding>();
  }

  Result<OneShot> shoot(const Program& program, const std::vector<CallInputs>& calls) {
    return call_once(state_.op, program, calls,
                     once_policy(program, kAsked_s, state_.options.mandatory_layers), programs_.table_bytes);
  }

  Answer answer(const OneShot& shot, const CheckPlan& plan, size_t call, size_t calls) const {
    if (!shot.outcome.finished()) return {outcome_of(shot.outcome), shot.outcome.reason, kAsked_s};
    const CheckResult result = plan.check(outputs_of(state_.op, shot, call, calls));
    return {Outcome::wrong, result.ok ? "" : result.reason, shot.outcome.seconds};
  }

  /// Of the last of these calls.
  Result<Answer> ask(const Program& program, const std::vector<CallInputs>& calls, const CheckPlan& plan) {
    KE_TRY(const OneShot shot, shoot(program, calls));
    return answer(shot, plan, calls.size() - 1, calls.size());
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
    auto plans = reference_.plans(axes, inputs, InputStyle::guided, random_);
    if (!plans && plans.error().code == ErrorCode::usage)
      return std::optional<Finding>();  // the reference itself cannot do with such numbers
    if (!plans) return std::move(plans).error();
    KE_TRY(const OneShot shot, shoot(programs_.judged, calls));
    bool asked = false;
    for (size_t i = 0; i < examples.size(); ++i) {
      const CheckPlan& plan = (*plans)[i];
      const Answer seen = answer(shot, plan, i, calls.size());
      if (!plan.is_evidence() || seen.reason.empty()) continue;
      if (asked && deadline_.passed()) break;
      asked = true;
      KE_TRY(std::optional<Finding> finding, explained(seen, calls, i, plan));
      if (!finding) continue;
      finding->reason += fmt::format(" on {}{} with inputs made after what its code compares",
                                     axes_text(state_.op, axes), scalars_text(*examples[i]));
      return finding;
    }
    return under_sanitizers(axes, calls);
  }

  /// What was seen in call `i`, where the repository's own kernel shows it in no such place: by itself, or
  /// else behind the calls that it stood behind, or else that once.
  Result<std::optional<Finding>> explained(const Answer& seen, const std::vector<CallInputs>& calls, size_t i,
                                           const CheckPlan& plan) {
    constexpr double kMuchSlower = 8;
    constexpr int kSeenOnceLooks = 3;
    const std::vector<CallInputs> before(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    std::vector<CallInputs> asked = {calls[i]};
    KE_TRY(Answer found, ask(programs_.judged, asked, plan));
    if (found.reason.empty()) {
      asked = before;
      KE_TRY(found, ask(programs_.judged, asked, plan));
      found.reason += found.reason.empty() ? "" : ", behind other calls,";
    }
    // A wrong answer is one, however seldom it comes; what ended a process may have been the machine.
    const bool seen_once = found.reason.empty() && seen.outcome == Outcome::wrong;
    if (seen_once) found = {Outcome::wrong, seen.reason + ", not in every process,", seen.seconds};
    if (found.reason.empty()) return std::optional<Finding>();
    // What comes now and then may come of the baseline's own sums in any order.
    const int looks = seen_once ? kSeenOnceLooks : 1;
    Answer own;
    for (int look = 0; look < looks && own.reason.empty(); ++look) {
      KE_TRY(own, ask(programs_.baseline, asked, plan));
    }
    const bool is_slow = found.outcome == Outcome::timed_out;
    const bool says_nothing = programs_.table_bytes > 0 || kMuchSlower * own.seconds > kAsked_s;
    if (!own.reason.empty() || (is_slow && says_nothing)) return std::optional<Finding>();
    return std::optional(Finding{found.outcome, found.reason, 0, 0, found.outcome == Outcome::wrong});
  }

  /// The same inputs where what is overrun is seen.
  Result<std::optional<Finding>> under_sanitizers(const Axes& axes, const std::vector<CallInputs>& calls) {
    const int64_t fit = kSampleBytes / std::max<int64_t>(1, case_bytes(state_.op, axes));
    if (!programs_.sanitized || !programs_.baseline_sanitized || fit < 1) return std::optional<Finding>();
    const size_t most = std::min(calls_that_fit(state_.op), static_cast<size_t>(fit));
    for (size_t at = 0; at < calls.size() && !deadline_.passed(); at += most) {
      const auto first = calls.begin() + static_cast<std::ptrdiff_t>(at);
      const std::vector<CallInputs> some(
          first, first + static_cast<std::ptrdiff_t>(std::min(most, calls.size() - at)));
      KE_TRY(const std::string report, report_of(*programs_.sanitized, some));
      if (report.empty()) continue;
      KE_TRY(const std::string own, report_of(*programs_.baseline_sanitized, some));
      if (!own.empty()) continue;
      return std::optional(Finding{Outcome::unsafe,
                                   fmt::format("{} on {} with inputs made after what its code compares",
                                               first_lines(report), axes_text(state_.op, axes)),
                                   0, 0, false});
    }
    return std::optional<Finding>();
  }

  /// Empty where no sanitizer has found anything.
  Result<std::string> report_of(const Program& program, const std::vector<CallInputs>& calls) {
    KE_TRY(const OneShot shot, call_once(state_.op, program, calls,
                                         once_policy(program, kAsked_s, state_.options.mandatory_layers)));
    return shot.outcome.finished() || kind_of_report(shot.errors).empty() ? std::string() : shot.errors;
  }

  JudgeState& state_;
  const Programs& programs_;
  const Exam& exam_;
  Tracer tracer_;
  Random random_;
  GuidedInputs inputs_;
  GuidedCorpus corpus_;
  ReferenceProgram reference_;
  double seconds_;
  Deadline deadline_, behind_;
  std::string left_out_;
  bool too_many_ = false;
  size_t checks_ = 0, calls_ = 0;
};

struct Instrumented {
  std::optional<Program> program;
  std::string failure;  // why there is none
  bool timed_out = false;
};

Result<Instrumented> instrumented(JudgeState& state, const Subject& subject, Role role, Ledger& ledger) {
  const std::string folder = state.folders->path_of(state.op, subject);
  KE_TRY(const Product product, state.folders->build(folder, state.op, subject, role));
  ledger.compile_s += product.seconds;
  if (!product.built) return Instrumented{std::nullopt, product.failure, product.timed_out};
  return Instrumented{program_of(product, subject.recipe, role), "", false};
}

}  // namespace

double guided_s(const EvaluateOptions& options) { return std::max(kLeast_s, kShare * options.decide_s); }

Result<Guided> fails_where_guided(JudgeState& state, const Subject& subject, const Program& program,
                                  const Exam& exam, const Deadline& deadline, Ledger& ledger) {
  const auto seconds_left = [&] {
    return std::min(guided_s(state.options), kOfWhatIsLeft * deadline.left_s());
  };
  const std::string no_time = "no time was left for it";
  if (seconds_left() < kFewest_s) return Guided{std::nullopt, no_time};
  KE_TRY(const Instrumented own, instrumented(state, state.baseline, Role::traced, ledger));
  if (!own.program) return Guided{std::nullopt, "the baseline cannot be traced: " + own.failure};
  KE_TRY(const Instrumented traced, instrumented(state, subject, Role::traced, ledger));
  if (!traced.program)
    return Guided{
        Finding{traced.timed_out ? Outcome::timed_out : Outcome::unsafe,
                "cannot be built so that it says what it compares, as the baseline can: " + traced.failure, 0,
                0, false},
        ""};
  Programs programs{*traced.program, *own.program, program, state.program, 0, std::nullopt, std::nullopt};
  if (!program.runner.empty()) {  // a pure kernel is no program by itself
    programs.judged = *traced.program;
    programs.baseline = *own.program;
    programs.table_bytes = sizeof(ke_runner::TraceTable);
  }
  KE_TRY(const Instrumented watched, instrumented(state, subject, Role::sanitized, ledger));
  KE_TRY(const Instrumented baseline, instrumented(state, state.baseline, Role::sanitized, ledger));
  programs.sanitized = watched.program;
  programs.baseline_sanitized = baseline.program;
  const double start_s = now_s();
  const double seconds = seconds_left();
  if (seconds < kFewest_s) return Guided{std::nullopt, no_time};
  Guide guide(state, programs, exam, seconds);
  KE_TRY(std::optional<Finding> finding, guide.search());
  Guided guided{std::move(finding), guide.left_out()};
  if (!guided.finding) {
    KE_TRY(guided.covered, coverage_of(state, guide.tracer(), subject, exam, deadline));
  }
  ledger.check_s += now_s() - start_s;
  return guided;
}

}  // namespace ke

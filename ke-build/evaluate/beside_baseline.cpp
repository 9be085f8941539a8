// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/beside_baseline.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/log.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace ke {
namespace {

constexpr int64_t kCaseBytes = 64 << 20;  // of one case
constexpr int64_t kBatchBytes = 4 << 20;  // of the calls that are made in a row
constexpr int64_t kMostCompared = 64;
constexpr double kInARow_s = 0.02, kDearCall_s = 0.1;     // of the kernel as it is
constexpr int64_t kElements = 1 << 14;                    // of one argument of a hidden shape
constexpr double kShape_s = 0.08, kAnnouncedShare = 0.4;  // what one shape may take
constexpr double kFocus_s = 0.7;                          // to see a wrong answer once more
// Inputs that are tried for that, at most. Who is wrong for one input in a hundred is found; a bound that is
// missed once in a hundred thousand is nobody's matter.
constexpr int kMostFocus = 512;
constexpr int kMostInputs = 4000, kInputsOfAPlace = 400;
constexpr int kFutile = 6;            // full checks that a style may cost without a finding
constexpr double kFarBeyond = 64;     // bounds; no rounding explains it
constexpr double kPlainlyBeyond = 2;  // bounds; more than what is at the edge of one
// So many numbers of the same inputs are others; in so many of these copies it must be off again.
constexpr int kMoved[] = {1, 2, 4, 8};
constexpr int kAgreed = 3;
constexpr int kCallsOfACheck = 30;  // of the reference
constexpr double kCheck_s = 3;

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values)
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  return most;
}

/// Where numbers are so small or so large that the order of operations decides what overflows or vanishes,
/// honest kernels differ plainly, and the check is at its limits: that is left to the few inputs of exams.
bool is_calm(InputStyle style) {
  return style != InputStyle::rescaled && style != InputStyle::tiny && style != InputStyle::extremes &&
         style != InputStyle::giants;
}

/// The calm styles in random order. Those in which a few samples of a long array show nothing of the rest
/// come first and several times.
std::vector<InputStyle> in_order(const Operator& op, Random& random) {
  constexpr std::pair<InputStyle, size_t> kFirst[] = {
      {InputStyle::one_hot, 6}, {InputStyle::sparse, 2}, {InputStyle::nearly, 2}, {InputStyle::spikes, 1}};
  std::vector<InputStyle> styles = legal_styles(op), first;
  std::erase_if(styles, [](InputStyle style) { return !is_calm(style); });
  for (const auto& [style, times] : kFirst)
    if (std::find(styles.begin(), styles.end(), style) != styles.end())
      first.insert(first.end(), times, style);
  random.shuffle(first);
  random.shuffle(styles);
  first.insert(first.end(), styles.begin(), styles.end());
  return first;
}

struct Place {
  const Workload* workload;
  Axes axes;
};

class Beside {
 public:
  Beside(JudgeState& state, const Program& candidate, double seconds)
      : state_(state),
        programs_{&state.program, &candidate},
        reference_(state.reference->another()),  // what it gives up here is given up here only
        random_(judge_seed(state.options, 29)),
        scalars_(state.op, random_),
        seconds_(seconds),
        deadline_(seconds) {}

  Result<BesideBaseline> look_around() {
    KE_DO(look_at_announced());
    while (!done()) {
      const std::vector<Place> places = other_places();
      if (places.empty()) break;
      for (const Place& place : places)
        if (!done()) KE_DO(look_at(place, kShape_s));
    }
    log_debug(
        fmt::format("beside the baseline: {} inputs, {} of them checked in full", inputs_, full_checks_));
    BesideBaseline result{std::move(finding_), {}};
    for (const auto& [style, count] : futile_)
      if (count >= kFutile)
        left_out_.push_back(fmt::format("{} inputs, where both differ plainly and rightly", name_of(style)));
    if (too_dear_ > 0)
      left_out_.push_back(
          fmt::format("{} plain differences, for which the reference takes too long", too_dear_));
    if (inputs_ == 0 && left_out_.empty() && !result.finding) left_out_.push_back("no time was left");
    result.left_out = join_texts(left_out_, ", ");
    return result;
  }

 private:
  bool done() const { return finding_ || deadline_.passed() || inputs_ >= kMostInputs; }

  Result<> look_at_announced() {
    const double share_s = kAnnouncedShare * seconds_ / static_cast<double>(state_.op.workloads.size());
    for (const Workload& workload : state_.op.workloads) {
      if (done()) break;
      const Axes axes = axes_of(state_.op, workload);
      const int64_t bytes = case_bytes(state_.op, axes);
      if (bytes > kCaseBytes)
        left_out_.push_back(fmt::format("{}, which is large", axes_text(state_.op, axes)));
      else
        KE_DO(look_at({&workload, axes}, bytes > kCheapBytes ? 2 * share_s : share_s));
    }
    return ok();
  }

  std::vector<Place> other_places() {
    std::vector<Place> places;
    for (const Workload& workload : state_.op.workloads) {
      for (Axes& axes : hidden_axes(state_.op, random_, 4, kElements))
        places.push_back({&workload, std::move(axes)});
      for (Axes& axes : between_axes(state_.op, axes_of(state_.op, workload), random_))
        if (case_bytes(state_.op, axes) <= kCheapBytes) places.push_back({&workload, std::move(axes)});
    }
    random_.shuffle(places);
    return places;
  }

  /// All styles at one place. What is wrong there once, and not by far, is looked for again.
  Result<> look_at(const Place& place, double seconds) {
    const Deadline deadline(seconds);
    const int before = inputs_;
    KE_DO(start(place));
    do {
      const std::vector<InputStyle> styles = in_order(state_.op, random_);
      for (size_t at = 0; at < styles.size() && !done() && launches_[0];) {
        if (at > 0 && deadline.passed()) break;
        const size_t end = std::min(at + batch_, styles.size());
        KE_TRY(std::optional<Suspect> suspect,
               compare(place, {styles.begin() + static_cast<std::ptrdiff_t>(at),
                               styles.begin() + static_cast<std::ptrdiff_t>(end)}));
        at = end;
        if (suspect) KE_DO(follow(place, *std::move(suspect)));
      }
    } while (!deadline.passed() && !done() && launches_[0] && inputs_ < before + kInputsOfAPlace);
    return ok();
  }

  struct Suspect {
    InputStyle style;
    Finding finding;
    bool certain = false;
    double bounds = 0;  // how many of them it is off
    Inputs inputs = {};
  };

  Result<> follow(const Place& place, Suspect suspect) {
    KE_DO(start(place));  // whatever it did in this process, another begins anew
    if (!suspect.certain && suspect.bounds > kPlainlyBeyond) {
      KE_TRY(suspect.certain, stays(place, suspect));
    }
    if (!suspect.certain) {
      KE_TRY(suspect.certain, comes_again(place, suspect.style));
    }
    if (suspect.certain)
      finding_ = std::move(suspect.finding);
    else
      log_debug(fmt::format("beside the baseline, once: {:.2f} bounds, {}", suspect.bounds,
                            suspect.finding.reason));
    return ok();
  }

  /// Whether it stays as far off where a few numbers of the very inputs are others. Who guesses from samples
  /// sees the same samples, and may not see such inputs again among those that are drawn.
  Result<bool> stays(const Place& place, const Suspect& suspect) {
    int agreed = 0;
    for (const int moved : kMoved) {
      std::vector<Inputs> changed;
      changed.push_back(copy_of(suspect.inputs));
      for (int i = 0; i < moved; ++i)
        if (!mutate_one(state_.op, place.axes, changed[0], random_)) return false;
      if (!launches_[0]) return false;
      KE_TRY(const std::optional<Suspect> again, answers(place, {suspect.style}, changed));
      // As far off to the last digit: what is wrong has not been computed anew.
      agreed +=
          again && (again->certain || (again->bounds > kPlainlyBeyond && again->bounds != suspect.bounds));
    }
    return agreed >= kAgreed;
  }

  Result<bool> comes_again(const Place& place, InputStyle style) {
    const Deadline deadline(kFocus_s);
    for (int tried = 0; tried < kMostFocus && !deadline.passed() && launches_[0];
         tried += static_cast<int>(batch_)) {
      KE_TRY(const std::optional<Suspect> suspect, compare(place, std::vector<InputStyle>(batch_, style)));
      if (suspect) return true;
    }
    return false;
  }

  /// Arrays begin anywhere or touch the ends of pages, by turns.
  Result<> start(const Place& place, std::optional<size_t> only = {}) {
    calls_ = static_cast<size_t>(std::clamp<int64_t>(
        kBatchBytes / std::max<int64_t>(1, case_bytes(state_.op, place.axes)), 1, kMostCompared));
    if (!only) batch_ = 1;
    for (const size_t side : {0, 1}) {
      if (only && side != *only) continue;
      LaunchOptions options = varied_launch(verify_options(state_), static_cast<int>(calls_));
      options.layout_seed = random_.next();
      options.sleeping_teams = side == 0;
      KE_TRY(Launch launch, Launch::start(state_.op, place.axes, *programs_[side], options));
      launches_[side].emplace(std::move(launch));
    }
    return ok();
  }

  /// One call of both for every style.
  Result<std::optional<Suspect>> compare(const Place& place, const std::vector<InputStyle>& styles) {
    std::vector<Inputs> drawn;
    for (const InputStyle style : styles) {
      KE_TRY(Inputs inputs, draw_inputs(state_.op, place.axes,
                                        scalars_.deal(place.axes, place.workload->scalars), style, random_));
      drawn.push_back(std::move(inputs));
    }
    return answers(place, styles, drawn);
  }

  Result<std::optional<Suspect>> answers(const Place& place, const std::vector<InputStyle>& styles,
                                         std::vector<Inputs>& drawn) {
    const int calls = static_cast<int>(styles.size());
    const RunOutcome own = run(0, drawn, calls * kDearCall_s + 1);
    const double call_s = own.seconds / calls;
    if (!own.finished() || call_s > kDearCall_s) {
      // What the baseline does not stand is nothing that a candidate owes.
      if (place.axes == axes_of(state_.op, *place.workload))
        left_out_.push_back(fmt::format("{}, which the kernel as it is {}", axes_text(state_.op, place.axes),
                                        own.finished() ? "takes long for" : "does not stand in every style"));
      launches_[0].reset();
      return std::optional<Suspect>();
    }
    const RunOutcome run_of_it = run(1, drawn, patience_s(own));
    if (!run_of_it.finished()) return ended(place, styles, drawn, own);
    if (auto finding = misbehaved(state_.op, run_of_it, launches_[1]->runner()))
      return std::optional(Suspect{styles.front(), *std::move(finding), true});
    inputs_ += calls;
    batch_ = static_cast<size_t>(std::clamp(kInARow_s / std::max(1e-6, call_s), 1.0, double(calls_)));
    for (int call = 0; call < calls; ++call) {
      const InputStyle style = styles[static_cast<size_t>(call)];
      if (!plainly_differ(answer(place, 0, call), answer(place, 1, call))) continue;
      KE_TRY(std::optional<Suspect> suspect, checked(place, drawn[static_cast<size_t>(call)], style, call));
      if (!suspect) continue;
      suspect->inputs = std::move(drawn[static_cast<size_t>(call)]);
      return suspect;
    }
    return std::optional<Suspect>();
  }

  static double patience_s(const RunOutcome& own) { return std::max(4.0, 50 * own.seconds); }

  RunOutcome run(size_t side, const std::vector<Inputs>& drawn, double limit_s) {
    for (size_t call = 0; call < drawn.size(); ++call)
      launches_[side]->put(static_cast<int>(call), drawn[call], random_.next());
    return launches_[side]->run(0, static_cast<int>(drawn.size()), limit_s);
  }

  /// The call at which it ends in a process of its own, too.
  Result<std::optional<Suspect>> ended(const Place& place, const std::vector<InputStyle>& styles,
                                       std::vector<Inputs>& drawn, const RunOutcome& own) {
    for (size_t call = 0; call < drawn.size(); ++call) {
      KE_DO(start(place, 1));
      std::vector<Inputs> one;
      one.push_back(std::move(drawn[call]));
      const RunOutcome alone = run(1, one, patience_s(own));
      if (!alone.finished())
        return std::optional(Suspect{styles[call], not_finished(alone, where(place, styles[call])), true});
    }
    KE_DO(start(place, 1));
    return std::optional<Suspect>();
  }

  Expected answer(const Place& place, size_t side, int call) const {
    return read_outputs(state_.op, place.axes, *launches_[side], call, false);
  }

  Result<std::optional<Suspect>> checked(const Place& place, const Inputs& inputs, InputStyle style,
                                         int call) {
    if (futile_[style] >= kFutile) return std::optional<Suspect>();
    // One call of the reference tells most differences that are right from those that are not.
    const auto exact = reference_.expected(place.axes, {&inputs});
    // Where the reference itself cannot do with such numbers, nothing is said.
    if (!exact || !plainly_differ(exact->front(), answer(place, 1, call))) return std::optional<Suspect>();
    if (kCallsOfACheck * reference_.last_s() > kCheck_s) {
      ++too_dear_;
      return std::optional<Suspect>();
    }
    ++full_checks_;
    // By its own style and within the widest bounds, where integers that hang on ties are no evidence: what
    // differs plainly is beyond both, and among thousands of inputs some are at the edge of one of them.
    CheckResult result;
    for (const InputStyle as : {style, InputStyle::guided}) {
      const auto plans = reference_.plans(place.axes, {&inputs}, as, random_);
      const bool says_nothing =
          !plans || !plans->front().is_evidence() || !plans->front().check(launches_[0]->outputs(call)).ok;
      if (!says_nothing) result = plans->front().check(launches_[1]->outputs(call));
      if (says_nothing || result.ok) {
        ++futile_[style];
        return std::optional<Suspect>();
      }
    }
    const bool certain = result.worst > kFarBeyond && result.mask_mismatches == 0 && result.bound > 0;
    return std::optional(Suspect{style,
                                 {Outcome::wrong, result.reason + " " + where(place, style), 0, 0, true},
                                 certain,
                                 result.worst});
  }

  std::string where(const Place& place, InputStyle style) const {
    return fmt::format("on {} with {} inputs", axes_text(state_.op, place.axes), name_of(style));
  }

  JudgeState& state_;
  const Program* programs_[2];
  ReferenceProgram reference_;
  Random random_;
  ScalarDealer scalars_;
  double seconds_;
  Deadline deadline_;
  std::optional<Launch> launches_[2];
  size_t calls_ = 1, batch_ = 1;  // that there is room for; that are made in a row
  std::map<InputStyle, int> futile_;
  int inputs_ = 0, full_checks_ = 0, too_dear_ = 0;
  std::vector<std::string> left_out_;
  std::optional<Finding> finding_;
};

}  // namespace

bool plainly_differ(const Expected& usual, const Expected& seen) {
  for (size_t o = 0; o < usual.size(); ++o) {
    if (usual[o].integer != seen[o].integer) return true;
    const double most = largest(usual[o].real);
    for (size_t i = 0; i < usual[o].real.size(); ++i) {
      const double a = usual[o].real[i], b = seen[o].real[i];
      if (std::isfinite(a) != std::isfinite(b)) return true;
      if (std::isfinite(a) && std::abs(a - b) > 1e-2 * std::abs(a) + 1e-4 * most) return true;
    }
  }
  return false;
}

Result<BesideBaseline> wrong_beside_baseline(JudgeState& state, const Program& candidate, double seconds) {
  return Beside(state, candidate, seconds).look_around();
}

}  // namespace ke

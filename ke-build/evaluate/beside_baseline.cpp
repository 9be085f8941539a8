// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/beside_baseline.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/log.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace ke {
namespace {

constexpr int64_t kMostBytes = 64 << 20;  // of one case
constexpr int64_t kBatchBytes = 4 << 20;  // of the calls that are made in a row
constexpr int64_t kMostCalls = 64;
constexpr int64_t kElements = 1 << 14;                    // of one argument of a hidden shape
constexpr double kCall_s = 10;                            // of the kernel as it is
constexpr double kShape_s = 0.08, kAnnouncedShare = 0.4;  // what one shape may take
constexpr double kFocus_s = 0.7;                          // to see a wrong answer once more
// Inputs that are tried for that, at least and at most. Who is wrong for one input in a hundred is found by
// either; a bound that is missed once in a hundred thousand is neither's matter.
constexpr int kFocus = 12, kMostFocus = 512;
constexpr int kMostInputs = 4000, kInputsOfAPlace = 400;
constexpr int kFutile = 2;  // full checks that a style may cost without a finding

double largest(const std::vector<double>& values) {
  double most = 0;
  for (const double value : values)
    if (std::isfinite(value)) most = std::max(most, std::abs(value));
  return most;
}

template <class T>
void shuffle(std::vector<T>& some, Random& random) {
  for (size_t i = some.size(); i > 1; --i) std::swap(some[i - 1], some[random.below(i)]);
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
  shuffle(first, random);
  shuffle(styles, random);
  first.insert(first.end(), styles.begin(), styles.end());
  return first;
}

struct Place {
  const Workload* workload;
  Axes axes;
};

class Beside {
 public:
  Beside(JudgeState& state, const Program& candidate)
      : state_(state),
        programs_{&state.program, &candidate},
        random_(judge_seed(state.options, 29)),
        scalars_(state.op, random_) {}

  Result<std::optional<Finding>> look_around() {
    const Deadline deadline(kBeside_s);
    for (const Workload& workload : state_.op.workloads) {
      const double share_s = kAnnouncedShare * kBeside_s / static_cast<double>(state_.op.workloads.size());
      const bool is_large = case_bytes(state_.op, axes_of(state_.op, workload)) > kCheapBytes;
      KE_TRY(std::optional<Finding> finding,
             look_at({&workload, axes_of(state_.op, workload)}, Deadline(is_large ? 2 * share_s : share_s)));
      if (finding) return finding;
    }
    while (!deadline.passed() && inputs_ < kMostInputs) {
      const std::vector<Place> places = other_places();
      if (places.empty()) break;
      for (const Place& place : places) {
        if (deadline.passed() || inputs_ >= kMostInputs) break;
        KE_TRY(std::optional<Finding> finding, look_at(place, Deadline(kShape_s)));
        if (finding) return finding;
      }
    }
    log_debug(
        fmt::format("beside the baseline: {} inputs, {} of them checked in full", inputs_, full_checks_));
    return std::optional<Finding>();
  }

 private:
  std::vector<Place> other_places() {
    std::vector<Place> places;
    for (const Workload& workload : state_.op.workloads) {
      for (Axes& axes : hidden_axes(state_.op, random_, 4, kElements))
        places.push_back({&workload, std::move(axes)});
      for (Axes& axes : between_axes(state_.op, axes_of(state_.op, workload), random_))
        if (case_bytes(state_.op, axes) <= kCheapBytes) places.push_back({&workload, std::move(axes)});
    }
    shuffle(places, random_);
    return places;
  }

  /// All styles at one place. What is wrong there once is looked for again.
  Result<std::optional<Finding>> look_at(const Place& place, const Deadline& deadline) {
    if (case_bytes(state_.op, place.axes) > kMostBytes) return std::optional<Finding>();
    KE_DO(start(place));
    const int before = inputs_;
    do {
      const std::vector<InputStyle> styles = in_order(state_.op, random_);
      for (size_t at = 0; at < styles.size(); at += calls_) {
        if (at > 0 && deadline.passed()) break;
        const std::vector<InputStyle> some(
            styles.begin() + static_cast<std::ptrdiff_t>(at),
            styles.begin() + static_cast<std::ptrdiff_t>(std::min(at + calls_, styles.size())));
        KE_TRY(std::optional<Suspect> suspect, compare(place, some));
        if (!launches_[0] || !launches_[1]) KE_DO(start(place));
        if (!suspect) continue;
        KE_TRY(const bool again, comes_again(place, suspect->style));
        if (again) return std::optional(std::move(suspect->finding));
        log_debug("beside the baseline, once: " + suspect->finding.reason);
        KE_DO(start(place));
      }
    } while (!deadline.passed() && inputs_ < before + kInputsOfAPlace);
    return std::optional<Finding>();
  }

  struct Suspect {
    InputStyle style;
    Finding finding;
  };

  Result<bool> comes_again(const Place& place, InputStyle style) {
    const Deadline deadline(kFocus_s);
    for (int tried = 0; tried < kFocus || (tried < kMostFocus && !deadline.passed());
         tried += static_cast<int>(calls_)) {
      if (!launches_[0] || !launches_[1]) KE_DO(start(place));
      KE_TRY(const std::optional<Suspect> suspect, compare(place, std::vector<InputStyle>(calls_, style)));
      if (suspect) return true;
    }
    return false;
  }

  Result<> start(const Place& place) {
    calls_ = static_cast<size_t>(std::clamp<int64_t>(
        kBatchBytes / std::max<int64_t>(1, case_bytes(state_.op, place.axes)), 1, kMostCalls));
    for (const size_t side : {0, 1}) {
      LaunchOptions options;
      options.max_calls = static_cast<int>(calls_);
      options.layout_seed = random_.next();
      options.mandatory_layers = state_.options.mandatory_layers;
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
    const int calls = static_cast<int>(styles.size());
    double limit_s = kCall_s;
    for (const size_t side : {0, 1}) {
      for (int call = 0; call < calls; ++call)
        launches_[side]->put(call, drawn[static_cast<size_t>(call)], random_.next());
      const RunOutcome run = launches_[side]->run(0, calls, limit_s);
      if (!run.finished()) {
        launches_[side].reset();
        // What the baseline does not stand is nothing that a candidate owes.
        if (side == 0) return std::optional<Suspect>();
        return std::optional(Suspect{styles.front(), not_finished(run, where(place, "many"))});
      }
      limit_s = std::max(2.0, 50 * run.seconds);
    }
    inputs_ += calls;
    for (int call = 0; call < calls; ++call) {
      const InputStyle style = styles[static_cast<size_t>(call)];
      if (futile_[style] >= kFutile || !plainly_differ(answer(place, 0, call), answer(place, 1, call)))
        continue;
      KE_TRY(std::optional<Finding> finding, checked(place, drawn[static_cast<size_t>(call)], style, call));
      if (finding) return std::optional(Suspect{style, *std::move(finding)});
      ++futile_[style];
    }
    return std::optional<Suspect>();
  }

  Expected answer(const Place& place, size_t side, int call) const {
    return read_outputs(state_.op, place.axes, *launches_[side], call, false);
  }

  Result<std::optional<Finding>> checked(const Place& place, const Inputs& inputs, InputStyle style,
                                         int call) {
    ++full_checks_;
    // The widest of the derived bounds, and integers only where they do not hang on ties: what differs
    // plainly is beyond them, and among thousands of inputs some are at the edge of a narrower one.
    KE_TRY(const std::vector<CheckPlan> plans,
           state_.reference->plans(place.axes, {&inputs}, InputStyle::guided, random_));
    const CheckPlan& plan = plans.front();
    if (!plan.is_evidence() || !plan.check(launches_[0]->outputs(call)).ok) return std::optional<Finding>();
    const CheckResult result = plan.check(launches_[1]->outputs(call));
    if (result.ok) return std::optional<Finding>();
    return std::optional(
        Finding{Outcome::wrong, result.reason + " " + where(place, name_of(style)), 0, 0, true});
  }

  std::string where(const Place& place, const std::string& style) const {
    return fmt::format("on {} with {} inputs", axes_text(state_.op, place.axes), style);
  }

  JudgeState& state_;
  const Program* programs_[2];
  Random random_;
  ScalarDealer scalars_;
  std::optional<Launch> launches_[2];
  size_t calls_ = 1;
  std::map<InputStyle, int> futile_;
  int inputs_ = 0, full_checks_ = 0;
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

Result<std::optional<Finding>> wrong_beside_baseline(JudgeState& state, const Program& candidate) {
  return Beside(state, candidate).look_around();
}

}  // namespace ke

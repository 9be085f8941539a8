// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/class_plan.h"

#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"
#include "ke-build/search/rewrites/workload_sizes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

namespace ke {
namespace {

constexpr double kWorthIt =
    1.03;  // over the best single configuration, and of each class over the others' values
constexpr size_t kMostWorkloads = 16, kMostPeers = 64;

struct Size {
  std::vector<std::string> axes, parameters;
};

/// A group of workloads that a size cannot tell apart.
struct Step {
  double size = 0;
  std::vector<size_t> workloads;
};

struct Division {
  std::vector<size_t> ends;   // of each class, index into the steps
  std::vector<size_t> peers;  // of each class
  double log_gain = -1e9;     // weighted mean of log speed-ups
};

const Speedup* on(const Node& peer, const std::string& workload) {
  for (const Speedup& speedup : peer.evaluation.speedups)
    if (speedup.workload == workload && speedup.ratio > 0) return &speedup;
  return nullptr;
}

std::string value_of(const Node& peer, const Tunable& tunable) {
  const auto set = peer.candidate.tunables.find(tunable.name);
  return set == peer.candidate.tunables.end() ? tunable.initial : set->second;
}

// Every axis by itself, then all of them together.
std::vector<Size> sizes_of(const Operator& op, const Function& entry) {
  std::vector<Size> sizes;
  Size all;
  for (const std::string& axis : op.axis_names) {
    const std::string parameter = op.constants.count(axis) ? "" : parameter_of(op, entry, axis);
    if (parameter.empty()) continue;
    sizes.push_back({{axis}, {parameter}});
    all.axes.push_back(axis);
    all.parameters.push_back(parameter);
  }
  if (all.axes.size() > 1) sizes.push_back(all);
  return sizes;
}

std::vector<Step> steps_of(const Operator& op, const Size& size) {
  std::map<double, Step> steps;
  for (size_t w = 0; w < op.workloads.size(); ++w) {
    double product = 1;
    for (const std::string& axis : size.axes) product *= static_cast<double>(op.workloads[w].axes.at(axis));
    steps[product].size = product;
    steps[product].workloads.push_back(w);
  }
  std::vector<Step> ordered;
  for (auto& [product, step] : steps) ordered.push_back(std::move(step));
  return ordered;
}

class Planner {
 public:
  Planner(const Operator& op, const std::vector<const Node*>& peers) : op_(op), peers_(peers) {
    for (const Node* peer : peers) {
      logs_.emplace_back();
      for (const Workload& workload : op.workloads) {
        const Speedup* speedup = on(*peer, workload.name);
        logs_.back().push_back(speedup ? std::log(speedup->ratio) : -1e3);  // unknown is no choice
      }
    }
    for (const Workload& workload : op.workloads) weights_ += workload.weight;
  }

  double best_single() const {
    double best = -1e9;
    for (size_t p = 0; p < peers_.size(); ++p) {
      double sum = 0;
      for (size_t w = 0; w < op_.workloads.size(); ++w) sum += op_.workloads[w].weight * logs_[p][w];
      best = std::max(best, sum / weights_);
    }
    return best;
  }

  /// The best division of the steps into two classes, or into three where the third pays for itself.
  std::optional<Division> divide(const std::vector<Step>& steps) const {
    Division two, three;
    const size_t n = steps.size();
    for (size_t first = 1; first < n; ++first) {
      consider({first, n}, steps, two);
      for (size_t second = first + 1; second < n; ++second) consider({first, second, n}, steps, three);
    }
    if (three.log_gain >= two.log_gain + std::log(kWorthIt) && separated(three, steps)) return three;
    return separated(two, steps) ? std::optional(two) : std::nullopt;
  }

 private:
  // Beyond the noise: on some workload of each class its own values win against every other class's, and the
  // lower end of its interval lies above what those reached.
  bool separated(const Division& division, const std::vector<Step>& steps) const {
    for (size_t a = 0; a < division.ends.size(); ++a) {
      for (size_t b = 0; b < division.ends.size(); ++b) {
        if (a != b && !wins(division.peers[a], division.peers[b], workloads_in(division.ends, a, steps)))
          return false;
      }
    }
    return true;
  }

  static std::vector<size_t> workloads_in(const std::vector<size_t>& ends, size_t index,
                                          const std::vector<Step>& steps) {
    std::vector<size_t> workloads;
    for (size_t s = index == 0 ? 0 : ends[index - 1]; s < ends[index]; ++s)
      workloads.insert(workloads.end(), steps[s].workloads.begin(), steps[s].workloads.end());
    return workloads;
  }

  bool wins(size_t mine, size_t theirs, const std::vector<size_t>& workloads) const {
    return std::any_of(workloads.begin(), workloads.end(), [&](size_t w) {
      const Speedup *own = on(*peers_[mine], op_.workloads[w].name),
                    *other = on(*peers_[theirs], op_.workloads[w].name);
      // Not measured to its end: it was hopeless there.
      if (!own || !other) return own != nullptr;
      return own->ratio >= kWorthIt * other->ratio && own->low > other->ratio;
    });
  }

  void consider(const std::vector<size_t>& ends, const std::vector<Step>& steps, Division& best) const {
    Division division{ends, {}, 0};
    for (size_t i = 0; i < ends.size(); ++i) {
      const std::vector<size_t> workloads = workloads_in(ends, i, steps);
      double most = -1e9;
      size_t chosen = 0;
      for (size_t p = 0; p < peers_.size(); ++p) {
        double sum = 0;
        for (const size_t w : workloads) sum += op_.workloads[w].weight * logs_[p][w] / weights_;
        if (sum > most) {
          most = sum;
          chosen = p;
        }
      }
      division.log_gain += most;
      division.peers.push_back(chosen);
    }
    if (division.log_gain > best.log_gain) best = division;
  }

  const Operator& op_;
  const std::vector<const Node*>& peers_;
  std::vector<std::vector<double>> logs_;  // by peer and workload
  double weights_ = 0;
};

// Between the classes, at a power of two if there is one.
int64_t limit_between(double below, double above) {
  const auto power = std::exp2(std::floor(std::log2(std::sqrt(below * above))));
  if (power >= below && power < above) return static_cast<int64_t>(power);
  if (2 * power >= below && 2 * power < above) return static_cast<int64_t>(2 * power);
  return static_cast<int64_t>(below + (above - below) / 2);
}

// Of the sizes on both sides of a limit, as a factor.
double narrowest_gap(const Division& division, const std::vector<Step>& steps) {
  double gap = 1e18;
  for (size_t i = 0; i + 1 < division.ends.size(); ++i)
    gap = std::min(gap, steps[division.ends[i]].size / std::max(1.0, steps[division.ends[i] - 1].size));
  return gap;
}

bool fits_int(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

// What differs, and what is not the default, goes into the source: there it is legal together.
bool fill_values(const Operator& op, const Unit& unit, const std::vector<const Node*>& chosen,
                 PlannedClasses& planned) {
  planned.plan.values.resize(chosen.size());
  for (const Tunable& tunable : op.kernel.tunables) {
    std::set<std::string> values;
    for (const Node* peer : chosen) values.insert(value_of(*peer, tunable));
    const bool fixed = values.size() == 1 && *values.begin() == tunable.initial;
    const bool whole = std::all_of(values.begin(), values.end(), fits_int);
    if (fixed) continue;
    if (!whole || !only_entry_reads(unit, tunable.name)) {
      if (values.size() > 1) return false;
      planned.kept[tunable.name] = *values.begin();
      continue;
    }
    for (size_t i = 0; i < chosen.size(); ++i)
      planned.plan.values[i][tunable.name] = value_of(*chosen[i], tunable);
  }
  return !planned.plan.values.front().empty();
}

}  // namespace

std::vector<Classes> divide_by_size(const Operator& op, const Function& entry,
                                    const std::vector<const Node*>& peers) {
  const size_t workloads = op.workloads.size();
  if (workloads < 2 || workloads > kMostWorkloads || peers.size() < 2 || peers.size() > kMostPeers) return {};
  const Planner planner(op, peers);
  const double single = planner.best_single();
  std::vector<Classes> all;
  for (const Size& size : sizes_of(op, entry)) {
    const std::vector<Step> steps = steps_of(op, size);
    const auto found = steps.size() < 2 ? std::nullopt : planner.divide(steps);
    if (!found || found->log_gain < single + std::log(kWorthIt)) continue;
    Classes classes{
        size.parameters, {}, found->peers, std::exp(found->log_gain), narrowest_gap(*found, steps)};
    for (size_t i = 0; i + 1 < found->ends.size(); ++i)
      classes.limits.push_back(limit_between(steps[found->ends[i] - 1].size, steps[found->ends[i]].size));
    all.push_back(std::move(classes));
  }
  // Several axes may tell the classes apart: a limit is least arbitrary where they lie far from each other.
  std::stable_sort(all.begin(), all.end(), [](const Classes& a, const Classes& b) {
    return a.speedup != b.speedup ? a.speedup > b.speedup : a.gap > b.gap;
  });
  return all;
}

std::optional<PlannedClasses> plan_classes(const Operator& op, const Unit& unit,
                                           const std::vector<const Node*>& peers) {
  for (const Classes& classes : divide_by_size(op, unit.functions.front(), peers)) {
    PlannedClasses planned;
    planned.speedup = classes.speedup;
    planned.plan.axes = classes.axes;
    planned.plan.limits = classes.limits;
    std::vector<const Node*> chosen;
    for (const size_t p : classes.peers) chosen.push_back(peers[p]);
    if (fill_values(op, unit, chosen, planned)) return planned;
  }
  return std::nullopt;
}

}  // namespace ke

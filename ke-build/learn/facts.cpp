// SPDX-License-Identifier: MIT
#include "ke-build/learn/learn.h"
#include "ke-build/model/spec.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace ke {
namespace {

struct Mean {
  double sum = 0, weight = 0;
  void add(double value, double by) {
    if (!std::isfinite(value)) return;
    sum += by * value;
    weight += by;
  }
};

double log2_of(double value) { return std::log2(std::max(1.0, value)); }

// Sizes of one workload. An expression that cannot be evaluated was refused when the spec was read, or needs
// an axis that only runs have: it adds nothing here.
void add_sizes(const Operator& op, const Workload& workload, std::map<std::string, Mean>& means) {
  const Axes axes = axes_of(op, workload);
  const double weight = workload.weight > 0 ? workload.weight : 1;
  double elements = 0, bytes = 0;
  for (const Argument& argument : op.arguments) {
    const auto count = element_count(argument, axes);
    if (!count) continue;
    elements += static_cast<double>(*count);
    bytes +=
        static_cast<double>(*count * size_of(argument.dtype)) * (argument.input && argument.output ? 2 : 1);
  }
  means["elements"].add(log2_of(elements), weight);
  means["bytes"].add(log2_of(bytes), weight);
  if (!op.flops.empty()) {
    if (const auto flops = evaluate_expression(op.flops, axes)) {
      means["flops"].add(log2_of(static_cast<double>(*flops)), weight);
      means["flops_per_byte"].add(log2_of(static_cast<double>(*flops)) - log2_of(bytes), weight);
    }
  }
  double smallest = 0, largest = 0;
  for (const auto& [name, size] : workload.axes) {
    const double log = log2_of(static_cast<double>(size));
    smallest = largest == 0 ? log : std::min(smallest, log);
    largest = std::max(largest, log);
  }
  means["smallest_axis"].add(smallest, weight);
  means["largest_axis"].add(largest, weight);
}

}  // namespace

Facts facts_of(const Operator& op, const std::string& source, Bound bound) {
  Facts facts;
  facts.family = op.op_type;
  const std::vector<std::string> seen = features_of(op, source);
  std::set<std::string> tags(seen.begin(), seen.end());
  if (op.contract.finite_only) tags.insert("finite-only");
  if (op.contract.noalias) tags.insert("noalias");
  if (op.isa == Isa::native) tags.insert("isa-native");
  if (bound != Bound::unknown) tags.insert(std::string("bound-") + name_of(bound));
  facts.tags.assign(tags.begin(), tags.end());
  std::map<std::string, Mean> means;
  for (const Workload& workload : op.workloads) add_sizes(op, workload, means);
  for (const auto& [name, mean] : means) {
    if (mean.weight > 0) facts.numbers[name] = mean.sum / mean.weight;
  }
  facts.numbers["arguments"] = static_cast<double>(op.arguments.size());
  facts.numbers["threads"] = log2_of(op.contract.threads);
  return facts;
}

double likeness(const Facts& one, const Facts& other) {
  size_t common = 0;  // of two ascending lists
  for (size_t i = 0, j = 0; i < one.tags.size() && j < other.tags.size();) {
    const int order = one.tags[i].compare(other.tags[j]);
    common += order == 0 ? 1 : 0;
    i += order <= 0 ? 1 : 0;
    j += order >= 0 ? 1 : 0;
  }
  const size_t all = one.tags.size() + other.tags.size() - common;
  const double tags = all == 0 ? 0 : static_cast<double>(common) / static_cast<double>(all);
  double apart = 0;
  int shared = 0;
  for (const auto& [name, value] : one.numbers) {
    const auto found = other.numbers.find(name);
    if (found == other.numbers.end()) continue;
    apart += std::min(8.0, std::abs(value - found->second));
    ++shared;
  }
  const double sizes = shared == 0 ? 0.5 : std::exp(-apart / shared / 4);
  const double alike = tags * (0.6 + 0.4 * sizes);
  const bool family = !one.family.empty() && one.family == other.family;
  return family ? 0.5 + 0.5 * alike : alike;
}

}  // namespace ke

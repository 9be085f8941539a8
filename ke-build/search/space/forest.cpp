// SPDX-License-Identifier: MIT
#include "ke-build/search/space/forest.h"

#include "ke-build/base/result.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace ke {

// Grows one tree over a permutation of the samples: every node owns a range of it.
struct Forest::Grower {
  const Samples& samples;
  size_t leaf, tries;
  Random& random;
  std::vector<uint32_t> order, features;
  std::vector<Split>& tree;

  struct Cut {
    int32_t feature = -1;
    float threshold = 0;
    double gain = -1;
  };

  // Sum of squares that a random threshold on this feature explains; nothing when it does not vary here.
  std::optional<Cut> cut_at(uint32_t feature, size_t begin, size_t end) const {
    float low = samples.row(order[begin])[feature], high = low;
    for (size_t i = begin + 1; i < end; ++i) {
      const float x = samples.row(order[i])[feature];
      low = std::min(low, x);
      high = std::max(high, x);
    }
    if (low == high) return std::nullopt;
    const float threshold = low + static_cast<float>(random.uniform()) * (high - low);
    double left = 0, right = 0;
    size_t lefts = 0;
    for (size_t i = begin; i < end; ++i) {
      const bool is_left = samples.row(order[i])[feature] <= threshold;
      lefts += is_left ? 1 : 0;
      (is_left ? left : right) += samples.targets[order[i]];
    }
    const size_t rights = end - begin - lefts;
    if (lefts < leaf || rights < leaf || rights == 0) return Cut{};
    return Cut{static_cast<int32_t>(feature), threshold,
               left * left / static_cast<double>(lefts) + right * right / static_cast<double>(rights)};
  }

  Cut best_cut(size_t begin, size_t end) {
    Cut best;
    size_t tried = 0;
    for (size_t k = 0; k < features.size() && tried < tries; ++k) {
      std::swap(features[k], features[k + random.below(features.size() - k)]);
      const auto cut = cut_at(features[k], begin, end);
      if (!cut) continue;
      ++tried;
      if (cut->feature >= 0 && (best.feature < 0 || cut->gain > best.gain)) best = *cut;
    }
    return best;
  }

  void grow(size_t begin, size_t end) {
    const size_t node = tree.size();
    tree.emplace_back();
    double sum = 0, low = samples.targets[order[begin]], high = low;
    for (size_t i = begin; i < end; ++i) {
      const double y = samples.targets[order[i]];
      sum += y;
      low = std::min(low, y);
      high = std::max(high, y);
    }
    tree[node].value = sum / static_cast<double>(end - begin);
    if (end - begin < 2 * leaf || high == low) return;
    const Cut cut = best_cut(begin, end);
    if (cut.feature < 0) return;
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto middle =
        std::partition(first, order.begin() + static_cast<std::ptrdiff_t>(end),
                       [&](uint32_t i) { return samples.row(i)[cut.feature] <= cut.threshold; });
    const size_t split = begin + static_cast<size_t>(middle - first);
    tree[node].feature = cut.feature;
    tree[node].threshold = cut.threshold;
    grow(begin, split);
    tree[node].right = static_cast<int32_t>(tree.size());
    grow(split, end);
  }
};

Forest Forest::fit(const Samples& samples, const ForestOptions& options, Random& random) {
  KE_CHECK(samples.count() > 0 && samples.features.size() == samples.count() * samples.width);
  Forest forest;
  forest.trees_.resize(static_cast<size_t>(options.trees));
  const auto tries = static_cast<size_t>(std::ceil(options.tried * static_cast<double>(samples.width)));
  for (auto& tree : forest.trees_) {
    Grower grower{samples, options.leaf, std::max<size_t>(1, tries), random, {}, {}, tree};
    grower.order.resize(samples.count());
    std::iota(grower.order.begin(), grower.order.end(), 0);
    grower.features.resize(samples.width);
    std::iota(grower.features.begin(), grower.features.end(), 0);
    grower.grow(0, samples.count());
  }
  return forest;
}

Prediction Forest::predict(const float* features) const {
  double sum = 0, squares = 0;
  for (const auto& tree : trees_) {
    size_t node = 0;
    while (tree[node].feature >= 0) {
      const Split& split = tree[node];
      node = features[split.feature] <= split.threshold ? node + 1 : static_cast<size_t>(split.right);
    }
    sum += tree[node].value;
    squares += tree[node].value * tree[node].value;
  }
  const auto count = static_cast<double>(trees_.size());
  const double mean = sum / count;
  return {mean, std::sqrt(std::max(0.0, squares / count - mean * mean))};
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/search/learned/move_model.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr double kCorrectByDefault = 0.85, kDefaultCounts = 2;

double number_in(const Facts& facts, const char* name) {
  const auto found = facts.numbers.find(name);
  return found == facts.numbers.end() ? 0 : found->second;
}

bool has_tag(const Facts& facts, const char* tag) {
  return std::binary_search(facts.tags.begin(), facts.tags.end(), tag);
}

}  // namespace

double MoveModel::loss(double predicted, bool correct, double gain) {
  const double error = predicted - (correct ? gain : kFailure);
  return std::min(1.0, 0.5 * error * error);
}

MoveModel::Keys MoveModel::keys_of(const Approach& approach) const {
  const auto find = [&](const std::string& key) {
    const auto found = index_.find(key);
    return found == index_.end() ? kNone : found->second;
  };
  const std::string stage = std::to_string(approach.stage) + " ";
  return {find(stage + approach.kind), find(approach.kind), find(stage + approach.action + " ")};
}

void MoveModel::fill(const Approach& approach, const Keys& keys, const std::vector<Cell>& cells,
                     const Facts& facts, float* features) {
  // Means shrink towards the next coarser one, the coarsest towards what is stated.
  const auto mean = [&](uint32_t key, double otherwise) {
    return (cells[key].gain + otherwise) / (cells[key].correct + 1);
  };
  const double of_kind = mean(keys.kind, approach.stated), of_staged = mean(keys.staged, of_kind);
  const double values[kWidth] = {
      approach.stated,
      of_kind,
      of_staged,
      mean(keys.action, of_staged),
      std::log1p(cells[keys.kind].tried),
      std::log1p(cells[keys.staged].tried),
      std::log1p(cells[keys.action].tried),
      (cells[keys.kind].correct + kDefaultCounts * kCorrectByDefault) /
          (cells[keys.kind].tried + kDefaultCounts),
      approach.reward,
      approach.depth,
      static_cast<double>(approach.stage),
      approach.same_hand,
      approach.size,
      number_in(facts, "bytes"),
      number_in(facts, "flops_per_byte"),
      number_in(facts, "largest_axis"),
      number_in(facts, "smallest_axis"),
      static_cast<double>(has_tag(facts, "bound-memory")) -
          static_cast<double>(has_tag(facts, "bound-compute")),
  };
  std::transform(values, values + kWidth, features, [](double value) { return static_cast<float>(value); });
}

double MoveModel::blended(const Approach& approach, const Keys& keys, const std::vector<Cell>& cells,
                          double forest) {
  const Cell& cell = cells[keys.staged];
  const double gain =
      approach.is_stated ? (cell.tried * forest + approach.stated) / (cell.tried + 1) : forest;
  const double correct =
      (cell.correct + kDefaultCounts * kCorrectByDefault) / (cell.tried + kDefaultCounts) / kCorrectByDefault;
  const double share = std::min(1.0, correct);
  return share * gain + (1 - share) * kFailure;
}

double MoveModel::log_gain(const Approach& approach) const {
  const Keys keys = keys_of(approach);
  float features[kWidth];
  double sum = 0;
  for (const Member& member : members_) {
    fill(approach, keys, member.cells, facts_, features);
    sum += blended(approach, keys, member.cells, member.forest.predict(features).mean);
  }
  return std::clamp(sum / static_cast<double>(members_.size()), -7.0, 7.0);
}

}  // namespace ke

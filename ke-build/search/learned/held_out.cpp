// SPDX-License-Identifier: MIT
#include "ke-build/search/learned/held_out.h"

#include "ke-build/search/learned/move_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace ke {
namespace {

constexpr size_t kFewestSiblings = 3, kFewestMoves = 5, kFewestGroups = 3;
constexpr double kSure = 1.645;  // standard errors: 95 % one-sided

std::vector<double> ranks_of(const std::vector<double>& values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t begin = 0; begin < order.size();) {
    size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (size_t i = begin; i < end; ++i) ranks[order[i]] = 0.5 * static_cast<double>(begin + end - 1);
    begin = end;
  }
  return ranks;
}

struct Sums {
  double learned = 0, stated = 0, moves = 0;  // correlations weighted by moves
  double saved = 0, trials = 0;
};

}  // namespace

double rank_correlation(const std::vector<double>& left, const std::vector<double>& right) {
  const std::vector<double> a = ranks_of(left), b = ranks_of(right);
  const double middle = 0.5 * (static_cast<double>(a.size()) - 1);
  double both = 0, ones = 0, others = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    both += (a[i] - middle) * (b[i] - middle);
    ones += (a[i] - middle) * (a[i] - middle);
    others += (b[i] - middle) * (b[i] - middle);
  }
  return ones > 0 && others > 0 ? both / std::sqrt(ones * others) : 0;
}

HeldOutScore score(const std::vector<HeldOut>& trials) {
  std::map<std::pair<size_t, int64_t>, std::vector<const HeldOut*>> choices;  // by session and parent
  std::map<size_t, Sums> groups;
  for (const HeldOut& trial : trials) {
    choices[{trial.session, trial.parent}].push_back(&trial);
    Sums& sums = groups[trial.group];
    sums.saved += MoveModel::loss(trial.stated, trial.correct, trial.gain) -
                  MoveModel::loss(trial.learned, trial.correct, trial.gain);
    sums.trials += 1;
  }
  for (const auto& [key, rows] : choices) {
    if (rows.size() < kFewestSiblings) continue;
    std::vector<double> learned, stated, actual;
    for (const HeldOut* row : rows) {
      learned.push_back(row->learned);
      stated.push_back(row->stated);
      actual.push_back(row->correct ? row->gain : MoveModel::kFailure);
    }
    Sums& sums = groups[rows.front()->group];
    const auto moves = static_cast<double>(rows.size());
    sums.learned += moves * rank_correlation(learned, actual);
    sums.stated += moves * rank_correlation(stated, actual);
    sums.moves += moves;
  }
  HeldOutScore result;
  double squares = 0;
  for (const auto& [group, sums] : groups) {
    if (sums.moves < kFewestMoves) continue;
    ++result.groups;
    result.learned += sums.learned / sums.moves;
    result.stated += sums.stated / sums.moves;
    const double difference = (sums.learned - sums.stated) / sums.moves;
    squares += difference * difference;
    result.saved += sums.saved / sums.trials;
  }
  if (result.groups == 0) return result;
  const auto n = static_cast<double>(result.groups);
  result.learned /= n;
  result.stated /= n;
  result.better = result.learned - result.stated;
  const double variance = std::max(0.0, squares / n - result.better * result.better);
  result.error = result.groups > 1 ? std::sqrt(variance / (n - 1)) : 0;
  return result;
}

void decide(LearnedNote& note, const HeldOutScore& score, const std::string& groups) {
  note.learned = score.learned;
  note.stated = score.stated;
  if (score.groups < kFewestGroups) {
    note.why = fmt::format("{} {} with at least {} moves to order; {} are needed to tell whether it helps",
                           score.groups, groups, kFewestMoves, kFewestGroups);
    return;
  }
  note.on = score.better > kSure * score.error;
  note.why = fmt::format(
      "on {} held-out {} it orders moves with a rank correlation of {:.2f}, the stated priors with {:.2f} "
      "(difference {:+.2f}, standard error {:.2f})",
      score.groups, groups, score.learned, score.stated, score.better, score.error);
}

}  // namespace ke

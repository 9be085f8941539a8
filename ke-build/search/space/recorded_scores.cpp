// SPDX-License-Identifier: MIT
#include "ke-build/search/space/recorded_scores.h"

#include <algorithm>
#include <map>
#include <set>

namespace ke {
namespace {

constexpr const char* kTracks[] = {"cold", "warm-devices", "warm-kernels"};

Interval of_mean(const std::vector<double>& values) {
  if (values.size() < 2) return {values.empty() ? 0 : values.front(), values.empty() ? 0 : values.front()};
  Random random(1);
  return bootstrap_bca(
      values, [](const std::vector<double>& sample) { return mean(sample); }, 0.95, 10000, random);
}

}  // namespace

RecordedRow scored(const Recording& recording, const std::vector<Outcomes>& runs, size_t place,
                   int64_t budget, Warm warm) {
  RecordedRow row;
  row.space = recording.name;
  row.track = kTracks[static_cast<size_t>(warm)];
  row.budget = budget;
  const double worst = *std::max_element(recording.time_ms.begin(), recording.time_ms.end());
  double best_ms = 0;
  for (const Outcomes& outcomes : runs) {
    const double best = outcomes[place];
    row.qualities.push_back(best > 0 ? recording.optimum_ms / best : 0);
    best_ms += (best > 0 ? best : worst) / static_cast<double>(runs.size());
  }
  row.quality = mean(row.qualities);
  const double random_ms = random_search_ms(recording, budget);
  const double room = random_ms - recording.optimum_ms;
  row.p_score = room > 0 ? (random_ms - best_ms) / room : 1;
  return row;
}

Paired paired(const std::vector<double>& warm, const std::vector<double>& cold) {
  std::vector<double> differences;
  for (size_t i = 0; i < warm.size(); ++i) differences.push_back(warm[i] - cold[i]);
  return {mean(cold), mean(differences), of_mean(differences)};
}

std::vector<RecordedMean> means_of(const std::vector<RecordedRow>& rows,
                                   const std::vector<int64_t>& budgets) {
  std::vector<RecordedMean> means;
  for (const int64_t budget : budgets) {
    std::vector<double> quality, p_score, cold;
    for (const RecordedRow& row : rows) {
      if (row.budget != budget) continue;
      quality.push_back(row.quality);
      p_score.push_back(row.p_score);
      if (row.paired) cold.push_back(row.paired->cold);
    }
    means.push_back({budget, mean(quality), mean(p_score), of_mean(quality)});
    if (!cold.empty()) means.back().paired = paired(quality, cold);
  }
  return means;
}

double random_search_ms(const Recording& recording, int64_t n) {
  std::vector<double> times;
  for (const double time_ms : recording.time_ms) {
    if (time_ms > 0) times.push_back(time_ms);
  }
  std::sort(times.begin(), times.end());
  const auto total = static_cast<int64_t>(recording.time_ms.size());
  n = std::min(n, total);
  double expected = 0, succeeded = 0,
         before = 1;  // before: probability that none of the faster ones was drawn
  for (size_t i = 0; i < times.size() && before > 0; ++i) {
    const int64_t left =
        total - static_cast<int64_t>(i);  // before / after: one more configuration is not drawn
    const double after = left > n ? before * static_cast<double>(left - n) / static_cast<double>(left) : 0;
    expected += times[i] * (before - after);
    succeeded += before - after;
    before = after;
  }
  return expected / succeeded;
}

std::vector<RecordedDuel> duel(const std::vector<RecordedRow>& rows, const ReferenceTable& reference) {
  std::map<int64_t, std::map<std::string, RecordedRow>> ours;
  for (const RecordedRow& row : rows) ours[row.budget][row.space] = row;
  std::vector<RecordedDuel> duels;
  for (const auto& [budget, spaces] : ours) {
    std::set<std::string> known;  // to any strategy of the reference
    for (const auto& [key, scores] : reference.scores) {
      for (const auto& [space, score] : scores) {
        if (key.first == budget && spaces.count(space) != 0) known.insert(space);
      }
    }
    RecordedDuel best;
    std::vector<double> differences;
    for (const auto& [key, scores] : reference.scores) {
      const bool complete =
          std::all_of(known.begin(), known.end(),
                      [&, &in = scores](const std::string& space) { return in.count(space) != 0; });
      if (key.first != budget || known.empty() || !complete) continue;
      RecordedDuel one;
      one.budget = budget;
      one.strategy = key.second;
      one.spaces = known.size();
      std::vector<double> gains;
      const auto count = static_cast<double>(known.size());
      for (const std::string& space : known) {
        const RecordedRow& row = spaces.at(space);
        const ReferenceScore& score = scores.at(space);
        gains.push_back(row.quality - score.quality);
        one.wins += gains.back() > 0 ? 1 : 0;
        one.quality += row.quality / count;
        one.p_score += row.p_score / count;
        one.reference += score.quality / count;
        one.reference_p += score.p_score / count;
      }
      if (!best.strategy.empty() && one.reference <= best.reference) continue;
      best = one;
      differences = gains;
    }
    if (best.strategy.empty()) continue;
    best.difference = mean(differences);
    best.interval = of_mean(differences);
    duels.push_back(best);
  }
  return duels;
}

}  // namespace ke

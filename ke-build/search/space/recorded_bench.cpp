// SPDX-License-Identifier: MIT
#include "ke-build/search/space/recorded_bench.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/text.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace ke {
namespace {

constexpr const char* kWarm[] = {"none", "devices", "kernels"};
constexpr const char* kTracks[] = {"cold", "warm-devices", "warm-kernels"};

// Best time after each budget; negative: nothing succeeded yet.
using Outcomes = std::vector<double>;

struct Runs {
  std::vector<Outcomes> outcomes;  // per seed
  double engine_s = 0;
  int64_t steps = 0;
};

Outcomes search_recording(const Recording& recording, const RecordedBenchOptions& options, const Prior& prior,
                          uint64_t seed, int64_t& steps) {
  SpaceSearch search(recording.space, {options.policy, seed, &prior});
  Outcomes outcomes(options.budgets.size(), -1);
  double best = -1;
  const int64_t most = *std::max_element(options.budgets.begin(), options.budgets.end());
  for (int64_t spent = 1; spent <= most; ++spent) {
    if (const auto asked = search.ask()) {
      const double time_ms = recording.time_ms[recording.row_of.at(*asked)];
      search.tell(*asked, time_ms > 0 ? std::optional<double>(time_ms) : std::nullopt);
      if (time_ms > 0 && (best < 0 || time_ms < best)) best = time_ms;
      ++steps;
    }
    for (size_t b = 0; b < outcomes.size(); ++b) {
      if (options.budgets[b] == spent) outcomes[b] = best;
    }
  }
  return outcomes;
}

bool may_know(const Recording& other, const Recording& target, Warm warm) {
  if (warm == Warm::none || other.name == target.name) return false;
  const bool same = same_kernel(other, target);
  return warm == Warm::devices ? same && !same_device(other, target) : !same;
}

std::vector<PastSearch> known_before(const std::vector<Recording>& recordings, const Recording& target,
                                     Warm warm) {
  std::vector<PastSearch> past;
  for (const Recording& other : recordings) {
    if (may_know(other, target, warm)) past.push_back({&other.space, other.rows, other.time_ms});
  }
  return past;
}

RecordedRow row_of(const Recording& recording, const Runs& runs, size_t budget,
                   const RecordedBenchOptions& options) {
  RecordedRow row{recording.name, kTracks[static_cast<size_t>(options.warm)], options.budgets[budget]};
  const double worst = *std::max_element(recording.time_ms.begin(), recording.time_ms.end());
  double best_ms = 0;
  for (const Outcomes& outcomes : runs.outcomes) {
    const double best = outcomes[budget];
    row.quality += best > 0 ? recording.optimum_ms / best : 0;
    best_ms += best > 0 ? best : worst;
  }
  const auto count = static_cast<double>(runs.outcomes.size());
  row.quality /= count;
  best_ms /= count;
  const double random_ms = random_search_ms(recording, row.budget);
  const double room = random_ms - recording.optimum_ms;
  row.p_score = room > 0 ? (random_ms - best_ms) / room : 1;
  return row;
}

Interval over_spaces(const std::vector<double>& values) {
  if (values.size() < 2) return {values.empty() ? 0 : values.front(), values.empty() ? 0 : values.front()};
  Random random(1);
  return bootstrap_bca(
      values, [](const std::vector<double>& sample) { return mean(sample); }, 0.95, 10000, random);
}

std::vector<RecordedMean> means_of(const std::vector<RecordedRow>& rows,
                                   const std::vector<int64_t>& budgets) {
  std::vector<RecordedMean> means;
  for (const int64_t budget : budgets) {
    std::vector<double> quality, p_score;
    for (const RecordedRow& row : rows) {
      if (row.budget != budget) continue;
      quality.push_back(row.quality);
      p_score.push_back(row.p_score);
    }
    means.push_back({budget, mean(quality), mean(p_score), over_spaces(quality)});
  }
  return means;
}

// Calls body(0..count-1) from several threads.
void spread(int count, int threads, const std::function<void(int)>& body) {
  std::atomic<int> next{0};
  const auto work = [&] {
    for (int i = next++; i < count; i = next++) body(i);
  };
  std::vector<std::thread> pool;
  for (int i = 1; i < std::min(threads, count); ++i) pool.emplace_back(work);
  work();
  for (std::thread& thread : pool) thread.join();
}

}  // namespace

Result<Warm> warm_named(const std::string& name) {
  const std::vector<std::string> names(std::begin(kWarm), std::end(kWarm));
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<Warm>(found - names.begin());
  return Error{ErrorCode::usage, "unknown --warm '" + name + "'" + suggestion(name, names) + "; expected " +
                                     join_texts(names, ", ")};
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

RecordedBench bench_recorded(const std::vector<Recording>& recordings, const RecordedBenchOptions& options) {
  const int spaces = static_cast<int>(recordings.size()), total = spaces * options.seeds;
  std::vector<Prior> priors(recordings.size());
  std::vector<size_t> sources(recordings.size());
  spread(spaces, options.threads, [&](int i) {
    const auto space = static_cast<size_t>(i);
    const auto past = known_before(recordings, recordings[space], options.warm);
    priors[space] = Prior::learn(recordings[space].space, past, options.seed);
    sources[space] = priors[space].sources();
  });
  std::vector<Runs> runs(recordings.size(), {std::vector<Outcomes>(static_cast<size_t>(options.seeds))});
  std::mutex mutex;
  int done = 0;
  spread(total, options.threads, [&](int job) {
    const auto space = static_cast<size_t>(job % spaces);
    const int run = job / spaces;
    int64_t steps = 0;
    const double start = now_s();
    Outcomes outcomes = search_recording(recordings[space], options, priors[space],
                                         options.seed + 1000 * static_cast<uint64_t>(run), steps);
    const std::lock_guard lock(mutex);
    runs[space].outcomes[static_cast<size_t>(run)] = std::move(outcomes);
    runs[space].engine_s += now_s() - start;
    runs[space].steps += steps;
    if (options.on_progress) options.on_progress(++done, total);
  });
  RecordedBench bench;
  double engine_s = 0, steps = 0;
  for (size_t space = 0; space < recordings.size(); ++space) {
    for (size_t budget = 0; budget < options.budgets.size(); ++budget) {
      bench.rows.push_back(row_of(recordings[space], runs[space], budget, options));
      bench.rows.back().sources = sources[space];
    }
    engine_s += runs[space].engine_s;
    steps += static_cast<double>(runs[space].steps);
  }
  bench.means = means_of(bench.rows, options.budgets);
  bench.step_ms = steps > 0 ? 1e3 * engine_s / steps : 0;
  return bench;
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
      const bool complete = std::all_of(known.begin(), known.end(),
                                        [&](const std::string& space) { return scores.count(space) != 0; });
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
    best.interval = over_spaces(differences);
    duels.push_back(best);
  }
  return duels;
}

}  // namespace ke

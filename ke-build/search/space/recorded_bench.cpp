// SPDX-License-Identifier: MIT
#include "ke-build/search/space/recorded_bench.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/text.h"
#include "ke-build/search/space/recorded_scores.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>
#include <thread>

namespace ke {
namespace {

constexpr const char* kWarm[] = {"none", "devices", "kernels"};

// One track: the outcomes of every run of every space that is searched.
struct Track {
  std::vector<size_t> sources;                  // [space]
  std::vector<std::vector<Outcomes>> outcomes;  // [space][run]
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

// Counts over both tracks of a warm bench.
struct Progress {
  int done = 0, total = 0;
};

Track run_track(const std::vector<Recording>& recordings, const std::vector<size_t>& searched,
                const RecordedBenchOptions& options, Warm warm, Progress& progress) {
  Track track;
  const auto spaces = static_cast<int>(searched.size());
  std::vector<Prior> priors(searched.size());
  track.sources.resize(searched.size());
  track.outcomes.assign(searched.size(), std::vector<Outcomes>(static_cast<size_t>(options.seeds)));
  spread(spaces, options.threads, [&](int i) {
    const auto space = static_cast<size_t>(i);
    const Recording& target = recordings[searched[space]];
    priors[space] = Prior::learn(target.space, known_before(recordings, target, warm), options.seed);
    track.sources[space] = priors[space].sources();
  });
  std::mutex mutex;
  spread(spaces * options.seeds, options.threads, [&](int job) {
    const auto space = static_cast<size_t>(job % spaces);
    const int run = job / spaces;
    int64_t steps = 0;
    const double start = now_s();
    Outcomes outcomes = search_recording(recordings[searched[space]], options, priors[space],
                                         options.seed + 1000 * static_cast<uint64_t>(run), steps);
    const std::lock_guard lock(mutex);
    track.outcomes[space][static_cast<size_t>(run)] = std::move(outcomes);
    track.engine_s += now_s() - start;
    track.steps += steps;
    if (options.on_progress) options.on_progress(++progress.done, progress.total);
  });
  return track;
}

Result<std::vector<size_t>> searched_spaces(const std::vector<Recording>& recordings,
                                            const std::vector<std::string>& only) {
  std::vector<std::string> names;
  for (const Recording& recording : recordings) names.push_back(recording.name);
  for (const std::string& name : only) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      return Error{ErrorCode::usage, "no recorded space is called '" + name + "'" + suggestion(name, names)};
  }
  std::vector<size_t> searched;
  for (size_t i = 0; i < names.size(); ++i) {
    if (only.empty() || std::find(only.begin(), only.end(), names[i]) != only.end()) searched.push_back(i);
  }
  return searched;
}

}  // namespace

Result<Warm> warm_named(const std::string& name) {
  const std::vector<std::string> names(std::begin(kWarm), std::end(kWarm));
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<Warm>(found - names.begin());
  return Error{ErrorCode::usage, "unknown --warm '" + name + "'" + suggestion(name, names) + "; expected " +
                                     join_texts(names, ", ")};
}

Result<RecordedBench> bench_recorded(const std::vector<Recording>& recordings,
                                     const RecordedBenchOptions& options) {
  KE_TRY(const auto searched, searched_spaces(recordings, options.only));
  const bool is_warm = options.warm != Warm::none;
  Progress progress{0, (is_warm ? 2 : 1) * static_cast<int>(searched.size()) * options.seeds};
  const Track track = run_track(recordings, searched, options, options.warm, progress);
  const Track cold = is_warm ? run_track(recordings, searched, options, Warm::none, progress) : Track();
  RecordedBench bench;
  for (size_t space = 0; space < searched.size(); ++space) {
    const Recording& recording = recordings[searched[space]];
    for (size_t budget = 0; budget < options.budgets.size(); ++budget) {
      RecordedRow row =
          scored(recording, track.outcomes[space], budget, options.budgets[budget], options.warm);
      row.sources = track.sources[space];
      if (is_warm) {
        const RecordedRow other =
            scored(recording, cold.outcomes[space], budget, options.budgets[budget], Warm::none);
        row.paired = paired(row.qualities, other.qualities);
      }
      bench.rows.push_back(std::move(row));
    }
  }
  bench.means = means_of(bench.rows, options.budgets);
  bench.step_ms = track.steps > 0 ? 1e3 * track.engine_s / static_cast<double>(track.steps) : 0;
  return bench;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/profile/contest.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/measure_lock.h"
#include "ke-build/base/random.h"
#include "ke-build/base/stats.h"
#include "ke-build/evaluate/ceilings.h"
#include "ke-build/evaluate/reference.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

namespace ke {
namespace {

constexpr double kBatch_s = 300e-6;  // long against a hand-shake of microseconds
constexpr int kMostBatch = 64;
constexpr int64_t kLargestBatch_bytes = 64 << 20;
constexpr double kFirstCall_s = 20;

struct Lane {
  const Contestant* contestant;
  int batch = 1;
  std::optional<Launch> launch = {};
  double overhead_s = 0, overhead_cpu_s = 0;
  double usual_s = 0;                // of one call
  std::vector<double> seconds = {};  // of one call
  double last_s = 0;                 // 0: this round says nothing
  std::vector<double> logs = {};
  std::string failure = {};
};

class Contest {
 public:
  Contest(const std::vector<Contestant>& contestants, const ContestOptions& options)
      : options_(options), random_(secret_seed()) {
    for (const Contestant& contestant : contestants) lanes_.push_back({&contestant});
  }

  Result<std::vector<Standing>> run() {
    KE_TRY(const FileLock lock, lock_for_measuring(options_.lock_path, options_.lock_timeout_s));
    for (Lane& lane : lanes_) KE_DO(size_batch(lane));
    const double start_s = now_s();
    int rounds = 0;
    for (int launch = 0; launch < options_.launches && lanes_.front().failure.empty(); ++launch) {
      for (Lane& lane : lanes_) KE_DO(start(lane));
      const int until = options_.most_rounds * (launch + 1) / options_.launches;
      const int least = least_rounds() * (launch + 1) / options_.launches;
      const double budget_s = options_.budget_s * (launch + 1) / options_.launches;
      while (rounds < until && (rounds < least || now_s() - start_s < budget_s)) {
        round();
        ++rounds;
      }
      for (Lane& lane : lanes_) lane.launch.reset();
    }
    std::vector<Standing> standings;
    for (const Lane& lane : lanes_) standings.push_back(standing_of(lane));
    return standings;
  }

 private:
  /// A kernel that takes a second per call must not take minutes to explain: three rounds then.
  int least_rounds() const {
    double round_s = 0;
    for (const Lane& lane : lanes_) round_s += lane.usual_s * lane.batch * (lane.contestant->warm ? 2 : 1);
    const bool slow = round_s * options_.least_rounds > std::max(1.0, 3 * options_.budget_s);
    return slow ? std::min(options_.least_rounds, options_.launches) : options_.least_rounds;
  }

  // What cannot be started for reasons of its own layout is this contestant's failure, not the contest's.
  Result<> start(Lane& lane) {
    if (!lane.failure.empty()) return ok();
    const Contestant& contestant = *lane.contestant;
    LaunchOptions options;
    options.max_calls = lane.batch;
    options.layout_seed = random_.next();
    options.spin = usable_cores() > contestant.op.contract.threads;
    options.tiled = contestant.tiled;
    options.mandatory_layers = options_.mandatory_layers;
    auto launch = Launch::start(contestant.op, contestant.axes, contestant.program, options);
    if (!launch && launch.error().code != ErrorCode::usage) return std::move(launch).error();
    if (!launch) {
      lane.failure = launch.error().message;
      return ok();
    }
    lane.launch.emplace(*std::move(launch));
    auto overhead = lane.launch->runner().measure_overhead(5);
    if (overhead) {
      lane.overhead_s = overhead->seconds;
      lane.overhead_cpu_s = overhead->cpu_seconds;
    } else {
      lane.failure = overhead.error().message;
    }
    return ok();
  }

  Result<> size_batch(Lane& lane) {
    const Contestant& contestant = *lane.contestant;
    KE_CHECK(!contestant.inputs.empty());
    KE_DO(start(lane));
    double shortest_s = 1e9;
    for (int i = 0; i < 3 && (i == 0 || shortest_s < 0.1) && lane.failure.empty(); ++i) {
      time_one(lane);
      if (lane.last_s > 0) shortest_s = std::min(shortest_s, lane.last_s);
    }
    lane.seconds.clear();
    lane.launch.reset();
    lane.usual_s = shortest_s;
    lane.batch = contestant.batch;
    if (lane.batch > 0 || !lane.failure.empty()) return ok();
    const int64_t bytes = std::max<int64_t>(1, case_bytes(contestant.op, contestant.axes));
    const double fit = std::max<double>(1, static_cast<double>(kLargestBatch_bytes / bytes));
    lane.batch = static_cast<int>(std::clamp<double>(std::ceil(kBatch_s / std::max(shortest_s, 1e-9)), 1,
                                                     std::min<double>(fit, kMostBatch)));
    return ok();
  }

  void round() {
    std::vector<size_t> order(lanes_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
    for (const size_t lane : order) time_one(lanes_[lane]);
    const double first_s = lanes_.front().last_s;
    for (Lane& lane : lanes_) {
      if (first_s > 0 && lane.last_s > 0) lane.logs.push_back(std::log(lane.last_s / first_s));
    }
  }

  void time_one(Lane& lane) {
    lane.last_s = 0;
    if (!lane.failure.empty()) return;
    const std::vector<const Inputs*>& inputs = lane.contestant->inputs;
    for (int call = 0; call < lane.batch; ++call) {
      lane.launch->put(call, *inputs[random_.below(inputs.size())], random_.next());
    }
    const double patience_s = lane.usual_s > 0 ? std::max(2.0, 50 * lane.batch * lane.usual_s) : kFirstCall_s;
    RunOutcome run;
    for (int pass = lane.contestant->warm ? 0 : 1; pass < 2; ++pass) {
      run = lane.launch->run(0, lane.batch, patience_s);
      if (!run.finished()) {
        lane.failure = run.reason;
        return;
      }
    }
    // A busy machine lets it wait for a core; with one thread its processor time is then the better clock.
    const double processor_s = run.cpu_seconds - lane.overhead_cpu_s;
    const double wait_s = run.seconds - lane.overhead_s - processor_s;
    const bool disturbed =
        lane.contestant->op.contract.threads == 1 && wait_s > std::max(30e-6, 0.1 * run.seconds);
    if (disturbed && processor_s <= 0) return;
    const double own_s = disturbed ? processor_s : run.seconds - lane.overhead_s;
    lane.last_s = std::max(own_s, 1e-9) / lane.batch;
    lane.seconds.push_back(lane.last_s);
  }

  Standing standing_of(const Lane& lane) const {
    Standing standing;
    standing.failure = lane.failure;
    standing.overhead_s = lane.overhead_s / std::max(1, lane.batch);
    if (standing.failure.empty() && lane.seconds.empty()) standing.failure = "was never timed";
    if (!standing.failure.empty()) return standing;
    standing.seconds = median(lane.seconds);
    standing.ratio = ratio_of(lane.logs);
    return standing;
  }

  const ContestOptions& options_;
  Random random_;
  std::vector<Lane> lanes_;
};

}  // namespace

Ratio ratio_of(std::vector<double> logs) {
  Ratio ratio;
  if (logs.empty()) return ratio;
  std::sort(logs.begin(), logs.end());
  const size_t n = logs.size();
  // The largest rank k with 2 P(Binomial(n, 1/2) < k) <= 5 %: then [x(k), x(n + 1 - k)] holds the median.
  size_t rank = 0;
  double below = 0, term = std::pow(0.5, static_cast<double>(n));
  for (size_t k = 1; k <= n / 2; ++k) {
    below += term;
    if (2 * below > 0.05) break;
    rank = k;
    term *= static_cast<double>(n - k + 1) / static_cast<double>(k);
  }
  rank = std::max<size_t>(rank, 1);
  ratio.middle = std::exp(median(logs));
  ratio.low = std::exp(logs[rank - 1]);
  ratio.high = std::exp(logs[n - rank]);
  ratio.pairs = static_cast<int>(n);
  return ratio;
}

Result<std::vector<Standing>> contest(const std::vector<Contestant>& contestants,
                                      const ContestOptions& options, Ledger& ledger) {
  KE_CHECK(!contestants.empty());
  const double start_s = now_s();
  Result<std::vector<Standing>> standings = Contest(contestants, options).run();
  ledger.timed_s += now_s() - start_s;
  return standings;
}

}  // namespace ke

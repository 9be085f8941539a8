// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/bench.h"

#include "ke-build/base/measure_lock.h"
#include "ke-build/base/stats.h"
#include "ke-build/evaluate/ceilings.h"
#include "ke-build/evaluate/suspicions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <utility>

namespace ke {
namespace {

constexpr double kHidden_s = 60e-6;  // work per batch that stopping a runner could hide
constexpr size_t kRepeated = 16;     // cases whose bits are compared from launch to launch
constexpr double kOpenEnd =
    1e6;  // an interval that excludes nothing ends here, so that it can be written down

// Adds the seconds of its life to one column of the ledger.
class Charge {
 public:
  explicit Charge(double& column) : column_(column), start_(now_s()) {}
  ~Charge() { column_ += now_s() - start_; }
  Charge(const Charge&) = delete;

 private:
  double& column_;
  double start_;
};

struct Side {
  const Program* program;
  const char* name;
  std::optional<Launch> launch = {};
  std::vector<double> seconds = {};      // per call
  double wall_s = 0, processor_s = 0;    // of the last batch
  double sum_s = 0;                      // of this launch but for its first batch
  double wait_s = 0;                     // of the last batch, in which it did not compute
  bool disturbed = false;                // it lost its core for a while
  std::map<size_t, uint64_t> bits = {};  // of the outputs, by case
};

class Duel {
 public:
  Duel(const Operator& op, const Pool& pool, const Program& baseline, const Program& candidate,
       const BenchOptions& options, Ledger& ledger)
      : op_(op),
        pool_(pool),
        options_(options),
        ledger_(ledger),
        decision_(options.rule),
        random_(secret_seed()),
        sides_{Side{&baseline, "baseline"}, Side{&candidate, "candidate"}} {}

  Result<BenchResult> fight() {
    while (!over()) {
      KE_DO(block());
      ++blocks_;
    }
    decision_.close_block();
    if (options_.luck && !finding_ && decision_.verdict() == Verdict::faster) KE_DO(try_luck());
    return result();
  }

 private:
  bool over() const {
    if (finding_ || decision_.verdict() != Verdict::undecided || decision_.exhausted() || hopeless())
      return true;
    if (options_.deadline != nullptr && options_.deadline->passed()) return true;
    if (decision_.pairs() < options_.minimum_pairs && attempts_ < 10 * options_.minimum_pairs) return false;
    const bool pairs = options_.rule.unit == DecisionRule::Unit::pairs;
    const int units = pairs ? decision_.pairs() : blocks_;
    const double patience = units < options_.useful_units ? options_.patience : 1;
    return timed_s_ >= patience * options_.budget_s ||
           now_s() - start_s_ - lock_wait_s_ >= patience * options_.wall_s;
  }

  bool hopeless() const {
    const std::vector<double>& ratios = first_ratios_;
    const size_t enough = timed_s_ > options_.budget_s ? 2 : 4;
    return ratios.size() >= enough && std::all_of(ratios.begin(), ratios.end(), [&](double ratio) {
             return ratio < -std::log(options_.hopeless);
           });
  }

  // A block is one launch of both processes: new addresses of code and data, new environment, every set of
  // inputs shown once.
  Result<> block() {
    const double waiting = now_s();
    KE_TRY(const FileLock lock, lock_for_measuring(options_.lock_path, options_.lock_timeout_s));
    lock_wait_s_ += now_s() - waiting;
    KE_DO(launch());
    std::vector<size_t> order(pool_.cases.size());
    std::iota(order.begin(), order.end(), size_t{0});
    for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
    place_copies(order);
    const size_t batch = static_cast<size_t>(pool_.batch);
    const double block_start_s = timed_s_, wall_start_s = now_s();
    const int pairs_before = decision_.pairs();
    for (size_t at = 0; at + batch <= order.size(); at += batch) {
      KE_DO(pair({order.begin() + static_cast<std::ptrdiff_t>(at),
                  order.begin() + static_cast<std::ptrdiff_t>(at + batch)}));
      if (finding_ || hopeless() || decision_.exhausted()) break;
      if (options_.rule.unit == DecisionRule::Unit::pairs && over()) break;
      const int made = decision_.pairs() - pairs_before;
      if (options_.pairs_per_block > 0 && made >= options_.pairs_per_block) break;
      if (timed_s_ - block_start_s > options_.block_s && made >= 1) break;
      if (is_long(now_s() - wall_start_s, made)) break;
    }
    // Medians do not feel what is dear now and then; sums do. A first batch may build what the others use.
    const double sums[2] = {std::exchange(sides_[0].sum_s, 0), std::exchange(sides_[1].sum_s, 0)};
    if (decision_.pairs() - pairs_before > 2) suspicions_.dearer.add(sums[1] > sums[0]);
    // Whoever computes in one thread gives its core away where it waits for the next batch, and nowhere else.
    const int made = decision_.pairs() - pairs_before;
    if (op_.contract.threads == 1 && made > 2)
      suspicions_.napping.add(sides_[1].launch->voluntary_switches() >
                              sides_[0].launch->voluntary_switches() + made / 2);
    const Charge charge(ledger_.timed_s);
    for (Side& side : sides_) side.launch.reset();
    return ok();
  }

  // Who is slow in one process of many, by a clock or by chance, is fast in the few that were measured. Both
  // sides are started again and again for one batch each; what counts is the time of all of them together.
  Result<> try_luck() {
    constexpr int kStarts = 48;
    constexpr double kLuck_s = 0.6;
    const double begun_s = now_s();
    double sums[2] = {0, 0}, checked_s = 0;
    const auto enough = [&] {
      const double wall_s = now_s() - begun_s;  // checks of large outputs take most of it
      return wall_s - checked_s > kLuck_s || wall_s > 2 * kLuck_s ||
             (options_.deadline != nullptr && options_.deadline->passed());
    };
    std::vector<size_t> order(pool_.cases.size());
    std::iota(order.begin(), order.end(), size_t{0});
    const auto batch = static_cast<size_t>(pool_.batch);
    int started = 0;
    for (; started < kStarts && !enough(); ++started) {
      KE_TRY(const FileLock lock, lock_for_measuring(options_.lock_path, options_.lock_timeout_s));
      KE_DO(launch());
      for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
      for (size_t round = 0; round < 2; ++round) {  // a first batch may build what the others use
        std::vector<size_t> cases;
        for (size_t call = 0; call < batch; ++call)
          cases.push_back(order[(round * batch + call) % order.size()]);
        for (const int index : {0, 1}) {
          KE_DO(timed(sides_[index], cases));
          if (!finding_) {
            const double check_s = now_s();
            const Charge charge(ledger_.check_s);
            KE_DO(check(sides_[index], cases));
            checked_s += now_s() - check_s;
          }
          if (finding_) return ok();
          if (round == 1)
            sums[index] += op_.contract.threads == 1 ? sides_[index].processor_s : sides_[index].wall_s;
        }
      }
      for (Side& side : sides_) side.launch.reset();
    }
    suspicions_.unlucky = started > 0 && sums[1] > sums[0];
    return ok();
  }

  /// Near-copies follow the set that they were made from, where the memory of it is fresh.
  void place_copies(std::vector<size_t>& order) const {
    std::vector<size_t> placed;
    for (const size_t original : order) {
      if (pool_.cases[original].copied) continue;
      placed.push_back(original);
      for (const size_t other : order) {
        const Case& copy = pool_.cases[other];
        if (copy.copied && copy.family == pool_.cases[original].family) placed.push_back(other);
      }
    }
    if (placed.size() == order.size()) order = std::move(placed);  // unless an original was given up
  }

  /// Many short blocks decide, few long ones do not: where checks or a busy machine take the time, a block
  /// ends with fewer pairs.
  bool is_long(double block_wall_s, int pairs) const {
    if (options_.rule.unit == DecisionRule::Unit::pairs) return false;
    return block_wall_s > options_.wall_s / (pairs >= 3 ? 20 : 10);
  }

  // A coin decides who is started first: the two sides must be exchangeable as a whole. What a launch draws
  // by chance (pages, gaps, size of the environment) both sides share, so that it does not look like a
  // difference between them.
  Result<> launch() {
    const Charge charge(ledger_.timed_s);
    const size_t first = random_.below(2);
    const uint64_t layout_seed = random_.next();
    for (const size_t index : {first, 1 - first}) {
      Side& side = sides_[index];
      const std::optional<Launch>& other = sides_[1 - index].launch;
      LaunchOptions options;
      options.max_calls = pool_.batch;
      options.layout_seed = layout_seed;
      if (other && other->fits_beside(*side.program)) options.beside = &*other;
      options.spin = may_spin(op_, pool_);
      options.placing.anywhere = true;
      options.mandatory_layers = options_.mandatory_layers;
      Program program = *side.program;
      const uint64_t layout = random_.below(program.layouts.size() + 1);
      if (layout > 0) program.path = program.layouts[layout - 1];
      KE_TRY(Launch started, Launch::start(op_, pool_.axes, program, options));
      side.launch.emplace(std::move(started));
    }
    return ok();
  }

  // Both versions on the same inputs, one after the other in an order that a fair coin decides. Whatever ran
  // before, a call finds the caches as the check of another call and the writing of its own inputs left them.
  Result<> pair(const std::vector<size_t>& cases) {
    const size_t first = random_.below(2);
    for (const size_t index : {first, 1 - first}) {
      KE_DO(timed(sides_[index], cases));
      if (finding_) return ok();
      const Charge charge(ledger_.check_s);
      KE_DO(check(sides_[index], cases));
      if (finding_) return ok();
    }
    ++attempts_;
    // On a busy machine a kernel waits for its core. Where that happened, both sides of the pair are compared
    // by the processor time that this machine's kernel counted: with one thread and no helpers, no work is
    // done outside it. A guest whose host took the core in the middle counts too little: such a pair says
    // nothing.
    const bool disturbed = sides_[0].disturbed || sides_[1].disturbed;
    if (disturbed && std::min(sides_[0].processor_s, sides_[1].processor_s) <= 0) return ok();
    double seconds[2];
    for (const int i : {0, 1}) {
      seconds[i] = (disturbed ? sides_[i].processor_s : sides_[i].wall_s) / static_cast<double>(cases.size());
      sides_[i].seconds.push_back(seconds[i]);
      const double spent_s = op_.contract.threads == 1 ? sides_[i].processor_s : sides_[i].wall_s;
      if (launches_.size() == static_cast<size_t>(blocks_) + 1) sides_[i].sum_s += spent_s;
    }
    // Waiting pays only where less is computed than in the baseline. There, a busy machine makes either side
    // wait longer with about the same probability; the longer of two runs is interrupted more often.
    if (op_.contract.threads == 1 && sides_[1].processor_s < 1.25 * sides_[0].processor_s) {
      suspicions_.waiting.add(sides_[1].wait_s >
                              sides_[0].wait_s + std::max(100e-6, 0.25 * sides_[1].processor_s));
    }
    // Whoever gains no more than the hand-shake can hide has to gain processor time as well: what is said to
    // be done early is done later, while the judge wakes up.
    const double gain_s = sides_[0].wall_s - sides_[1].wall_s;
    if (op_.contract.threads == 1 && !disturbed && gain_s > 0 && gain_s < kHidden_s) {
      suspicions_.hidden.add(sides_[0].processor_s - sides_[1].processor_s < 0.5 * gain_s);
    }
    const TimedPair measured{seconds[0], seconds[1]};
    const double ratio = measured.log_ratio();
    if (first_ratios_.size() < 4) first_ratios_.push_back(ratio);
    launches_.resize(static_cast<size_t>(blocks_) + 1);
    launches_.back().push_back(measured);
    decision_.add(ratio, blocks_);
    return ok();
  }

  Result<> timed(Side& side, const std::vector<size_t>& cases) {
    const int calls = static_cast<int>(cases.size());
    {
      const Charge charge(ledger_.check_s);
      for (int call = 0; call < calls; ++call) {
        side.launch->put(call, pool_.cases[cases[static_cast<size_t>(call)]].inputs, random_.next());
      }
    }
    const Charge charge(ledger_.timed_s);
    const double patience_s = std::max(2.0, 50 * calls * pool_.call_s);
    const RunOutcome run = side.launch->run(0, calls, patience_s);
    timed_s_ += run.seconds;
    side.wall_s = run.seconds;
    side.processor_s = run.cpu_seconds - pool_.overhead_cpu_s;
    side.wait_s = std::max(0.0, run.seconds - side.processor_s - pool_.overhead_s);
    side.disturbed = op_.contract.threads == 1 && side.wait_s > std::max(30e-6, 0.1 * run.seconds);
    if (!run.finished()) {
      const bool late = run.state == RunOutcome::State::timed_out;
      const std::string known =
          late ? fmt::format(" ({} calls, which take the baseline {:.2g} s)", calls, calls * pool_.call_s)
               : "";
      return blame(side, {outcome_of(run), run.reason + known, 0, 0, false});
    }
    if (auto finding = misbehaved(op_, run, side.launch->runner())) return blame(side, *finding);
    return ok();
  }

  Result<> check(Side& side, const std::vector<size_t>& cases) {
    // The baseline's answers decide nothing, and one look now and then notices a machine that computes
    // wrongly. They are read all the same: what the judge has read lies in its caches, and a kernel whose
    // outputs lie there finds other memory to write to than one whose outputs do not.
    const bool baseline = &side == &sides_[0];
    for (size_t call = 0; call < cases.size(); ++call) {
      const CheckResult result =
          pool_.cases[cases[call]].plan.check(side.launch->outputs(static_cast<int>(call)));
      const bool counts = !baseline || (call == 0 && decision_.pairs() % 16 == 0);
      if (!result.ok && counts) return blame(side, {Outcome::wrong, result.reason, 0, cases[call], true});
      if (repeats(side, cases[call], static_cast<int>(call))) continue;
      if (!baseline)
        return blame(side, {Outcome::wrong,
                            "the same inputs gave different bits in another launch; results may not depend "
                            "on the process or on earlier calls, unless $.ke.contract.deterministic is false",
                            0, cases[call], false, true});
      same_bits_ = false;  // what the baseline does not do, nobody owes
    }
    return ok();
  }

  /// Did some of the cases give the bits that they gave before? Each launch shows them in another order.
  bool repeats(Side& side, size_t index, int call) const {
    if (!same_bits_ || index >= kRepeated) return true;
    const uint64_t bits = fingerprint(op_, pool_.axes, *side.launch, call);
    return side.bits.emplace(index, bits).first->second == bits;
  }

  Result<> blame(const Side& side, Finding finding) {
    finding.reason += " in a timed call on " + pool_.name;
    if (&side == &sides_[0] && sides_[0].program->path != sides_[1].program->path) {
      return Error{ErrorCode::tool,
                   "the baseline failed while it was measured: " + finding.reason +
                       "; it had passed before, so the machine or the kernel is not reliable"};
    }
    finding_ = std::move(finding);
    return ok();
  }

  Outcome verdict() const {
    switch (decision_.verdict()) {
      case Verdict::faster:
        return Outcome::faster;
      case Verdict::slower:
        return Outcome::slower;
      case Verdict::equal:
        return Outcome::equal;
      case Verdict::undecided:
        break;
    }
    return hopeless() ? Outcome::slower : Outcome::noisy;
  }

  BenchResult result() const {
    BenchResult result;
    result.finding = finding_;
    if (!result.finding) result.finding = suspicions_.finding(decision_.verdict() == Verdict::faster);
    result.lock_wait_s = lock_wait_s_;
    result.launches = launches_;
    Speedup& speedup = result.speedup;
    speedup.workload = pool_.name;
    speedup.weight = pool_.weight;
    if (decision_.pairs() == 0) return result;
    speedup.ratio = decision_.ratio();
    const Interval interval = decision_.ratio_interval();
    speedup.low = interval.low;
    speedup.high = std::min(interval.high, kOpenEnd);
    speedup.confidence = decision_.confidence();
    speedup.baseline_s = median(sides_[0].seconds);
    speedup.candidate_s = median(sides_[1].seconds);
    speedup.pairs = decision_.pairs();
    speedup.blocks = decision_.blocks();
    speedup.verdict = verdict();
    result.noninferior = decision_.noninferior() || decision_.verdict() == Verdict::faster;
    return result;
  }

  const Operator& op_;
  const Pool& pool_;
  const BenchOptions& options_;
  Ledger& ledger_;
  PairedDecision decision_;
  Suspicions suspicions_;
  Random random_;
  Side sides_[2];
  std::vector<double> first_ratios_;
  std::vector<std::vector<TimedPair>> launches_;
  std::optional<Finding> finding_;
  bool same_bits_ = options_.same_bits;
  int blocks_ = 0;
  int attempts_ = 0;  // pairs, those that say nothing included
  const double start_s_ = now_s();
  double timed_s_ = 0, lock_wait_s_ = 0;
};

}  // namespace

double TimedPair::log_ratio() const { return std::log(baseline_s / candidate_s); }

bool may_spin(const Operator& op, const Pool& pool) {
  return usable_cores() > op.contract.threads && pool.call_s * pool.batch < 20e-3;
}

Result<BenchResult> bench(const Operator& op, const Pool& pool, const Program& baseline,
                          const Program& candidate, const BenchOptions& options, Ledger& ledger) {
  return Duel(op, pool, baseline, candidate, options, ledger).fight();
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/verify_uses.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/leftovers.h"
#include "ke-build/evaluate/verify_history.h"
#include "ke-build/evaluate/verify_mixture.h"
#include "ke-build/evaluate/verify_threads.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include <sched.h>

namespace ke {
namespace {

constexpr int kAge = 64;    // calls before those that are looked at
constexpr int kPlaces = 8;  // of arguments, used again and again
constexpr int64_t kRoom = 1 << 21;
constexpr int64_t kRoomInPlace = 64 << 20;
constexpr size_t kShapesInPlace = 8, kShapesPaired = 1;
constexpr int kElsewhere = 32, kOnOneCore = 24;  // calls
constexpr double kEnough_s = 0.3;

/// Where calls come from: the program's first thread, another one, a parallel region, a program that flushes
/// subnormal numbers.
enum class From { first_thread, other_thread, team, flushing };
const char* text_of(From from) {
  switch (from) {
    case From::other_thread:
      return "in a thread that is not the program's first";
    case From::team:
      return "from within a parallel region of its caller";
    case From::flushing:
      return "in a program that flushes subnormal floating-point numbers";
    default:
      return "";
  }
}

/// One call on a place of the launch, with the shape of its pool; `use` says how it was called.
std::optional<Finding> call_and_check(const Operator& op, Launch& launch, int place, const Shown& shown,
                                      const VerifyOptions& options, const std::string& use) {
  if (auto finding = out_of_time(options)) return finding;
  launch.reshape(place, shown.pool->axes);
  launch.put(place, shown.example->inputs, options.seed + static_cast<uint64_t>(place));
  const RunOutcome run = launch.run(place, 1, options.call_timeout_s);
  const std::string where = fmt::format("{} on {} with {} inputs", use, axes_text(op, shown.pool->axes),
                                        name_of(shown.example->style));
  if (!run.finished())
    return Finding{outcome_of(run), fmt::format("{} {}: {}", name_of(run.state), where, run.reason), 0, 0,
                   false};
  if (auto finding = misbehaved(op, run, launch.runner())) return finding;
  const CheckResult result = shown.example->plan.check(launch.outputs(place));
  if (result.ok) return std::nullopt;
  return Finding{Outcome::wrong, result.reason + " " + where, 0, 0, false};
}

// What is chosen when a process begins, by a clock, a random number or the place of things, and then kept,
// gives the same bits as long as the process lives.
std::optional<Finding> same_as_before(const Operator& op, const Launch& launch, int place, const Shown& shown,
                                      const VerifyOptions& options, const std::string& use) {
  if (options.fingerprints == nullptr) return std::nullopt;
  const auto known = options.fingerprints->find(shown.example);
  if (known == options.fingerprints->end() ||
      known->second == fingerprint(op, shown.pool->axes, launch, place))
    return std::nullopt;
  return Finding{
      Outcome::wrong,
      fmt::format("the same inputs gave different bits in another process {} on {}; results may not "
                  "depend on the process or on earlier calls, unless $.ke.contract.deterministic is false",
                  use, axes_text(op, shown.pool->axes)),
      0,
      0,
      false,
      true};
}

// What a process remembers of its first calls, and what it does when nobody looks any more: shapes, scalars
// and styles by turns, after so many calls that a check of first calls would be over.
Result<std::optional<Finding>> by_turns(const Operator& op, const Program& program,
                                        const std::vector<Shown>& shown, From from,
                                        const VerifyOptions& options) {
  if (shown.empty()) return std::optional<Finding>();
  LaunchOptions start = varied_launch(options, kPlaces);
  start.other_thread = from == From::other_thread;
  start.within_team = from == From::team;
  start.flushes = from == From::flushing;
  for (const Shown& one : shown) start.also.push_back(one.pool->axes);
  KE_TRY(Launch launch, Launch::start(op, shown.front().pool->axes, program, start));
  const auto count = static_cast<int>(shown.size());
  const int calls = from == From::first_thread ? kAge + count : std::min(count, kElsewhere);
  uint64_t last = 0;
  int place = 0;
  for (int call = 0; call < calls; ++call) {
    const Shown& one = shown[static_cast<size_t>(call % count)];
    // A near-copy comes where its original was: who knows an array by its address does not read it again.
    if (call == 0 || one.example->family == 0 || one.example->family != last) place = call % kPlaces;
    last = one.example->family;
    const std::string use = from == From::first_thread
                                ? fmt::format("in call {} of a process, among other shapes,", call + 1)
                                : text_of(from);
    auto finding = call_and_check(op, launch, place, one, options, use);
    // A region inside of another one gets one thread, and its sums another order.
    const bool same_threads = from != From::team;
    if (!finding && same_threads) finding = same_as_before(op, launch, place, one, options, use);
    if (finding) return finding;
  }
  if (!launch.runner().said().empty())
    return std::optional(
        Finding{Outcome::unsafe,
                "writes to the standard output of the program: " + launch.runner().said().substr(0, 100), 0,
                0, false});
  return std::optional<Finding>();
}

/// Threads of a program have less room than its first one, and the longest shape wants most.
Result<std::optional<Finding>> with_small_stack(const Operator& op, const Program& program,
                                                const std::vector<Pool>& pools,
                                                const VerifyOptions& options) {
  const Pool* largest = nullptr;
  for (const Pool& pool : pools)
    if (!pool.cases.empty() && case_bytes(op, pool.axes) > kRoom &&
        (largest == nullptr || case_bytes(op, pool.axes) > case_bytes(op, largest->axes)))
      largest = &pool;
  if (largest == nullptr) return std::optional<Finding>();
  LaunchOptions start = varied_launch(options, 1);
  start.other_thread = true;
  KE_TRY(Launch launch, Launch::start(op, largest->axes, program, start));
  return call_and_check(op, launch, 0, {largest, &largest->cases.front()}, options,
                        std::string(text_of(From::other_thread)) + " and has 2 MiB of stack");
}

// A caller has its shape, and calls with it again and again; what is remembered of a shape comes to light
// when other numbers meet it.
Result<std::optional<Finding>> in_one_shape(const Operator& op, const Program& program,
                                            const std::vector<Pool>& pools, const Pool& usual,
                                            const VerifyOptions& options) {
  if (usual.cases.empty() || case_bytes(op, usual.axes) > kRoom) return std::optional<Finding>();
  std::vector<Shown> shown;
  for (const Pool& pool : pools)
    for (const Case& example : pool.cases)
      if (pool.axes == usual.axes) shown.push_back({&pool, &example});
  KE_TRY(Launch launch, Launch::start(op, usual.axes, program, varied_launch(options, kPlaces)));
  const Deadline enough(kEnough_s);
  for (int call = 0; call < kAge && !enough.passed(); call += kPlaces) {
    for (int place = 0; place < kPlaces; ++place)
      launch.put(place, usual.cases[0].inputs, options.seed + static_cast<uint64_t>(place));
    const RunOutcome run = launch.run(0, kPlaces, kPlaces * options.call_timeout_s);
    if (!run.finished())
      return std::optional(Finding{outcome_of(run), run.reason + " in many calls of one shape", 0, 0, false});
  }
  for (size_t i = 0; i < shown.size(); ++i) {
    const auto place = static_cast<int>(i % kPlaces);
    const std::string use = "after many calls of one shape";
    auto finding = call_and_check(op, launch, place, shown[i], options, use);
    if (!finding) finding = same_as_before(op, launch, place, shown[i], options, use);
    if (finding) return finding;
  }
  return std::optional<Finding>();
}

Result<std::optional<Finding>> in_place(const Operator& op, const Program& program,
                                        const std::vector<Pool>& pools, const std::vector<int>& use,
                                        size_t most, const VerifyOptions& options) {
  std::vector<std::string> places;
  for (size_t i = 0; i < use.size(); ++i)
    if (use[i] >= 0)
      places.push_back(fmt::format("{} in the place of {}", op.arguments[static_cast<size_t>(use[i])].name,
                                   op.arguments[i].name));
  const std::string name =
      fmt::format("with {}, which `noalias` does not exclude,", join_texts(places, ", "));
  std::vector<const Pool*> chosen;
  const Pool* large = nullptr;  // and not announced: by chance, all shapes between are large
  for (const Pool& pool : pools) {
    const int64_t bytes = case_bytes(op, pool.axes);
    if (bytes <= kRoom) chosen.push_back(&pool);
    if (bytes > kRoom && bytes <= kRoomInPlace && !is_announced(op, pool.axes) &&
        (large == nullptr || bytes < case_bytes(op, large->axes)))
      large = &pool;
  }
  Random random(options.seed);
  random.shuffle(chosen);
  // The largest, where a kernel may take another way, and others by chance.
  if (chosen.size() > most) {
    std::partial_sort(
        chosen.begin(), chosen.begin() + static_cast<std::ptrdiff_t>(most / 2), chosen.end(),
        [&](const Pool* a, const Pool* b) { return case_bytes(op, a->axes) > case_bytes(op, b->axes); });
    chosen.resize(most);
  }
  if (large != nullptr) chosen.push_back(large);
  if (!pools.empty() && case_bytes(op, pools.back().axes) <= kRoomInPlace) chosen.push_back(&pools.back());
  for (const Pool* pool : chosen) {
    LaunchOptions start = varied_launch(options, static_cast<int>(pool->cases.size()));
    start.in_place = use;
    KE_TRY(Launch launch, Launch::start(op, pool->axes, program, start));
    for (size_t i = 0; i < pool->cases.size(); ++i) {
      // Every second one lies where the answer of the call before was: who takes it for that has not read it.
      const auto place = static_cast<int>(i / 2);
      auto finding = call_and_check(op, launch, place, {pool, &pool->cases[i]}, options, name);
      if (finding) return finding;
    }
  }
  return std::optional<Finding>();
}

// A caller may have one array for two inputs: the keys that are the values, a matrix times itself.
// With `output` (or -1) there as well: v = a * v + v.
Result<std::optional<Finding>> as_one_array(const Operator& op, const Program& program, const Shown& shown,
                                            int output, const VerifyOptions& options) {
  const auto name = [&](int argument) { return op.arguments[static_cast<size_t>(argument)].name; };
  LaunchOptions start = varied_launch(options, 1);
  start.in_place.assign(op.arguments.size(), -1);
  const int first = shown.example->tied.front().second;
  if (output >= 0) start.in_place[static_cast<size_t>(first)] = output;
  std::vector<std::string> pairs;
  for (const auto& [same, as] : shown.example->tied) {
    const bool there = output >= 0 && as == first;
    start.in_place[static_cast<size_t>(same)] = there ? output : as;
    pairs.push_back(name(as) + " and " + name(same) + (there ? " and " + name(output) : ""));
  }
  KE_TRY(Launch launch, Launch::start(op, shown.pool->axes, program, start));
  return call_and_check(op, launch, 0, shown, options,
                        fmt::format("with one array for {},", join_texts(pairs, ", for ")));
}

int any_core() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return -1;
  for (int core = CPU_SETSIZE - 1; core >= 0; --core)
    if (CPU_ISSET(core, &allowed)) return core;
  return -1;
}

// A number of threads is a limit and no promise: a region inside of another one gets one thread, and on a
// busy machine two threads share a core.
Result<std::optional<Finding>> with_less(const Operator& op, const Program& program,
                                         const std::vector<Shown>& shown, bool one_core,
                                         const VerifyOptions& options) {
  if (shown.empty()) return std::optional<Finding>();
  LaunchOptions start = varied_launch(options, kPlaces);
  if (one_core) {
    start.cpus = {any_core()};
    if (start.cpus.front() < 0) return std::optional<Finding>();
  } else {
    start.openmp_limit = 1;
  }
  for (const Shown& one : shown) start.also.push_back(one.pool->axes);
  KE_TRY(Launch launch, Launch::start(op, shown.front().pool->axes, program, start));
  for (int call = 0; call < kOnOneCore; ++call) {
    const Shown& one = shown[static_cast<size_t>(call) % shown.size()];
    auto finding = call_and_check(op, launch, call % kPlaces, one, options,
                                  one_core ? "with all threads on one core" : "with one OpenMP thread");
    if (finding) return finding;
  }
  return std::optional<Finding>();
}

/// Whether the rival passes the same use, on bits of its own.
template <class Use>
Result<bool> rival_stands(const Operator& op, const std::vector<Pool>& pools, const VerifyOptions& options,
                          const Use& use) {
  Fingerprints fingerprints;
  VerifyOptions own = options;
  if (own.fingerprints != nullptr) own.fingerprints = &fingerprints;
  for (size_t i = 0; own.fingerprints != nullptr && i < pools.size(); ++i) {
    KE_TRY(const std::optional<Finding> finding, verify_pool(op, *options.rival, pools[i], i, own));
    (void)finding;  // it has passed before
  }
  KE_TRY(const std::optional<Finding> finding, use(*options.rival, own));
  return !finding;
}

/// Whole numbers only: what the processor does with subnormal ones is nothing to such a kernel.
bool knows_no_floats(const Operator& op) {
  return std::none_of(op.arguments.begin(), op.arguments.end(),
                      [](const Argument& argument) { return is_floating(argument.dtype); });
}

}  // namespace

Result<std::optional<Finding>> verify_uses(const Operator& op, const Program& program,
                                           const std::vector<Pool>& pools, const VerifyOptions& options) {
  if (options.rival == nullptr) return std::optional<Finding>();
  Random random(options.seed);
  const std::vector<Shown> shown = mixture(op, pools, kRoom, random);
  using Use = std::function<Result<std::optional<Finding>>(const Program&, const VerifyOptions&)>;
  std::vector<Use> uses = {[&](const Program& one, const VerifyOptions& own) {
    return by_turns(op, one, shown, From::first_thread, own);
  }};
  // The announced shape, and another one by chance.
  for (const size_t i : some_of(pools, random))
    uses.push_back([&, i](const Program& one, const VerifyOptions& own) {
      return in_one_shape(op, one, pools, pools[i], own);
    });
  std::vector<std::vector<int>> places{{}};
  if (!op.contract.noalias)
    for (const std::vector<int>& use : in_place_uses(op)) places.push_back(use);
  for (const size_t i : some_of(pools, random))
    for (const std::vector<int>& place : places)
      uses.push_back([&, i, place](const Program& one, const VerifyOptions& own) {
        return verify_chain(op, one, pools[i], place, own);
      });
  uses.push_back(
      [&](const Program& one, const VerifyOptions& own) { return verify_many_calls(op, one, pools, own); });
  const std::vector<size_t> tried = some_of(pools, random);
  if (op.level != Level::pure) {
    uses.push_back([&](const Program& one, const VerifyOptions& own) {
      return by_turns(op, one, shown, From::other_thread, own);
    });
    uses.push_back(
        [&](const Program& one, const VerifyOptions& own) { return with_small_stack(op, one, pools, own); });
    if (knows_no_floats(op))
      uses.push_back([&](const Program& one, const VerifyOptions& own) {
        return by_turns(op, one, shown, From::flushing, own);
      });
    for (const Caller caller : {Caller::lasting, Caller::brief}) {
      if (caller == Caller::brief && op.contract.threads > 1)
        continue;  // its own threads take their time to end
      for (const size_t i : tried) {
        if (caller == Caller::brief && i != tried.front()) continue;  // what a thread keeps hangs on no shape
        uses.push_back([&, caller, i](const Program& one, const VerifyOptions& own) {
          return leaves_as_found(op, one, caller, pools[i], own);
        });
      }
    }
  }
  if (op.level != Level::pure && op.contract.threads <= 1 && op.contract.reentrant)
    for (const size_t i : tried)
      uses.push_back([&, i](const Program& one, const VerifyOptions& own) {
        return verify_two_threads(op, one, pools[i], own);
      });
  const auto add_in_place = [&](const std::vector<int>& use, size_t most) {
    uses.push_back([&, use, most](const Program& one, const VerifyOptions& own) {
      return in_place(op, one, pools, use, most, own);
    });
  };
  if (!op.contract.noalias) {
    for (const std::vector<int>& use : in_place_uses(op)) add_in_place(use, kShapesInPlace);
    for (const std::vector<int>& use : paired_uses(op)) add_in_place(use, kShapesPaired);
  }
  for (const Shown& one : shown)
    if (!one.example->tied.empty())
      for (const int output : outputs_there(op, *one.example))
        uses.push_back([&, one, output](const Program& called, const VerifyOptions& own) {
          return as_one_array(op, called, one, output, own);
        });
  if (op.contract.threads > 1 && op.level != Level::pure)
    uses.push_back([&](const Program& one, const VerifyOptions& own) {
      return by_turns(op, one, shown, From::team, own);
    });
  if (op.contract.threads > 1)
    for (const bool one_core : {false, true})
      uses.push_back([&, one_core](const Program& one, const VerifyOptions& own) {
        return with_less(op, one, shown, one_core, own);
      });
  for (const Use& use : uses) {
    KE_TRY(std::optional<Finding> finding, use(program, options));
    if (!finding) continue;
    // Behind it the rival would be late as well, and everything excused.
    if (auto late = out_of_time(options)) return late;
    KE_TRY(const bool stands, rival_stands(op, pools, options, use));
    if (stands) return finding;
  }
  return std::optional<Finding>();
}

}  // namespace ke

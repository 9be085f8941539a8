// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/leftovers.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/random.h"
#include "ke-build/evaluate/inputs_scalars.h"
#include "ke-build/evaluate/sandbox_watch.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

#include <algorithm>

namespace ke {
namespace {

constexpr int kFewWindows = 3;  // of kLeftCalls: who keeps descriptors soon has no more to keep
constexpr int kLeftWindows = 8;
constexpr int kLeftCalls = 64, kMostLeftCalls = 1024;  // of one window; more where they are short
constexpr double kLeftWindow_s = 0.02;
constexpr int kLeftPlaces = 8;  // of arguments, used again and again in one window
constexpr int64_t kLeftRoom = 1 << 21;
constexpr uint64_t kLeak = 16 << 10, kHeld = 64 << 20;

/// Typical inputs, other ones in each call: what is remembered of inputs is remembered of these, too.
void scale_anew(const Operator& op, Inputs& inputs, const std::map<std::string, double>& scalars,
                Random& random) {
  for (size_t i = 0; i < op.arguments.size(); ++i) {
    Buffer& buffer = inputs.arguments[i];
    const Argument& argument = op.arguments[i];
    if (const auto scalar = scalars.find(argument.name); argument.scalar && scalar != scalars.end())
      buffer.set(0, scalar->second);
    if (argument.scalar || !argument.input || !is_floating(argument.dtype) || buffer.count() == 0) continue;
    const bool structured =
        argument.domain.kind != Domain::Kind::normal && argument.domain.kind != Domain::Kind::positive;
    if (structured) continue;
    const auto at = static_cast<int64_t>(random.below(static_cast<uint64_t>(buffer.count())));
    buffer.set(at, buffer.get(at) * (0.5 + 0.5 * random.uniform()));
  }
}

/// What a process holds that it did not hold before.
struct Growth {
  uint64_t private_bytes, mapped_bytes, descriptors;
};

uint64_t more(uint64_t now, uint64_t before) { return now > before ? now - before : 0; }

std::string left_behind(const ProcessState& before, const ProcessState& after) {
  if (after.blocked != before.blocked || after.ignored != before.ignored)
    return "left signals of the program blocked or ignored, which were not before";
  if (after.cores != before.cores)
    return "changed on which cores the thread that calls it may run; helpers of its own are its own";
  if (after.handled != before.handled) return "left a handler for signals of the program";
  for (int stream = 0; stream < 3; ++stream) {
    if (after.streams[stream] != before.streams[stream])
      return fmt::format("closed the descriptor {} of the program or led it elsewhere", stream);
    if (after.stream_flags[stream] != before.stream_flags[stream])
      return fmt::format("changed the flags of the descriptor {} of the program", stream);
  }
  if (after.shared != before.shared)
    return "changed the mapping of its arguments or what may be done there (mprotect, munmap)";
  return "";
}

/// The least growth of one window.
Growth least_of(const std::vector<Growth>& windows, size_t first, size_t end) {
  Growth least = windows.at(first);
  for (size_t i = first + 1; i < end; ++i) {
    least.private_bytes = std::min(least.private_bytes, windows[i].private_bytes);
    least.mapped_bytes = std::min(least.mapped_bytes, windows[i].mapped_bytes);
    least.descriptors = std::min(least.descriptors, windows[i].descriptors);
  }
  return least;
}

/// The first window warms up what is then used again; later ones grow when every call keeps something.
std::string kept(const std::vector<Growth>& windows, int calls, Caller caller) {
  const Growth few = least_of(windows, 1, kFewWindows), many = least_of(windows, kFewWindows, windows.size());
  if (many.private_bytes >= kLeak && caller == Caller::brief)
    return fmt::format(
        "keeps memory of every thread that has called it and ended: {} bytes more after {} threads, and "
        "again "
        "and again; what is thread_local needs a destructor",
        many.private_bytes, calls / kLeftPlaces);
  if (many.private_bytes >= kLeak)
    return fmt::format(
        "keeps memory of every call, address or scalar: {} bytes more after {} calls, and again and again",
        many.private_bytes, calls);
  if (many.mapped_bytes >= kLeak)
    return fmt::format("keeps address space of every call: {} bytes more after {} calls, and again and again",
                       many.mapped_bytes, calls);
  if (few.descriptors > 0)
    return fmt::format("keeps descriptors of every call open: {} more after {} calls, and again and again",
                       few.descriptors, kLeftCalls);
  return "";
}

}  // namespace

// What a program does between two calls must not depend on what it has called before.
Result<std::optional<Finding>> leaves_as_found(const Operator& op, const Program& program, Caller caller,
                                               const Pool& pool, const VerifyOptions& options) {
  if (pool.cases.empty() || case_bytes(op, pool.axes) > kLeftRoom) return std::optional<Finding>();
  Random random(options.seed);
  ScalarDealer dealer(op, random);
  LaunchOptions start;
  // Each window has places of its own, where there is room: what is kept of an address is kept of these, too.
  const bool other_places = case_bytes(op, pool.axes) * kLeftWindows <= kLeftRoom;
  start.max_calls = kLeftPlaces * (other_places ? kLeftWindows : 1);
  start.layout_seed = options.seed;
  start.element_alignment = start.placing.varied = true;
  start.brief_threads = caller == Caller::brief;
  start.grants_cores = true;
  start.mandatory_layers = options.mandatory_layers;
  KE_TRY(Launch launch, Launch::start(op, pool.axes, program, start));
  const ProcessState before = state_of_process(launch.runner().pid());
  ProcessState last = before;
  std::vector<Growth> windows;
  Inputs inputs;
  for (const Buffer& buffer : pool.cases[0].inputs.arguments) inputs.arguments.push_back(buffer.copy());
  int calls = kLeftCalls;
  for (int window = 0; window < kLeftWindows; ++window) {
    const double start_s = now_s();
    const int first = other_places ? window * kLeftPlaces : 0;
    if (auto finding = out_of_time(options)) return finding;
    for (int call = 0; call < calls; call += kLeftPlaces) {
      for (int place = first; place < first + kLeftPlaces; ++place) {
        const uint64_t seed = options.seed + static_cast<uint64_t>(place);
        // Who gives up early, because of a NaN for instance, may leave what it holds.
        if (place % 2 != 0) {
          launch.put(place, pool.cases[random.below(pool.cases.size())].inputs, seed);
          continue;
        }
        scale_anew(op, inputs, dealer.deal(pool.axes, pool.scalars), random);
        launch.put(place, inputs, seed);
      }
      const RunOutcome run = launch.run(first, kLeftPlaces, kLeftPlaces * options.call_timeout_s);
      if (!run.finished())
        return std::optional(Finding{outcome_of(run), run.reason + " in many calls", 0, 0, false});
    }
    const ProcessState now = state_of_process(launch.runner().pid());
    windows.push_back({more(now.private_bytes, last.private_bytes), more(now.mapped_bytes, last.mapped_bytes),
                       static_cast<uint64_t>(std::max(0, now.descriptors - last.descriptors))});
    last = now;
    // Some windows say how many calls fit into the others.
    if (window + 1 == kFewWindows)
      calls = std::clamp(static_cast<int>(calls * kLeftWindow_s / (now_s() - start_s)), kLeftCalls,
                         kMostLeftCalls) /
              kLeftPlaces * kLeftPlaces;
  }
  std::string what = left_behind(before, last);
  if (what.empty()) what = kept(windows, calls, caller);
  const uint64_t held = more(last.private_bytes, before.private_bytes);
  if (what.empty() && held > kHeld + 8 * static_cast<uint64_t>(case_bytes(op, pool.axes)))
    what = fmt::format("holds {} MiB of memory for ever, for calls with {} KiB of arguments", held >> 20,
                       case_bytes(op, pool.axes) >> 10);
  if (what.empty()) return std::optional<Finding>();
  return std::optional(Finding{Outcome::unsafe, what, 0, 0, false});
}

}  // namespace ke

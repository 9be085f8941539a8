// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/tracer.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace ke {
namespace {

constexpr double kTracedWall_s = 1;
constexpr int64_t kProcessBytes = 1 << 24;

uint64_t mixed(uint64_t a, uint64_t b) {
  uint64_t x = (a + 0x9e3779b97f4a7c15u) ^ (b * 0xbf58476d1ce4e5b9u);
  x = (x ^ (x >> 31)) * 0x94d049bb133111ebu;
  return x ^ (x >> 29);
}

void fill_features(CallTrace& trace) {
  constexpr uint64_t kBlock = 0, kOutcome = 1, kCount = 8;
  for (const uint64_t block : trace.table->blocks)
    if (block != 0) trace.features.push_back(mixed(block, kBlock));
  for (const ke_runner::Compared& one : trace.table->comparisons) {
    if (one.at == 0) continue;
    const uint32_t counts[] = {one.less, one.equal, one.greater, one.unordered};
    for (uint64_t k = 0; k < std::size(counts); ++k)
      if (counts[k] > 0) trace.features.push_back(mixed(one.at, kOutcome + k));
    for (uint64_t k = 0; k < std::size(counts); ++k)
      if (counts[k] > 1)
        trace.counts.push_back(
            {mixed(one.at, kCount + 64 * k + static_cast<uint64_t>(std::bit_width(counts[k]))),
             mixed(one.at, kOutcome + k)});
  }
}

int64_t bytes_of(const std::vector<const Example*>& examples) {
  int64_t bytes = 0;
  for (const Example* example : examples)
    for (const Buffer& buffer : example->inputs.arguments) bytes += buffer.size_bytes();
  return bytes;
}

}  // namespace

Result<std::vector<CallTrace>> Tracer::run_together(const std::vector<const Example*>& examples) {
  std::vector<CallInputs> calls;
  for (const Example* example : examples) calls.push_back({&example->axes, &example->inputs});
  KE_TRY(const OneShot shot, call_once(op_, program_, calls, once_policy(program_, kTracedWall_s, mandatory_),
                                       sizeof(ke_runner::TraceTable)));
  std::vector<CallTrace> traces(examples.size());
  if (!shot.outcome.finished()) {
    for (CallTrace& trace : traces) {
      trace.suspect = true;
      trace.late = shot.outcome.state == RunOutcome::State::timed_out;
    }
    return traces;
  }
  for (size_t i = 0; i < examples.size(); ++i) {
    traces[i].finished = true;
    traces[i].table = std::make_unique<ke_runner::TraceTable>();
    std::memcpy(traces[i].table.get(), table_of(shot, i, examples.size()), sizeof(ke_runner::TraceTable));
    fill_features(traces[i]);
    const ke_runner::TraceTable& table = *traces[i].table;
    for (const uint64_t block : table.blocks)
      if (block != 0) entered_.insert(block);
    missed_blocks_ |= table.missed_blocks != 0;
  }
  return traces;
}

Result<std::vector<CallTrace>> Tracer::run(const std::vector<const Example*>& examples,
                                           const Deadline& deadline) {
  const size_t most = calls_that_fit(op_, 1);
  std::vector<CallTrace> all;
  // Whoever ends the process is found by halves.
  struct Set {
    std::vector<const Example*> examples;
    bool suspect = false, late = false;
  };
  std::vector<Set> waiting;
  if (!examples.empty()) waiting.push_back({examples});
  while (!waiting.empty() && !deadline.passed()) {
    const std::vector<const Example*> some = std::move(waiting.back().examples);
    bool suspect = waiting.back().suspect, late = waiting.back().late;
    waiting.pop_back();
    std::vector<CallTrace> traces;
    if (some.size() == 1 || (some.size() <= most && bytes_of(some) <= kProcessBytes)) {
      KE_TRY(traces, run_together(some));
    }
    const bool known = !traces.empty() && (traces.front().finished || some.size() == 1);
    if (known) {
      std::move(traces.begin(), traces.end(), std::back_inserter(all));
    } else if (some.size() > 1) {
      suspect |= !traces.empty();
      late |= !traces.empty() && traces.front().late;
      const auto half = some.begin() + static_cast<std::ptrdiff_t>(some.size() / 2);
      waiting.push_back({{half, some.end()}, suspect, late});
      waiting.push_back({{some.begin(), half}, suspect, late});
    }
  }
  for (; !waiting.empty(); waiting.pop_back())
    for (size_t i = 0; i < waiting.back().examples.size(); ++i) {
      CallTrace& trace = all.emplace_back();
      trace.suspect = waiting.back().suspect;
      trace.late = waiting.back().late;
    }
  return all;
}

}  // namespace ke

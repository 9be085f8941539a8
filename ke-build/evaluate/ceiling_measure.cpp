// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/ceiling_measure.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/random.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/buffer.h"
#include "ke-build/evaluate/ceiling_kernels.h"

#include <fmt/format.h>

#include <algorithm>
#include <barrier>
#include <cstring>
#include <functional>
#include <thread>

#include <sched.h>
#include <unistd.h>

namespace ke {

namespace {

constexpr int64_t kLine = 1024;            // granularity of the kernels' loops
constexpr int64_t kBytesPerRun = 8 << 20;  // about 0.1 ms: long for the clock, short against a preemption
constexpr long kRoundsPerRun = 30000;

size_t best_kernel() {
  size_t best = 0;
  for (size_t i = 0; i < ceiling_kernels().size(); ++i)
    if (ceiling_kernels()[i].supported()) best = i;
  return best;
}

/// "0-3,8" -> 5.
int count_cpus(const std::string& list) {
  int count = 0;
  for (const std::string& part : split(trim(list), ',')) {
    int first = 0, last = 0;
    const int fields = std::sscanf(part.c_str(), "%d-%d", &first, &last);
    if (fields == 1) ++count;
    if (fields == 2 && last >= first) count += last - first + 1;
  }
  return std::max(count, 1);
}

std::vector<MemoryLevel> levels_from_sysfs() {
  std::vector<MemoryLevel> levels;
  for (int index = 0; index < 8; ++index) {
    const std::string folder = fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}/", index);
    const auto type = read_file(folder + "type"), size = read_file(folder + "size"),
               number = read_file(folder + "level");
    if (!type || !size || !number || trim(*type) == "Instruction") continue;
    long amount = 0;
    char unit = 0;
    if (std::sscanf(size->c_str(), "%ld%c", &amount, &unit) < 1 || amount <= 0) continue;
    const int64_t bytes = amount * (unit == 'M' ? 1 << 20 : unit == 'K' ? 1 << 10 : 1);
    levels.push_back({fmt::format("L{}", trim(*number)), bytes,
                      count_cpus(read_file(folder + "shared_cpu_list").value_or("0"))});
  }
  return levels;
}

/// Runs `body(thread)` on all threads at once and returns the time from the first start to the last end.
double together(int threads, const std::function<void(int)>& body) {
  if (threads == 1) {
    const double start = now_s();
    body(0);
    return now_s() - start;
  }
  std::barrier start_line(threads);
  std::vector<double> starts(static_cast<size_t>(threads)), ends(static_cast<size_t>(threads));
  const auto work = [&](int thread) {
    start_line.arrive_and_wait();
    starts[static_cast<size_t>(thread)] = now_s();
    body(thread);
    ends[static_cast<size_t>(thread)] = now_s();
  };
  std::vector<std::thread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back(work, thread);
  work(0);
  for (std::thread& other : others) other.join();
  return *std::max_element(ends.begin(), ends.end()) - *std::min_element(starts.begin(), starts.end());
}

/// Largest rate over repetitions within the budget, at least two.
double best_rate(double budget_s, double amount, const std::function<double()>& seconds) {
  const Deadline deadline(budget_s);
  double best = 0;
  for (int repetition = 0; repetition < 2 || !deadline.passed(); ++repetition) {
    const double elapsed = seconds();
    if (elapsed > 0) best = std::max(best, amount / elapsed);
  }
  return best;
}

/// Bytes that each thread works on so that the set lives in the level and not inside a nearer one.
int64_t working_set(const std::vector<MemoryLevel>& levels, size_t level, int threads) {
  const MemoryLevel& own = levels[level];
  const int64_t inner = level > 0 ? levels[level - 1].size_bytes : 0;
  int64_t bytes = 0;
  if (own.size_bytes > 0) {
    const int sharing = std::min(threads, own.sharers);
    bytes = std::max(std::min<int64_t>(own.size_bytes / 2 / sharing, 16 << 20),
                     std::min(2 * inner, own.size_bytes / sharing));
  } else {
    const int64_t memory = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    bytes = std::clamp<int64_t>(4 * inner, 64 << 20,
                                std::max<int64_t>(64 << 20, std::min<int64_t>(256 << 20, memory / 8))) /
            threads;
  }
  return std::max(bytes / (3 * kLine), int64_t{1}) * 3 * kLine;
}

}  // namespace

std::vector<MemoryLevel> memory_levels() {
  std::vector<MemoryLevel> levels = levels_from_sysfs();
#ifdef _SC_LEVEL1_DCACHE_SIZE
  if (levels.empty()) {
    const std::pair<const char*, int> names[] = {
        {"L1", _SC_LEVEL1_DCACHE_SIZE}, {"L2", _SC_LEVEL2_CACHE_SIZE}, {"L3", _SC_LEVEL3_CACHE_SIZE}};
    for (const auto& [name, key] : names)
      if (const long bytes = sysconf(key); bytes > 0) levels.push_back({name, bytes, 1});
  }
#endif
  if (levels.empty()) levels = {{"L1", 32 << 10, 1}, {"L2", 512 << 10, 1}, {"L3", 8 << 20, usable_cores()}};
  std::sort(levels.begin(), levels.end(),
            [](const MemoryLevel& a, const MemoryLevel& b) { return a.name < b.name; });
  levels.push_back({"DRAM", 0, usable_cores()});
  return levels;
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(CPU_COUNT(&set), 1);
  return std::max<int>(static_cast<int>(std::thread::hardware_concurrency()), 1);
}

BandwidthCeiling measure_bandwidth(const std::vector<MemoryLevel>& levels, size_t level, int threads,
                                   double budget_s, int64_t most_bytes) {
  const CeilingKernels& kernels = ceiling_kernels()[best_kernel()];
  const MemoryLevel& own = levels[level];
  const int64_t bytes = std::min(working_set(levels, level, threads), most_bytes / (3 * kLine) * 3 * kLine);
  BandwidthCeiling result{own.name, own.size_bytes, threads, 0, 0};
  result.capacity_bytes = own.size_bytes * std::max(1, (threads + own.sharers - 1) / own.sharers);

  std::vector<Buffer> memory(static_cast<size_t>(threads));
  together(threads, [&](int t) { memory[static_cast<size_t>(t)] = Buffer(Dtype::u8, bytes, 4096); });
  const auto part = [&](int t, int which, int of) {
    return memory[static_cast<size_t>(t)].data() + which * (bytes / of / kLine * kLine);
  };
  const int passes = static_cast<int>(std::max<int64_t>(1, kBytesPerRun / bytes));
  const auto measure = [&](int arrays, const std::function<void(int, size_t)>& body) {
    const auto length = static_cast<size_t>(bytes / arrays / kLine * kLine);
    const double moved = static_cast<double>(length) * arrays * passes * threads;
    return best_rate(budget_s / 4, moved, [&] { return together(threads, [&](int t) { body(t, length); }); });
  };
  result.read = measure(1, [&](int t, size_t length) { kernels.read(part(t, 0, 1), length, passes); });
  result.copy =
      measure(2, [&](int t, size_t length) { kernels.copy(part(t, 1, 2), part(t, 0, 2), length, passes); });
  result.copy = std::max(result.copy, measure(2, [&](int t, size_t length) {
                           for (int pass = 0; pass < passes; ++pass)
                             std::memcpy(part(t, 1, 2), part(t, 0, 2), length);
                         }));
  result.copy = std::max(result.copy, measure(3, [&](int t, size_t length) {
                           kernels.add(part(t, 2, 3), part(t, 0, 3), part(t, 1, 3), length, passes);
                         }));
  return result;
}

ComputeCeiling measure_compute(size_t isa, Dtype dtype, int threads, double budget_s) {
  const CeilingKernels& kernels = ceiling_kernels()[isa];
  const auto kernel = dtype == Dtype::f64   ? kernels.fma64
                      : dtype == Dtype::f32 ? kernels.fma32
                      : dtype == Dtype::i8  ? kernels.add_i8
                                            : kernels.add_i32;
  const double operations = kernel(kRoundsPerRun / 10) * 10 * threads;
  const double best =
      best_rate(budget_s, operations, [&] { return together(threads, [&](int) { kernel(kRoundsPerRun); }); });
  return {kernels.isa, dtype, threads, best};
}

ComputeCeiling measure_narrow(size_t row, int threads, double budget_s) {
  const NarrowKernel& kernel = narrow_kernels()[row];
  const double operations = kernel.run(kRoundsPerRun / 10) * 10 * threads;
  const double best = best_rate(budget_s, operations,
                                [&] { return together(threads, [&](int) { kernel.run(kRoundsPerRun); }); });
  return {kernel.isa, kernel.dtype, threads, best};
}

double measure_latency(const std::vector<MemoryLevel>& levels, size_t level, double budget_s) {
  constexpr int64_t kStep = 64;  // bytes: a line
  const int64_t bytes = std::min<int64_t>(working_set(levels, level, 1), 128 << 20);
  const auto lines = static_cast<size_t>(std::max<int64_t>(2, bytes / kStep));
  Buffer memory(Dtype::u8, static_cast<int64_t>(lines) * kStep, 4096);
  const auto next = [&](size_t line) -> uint64_t& {
    return *reinterpret_cast<uint64_t*>(memory.data() + line * kStep);
  };
  // One cycle through all lines in random order (Sattolo 1986), so that no prefetcher helps.
  for (size_t i = 0; i < lines; ++i) next(i) = i * kStep;
  Random random(lines);
  for (size_t i = lines - 1; i > 0; --i) std::swap(next(i), next(random.below(i)));
  constexpr int kLoads = 1 << 14;
  uint64_t at = 0;
  const auto chase = [&] {
    const double start = now_s();
    for (int i = 0; i < kLoads; ++i) {
      at = *reinterpret_cast<const uint64_t*>(memory.data() + at);
      __asm__ volatile("" : "+r"(at));
    }
    return now_s() - start;
  };
  for (size_t warm = 0; warm < lines && warm < (size_t{1} << 18); warm += kLoads) chase();
  return 1 / best_rate(budget_s, kLoads, chase);
}

}  // namespace ke

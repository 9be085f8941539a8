// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/at_once.h"

#include "ke-build/evaluate/ceilings.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace ke {

Result<> at_once(size_t count, const Deadline& deadline, const std::function<Result<>(size_t)>& job) {
  std::atomic<size_t> next = 0;
  const size_t workers = std::clamp<size_t>(count, 1, static_cast<size_t>(usable_cores()));
  std::vector<Result<>> results(workers, ok());
  const auto work = [&](size_t worker) {
    while (!deadline.passed() && results[worker]) {
      const size_t i = next++;
      if (i >= count) break;
      results[worker] = job(i);
    }
  };
  std::vector<std::thread> others;
  for (size_t worker = 1; worker < workers; ++worker) others.emplace_back(work, worker);
  work(0);
  for (std::thread& other : others) other.join();
  for (const Result<>& result : results) KE_DO(result);
  return ok();
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// One process per operator and library: the winner and the library in interleaved pairs, on the same inputs,
// one thread each.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bench {

/// `square rows=1024 cols=1024`
struct Workload {
  std::string name;
  std::map<std::string, long> axes;
  long operator[](const std::string& axis) const {
    const auto found = axes.find(axis);
    if (found != axes.end()) return found->second;
    std::fprintf(stderr, "workload %s has no axis %s\n", name.c_str(), axis.c_str());
    std::exit(2);
  }
};

inline std::vector<Workload> workloads(int argc, char** argv) {
  std::vector<Workload> all;
  for (int i = 1; i < argc; ++i) {
    const char* equals = std::strchr(argv[i], '=');
    if (!equals) {
      all.push_back({argv[i], {}});
    } else if (!all.empty()) {
      all.back().axes[std::string(argv[i], static_cast<size_t>(equals - argv[i]))] =
          std::strtol(equals + 1, nullptr, 10);
    }
  }
  return all;
}

template <class T = float>
std::vector<T> values(size_t n, unsigned state = 1) {
  std::vector<T> v(n);
  for (T& x : v) {
    state = state * 1664525u + 1013904223u;
    x = static_cast<T>(state >> 8) / (1 << 23) - 1;
  }
  return v;
}

inline double seconds(const std::function<void()>& call, int times) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Largest difference in units of the largest value: a library that computes something else is no rival.
template <class T>
double difference(const std::vector<T>& ours, const std::vector<T>& theirs) {
  double largest = 0, most = 1e-30;
  for (size_t i = 0; i < ours.size(); ++i) {
    most = std::max(most, std::abs(static_cast<double>(ours[i])));
    largest = std::max(largest, std::abs(static_cast<double>(ours[i]) - static_cast<double>(theirs[i])));
  }
  return largest / most;
}

/// Prints `operator workload library ratio low high`: time of the library over ours, above 1 when ours is
/// faster; the median of the pairs and its 95 % interval (order statistics). Both must have run once, so that
/// `difference` means something.
inline void compare(const char* op, const Workload& workload, const char* library,
                    const std::function<void()>& ours, const std::function<void()>& theirs,
                    const std::function<double()>& apart) {
  constexpr int kPairs = 61, kRank = 22;  // P(Binomial(61, 1/2) < 22) < 2.5 %
  ours();
  theirs();
  if (const double error = apart(); !(error < 1e-3)) {
    std::printf("%s %s %s differs by %.2g\n", op, workload.name.c_str(), library, error);
    return;
  }
  const double once = std::min({seconds(ours, 1), seconds(ours, 1), seconds(ours, 1)});
  const int times = std::max(1, static_cast<int>(std::ceil(1e-3 / std::max(1e-7, once))));
  std::vector<double> ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    double a = 0, b = 0;
    if (pair % 2 == 0) a = seconds(ours, times);
    b = seconds(theirs, times);
    if (pair % 2 != 0) a = seconds(ours, times);
    ratios.push_back(b / a);
  }
  std::sort(ratios.begin(), ratios.end());
  std::printf("%s %s %s %.3f %.3f %.3f\n", op, workload.name.c_str(), library, ratios[kPairs / 2],
              ratios[kRank - 1], ratios[kPairs - kRank]);
  std::fflush(stdout);
}

}  // namespace bench

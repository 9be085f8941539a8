// SPDX-License-Identifier: MIT
#include "ke-build/base/stats.h"

#include "ke-build/base/result.h"

#include <algorithm>
#include <cmath>

namespace ke {

namespace {

double sorted_quantile(const std::vector<double>& sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// Continued fraction of the incomplete beta function (DLMF 8.17.22) by the modified Lentz algorithm.
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  const auto away_from_zero = [](double v) { return std::abs(v) < kTiny ? kTiny : v; };
  double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), h = d;
  for (int m = 1; m <= 10000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    h *= d * c;
    if (std::abs(d * c - 1) < 1e-15) break;
  }
  return h;
}

/// x with I_x(a, b) == p; the function rises monotonically, so halving is safe and 60 steps reach the last
/// bit.
double inverse_incomplete_beta(double a, double b, double p) {
  double low = 0, high = 1;
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    (incomplete_beta(a, b, middle) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

/// Acceleration of BCa from the jackknife (Efron 1987, eq. 7.3).
double acceleration(const std::vector<double>& blocks,
                    const std::function<double(const std::vector<double>&)>& statistic) {
  std::vector<double> left_out;
  for (size_t i = 0; i < blocks.size(); ++i) {
    std::vector<double> rest = blocks;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    left_out.push_back(statistic(rest));
  }
  const double center = mean(left_out);
  double squares = 0, cubes = 0;
  for (double v : left_out) {
    squares += (center - v) * (center - v);
    cubes += (center - v) * (center - v) * (center - v);
  }
  return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

}  // namespace

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

double quantile(std::vector<double> values, double q) {
  KE_CHECK(!values.empty() && q >= 0 && q <= 1);
  std::sort(values.begin(), values.end());
  return sorted_quantile(values, q);
}

double mean(const std::vector<double>& values) {
  KE_CHECK(!values.empty());
  double sum = 0;
  for (double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

double mad(const std::vector<double>& values) {
  const double center = median(values);
  std::vector<double> distances;
  for (double v : values) distances.push_back(std::abs(v - center));
  return 1.482602218505602 * median(std::move(distances));
}

double sorted_mad(const std::vector<double>& ascending) {
  KE_CHECK(!ascending.empty());
  const double center = sorted_quantile(ascending, 0.5);
  // Distances to the left and to the right of the center ascend away from it: merge them up to the middle.
  const size_t n = ascending.size(), last = n / 2;
  size_t right =
      static_cast<size_t>(std::lower_bound(ascending.begin(), ascending.end(), center) - ascending.begin());
  size_t left = right;
  double before = 0, distance = 0;
  for (size_t i = 0; i <= last; ++i) {
    before = distance;
    const bool go_right =
        left == 0 || (right < n && ascending[right] - center <= center - ascending[left - 1]);
    distance = go_right ? ascending[right++] - center : center - ascending[--left];
  }
  return 1.482602218505602 * (n % 2 == 1 ? distance : (before + distance) / 2);
}

double geometric_mean(const std::vector<double>& values, const std::vector<double>& weights) {
  KE_CHECK(!values.empty() && (weights.empty() || weights.size() == values.size()));
  double sum = 0, total = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    KE_CHECK(values[i] > 0);
    const double weight = weights.empty() ? 1 : weights[i];
    sum += weight * std::log(values[i]);
    total += weight;
  }
  KE_CHECK(total > 0);
  return std::exp(sum / total);
}

double hodges_lehmann(const std::vector<double>& values) {
  KE_CHECK(!values.empty());
  std::vector<double> means;
  means.reserve(values.size() * (values.size() + 1) / 2);
  for (size_t i = 0; i < values.size(); ++i)
    for (size_t j = i; j < values.size(); ++j) means.push_back((values[i] + values[j]) / 2);
  return median(std::move(means));
}

double incomplete_beta(double a, double b, double x) {
  KE_CHECK(a > 0 && b > 0);
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  int sign = 0;
  const double log_beta = lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
  const double front = std::exp(a * std::log(x) + b * std::log1p(-x) - log_beta);
  // The fraction converges fast only on this side of the mode.
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

double normal_quantile(double p) {
  if (p <= 0) return -std::numeric_limits<double>::infinity();
  if (p >= 1) return std::numeric_limits<double>::infinity();
  if (p > 0.5) return -normal_quantile(1 - p);
  // Start from the tail expansion, then Newton on the logarithm of the distribution function, which is
  // concave.
  double z = -std::sqrt(std::max(0.0, -2 * std::log(2 * p)));
  for (int i = 0; i < 50; ++i) {
    const double cdf = normal_cdf(z);
    const double density = std::exp(-z * z / 2) / std::sqrt(2 * M_PI);
    const double step = (std::log(cdf) - std::log(p)) * cdf / density;
    z -= step;
    if (std::abs(step) < 1e-14 * std::max(1.0, std::abs(z))) break;
  }
  return z;
}

Interval clopper_pearson(int64_t successes, int64_t trials, double confidence) {
  KE_CHECK(trials > 0 && successes >= 0 && successes <= trials);
  const double tail = (1 - confidence) / 2;
  const auto s = static_cast<double>(successes), n = static_cast<double>(trials);
  return {successes == 0 ? 0 : inverse_incomplete_beta(s, n - s + 1, tail),
          successes == trials ? 1 : inverse_incomplete_beta(s + 1, n - s, 1 - tail)};
}

Interval bootstrap_bca(const std::vector<double>& blocks,
                       const std::function<double(const std::vector<double>&)>& statistic, double confidence,
                       int resamples, Random& random) {
  KE_CHECK(!blocks.empty() && resamples > 1);
  const double estimate = statistic(blocks);
  if (blocks.size() < 3) return {};
  std::vector<double> replicates(static_cast<size_t>(resamples)), sample(blocks.size());
  double below = 0;
  for (double& replicate : replicates) {
    for (double& v : sample) v = blocks[random.below(blocks.size())];
    replicate = statistic(sample);
    // Ties count half: the median of few blocks often equals the estimate itself.
    below += replicate < estimate ? 1 : replicate == estimate ? 0.5 : 0;
  }
  std::sort(replicates.begin(), replicates.end());
  const double share = std::clamp(below / resamples, 0.5 / resamples, 1 - 0.5 / resamples);
  const double bias = normal_quantile(share), a = acceleration(blocks, statistic);
  const auto level = [&](double z) {
    const double shifted = bias + z;
    return std::clamp(normal_cdf(bias + shifted / std::max(1e-6, 1 - a * shifted)), 0.0, 1.0);
  };
  const double z = normal_quantile((1 + confidence) / 2);
  return {sorted_quantile(replicates, level(-z)), sorted_quantile(replicates, level(z))};
}

}  // namespace ke

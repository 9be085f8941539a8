// SPDX-License-Identifier: MIT
#include "ke-build/search/space/gaussian_process.h"

#include "ke-build/base/result.h"

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

constexpr double kTypicalRate =
    0.3;  // most parameters matter little; chosen on the five spaces of by_model.cpp

// log of the prior, up to a constant: rates and noise are log-normal.
double log_prior(const Rates& rates) {
  constexpr double kTypicalNoise = 0.01;
  double sum = 0;
  for (const double rate : rates.rate) sum -= 0.5 * std::pow(std::log(rate / kTypicalRate), 2);
  const double noise = std::log(rates.noise / kTypicalNoise);
  return sum - 0.5 * noise * noise;
}

// One or two rates, all rates together, or the noise.
Rates moved(const Rates& from, int step, Random& random) {
  Rates to = from;
  if (step % 4 == 3) {
    to.noise *= std::exp(0.7 * random.normal());
  } else if (step % 4 == 2) {
    const double factor = std::exp(0.5 * random.normal());
    for (double& rate : to.rate) rate *= factor;
  } else {
    for (int i = 0; i <= step % 4; ++i) to.rate[random.below(to.rate.size())] *= std::exp(random.normal());
  }
  to.noise = std::clamp(to.noise, 1e-6, 10.0);
  for (double& rate : to.rate) rate = std::clamp(rate, 1e-4, 1e4);
  return to;
}

}  // namespace

double GaussianProcess::kernel(const float* a, const float* b) const {
  double distance = 0;
  for (size_t p = 0; p < samples_.width; ++p)
    distance += rates_.rate[p] * std::abs(static_cast<double>(a[p]) - b[p]);
  return std::exp(-distance);
}

double GaussianProcess::solve() {
  const size_t n = samples_.count();
  factor_.assign(n * n, 0);
  double log_determinant = 0;
  for (size_t i = 0; i < n; ++i) {
    double* row = &factor_[i * n];
    for (size_t j = 0; j <= i; ++j) {
      const double* other = &factor_[j * n];
      double sum = i == j ? 1 + rates_.noise : kernel(samples_.row(i), samples_.row(j));
      for (size_t k = 0; k < j; ++k) sum -= row[k] * other[k];
      row[j] = i == j ? std::sqrt(std::max(sum, 1e-10)) : sum / other[j];
    }
    log_determinant += std::log(row[i]);
  }
  weights_.resize(n);
  double fit = 0;
  for (size_t i = 0; i < n; ++i) {
    double sum = samples_.targets[i] - mean_;
    for (size_t k = 0; k < i; ++k) sum -= factor_[i * n + k] * weights_[k];
    weights_[i] = sum / factor_[i * n + i];
    fit += weights_[i] * weights_[i];
  }
  for (size_t i = n; i-- > 0;) {
    double sum = weights_[i];
    for (size_t k = i + 1; k < n; ++k) sum -= factor_[k * n + i] * weights_[k];
    weights_[i] = sum / factor_[i * n + i];
  }
  variance_ = fit / static_cast<double>(n) + 1e-12;  // the signal's, at its maximum likelihood
  return -0.5 * static_cast<double>(n) * std::log(variance_) - log_determinant;
}

GaussianProcess GaussianProcess::fit(const Samples& samples, const Rates& start, int steps, Random& random) {
  KE_CHECK(samples.count() > 0 && samples.features.size() == samples.count() * samples.width);
  GaussianProcess process;
  process.samples_ = samples;
  for (const double target : samples.targets) process.mean_ += target / static_cast<double>(samples.count());
  process.rates_ = start;
  process.rates_.rate.resize(samples.width, kTypicalRate);
  double best = process.solve() + log_prior(process.rates_);
  Rates chosen = process.rates_;
  for (int step = 0; step < steps && samples.width > 0; ++step) {
    process.rates_ = moved(chosen, step, random);
    const double score = process.solve() + log_prior(process.rates_);
    if (score <= best) continue;
    best = score;
    chosen = process.rates_;
  }
  process.rates_ = chosen;
  process.solve();
  return process;
}

double GaussianProcess::mean(const float* features) const {
  double mean = mean_;
  for (size_t i = 0; i < samples_.count(); ++i) mean += kernel(features, samples_.row(i)) * weights_[i];
  return mean;
}

double GaussianProcess::spread(const float* features) const {
  const size_t n = samples_.count();
  std::vector<double> solved(n);
  double explained = 0;
  for (size_t i = 0; i < n; ++i) {
    double sum = kernel(features, samples_.row(i));
    const double* row = &factor_[i * n];
    for (size_t k = 0; k < i; ++k) sum -= row[k] * solved[k];
    solved[i] = sum / row[i];
    explained += solved[i] * solved[i];
  }
  return std::sqrt(std::max(0.0, (1 - explained) * variance_));
}

}  // namespace ke

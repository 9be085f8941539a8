// SPDX-License-Identifier: MIT
// Descriptive statistics and intervals. The sequential test that decides is in base/decision.h (included
// here).
#pragma once

#include "ke-build/base/decision.h"
#include "ke-build/base/random.h"

#include <cstddef>
#include <functional>
#include <vector>

namespace ke {

/// Median of a non-empty sample; the mean of the middle two when the size is even.
double median(std::vector<double> values);
/// Quantile q in [0, 1] of a non-empty sample, linear between order statistics (Hyndman & Fan 1996, type 7).
double quantile(std::vector<double> values, double q);
double mean(const std::vector<double>& values);
/// Median absolute deviation from the median, times 1.4826 so that it estimates sigma for normal data.
double mad(const std::vector<double>& values);
/// The same of an ascending sample, in O(n).
double sorted_mad(const std::vector<double>& ascending);
/// exp(sum w ln v / sum w); weights empty: all equal. REQUIRES: values > 0.
double geometric_mean(const std::vector<double>& values, const std::vector<double>& weights = {});
/// Hodges-Lehmann estimate: median of all pairwise means, each value with itself too. O(n^2); meant for block
/// medians.
double hodges_lehmann(const std::vector<double>& values);

/// Regularised incomplete beta function I_x(a, b); a, b > 0, x in [0, 1].
double incomplete_beta(double a, double b, double x);
/// Standard normal distribution function and its inverse (relative error below 1e-12).
double normal_cdf(double z);
double normal_quantile(double p);

/// Exact two-sided interval for a proportion (Clopper & Pearson 1934). REQUIRES: successes <= trials, trials
/// > 0.
Interval clopper_pearson(int64_t successes, int64_t trials, double confidence);

/// BCa bootstrap interval (Efron 1987) of `statistic` over blocks: pass one value per block (per process
/// launch), never raw samples, because those of one block are not independent. Valid for one look at a fixed
/// number of blocks.
Interval bootstrap_bca(const std::vector<double>& blocks,
                       const std::function<double(const std::vector<double>&)>& statistic, double confidence,
                       int resamples, Random& random);

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "comparison.h"

#include "ke-build/base/files.h"
#include "ke-build/evaluate/noise_kernels.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>

namespace ke {
namespace {

constexpr double kAlpha = 0.01;
constexpr double kBand = 0.015;
constexpr int kPairsPerLaunch = 8;
constexpr int kMostLaunches = 200;
constexpr double kShortestBatch_s = 150e-6, kShakesPerBatch = 20;
constexpr int64_t kSmallPool = 64 << 20;
constexpr double kSpare = 1.25;  // no version is faster than another by more

double runnable() {
  double one = 0;
  if (std::FILE* file = std::fopen("/proc/loadavg", "r")) {
    if (std::fscanf(file, "%lf", &one) != 1) one = 0;
    std::fclose(file);
  }
  return one;
}

double rounded(double value) {
  if (value <= 0 || !std::isfinite(value)) return 0;
  const double unit = std::pow(10, std::floor(std::log10(value)) - 6);
  return std::round(value / unit) * unit;
}

}  // namespace

DecisionRule rule_under_test() {
  return DecisionRule::make(kAlpha, 0, kBand, kPairsPerLaunch * kMostLaunches,
                            DecisionRule::Unit::block_medians);
}

Json to_json(const Comparison& comparison) {
  Json launches = Json::array();
  for (const auto& launch : comparison.launches) {
    Json row = Json::array();
    for (const TimedPair& pair : launch) {
      row.push_back(rounded(pair.baseline_s * 1e9));
      row.push_back(rounded(pair.candidate_s * 1e9));
    }
    launches.push_back(std::move(row));
  }
  return {{"kernel", comparison.trial.kernel},
          {"percent", comparison.trial.percent},
          {"verdict", name_of(comparison.verdict)},
          {"seconds", rounded(comparison.seconds)},
          {"timed_s", rounded(comparison.timed_s)},
          {"load", comparison.load},
          {"ns", launches}};
}

Result<Comparison> comparison_from(const Json& line, const std::string& origin) {
  ObjectReader reader(line, origin, "$");
  Comparison result;
  KE_TRY(result.trial.kernel, reader.text("kernel"));
  KE_TRY(const int64_t percent, reader.integer("percent"));
  result.trial.percent = static_cast<int>(percent);
  KE_TRY(const std::string verdict, reader.text("verdict"));
  KE_TRY(result.verdict, outcome_from(verdict));
  KE_TRY(result.seconds, reader.number("seconds"));
  KE_TRY(result.timed_s, reader.number("timed_s"));
  KE_TRY(result.load, reader.number("load"));
  const Json* launches = reader.get("ns");
  if (launches == nullptr || !launches->is_array())
    return reader.error_at("ns", "expected an array of launches");
  for (const Json& launch : *launches) {
    result.launches.emplace_back();
    for (size_t i = 0; i + 1 < launch.size(); i += 2) {
      result.launches.back().push_back({launch[i].get<double>() * 1e-9, launch[i + 1].get<double>() * 1e-9});
    }
  }
  KE_DO(reader.finish());
  return result;
}

Result<Arena::Corner*> Arena::corner(const std::string& kernel) {
  Corner& corner = corners_[kernel];
  if (corner.judge) return &corner;
  EvaluateOptions options;
  options.state_dir = state_dir_;
  KE_TRY(corner.judge, open_judge(noise_operator(kernel), noise_subject(kernel, 0), options));
  Pool& pool = corner.judge->exam.workloads.front();
  const BenchOptions plan = bench_options(*corner.judge, Effort::decide, nullptr);
  KE_DO(calibrate(corner.judge->op, pool, corner.judge->program, kSpare, plan, corner.judge->ledger));
  // Inputs, poison and checks cost many times what is timed, so batches are as short as hand-shakes allow,
  // and every launch has inputs for all its pairs.
  const double batch_s = std::max(kShortestBatch_s, kShakesPerBatch * pool.overhead_s);
  const int wanted = static_cast<int>(std::ceil(batch_s / pool.call_s));
  const int64_t sets = int64_t{kPairsPerLaunch} * std::min(pool.batch, wanted);
  if (sets * case_bytes(corner.judge->op, pool.axes) <= kSmallPool) {
    Random random(secret_seed());
    const int missing = static_cast<int>(sets) - static_cast<int>(pool.cases.size());
    KE_DO(add_cases(pool, *corner.judge->reference, InputStyle::typical, std::max(0, missing), random));
  }
  const int most = std::max(1, static_cast<int>(pool.cases.size()) / kPairsPerLaunch);
  pool.batch = std::clamp(std::min(pool.batch, wanted), 1, most);
  return &corner;
}

Result<const Program*> Arena::program(Corner& corner, const Trial& trial) {
  JudgeState& judge = *corner.judge;
  const auto found = corner.programs.find(trial.percent);
  if (found != corner.programs.end()) return &found->second;
  const Subject subject = noise_subject(trial.kernel, trial.percent);
  const std::string folder = judge.folders->path_of(judge.op, subject);
  KE_DO(judge.folders->write(folder, judge.op, judge.baseline, subject));
  KE_TRY(const Product product, judge.folders->build(folder, judge.op, subject, Role::kernel));
  if (!product.built) return Error{ErrorCode::tool, trial.kernel + " does not build: " + product.failure};
  Program made = program_of(product, subject.recipe, Role::kernel);
  double seconds = 0;
  KE_DO(judge.folders->relink(folder, judge.op, subject, made, seconds));
  return &corner.programs.emplace(trial.percent, std::move(made)).first->second;
}

Result<Comparison> Arena::compare(const Trial& trial) {
  KE_TRY(Corner* const where, corner(trial.kernel));
  KE_TRY(const Program* const baseline, program(*where, trial));
  KE_TRY(const Program* const candidate, program(*where, {trial.kernel, 0}));
  BenchOptions plan = bench_options(*where->judge, Effort::decide, nullptr);
  plan.rule = rule_under_test();
  plan.pairs_per_block = kPairsPerLaunch;
  // Nothing but the verdict and the number of pairs ends a comparison.
  plan.budget_s = plan.wall_s = plan.block_s = 60;
  plan.useful_units = 0;
  Comparison result;
  result.trial = trial;
  result.load = runnable();
  const double start_s = now_s();
  KE_TRY(const BenchResult seen, bench(where->judge->op, where->judge->exam.workloads.front(), *baseline,
                                       *candidate, plan, where->judge->ledger));
  result.seconds = now_s() - start_s - seen.lock_wait_s;
  result.verdict = seen.finding ? seen.finding->outcome : seen.speedup.verdict;
  result.launches = seen.launches;
  const int batch = where->judge->exam.workloads.front().batch;
  for (const auto& launch : seen.launches) {
    for (const TimedPair& pair : launch) result.timed_s += batch * (pair.baseline_s + pair.candidate_s);
  }
  return result;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// How noisy is this machine, and what can it tell apart?
#include "ke-build/evaluate/noise.h"

#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/machine.h"
#include "ke-build/base/stats.h"
#include "ke-build/base/text.h"
#include "ke-build/commands/command.h"
#include "ke-build/evaluate/machine_dir.h"
#include "ke-build/evaluate/noise_kernels.h"
#include "ke-build/evaluate/sentinel.h"
#include "ke-build/model/codec.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <memory>
#include <optional>

namespace ke {
namespace {

constexpr int kTrials = 400;
constexpr double kEffects[] = {0, 0.01, 0.02, 0.05, 0.1};

struct NoiseArguments {
  std::string seconds = "10s";
};

struct Mode {
  const char* name;
  DecisionRule rule;
};

Json spread_of(const NoiseSamples& samples) {
  std::vector<double> pairs, launches;
  for (const auto& launch : samples.launches) {
    if (launch.empty()) continue;
    pairs.insert(pairs.end(), launch.begin(), launch.end());
    launches.push_back(median(launch));
  }
  return {{"pairs", pairs.size()},
          {"launches", launches.size()},
          {"pair_spread", mad(pairs)},
          {"launch_spread", mad(launches)}};
}

Json row_of(const NoiseSamples& samples, const Mode& mode, Random& random) {
  Json effects = Json::array();
  for (const double effect : kEffects) {
    const Detection seen = detection(samples, mode.rule, effect, kTrials, random);
    effects.push_back({{"effect", effect},
                       {"faster", seen.found},
                       {"slower", seen.wrong},
                       {"pairs", seen.pairs},
                       {"seconds", seen.seconds}});
  }
  return {{"mode", mode.name},
          {"minimum_detectable_effect", minimum_detectable_effect(samples, mode.rule, kTrials, random)},
          {"effects", effects}};
}

std::string text_of(const Json& kernel) {
  std::string text = fmt::format(
      "{}: {:.3g} us per call; pairs spread by {:.1f} %, launches by {:.1f} % ({} pairs in {} launches)\n",
      kernel.at("kernel").get<std::string>(), 1e6 * kernel.at("call_s").get<double>(),
      100 * kernel.at("pair_spread").get<double>(), 100 * kernel.at("launch_spread").get<double>(),
      kernel.at("pairs").get<int>(), kernel.at("launches").get<int>());
  for (const Json& mode : kernel.at("modes")) {
    const double least = mode.at("minimum_detectable_effect");
    text += fmt::format("  {:<8} {}\n", mode.at("mode").get<std::string>(),
                        least > 0 ? fmt::format("finds {:.1f} % in 95 of 100 cases", 100 * least)
                                  : std::string("finds nothing reliably"));
    for (const Json& effect : mode.at("effects")) {
      const double size = effect.at("effect"), faster = effect.at("faster"), slower = effect.at("slower");
      if (size == 0) {
        text += fmt::format("    equal versions: {:.1f} % called faster, {:.1f} % slower\n", 100 * faster,
                            100 * slower);
      } else {
        text += fmt::format("    {:>4.0f} % faster: found in {:>3.0f} of 100, {:.0f} pairs, {:.2f} s\n",
                            100 * size, 100 * faster, effect.at("pairs").get<double>(),
                            effect.at("seconds").get<double>());
      }
    }
  }
  return text;
}

Result<int> noise(const NoiseArguments& arguments, const SharedOptions& shared) {
  KE_TRY(const double seconds, seconds_from(arguments.seconds));
  std::optional<TempDir> scratch;
  std::string state_dir = shared.build_dir.empty() ? "" : join(shared.build_dir, "ke");
  if (state_dir.empty()) {
    KE_TRY(scratch, TempDir::make("ke-noise"));
    state_dir = scratch->path();
  }
  EvaluateOptions options;
  options.state_dir = state_dir;
  options.machine_dir = machine_dir(state_dir);
  const Mode modes[] = {
      {"screen", DecisionRule::make(options.alpha, 0, 0.05, 200, DecisionRule::Unit::pairs)},
      {"decide", DecisionRule::make(options.alpha, 0, options.noninferiority, 1000,
                                    DecisionRule::Unit::block_medians)}};
  Random random(shared.seed);
  const ProcessorTicks begun = processor_ticks();
  Json document{{"version", kCodecVersion}, {"alpha", options.alpha}, {"kernels", Json::array()}};
  if (shared.dry_run) {
    log_info(fmt::format("would measure {} against themselves for {:.0f} s each",
                         join_texts(noise_kernels(), ", "), seconds));
    return 0;
  }
  for (const std::string& kernel : noise_kernels()) {
    if (!shared.quiet) log_progress(fmt::format("{}: measured against itself for {:.0f} s", kernel, seconds));
    KE_TRY(const NoiseSamples samples, measure_noise(kernel, options, seconds));
    Json row = spread_of(samples);
    row["kernel"] = kernel;
    row["call_s"] = samples.call_s;
    row["pair_s"] = samples.pair_s;
    row["modes"] = Json::array();
    for (const Mode& mode : modes) row["modes"].push_back(row_of(samples, mode, random));
    if (!shared.json) KE_DO(print_text(text_of(row)));
    document["kernels"].push_back(std::move(row));
  }
  KE_TRY(const SentinelHistory history, sentinel_history(options.machine_dir));
  document["environment"] = environment_text(begun);
  document["sentinels"] = {{"measured", history.measured},
                           {"alarms", history.alarms},
                           {"alarm_rate_at_most", history.measured > 0 ? history.alarm_rate.high : 1},
                           {"minimum_detectable_effect", history.detectable}};
  if (!shared.json)
    KE_DO(print_text("sessions so far: " + history.text() + "\n" +
                     document["environment"].get<std::string>() + "\n"));
  if (!scratch) KE_DO(write_file(join(state_dir, "noise.json"), to_line(document) + "\n"));
  if (shared.json) KE_DO(print_json(document));
  return 0;
}

}  // namespace

Action attach_noise(CLI::App& app, SharedOptions& shared) {
  auto arguments = std::make_shared<NoiseArguments>();
  app.add_option("--seconds", arguments->seconds, "how long each of the three kernels is measured (10s)");
  return [arguments, &shared]() -> Result<int> { return noise(*arguments, shared); };
}

}  // namespace ke

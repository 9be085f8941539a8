// SPDX-License-Identifier: MIT
// How good is the search itself? Runs it on recorded tuning spaces, beside what another tuner reached on
// them.
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/commands/command.h"
#include "ke-build/model/codec.h"
#include "ke-build/search/space/recorded_bench.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <thread>

namespace ke {
namespace {

struct BenchSearchArguments {
  std::string folder, policy = "model", warm = "none", reference;
  std::vector<int64_t> budgets = {20, 50, 100, 200};
  std::vector<std::string> only;
  int seeds = 30, threads = 0;
};

Result<RecordedBenchOptions> bench_options(const BenchSearchArguments& arguments,
                                           const SharedOptions& shared) {
  RecordedBenchOptions options;
  KE_TRY(options.policy, space_policy_named(arguments.policy));
  KE_TRY(options.warm, warm_named(arguments.warm));
  const auto sound = [](int64_t budget) { return budget >= 1 && budget <= 100000; };
  if (!std::all_of(arguments.budgets.begin(), arguments.budgets.end(), sound))
    return Error{ErrorCode::usage,
                 "--budgets: expected numbers of evaluations from 1 to 100000, e.g. 20,50,100"};
  if (arguments.seeds < 1 || arguments.seeds > 10000)
    return Error{ErrorCode::usage, fmt::format("--seeds is {}, expected 1 to 10000", arguments.seeds)};
  options.budgets = arguments.budgets;
  std::sort(options.budgets.begin(), options.budgets.end());
  options.budgets.erase(std::unique(options.budgets.begin(), options.budgets.end()), options.budgets.end());
  options.only = arguments.only;
  options.seeds = arguments.seeds;
  options.seed = shared.seed;
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  options.threads = arguments.threads > 0 ? arguments.threads : cores;
  if (!shared.quiet) {
    options.on_progress = [](int done, int total) {
      log_progress(fmt::format("{} of {} searches", done, total));
    };
  }
  return options;
}

Json paired_json(const Paired& paired) {
  return {{"quality", paired.cold},
          {"difference", paired.difference},
          {"low", paired.interval.low},
          {"high", paired.interval.high}};
}

Json recorded_row_json(const RecordedRow& row, const std::vector<RecordedDuel>& duels,
                       const ReferenceTable& reference) {
  Json json{{"space", row.space},     {"track", row.track},     {"budget", row.budget},
            {"quality", row.quality}, {"p_score", row.p_score}, {"sources", row.sources}};
  if (row.paired) json["cold"] = paired_json(*row.paired);
  for (const RecordedDuel& duel : duels) {
    if (duel.budget != row.budget) continue;
    const auto& scores = reference.scores.at({duel.budget, duel.strategy});
    if (const auto found = scores.find(row.space); found != scores.end()) {
      json["reference"] = {{"strategy", duel.strategy},
                           {"quality", found->second.quality},
                           {"p_score", found->second.p_score}};
    }
  }
  return json;
}

Json recorded_document(const BenchSearchArguments& arguments, const RecordedBench& bench,
                       const std::vector<RecordedDuel>& duels, const ReferenceTable& reference) {
  Json document{{"version", kCodecVersion}, {"folder", arguments.folder}, {"policy", arguments.policy},
                {"warm", arguments.warm},   {"seeds", arguments.seeds},   {"step_ms", bench.step_ms},
                {"rows", Json::array()},    {"means", Json::array()},     {"reference", Json::array()}};
  for (const RecordedRow& row : bench.rows)
    document["rows"].push_back(recorded_row_json(row, duels, reference));
  for (const RecordedMean& mean : bench.means) {
    document["means"].push_back({{"budget", mean.budget},
                                 {"quality", mean.quality},
                                 {"low", mean.interval.low},
                                 {"high", mean.interval.high},
                                 {"p_score", mean.p_score}});
    if (mean.paired) document["means"].back()["cold"] = paired_json(*mean.paired);
  }
  for (const RecordedDuel& duel : duels) {
    document["reference"].push_back({{"budget", duel.budget},
                                     {"strategy", duel.strategy},
                                     {"spaces", duel.spaces},
                                     {"wins", duel.wins},
                                     {"quality", duel.quality},
                                     {"p_score", duel.p_score},
                                     {"reference_quality", duel.reference},
                                     {"reference_p_score", duel.reference_p},
                                     {"difference", duel.difference},
                                     {"low", duel.interval.low},
                                     {"high", duel.interval.high}});
  }
  return document;
}

// Of a row or a mean on a warm track.
std::string against_cold(const Json& row) {
  if (!row.contains("cold")) return "";
  const Json& cold = row.at("cold");
  return fmt::format("   cold {:.4f}, difference {:+.4f} [{:+.4f}, {:+.4f}]",
                     cold.at("quality").get<double>(), cold.at("difference").get<double>(),
                     cold.at("low").get<double>(), cold.at("high").get<double>());
}

std::string recorded_table(const Json& document) {
  std::string text = fmt::format("{:<40} {:<13} {:>6} {:>8} {:>8}   {}\n", "space", "track", "budget",
                                 "quality", "p_score", "reference");
  for (const Json& row : document.at("rows")) {
    text += fmt::format("{:<40} {:<13} {:>6} {:>8.4f} {:>8.4f}", row.at("space").get<std::string>(),
                        row.at("track").get<std::string>(), row.at("budget").get<int64_t>(),
                        row.at("quality").get<double>(), row.at("p_score").get<double>());
    text += against_cold(row);
    if (row.contains("reference")) {
      const Json& other = row.at("reference");
      text += fmt::format("   {:.4f} {:>7.4f} {}", other.at("quality").get<double>(),
                          other.at("p_score").get<double>(), other.at("strategy").get<std::string>());
    }
    text += '\n';
  }
  text += "\nmean over all spaces, 95 % interval over spaces\n";
  for (const Json& mean : document.at("means")) {
    text += fmt::format("  {:>6} evaluations: quality {:.4f} [{:.4f}, {:.4f}], p_score {:.4f}{}\n",
                        mean.at("budget").get<int64_t>(), mean.at("quality").get<double>(),
                        mean.at("low").get<double>(), mean.at("high").get<double>(),
                        mean.at("p_score").get<double>(), against_cold(mean));
  }
  if (!document.at("reference").empty())
    text += "\nagainst the best strategy of the reference at each budget\n";
  for (const Json& duel : document.at("reference")) {
    text += fmt::format(
        "  {:>6} evaluations: {:.4f} against {:.4f} ({}), difference {:+.4f} [{:+.4f}, {:+.4f}], "
        "better on {} of {} spaces\n",
        duel.at("budget").get<int64_t>(), duel.at("quality").get<double>(),
        duel.at("reference_quality").get<double>(), duel.at("strategy").get<std::string>(),
        duel.at("difference").get<double>(), duel.at("low").get<double>(), duel.at("high").get<double>(),
        duel.at("wins").get<int>(), duel.at("spaces").get<int>());
  }
  return text +
         fmt::format("\nthe engine takes {:.2f} ms per evaluation\n", document.at("step_ms").get<double>());
}

Result<int> bench_search(const BenchSearchArguments& arguments, const SharedOptions& shared) {
  set_log_level(shared.quiet ? LogLevel::quiet : shared.verbose ? LogLevel::debug : LogLevel::info);
  KE_TRY(const RecordedBenchOptions options, bench_options(arguments, shared));
  ReferenceTable reference;
  if (!arguments.reference.empty()) {
    KE_TRY(const std::string text, read_file(arguments.reference));
    KE_TRY(reference, parse_reference(text, arguments.reference));
  }
  KE_TRY(const auto recordings, read_recordings(arguments.folder));
  if (shared.dry_run) {
    log_info(fmt::format("would run {} searches of {} evaluations on {} spaces",
                         arguments.seeds * recordings.size(), options.budgets.back(), recordings.size()));
    return 0;
  }
  KE_TRY(const RecordedBench bench, bench_recorded(recordings, options));
  const Json document = recorded_document(arguments, bench, duel(bench.rows, reference), reference);
  KE_DO(shared.json ? print_json(document) : print_text(recorded_table(document)));
  return 0;
}

}  // namespace

Action attach_bench_search(CLI::App& app, SharedOptions& shared) {
  auto arguments = std::make_shared<BenchSearchArguments>();
  app.add_option("folder", arguments->folder, "recorded spaces: <kernel>-<device>.csv or .csv.gz")
      ->required();
  app.add_option("--budgets", arguments->budgets, "evaluations, e.g. 20,50,100,200 (the default)")
      ->delimiter(',');
  app.add_option("--only", arguments->only, "search these spaces only, e.g. gemm-A100,conv-A100")
      ->delimiter(',');
  app.add_option("--seeds", arguments->seeds, "searches per space (default 30)");
  app.add_option("--policy", arguments->policy, "model (default), evolutionary, annealing or random");
  app.add_option(
      "--warm", arguments->warm,
      "what is known before: none (default), devices (the kernel on all other devices) or kernels (all "
      "other kernels)");
  app.add_option("--reference", arguments->reference, "scores of another tuner on the same spaces, as CSV");
  app.add_option("--threads", arguments->threads, "searches at a time (default: one per core)");
  return [arguments, &shared]() -> Result<int> { return bench_search(*arguments, shared); };
}

}  // namespace ke

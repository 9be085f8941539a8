// SPDX-License-Identifier: MIT
#include "ke-build/search/search.h"

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/search/parts.h"
#include "ke-build/search/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace ke {
namespace {

constexpr double kAtTheFloor = 0.95;  // share of the measured ceiling beyond which nothing is left to gain

Result<std::vector<std::unique_ptr<Synthesizer>>> chosen_synthesizers(const std::vector<std::string>& names) {
  auto all = make_synthesizers();
  if (names.empty()) return all;
  std::vector<std::string> known;
  for (const auto& synthesizer : all) known.push_back(synthesizer->name());
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Error{ErrorCode::usage, fmt::format("unknown synthesizer '{}'{}; there are {}", name,
                                                 suggestion(name, known), join_texts(known, ", "))};
    }
  }
  std::erase_if(all, [&](const auto& synthesizer) {
    return std::find(names.begin(), names.end(), synthesizer->name()) == names.end();
  });
  return all;
}

bool at_the_floor(const Run& run) {
  const std::vector<Diagnosis>& diagnoses = run.tree.at(run.tree.incumbent()).evaluation.diagnoses;
  return !diagnoses.empty() &&
         std::all_of(diagnoses.begin(), diagnoses.end(),
                     [](const Diagnosis& diagnosis) { return diagnosis.efficiency >= kAtTheFloor; });
}

// No progress for as many evaluations as it took to get here, and for many.
bool stalled(const Run& run) {
  const int64_t last = run.tree.last_progress();
  return static_cast<int64_t>(run.tree.nodes().size()) - last > std::max(run.options.stall, last);
}

// Why screening ends now; empty: it goes on.
std::string stop_reason(const Run& run) {
  // Half of a typical evaluation is not worth starting one: it would eat into the reserve. Where that is just
  // what confirming the leader takes, a whole one is not.
  const double typical_s = run.screened > 0 ? run.screening_s / static_cast<double>(run.screened) : 0;
  const double needed_s =
      run.clock.expected_confirmation_s() > 0 ? typical_s : std::min(0.5 * typical_s, 5.0);
  if (run.out_of_time || run.clock.screening_left_s() <= needed_s) return "seconds";
  if (run.clock.screening_left(run.session.evaluations) <= 0) return "evaluations";
  if (run.clock.screening_device_left_s(device_spent_s(run)) <= 0) return "device";
  if (at_the_floor(run)) return "floor";
  return stalled(run) ? "stalled" : "";
}

bool looks_on_target(const Run& run) {
  const int64_t incumbent = run.tree.incumbent();
  return run.options.target > 0 && incumbent != 1 && incumbent != run.session.best &&
         merit(run.tree.at(incumbent).evaluation) >= run.options.target;
}

// Screens until something stops it. A node that seems to reach the target is confirmed at once.
Result<std::string> grow(Run& run) {
  for (;;) {
    reserve_for_leader(run);
    if (looks_on_target(run)) {
      KE_DO(confirm_winner(run));
      const int64_t best = run.session.best;
      if (best != 0 && run.tree.at(best).evaluation.speedup >= run.options.target)
        return std::string("target");
    }
    if (std::string reason = stop_reason(run); !reason.empty()) return reason;
    KE_TRY(const bool tried, screen_next(run));
    if (!tried && !run.out_of_time) return std::string("exhausted");
  }
}

}  // namespace

Result<SearchResult> run_search(const Operator& op, const Subject& baseline, Evaluator& evaluator,
                                Store& store, const SearchOptions& options,
                                std::vector<std::unique_ptr<Synthesizer>> synthesizers) {
  // An unfinished session of this very operator goes on; otherwise a new one begins with the baseline as its
  // root.
  KE_TRY(Run run, open_run(op, baseline, evaluator, store, options, std::move(synthesizers)));
  std::string stopped_by;
  do {
    // The tree grows until a part of the budget is left that confirming needs.
    KE_TRY(stopped_by, grow(run));
    // The fastest nodes are measured properly, the winner is confirmed. What that takes less than expected is
    // searched.
    if (stopped_by != "target") KE_DO(confirm_winner(run));
    reserve_for_leader(run);
  } while (stopped_by == "seconds" && stop_reason(run).empty());
  run.session.state = "finished";
  run.session.stopped_by = stopped_by;
  run.session.finished = utc_now();
  KE_DO(save_session(run));
  SearchResult result{run.session, run.tree.at(1), {}, run.unconfirmed};
  if (run.session.best != 0) result.best = run.tree.at(run.session.best);
  return result;
}

Result<> check_parts(const SearchOptions& options) {
  KE_TRY([[maybe_unused]] const auto synthesizers, chosen_synthesizers(options.synthesizers));
  KE_TRY([[maybe_unused]] const auto without, parts_from(options.without));
  return ok();
}

Result<OperatorHold> hold_operator(const Store& store, const std::string& op) {
  if (store.path() == ":memory:") return OperatorHold();
  const std::string folder = std::filesystem::path(store.path()).parent_path().string();
  // A killed search may still be on its way out.
  const std::string path = join(folder.empty() ? "." : folder, "locks/search-" + short_hash(op) + ".lock");
  auto lock = FileLock::acquire(path, 2);
  if (!lock) {
    Error error = std::move(lock.error());
    if (error.code == ErrorCode::conflict) {
      error.message = fmt::format(
          "operator {} is being searched by another process; wait for it or stop it ({})", op, error.message);
    }
    return error;
  }
  return OperatorHold{*std::move(lock)};
}

Result<SearchResult> search(const OperatorHold&, const Operator& op, const Subject& baseline,
                            Evaluator& evaluator, Store& store, const SearchOptions& options) {
  KE_TRY(auto synthesizers, chosen_synthesizers(options.synthesizers));
  SearchOptions named = options;
  KE_TRY(named.without, parts_from(options.without));
  return run_search(op, baseline, evaluator, store, named, std::move(synthesizers));
}

}  // namespace ke

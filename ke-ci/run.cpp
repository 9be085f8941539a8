// SPDX-License-Identifier: MIT
#include "ke-ci/run.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/base/stats.h"
#include "ke-build/base/text.h"
#include "ke-build/model/spec.h"
#include "ke-ci/propose/build.h"
#include "ke-ci/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace ke {
namespace {

/// Everything that makes two runs the same run; another key means that the journal is of no use.
std::string key_of(const Project& project, const RunOptions& options, const Change& change) {
  const SearchOptions& search = options.pipeline.search;
  std::string text =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", change.base, change.head, search.budget.seconds,
                  search.budget.evaluations, search.budget.device_s, search.seed, search.policy,
                  search.clean_slate, join_texts(search.without, ","));
  for (const OperatorChange& op : change.operators) {
    if (!op.affected) continue;
    const auto registration = find_registration(project, op.name);
    if (!registration) continue;
    text += op.name + " " + sha256(read_file(registration->spec).value_or(""));
    for (const std::string& source : registration->sources)
      text += " " + token_hash(read_file(source).value_or(""));
    text += "\n";
  }
  return short_hash(text);
}

/// A session of this run that ended, but whose end the journal did not see any more.
std::optional<Session> orphan(Store& store, const std::string& op, const Journal& journal) {
  if (!journal.resumed()) return std::nullopt;
  const auto sessions = store.sessions(op);
  if (!sessions || sessions->empty()) return std::nullopt;
  const Session& newest = sessions->front();
  if (newest.state != "finished" || newest.started < journal.started()) return std::nullopt;
  return newest;
}

void copy_figures(const ReportData& report, RunEntry& entry) {
  entry.speedup = report.result.speedup;
  // An interval may be open; JSON has no infinity.
  entry.low = std::isfinite(report.result.low) ? report.result.low : 0;
  entry.high = std::isfinite(report.result.high) ? report.result.high : 0;
  entry.worst = entry.speedup;
  for (const Speedup& row : report.result.speedups) entry.worst = std::min(entry.worst, row.ratio);
  double weight = 0, sum = 0;
  for (const Diagnosis& after : report.after) {
    sum += after.efficiency;
    weight += 1;
  }
  if (weight > 0) entry.efficiency = sum / weight;
  if (!report.after.empty()) entry.bound = name_of(report.after.front().bound);
}

/// One changed operator from search to proposal.
class OperatorRun {
 public:
  OperatorRun(const Project& project, const RunOptions& options, Forge* forge, Store& store,
              const Journal& journal)
      : project_(project), options_(options), forge_(forge), store_(store), journal_(journal) {}

  Result<> work(RunEntry& entry) {
    KE_TRY(const auto registration, find_registration(project_, entry.op));
    KE_TRY(const auto op, read_spec(registration));

    // Search, which evaluates and learns; a session of this run that had ended already is taken as it is.
    KE_TRY(const auto session, searched(registration, entry.op));
    entry.session = session.id;
    entry.evaluations = session.evaluations;
    entry.learned = session.learned.on;
    entry.learned_why = session.learned.why;
    const auto inconclusive = session.outcomes.find(name_of(Outcome::noisy));
    if (inconclusive != session.outcomes.end()) entry.inconclusive = inconclusive->second;
    entry.ledger = session.ledger;
    KE_TRY(auto report, load_report(store_, session.id, op, project_.repository));
    if (session.best == 0) {
      entry.state = "no winner";
      const auto faster = session.outcomes.find(name_of(Outcome::faster));
      const int64_t seemed = faster == session.outcomes.end() ? 0 : faster->second;
      entry.note = (session.evaluations == 0 ? "no candidate was evaluated, give it more; "
                    : seemed > 0             ? fmt::format("{} seemed faster, none was confirmed; ", seemed)
                                             : "nothing faster was found; ") +
                   stop_clause(session.stopped_by);
      return write_report(report, entry);
    }

    // Propose what a clean clone confirms.
    auto proposal = propose({project_, registration, op, report}, forge_, store_, options_.propose);
    if (!proposal) {
      (void)write_report(report, entry);
      return std::move(proposal).error();
    }
    entry.state = name_of(proposal->state);
    entry.note = proposal->reason;
    entry.commit = proposal->commit;
    entry.url = proposal->url;
    entry.branch = proposal->commit.empty() ? "" : proposal->branch;
    // An unchanged request was validated when it was made.
    entry.validated = proposal->state == ProposalState::unchanged ||
                      (proposal->report.validation && proposal->report.validation->passed);
    copy_figures(proposal->report, entry);
    return write_report(proposal->report, entry);
  }

 private:
  Result<Session> searched(const Registration& registration, const std::string& op) {
    if (auto ended = orphan(store_, op, journal_)) return *ended;
    KE_TRY(auto outcome, run_session(project_, registration, options_.pipeline));
    end_progress();
    return outcome.result.session;
  }

  Result<> write_report(const ReportData& report, RunEntry& entry) {
    entry.report = join(options_.report_dir, entry.op + ".html");
    return write_file(entry.report, html_report(report));
  }

  const Project& project_;
  const RunOptions& options_;
  Forge* forge_;
  Store& store_;
  const Journal& journal_;
};

void summarize(RunResult& result) {
  std::vector<double> ratios;
  for (const RunEntry& entry : result.entries) {
    if (is_success(entry) && entry.speedup > 0) ratios.push_back(entry.speedup);
  }
  result.geomean_speedup = ratios.empty() ? 1 : geometric_mean(ratios);
}

Result<> write_index(const Project& project, const RunOptions& options, RunResult& result) {
  IndexData index;
  index.repository = project.repository.substr(project.repository.rfind('/') + 1);
  index.base = result.change.base;
  index.head = result.change.head;
  index.generated = utc_now();
  index.geomean_speedup = result.geomean_speedup;
  index.seconds = result.seconds;
  KE_TRY(const auto store, Store::open(options.pipeline.store_path));
  for (const RunEntry& entry : result.entries) {
    IndexRow row{
        entry.op,     entry.state,      entry.note,     entry.report.empty() ? "" : entry.op + ".html",
        entry.branch, entry.session,    entry.speedup,  entry.low,
        entry.high,   entry.efficiency, Bound::unknown, entry.evaluations};
    for (const Bound bound :
         {Bound::memory, Bound::compute, Bound::latency, Bound::launch, Bound::frontend}) {
      if (entry.bound == name_of(bound)) row.bound = bound;
    }
    index.ledger += entry.ledger;
    if (const auto session = store->session(entry.session)) {
      index.hardware = session->hardware;
      index.compiler = session->compiler;
    }
    index.rows.push_back(std::move(row));
  }
  result.index = join(options.report_dir, "index.html");
  return write_file(result.index, html_index(index));
}

}  // namespace

Result<RunResult> plan_run(const Project& project, const RunOptions& options) {
  RunResult result;
  for (const std::string& name : options.operators) {
    KE_TRY([[maybe_unused]] const auto known, find_registration(project, name));
  }
  KE_TRY(result.change, detect(project, {options.base, "", join(project.build_dir, "ke/detect.cache")}));
  for (const OperatorChange& op : result.change.operators) {
    const bool wanted =
        options.operators.empty() ||
        std::find(options.operators.begin(), options.operators.end(), op.name) != options.operators.end();
    if (!op.affected || !wanted) continue;
    if (!find_registration(project, op.name)) {
      log_info(reason_text(op) + ": nothing is left to search");
      continue;
    }
    if (options.max_operators > 0 && result.entries.size() >= options.max_operators) {
      result.skipped.push_back(op.name);
      continue;
    }
    RunEntry entry;
    entry.op = op.name;
    entry.reason = reason_text(op);
    entry.state = "planned";
    result.entries.push_back(std::move(entry));
  }
  return result;
}

Result<RunResult> execute_run(const Project& project, const RunOptions& options, Forge* forge) {
  const double start_s = now_s();
  KE_DO(make_dirs(join(project.build_dir, "ke")));
  auto lock = FileLock::acquire(join(project.build_dir, "ke/run.lock"), 1);
  if (!lock) return std::move(lock).error().note("another ke-ci works in this build folder");

  // Detect: which operators does the range change, and why?
  KE_TRY(RunResult result, plan_run(project, options));
  Journal journal =
      Journal::open(join(project.build_dir, "ke/run.json"), key_of(project, options, result.change));
  result.id = journal.id();
  if (journal.resumed()) log_info("taking up the run that was interrupted");
  KE_TRY(const auto store, Store::open(options.pipeline.store_path));

  for (RunEntry& entry : result.entries) {
    if (auto done = journal.finished(entry.op)) {
      log_info(fmt::format("{}: done before the interruption: {}", entry.op, done->state));
      entry = *std::move(done);
      continue;
    }
    log_info("changed: " + entry.reason);
    OperatorRun work(project, options, forge, *store, journal);
    if (auto worked = work.work(entry); !worked) {
      entry.state = "failed";
      entry.note = worked.error().message;
      end_progress();
      log_warn(fmt::format("{}: {}", entry.op, entry.note));
      continue;  // not in the journal: the next run tries again
    }
    end_progress();
    log_info(fmt::format("{}: {}{}: {}", entry.op, entry.state,
                         entry.speedup > 0 ? fmt::format(" {:.2f}x", entry.speedup) : "", entry.note));
    KE_DO(journal.finish(entry));
  }

  // One page over all of them.
  summarize(result);
  result.seconds = now_s() - start_s;
  KE_DO(write_index(project, options, result));
  const bool complete = std::none_of(result.entries.begin(), result.entries.end(),
                                     [](const RunEntry& e) { return e.state == "failed"; });
  if (complete) KE_DO(journal.close());
  remove_scratch(options.propose.scratch_dir);
  return result;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/model/codec.h"
#include "ke-build/model/spec.h"
#include "ke-ci/commands.h"
#include "ke-ci/propose/build.h"
#include "ke-ci/report/report.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace ke {
namespace {

struct ProposeArguments {
  std::vector<std::string> operators;
  std::string session, report;
  ProposeFlags propose;
};

/// The newest finished session with a winner. ERRORS: not_found.
Result<Session> winning_session(Store& store, const std::string& op, const std::string& id) {
  if (!id.empty()) {
    KE_TRY(auto session, store.session(id));
    if (session.op != op || session.best == 0)
      return Error{ErrorCode::usage, fmt::format("session {} is of {} and {}", id, session.op,
                                                 session.best ? "has a winner" : "has no winner")};
    return session;
  }
  KE_TRY(const auto sessions, store.sessions(op));
  for (const Session& session : sessions) {
    if (session.state == "finished" && session.best != 0) return session;
  }
  return Error{ErrorCode::not_found,
               fmt::format("no session of {} has a winner yet; run `ke-build search {}` first", op, op)};
}

Json json_of(const std::string& op, const Proposal& proposal) {
  Json json = {{"operator", op},
               {"state", name_of(proposal.state)},
               {"reason", proposal.reason},
               {"branch", proposal.branch},
               {"commit", proposal.commit},
               {"url", proposal.url},
               {"session", proposal.report.session.id}};
  const bool passed = proposal.report.validation && proposal.report.validation->passed;
  json["validated"] = proposal.state == ProposalState::unchanged || passed;
  json["result"] = to_json(proposal.report.result);
  Json steps = Json::array();
  if (proposal.report.validation) {
    for (const ValidationStep& step : proposal.report.validation->steps) {
      steps.push_back(
          {{"name", step.name}, {"passed", step.passed}, {"detail", step.detail}, {"seconds", step.seconds}});
    }
  }
  json["steps"] = steps;
  return json;
}

Result<Proposal> propose_one(const Project& project, const Registration& registration, Store& store,
                             Forge* forge, const ProposeOptions& options, const ProposeArguments& command) {
  KE_TRY(const auto op, read_spec(registration));
  KE_TRY(const auto session, winning_session(store, registration.name, command.session));
  KE_TRY(auto report, load_report(store, session.id, op, project.repository));
  KE_TRY(auto proposal, propose({project, registration, op, std::move(report)}, forge, store, options));
  const std::string folder =
      canonical(command.report.empty() ? join(project.build_dir, "ke/report") : command.report);
  KE_DO(write_file(join(folder, registration.name + ".html"), html_report(proposal.report)));
  return proposal;
}

/// With names: those. Without: every operator whose newest sessions hold a winner.
Result<std::vector<Registration>> chosen(const Project& project, Store& store,
                                         const ProposeArguments& options) {
  KE_TRY(auto registrations, select_operators(project, options.operators));
  if (!options.operators.empty()) return registrations;
  std::vector<Registration> winners;
  for (Registration& registration : registrations) {
    if (winning_session(store, registration.name, "")) winners.push_back(std::move(registration));
  }
  if (winners.empty())
    return Error{ErrorCode::not_found,
                 "no session has a winner yet; run `ke-build search OPERATOR` or `ke-ci run` first"};
  return winners;
}

}  // namespace

Action attach_propose(CLI::App& app, SharedOptions& shared) {
  auto options = std::make_shared<ProposeArguments>();
  app.add_option("operators", options->operators,
                 "operators whose winners are proposed (default: all that have one)");
  app.add_option("--session", options->session,
                 "the session that holds the winner (default: the newest that has one)");
  app.add_option("--report", options->report, "folder of the HTML reports (default <build>/ke/report)");
  add_propose_flags(app, options->propose);
  return [options, &shared]() -> Result<int> {
    KE_TRY(const Project project, open_shared_project(shared));
    KE_TRY(const auto propose_with, propose_options(project, shared, options->propose));
    KE_TRY(const auto forge, forge_of(options->propose));
    KE_TRY(const auto store, open_store(project));
    KE_TRY(const auto registrations, chosen(project, *store, *options));
    auto lock = FileLock::acquire(join(project.build_dir, "ke/run.lock"), 1);
    if (!lock) return std::move(lock).error().note("another ke-ci works in this build folder");
    Json proposals = Json::array();
    bool refused = false;
    for (const Registration& registration : registrations) {
      KE_TRY(const auto proposal,
             propose_one(project, registration, *store, forge.get(), propose_with, *options));
      end_progress();
      log_info(fmt::format("{}: {}: {}", registration.name, name_of(proposal.state), proposal.reason));
      if (shared.explain && proposal.report.validation) {
        for (const ValidationStep& step : proposal.report.validation->steps)
          log_info(fmt::format("  {} {}: {}", step.passed ? "ok" : "no", step.name, step.detail));
      }
      refused |= proposal.state == ProposalState::rejected;
      proposals.push_back(json_of(registration.name, proposal));
    }
    remove_scratch(propose_with.scratch_dir);
    if (shared.json) KE_DO(print_json(Json{{"version", kCodecVersion}, {"proposals", proposals}}));
    return refused ? 1 : 0;
  };
}

}  // namespace ke

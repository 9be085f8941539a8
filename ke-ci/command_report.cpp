// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/log.h"
#include "ke-build/model/codec.h"
#include "ke-build/model/spec.h"
#include "ke-ci/commands.h"
#include "ke-ci/report/report.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace ke {
namespace {

struct ReportArguments {
  std::string what, out;
  bool markdown = false;
};

/// A session id, an operator name (its newest session), or nothing (the newest of all).
Result<Session> find_session(Store& store, const Project& project, const std::string& what) {
  if (!what.empty() && what.find('-') != std::string::npos) {
    if (auto session = store.session(what)) return session;
  }
  if (!what.empty()) {
    KE_TRY([[maybe_unused]] const auto known, find_registration(project, what));
  }
  KE_TRY(const auto sessions, store.sessions(what));
  if (!sessions.empty()) return sessions.front();
  return Error{
      ErrorCode::not_found,
      fmt::format("there is no session{} in this build folder; run `ke-build search` or `ke-ci run` first",
                  what.empty() ? "" : " of " + what)};
}

}  // namespace

Action attach_report(CLI::App& app, SharedOptions& shared) {
  auto options = std::make_shared<ReportArguments>();
  app.add_option("session", options->what, "session id or operator name (default: the newest session)");
  app.add_option("--out,-o", options->out, "file to write (default <build>/ke/report/OPERATOR.html)");
  app.add_flag("--markdown", options->markdown, "print the text of a pull request on stdout instead");
  return [options, &shared]() -> Result<int> {
    KE_TRY(const Project project, open_shared_project(shared));
    KE_TRY(const auto store, open_store(project));
    KE_TRY(const auto session, find_session(*store, project, options->what));
    KE_TRY(const auto registration, find_registration(project, session.op));
    KE_TRY(const auto op, read_spec(registration));
    KE_TRY(const auto report, load_report(*store, session.id, op, project.repository));
    if (options->markdown) {
      KE_DO(print_text(pull_request_body(report, "{}")));
      return 0;
    }
    const std::string path = canonical(
        options->out.empty() ? join(project.build_dir, "ke/report/" + session.op + ".html") : options->out);
    if (!shared.dry_run) KE_DO(write_file(path, html_report(report)));
    log_info((shared.dry_run ? "would write " : "wrote ") + path);
    if (shared.json)
      KE_DO(print_json(Json{
          {"version", kCodecVersion}, {"session", session.id}, {"operator", session.op}, {"report", path}}));
    else
      KE_DO(print_text(path + "\n"));
    return 0;
  };
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/commands/command.h"
#include "ke-build/commands/session_text.h"
#include "ke-build/model/codec.h"
#include "ke-build/project/cmake_cache.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>

namespace ke {
namespace {

constexpr size_t kFrontier = 10;

Result<int> show_all(Store& store, const SharedOptions& shared) {
  KE_TRY(const auto sessions, store.sessions());
  Json rows = Json::array();
  std::string text;
  for (const Session& session : sessions) {
    rows.push_back(to_json(session));
    text += fmt::format("{}  {:<20} {:<9} {:>4} evaluations  {}\n", session.id, session.op, session.state,
                        session.evaluations, session.best ? "winner" : "no winner");
  }
  if (shared.json)
    KE_DO(print_json({{"version", kCodecVersion}, {"sessions", rows}}));
  else
    KE_DO(print_text(text.empty() ? "no session yet\n" : text));
  return 0;
}

std::string node_line(const Node& node) {
  const std::string did = node.candidate.moves.empty() ? "baseline"
                                                       : node.candidate.moves.back().synthesizer + "/" +
                                                             node.candidate.moves.back().action + " " +
                                                             node.candidate.moves.back().detail;
  return fmt::format("{:>4} <- {:<4} {:<12} {:>6.2f}x  {:<16} {}\n", node.id, node.parent,
                     name_of(node.evaluation.outcome), node.evaluation.speedup, name_of(node.memory), did);
}

// The session, or what it was after a step.
Result<Session> session_of(Store& store, const std::string& id, int64_t step) {
  auto found = store.session(id);
  if (!found && found.error().code == ErrorCode::not_found)
    return Error{ErrorCode::usage, found.error().message + "; `ke-build show` lists them"};
  KE_TRY(const Session last, std::move(found));
  if (step == Store::kNow) return last;
  if (step < 0 || step > last.evaluations) {
    return Error{ErrorCode::usage,
                 fmt::format("--step {}: session {} has steps 0 (its root) to {}, one per evaluation", step,
                             id, last.evaluations)};
  }
  return store.session_as_of(id, step);
}

Result<int> show_one(Store& store, const std::string& id, int64_t step, const SharedOptions& shared) {
  KE_TRY(const Session session, session_of(store, id, step));
  KE_TRY(const auto nodes, store.nodes_as_of(id, step));
  KE_TRY(const auto frontier, store.frontier(id, kFrontier, step));
  SearchResult result{session, {}, {}};
  Json rows = Json::array();
  std::string text;
  for (const Node& node : nodes) {
    if (node.id == 1) result.baseline = node;
    if (node.id == session.best) result.best = node;
    rows.push_back({{"id", node.id},
                    {"parent", node.parent},
                    {"memory", name_of(node.memory)},
                    {"visits", node.visits},
                    {"value", node.value},
                    {"moves", to_json(node.candidate)["moves"]},
                    {"evaluation", to_json(node.evaluation)}});
    text += node_line(node);
    if (shared.explain) text += "       " + node.evaluation.reason + "\n";
  }
  if (shared.json) {
    Json document = session_json(result);
    document["nodes"] = rows;
    document["step"] = session.evaluations;
    document["frontier"] = Json::array();
    for (const Node& node : frontier) document["frontier"].push_back(node.id);
    KE_DO(print_json(document));
  } else {
    std::vector<std::string> ids;
    for (const Node& node : frontier) ids.push_back(std::to_string(node.id));
    KE_DO(print_text(
        session_text(result) + text +
        fmt::format("after step {} of seed {}: frontier {}; {:.0f} % of expansions start clean\n",
                    session.evaluations, session.seed, join_texts(ids, " "), 100 * session.clean_slate)));
  }
  return 0;
}

}  // namespace

Action attach_show(CLI::App& app, SharedOptions& shared) {
  auto id = std::make_shared<std::string>();
  auto step = std::make_shared<int64_t>(Store::kNow);
  app.add_option("session", *id, "a session (default: list them all)");
  app.add_option("--step", *step, "as it was after this evaluation; 0: the root alone (default: now)");
  return [id, step, &shared]() -> Result<int> {
    KE_TRY(const std::string build_dir, shared_build_dir(shared));
    KE_DO(read_cmake_cache(build_dir));
    KE_TRY(auto store, Store::open(join(build_dir, "ke/store.db")));
    if (id->empty() && *step != Store::kNow) return Error{ErrorCode::usage, "--step: of which session?"};
    return id->empty() ? show_all(*store, shared) : show_one(*store, *id, *step, shared);
  };
}

}  // namespace ke

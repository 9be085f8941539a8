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

Result<int> show_one(Store& store, const std::string& id, const SharedOptions& shared) {
  KE_TRY(const Session session, store.session(id));
  KE_TRY(const auto nodes, store.nodes(id));
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
    KE_DO(print_json(document));
  } else {
    KE_DO(print_text(session_text(result) + text));
  }
  return 0;
}

}  // namespace

Action attach_show(CLI::App& app, SharedOptions& shared) {
  auto id = std::make_shared<std::string>();
  app.add_option("session", *id, "a session (default: list them all)");
  return [id, &shared]() -> Result<int> {
    KE_TRY(const std::string build_dir, shared_build_dir(shared));
    KE_DO(read_cmake_cache(build_dir));
    KE_TRY(auto store, Store::open(join(build_dir, "ke/store.db")));
    return id->empty() ? show_all(*store, shared) : show_one(*store, *id, shared);
  };
}

}  // namespace ke

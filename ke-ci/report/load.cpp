// SPDX-License-Identifier: MIT
#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/learn/learn.h"
#include "ke-ci/report/report.h"

#include <fmt/format.h>

namespace ke {
namespace {

const Node* find_node(const std::vector<Node>& nodes, int64_t id) {
  for (const Node& node : nodes) {
    if (node.id == id) return &node;
  }
  return nullptr;
}

std::vector<std::string> reproduce_lines(const Session& session, const Node* winner) {
  std::vector<std::string> lines = {
      "# search again", fmt::format("ke-build search {} --seed {} --budget {:.0f}s", session.op, session.seed,
                                    session.budget.seconds > 0 ? session.budget.seconds : 60)};
  if (winner && !winner->evaluation.repro.empty()) {
    lines.push_back("# build and run the winner's evaluation again, on the machine that made it");
    lines.push_back(winner->evaluation.repro);
  }
  lines.push_back("# every operator of a checkout of this branch against its base");
  lines.push_back("ke-ci gate --base HEAD~1");
  return lines;
}

}  // namespace

Result<ReportData> load_report(Store& store, const std::string& session, const Operator& op,
                               const std::string& repository) {
  ReportData data;
  KE_TRY(data.session, store.session(session));
  KE_TRY(data.nodes, store.nodes(session));
  data.op = op.name;
  data.op_type = op.op_type;
  data.description = op.description;
  data.target = op.target;
  data.generated = utc_now();
  if (!op.sources.empty())
    data.source_path = repository.empty() ? op.sources.front() : relative(op.sources.front(), repository);
  const Node* root = data.nodes.empty() ? nullptr : &data.nodes.front();
  for (const Node& node : data.nodes) {
    if (node.parent == 0) root = &node;
  }
  const Node* winner = find_node(data.nodes, data.session.best);
  if (root) {
    data.baseline_source = root->candidate.source;
    data.before = root->evaluation.diagnoses;
  }
  data.candidate_source = winner ? winner->candidate.source : data.baseline_source;
  if (winner) {
    data.flags = winner->candidate.flags;
    data.tunables = winner->candidate.tunables;
    data.result = winner->evaluation;
    data.after = winner->evaluation.diagnoses;
  } else {
    data.after.swap(data.before);  // the page then explains the kernel as it stays
  }
  KE_TRY(const auto skills, store.skills());
  for (const Skill& skill : skills) {
    if (winner && skill.session == session) data.skill = skill;
  }
  if (data.skill) data.skill_text = skill_text(*data.skill);
  data.reproduce = reproduce_lines(data.session, winner);
  return data;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// From a winning lineage to one skill. Steps that the session itself has shown to be superfluous are left out
// (a node with all the others was as fast); nothing is measured again for that.
#include "ke-build/learn/learn.h"

#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace ke {
namespace {

constexpr double kAsFast = 0.98;

// A step of the lineage, with the speed-ups that the session measured before and after it.
struct Step {
  std::string action, detail;
  double before = 1, after = 1;
};

// What SKILL.md may hold: an action is compared with names, so other characters could only do harm.
std::string plain(std::string action) {
  for (char& c : action) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 &&
        std::string("_-/=.,:+ ").find(c) == std::string::npos)
      c = '_';
  }
  return action.substr(0, 200);
}

std::vector<std::string> actions_in(const Candidate& candidate) {
  std::vector<std::string> actions;
  for (const Move& move : candidate.moves) {
    if (!is_marker(move)) actions.push_back(action_of(move));
  }
  return actions;
}

std::vector<Step> steps_of(const std::vector<const Node*>& lineage) {
  std::vector<Step> steps;
  for (size_t i = 1; i < lineage.size(); ++i) {
    const std::vector<Move>& moves = lineage[i]->candidate.moves;
    const size_t known = lineage[i - 1]->candidate.moves.size();
    for (size_t m = known; m < moves.size(); ++m) {
      if (is_marker(moves[m])) continue;
      // A composed edge has one measurement for several moves: it stands with the last of them.
      const bool last =
          std::all_of(moves.begin() + static_cast<std::ptrdiff_t>(m) + 1, moves.end(), is_marker);
      const double before = std::max(0.0, lineage[i - 1]->evaluation.speedup);
      steps.push_back(
          {action_of(moves[m]), moves[m].detail, before, last ? lineage[i]->evaluation.speedup : before});
    }
  }
  return steps;
}

// Backward elimination as far as evidence is at hand: drops a step when a node without it was as fast.
void eliminate(std::vector<Step>& steps, const std::vector<Node>& nodes, double speedup) {
  for (size_t i = 0; i < steps.size() && steps.size() > 1;) {
    std::vector<std::string> others;
    for (size_t j = 0; j < steps.size(); ++j) {
      if (j != i) others.push_back(steps[j].action);
    }
    std::sort(others.begin(), others.end());
    const bool superfluous = std::any_of(nodes.begin(), nodes.end(), [&](const Node& node) {
      if (node.evaluation.speedup < kAsFast * speedup) return false;
      std::vector<std::string> actions = actions_in(node.candidate);
      std::sort(actions.begin(), actions.end());
      return actions == others;
    });
    if (superfluous)
      steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(i));
    else
      ++i;
  }
}

std::string slug(const std::string& text) {
  std::string name;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      name += static_cast<char>(std::tolower(c));
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  name = name.substr(0, 60);
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "skill" : name;
}

bool mentions(const std::vector<Step>& steps, const char* word) {
  return std::any_of(steps.begin(), steps.end(),
                     [&](const Step& step) { return step.action.find(word) != std::string::npos; });
}

std::string precondition_of(const Operator& op, const std::vector<Step>& steps) {
  std::vector<std::string> conditions;
  if (mentions(steps, "accumulator") || mentions(steps, "reassociate") || mentions(steps, "relaxed")) {
    conditions.push_back("the tolerance leaves room for reassociation");
  }
  if (mentions(steps, "fast-math")) conditions.push_back("the contract says finite_only");
  if (mentions(steps, "native")) conditions.push_back("the spec's targets say isa native");
  if (mentions(steps, "restrict") && op.contract.noalias) conditions.push_back("the contract says noalias");
  conditions.push_back("the judge confirms it: a skill is a suggestion, not a proof");
  return join_texts(conditions, "; ");
}

std::string evidence_text(const Operator& op, const Session& session, const Evaluation& evaluation,
                          const std::vector<Step>& steps) {
  std::string text = fmt::format("# {}\n\nMeasured on {} with {} ({}), session {}.\n\n## What was done\n\n",
                                 op.name, session.hardware, session.compiler, session.flags, session.id);
  text += "| step | detail | speed-up before | after |\n|---|---|---|---|\n";
  for (const Step& step : steps) {
    text += fmt::format("| {} | {} | {:.2f} | {:.2f} |\n", step.action, replace_all(step.detail, "|", "/"),
                        step.before, step.after);
  }
  text += "\n## Evidence\n\n| workload | speed-up | interval | verdict |\n|---|---|---|---|\n";
  for (const Speedup& speedup : evaluation.speedups) {
    text +=
        fmt::format("| {} | {:.2f} | {:.2f} to {:.2f} at {:.0f} % | {} |\n", speedup.workload, speedup.ratio,
                    speedup.low, speedup.high, speedup.confidence * 100, name_of(speedup.verdict));
  }
  for (const Diagnosis& diagnosis : evaluation.diagnoses) {
    text += fmt::format("\n{}: {}, {:.0f} % of {} reached.\n", diagnosis.workload, bound_text(diagnosis),
                        diagnosis.efficiency * 100,
                        diagnosis.ceiling.empty() ? "the ceiling" : diagnosis.ceiling);
  }
  return text;
}

}  // namespace

Result<Skill> learn(const Operator& op, const Session& session, const std::vector<Node>& nodes) {
  KE_CHECK(session.best != 0);
  std::map<int64_t, const Node*> by_id;
  for (const Node& node : nodes) by_id[node.id] = &node;
  std::vector<const Node*> lineage;
  for (auto found = by_id.find(session.best); found != by_id.end() && lineage.size() <= nodes.size();
       found = by_id.find(found->second->parent)) {
    lineage.insert(lineage.begin(), found->second);
  }
  if (lineage.size() < 2) {
    return Error{ErrorCode::not_found, fmt::format("session {}: its winner, node {}, is not in the store",
                                                   session.id, session.best)};
  }
  const Evaluation& evaluation = lineage.back()->evaluation;
  std::vector<Step> steps = steps_of(lineage);
  eliminate(steps, nodes, evaluation.speedup);

  Skill skill;
  const auto main = std::max_element(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return a.after * std::max(b.before, 1e-9) < b.after * std::max(a.before, 1e-9);
  });
  const std::string what = main == steps.end() ? "combined" : main->action.substr(main->action.find('/') + 1);
  skill.name = slug(op.name + "-" + what.substr(0, what.find(' ')));
  skill.features = features_of(op, lineage.front()->candidate.source);
  skill.pattern = fmt::format("{} kernel in {} whose code shows: {}", op.op_type.empty() ? "a" : op.op_type,
                              op.kernel.language, join_texts(skill.features, ", "));
  skill.precondition = precondition_of(op, steps);
  for (const Step& step : steps) skill.actions.push_back(plain(step.action));
  skill.op_type = op.op_type;
  skill.speedup = evaluation.speedup;
  skill.low = evaluation.low;
  skill.high = evaluation.high;
  skill.hardware = session.hardware;
  skill.compiler = session.compiler;
  skill.session = session.id;
  skill.op = op.name;
  skill.text = evidence_text(op, session, evaluation, steps);
  return skill;
}

}  // namespace ke

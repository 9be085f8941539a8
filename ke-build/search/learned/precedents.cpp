// SPDX-License-Identifier: MIT
#include "ke-build/search/learned/precedents.h"

#include "ke-build/learn/learn.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace ke {
namespace {

constexpr double kWorthReplaying = 1.05;
constexpr double kLeastLikeness = 0.3;

// What a composed move did stands before it, move by move.
void add_replayable(const PastSession& past, Skill& skill) {
  for (size_t i = 0; i < past.moves.size(); ++i) {
    if (past.moves[i].synthesizer == "skill" || past.moves[i].synthesizer == "combine") continue;
    skill.actions.push_back(action_of(past.moves[i]));
    skill.gains.push_back(i < past.gains.size() ? past.gains[i] : 0);
  }
}

Skill skill_from(const PastSession& past, double fit) {
  Skill skill;
  skill.name = "earlier-" + past.session.op + "-" + past.session.id.substr(0, 8);
  add_replayable(past, skill);
  skill.op_type = past.session.facts.family;
  skill.features = past.session.facts.tags;
  skill.speedup = skill.low = skill.high = past.speedup;
  skill.hardware = past.session.hardware;
  skill.compiler = past.session.compiler;
  skill.session = past.session.id;
  skill.op = past.session.op;
  skill.fit = fit;
  return skill;
}

// Lineages that differ in numbers only are one idea: the most promising of them speaks for it.
std::vector<std::string> idea_of(const Skill& skill) {
  std::vector<std::string> kinds;
  for (const std::string& action : skill.actions) kinds.push_back(action.substr(0, action.find(' ')));
  if (skill.candidate) kinds.push_back(candidate_hash(*skill.candidate));
  return kinds;
}

double promise(const Skill& skill) {
  return (skill.candidate ? 2 : 1) * skill.fit * std::log(std::max(1.0, skill.speedup));
}

}  // namespace

Result<std::vector<Skill>> precedents(Store& store, const std::vector<PastSession>& past,
                                      const LearnedTarget& target, const std::string& op_hash,
                                      const std::vector<Skill>& known, size_t limit) {
  std::vector<Skill> all;
  for (const PastSession& session : past) {
    if (session.best == 0 || session.speedup < kWorthReplaying) continue;
    const bool same = session.session.op_hash == op_hash;
    const double fit = same ? 1 : likeness(target.facts, session.session.facts);
    Skill skill = skill_from(session, fit);
    if (same) {
      KE_TRY(auto lineage, store.context(session.session.id, session.best, 0));
      if (!lineage.empty()) skill.candidate = std::move(lineage.front().candidate);
    }
    if (fit >= kLeastLikeness && (skill.candidate || !skill.actions.empty())) all.push_back(std::move(skill));
  }
  all.insert(all.end(), known.begin(), known.end());
  std::stable_sort(all.begin(), all.end(),
                   [](const Skill& a, const Skill& b) { return promise(a) > promise(b); });
  std::set<std::vector<std::string>> seen;
  std::vector<Skill> chosen;
  for (Skill& skill : all) {
    if (chosen.size() < limit && seen.insert(idea_of(skill)).second) chosen.push_back(std::move(skill));
  }
  return chosen;
}

}  // namespace ke

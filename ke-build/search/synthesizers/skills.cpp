// SPDX-License-Identifier: MIT
// Skills: what won elsewhere, composed into one candidate; what won for this very kernel, as it was.
#include "ke-build/base/text.h"
#include "ke-build/search/replay.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ke {
namespace {

constexpr double kHighestPrior = 30, kLeastShare = 0.5;

// What it gained elsewhere, by how alike the code is and by the part of it that could be applied here.
double promised(const Skill& skill, double share) {
  const double gain = 1 + share * 0.8 * (std::clamp(skill.speedup, 1.0, kHighestPrior) - 1);
  return std::pow(gain, std::clamp(skill.fit, 0.0, 1.0));
}

// Of its log gain, that of the actions that could be applied; they count alike where nobody knows. Flags that
// were tried on top of a template are not the skill without it.
double share_of(const Skill& skill, const std::vector<size_t>& applied) {
  const bool known = skill.gains.size() == skill.actions.size() &&
                     std::accumulate(skill.gains.begin(), skill.gains.end(), 0.0) > 0;
  const auto gain = [&](size_t action) { return known ? skill.gains[action] : 1.0; };
  double done = 0, all = 0;
  for (size_t action = 0; action < skill.actions.size(); ++action) all += gain(action);
  for (const size_t action : applied) done += gain(action);
  return all > 0 ? done / all : 0;
}

class Skills : public Synthesizer {
 public:
  std::string name() const override { return "skill"; }
  bool composes() const override { return true; }

  std::vector<Suggestion> propose(const SynthesisContext& context) override {
    std::vector<Suggestion> suggestions;
    const bool used =
        std::any_of(context.parent.candidate.moves.begin(), context.parent.candidate.moves.end(),
                    [&](const Move& move) { return move.synthesizer == name(); });
    if (used)
      return suggestions;  // one skill per lineage: the next steps are the other synthesizers' business
    for (const Skill& skill : context.skills) {
      if (skill.candidate && context.parent.candidate.moves.empty()) {
        Candidate again = *skill.candidate;
        again.moves.push_back({name(), skill.name, "as it was found"});
        suggestions.push_back({std::move(again), promised(skill, 1)});
        continue;
      }
      Replayed replayed = replay(context, skill.actions);
      const double share = share_of(skill, replayed.applied);
      if (share < kLeastShare) continue;
      replayed.candidate.moves.push_back({name(), skill.name, join_texts(skill.actions, "; ")});
      suggestions.push_back({std::move(replayed.candidate), promised(skill, share)});
    }
    return suggestions;
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_skill() { return std::make_unique<Skills>(); }

}  // namespace ke

// SPDX-License-Identifier: MIT
// Skills: what won elsewhere, composed into one candidate.
#include "ke-build/base/text.h"
#include "ke-build/search/replay.h"

#include <algorithm>

namespace ke {
namespace {

constexpr double kHighestPrior = 30;

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
      Replayed replayed = replay(context, skill.actions);
      if (2 * replayed.applied < skill.actions.size() || replayed.applied == 0) continue;
      replayed.candidate.moves.push_back({name(), skill.name, join_texts(skill.actions, "; ")});
      // What it gained elsewhere, discounted, and by the part of it that could be applied here.
      const double share = static_cast<double>(replayed.applied) / static_cast<double>(skill.actions.size());
      const double prior = 1 + share * 0.8 * (std::clamp(skill.speedup, 1.0, kHighestPrior) - 1);
      suggestions.push_back({std::move(replayed.candidate), prior});
    }
    return suggestions;
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_skill() { return std::make_unique<Skills>(); }

}  // namespace ke

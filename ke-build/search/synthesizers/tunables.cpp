// SPDX-License-Identifier: MIT
// Declared tunables: the neighbouring values of each, and every value where there are few.
#include "ke-build/search/synthesizer.h"

#include <algorithm>

namespace ke {
namespace {

constexpr size_t kFew = 8;  // values of one tunable that are all offered
constexpr double kNeighbourPrior = 1.12, kOtherPrior = 1.08;

class Tunables : public Synthesizer {
 public:
  std::string name() const override { return "tunables"; }

  std::vector<Suggestion> propose(const SynthesisContext& context) override {
    std::vector<Suggestion> suggestions;
    for (const Tunable& tunable : context.op.kernel.tunables)
      propose(context.parent.candidate, tunable, suggestions);
    return suggestions;
  }

 private:
  void propose(const Candidate& parent, const Tunable& tunable, std::vector<Suggestion>& suggestions) const {
    const auto set = parent.tunables.find(tunable.name);
    const std::string& current = set != parent.tunables.end() ? set->second : tunable.initial;
    const auto place = std::find(tunable.values.begin(), tunable.values.end(), current);
    const auto here = place - tunable.values.begin();  // one past the end when the default is not in the list
    for (size_t i = 0; i < tunable.values.size(); ++i) {
      const auto distance = std::abs(static_cast<std::ptrdiff_t>(i) - here);
      if (tunable.values[i] == current || (tunable.values.size() > kFew && distance != 1)) continue;
      Candidate candidate = parent;
      candidate.tunables[tunable.name] = tunable.values[i];
      // The default is what an unset macro means: one candidate, not two.
      if (tunable.values[i] == tunable.initial) candidate.tunables.erase(tunable.name);
      candidate.moves.push_back({name(), tunable.name, tunable.name + "=" + tunable.values[i]});
      suggestions.push_back({std::move(candidate), distance == 1 ? kNeighbourPrior : kOtherPrior});
    }
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_tunables() { return std::make_unique<Tunables>(); }

}  // namespace ke

// SPDX-License-Identifier: MIT
// Declared tunables: the neighbouring values of each, and every value where there are few. Where a constraint
// forbids a value beside what the others are, the nearest legal values of the others come along.
#include "ke-build/model/tunables.h"

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
    const Candidate& parent = context.parent.candidate;
    const std::string& baseline = context.root ? context.root->source : parent.source;
    for (const Tunable& tunable : context.op.kernel.tunables) {
      if (reads_tunable(parent.source, baseline, tunable.name))
        propose(context.op, parent, tunable, suggestions);
    }
    return suggestions;
  }

 private:
  void propose(const Operator& op, const Candidate& parent, const Tunable& tunable,
               std::vector<Suggestion>& suggestions) const {
    const auto set = parent.tunables.find(tunable.name);
    const std::string& current = set != parent.tunables.end() ? set->second : tunable.initial;
    const auto place = std::find(tunable.values.begin(), tunable.values.end(), current);
    const auto here = place - tunable.values.begin();  // one past the end when the default is not in the list
    for (size_t i = 0; i < tunable.values.size(); ++i) {
      const auto distance = std::abs(static_cast<std::ptrdiff_t>(i) - here);
      if (tunable.values[i] == current || (tunable.values.size() > kFew && distance != 1)) continue;
      TunableValues values = parent.tunables;
      values[tunable.name] = tunable.values[i];
      const auto legal = nearest_legal(op, values, tunable.name);
      if (!legal) continue;
      suggestions.push_back(
          {changed(op, parent, *legal, tunable.name), distance == 1 ? kNeighbourPrior : kOtherPrior});
    }
  }

  // One move per value that changes, that of `chosen` last.
  Candidate changed(const Operator& op, const Candidate& parent, const TunableValues& values,
                    const std::string& chosen) const {
    Candidate candidate = parent;
    const auto apply = [&](const Tunable& tunable) {
      const auto before = parent.tunables.find(tunable.name);
      const std::string& old = before != parent.tunables.end() ? before->second : tunable.initial;
      const auto found = values.find(tunable.name);
      const std::string& value = found != values.end() ? found->second : tunable.initial;
      if (value == old) return;
      candidate.tunables[tunable.name] = value;
      // The default is what an unset macro means: one candidate, not two.
      if (value == tunable.initial) candidate.tunables.erase(tunable.name);
      candidate.moves.push_back({name(), tunable.name, tunable.name + "=" + value});
    };
    for (const Tunable& tunable : op.kernel.tunables) {
      if (tunable.name != chosen) apply(tunable);
    }
    for (const Tunable& tunable : op.kernel.tunables) {
      if (tunable.name == chosen) apply(tunable);
    }
    return candidate;
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_tunables() { return std::make_unique<Tunables>(); }

}  // namespace ke

// SPDX-License-Identifier: MIT
// Combining what helped the siblings: on top of the parent, all flags and tunables that paid beside it, and
// the source of the best sibling where the parent's own source is untouched. It needs a memory operator that
// shows siblings; winners of the draft meet here after a single evaluation each. Two different sources are
// never merged.
#include "ke-build/base/text.h"
#include "ke-build/search/flag_list.h"
#include "ke-build/search/synthesizer.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace ke {
namespace {

constexpr double kPaid = 1.05;
constexpr size_t kMost = 5;
constexpr double kOverlap = 0.4;  // gains overlap: a factor counts with this power

class Combine : public Synthesizer {
 public:
  std::string name() const override { return "combine"; }
  bool composes() const override { return true; }
  bool reads_siblings() const override { return true; }

  std::vector<Suggestion> propose(const SynthesisContext& context) override {
    std::vector<Suggestion> suggestions;
    if (context.parent.evaluation.speedup < kPaid || context.ancestors.empty()) return suggestions;
    const std::vector<const Node*> winners = winners_of(context);
    // All of them at once, and only the better half: a single bad partner spoils the whole.
    for (const size_t count : {winners.size(), (winners.size() + 1) / 2}) {
      if (count == 0) break;
      suggestions.push_back(
          united(context, {winners.begin(), winners.begin() + static_cast<std::ptrdiff_t>(count)}));
      if (count == 1) break;
    }
    return suggestions;
  }

 private:
  // The best sibling of every kind that the parent does not contain yet, best first; one with another source
  // at most.
  static std::vector<const Node*> winners_of(const SynthesisContext& context) {
    const Candidate &parent = context.parent.candidate, &origin = context.ancestors.front()->candidate;
    std::set<std::string> taken;
    for (const Move& move : parent.moves) taken.insert(kind_of(move));
    std::vector<const Node*> siblings;
    for (const Node* sibling : context.siblings) {
      const bool paid = sibling->evaluation.outcome >= Outcome::noisy && sibling->evaluation.speedup >= kPaid;
      if (paid && sibling->candidate.moves.size() > origin.moves.size()) siblings.push_back(sibling);
    }
    std::stable_sort(siblings.begin(), siblings.end(), [](const Node* a, const Node* b) {
      return a->evaluation.speedup > b->evaluation.speedup;
    });
    bool source_free = parent.source == origin.source;
    std::vector<const Node*> chosen;
    for (const Node* sibling : siblings) {
      const bool changes_source = sibling->candidate.source != origin.source;
      if (chosen.size() >= kMost || (changes_source && !source_free)) continue;
      if (!taken.insert(kind_of(sibling->candidate.moves.back())).second) continue;
      source_free = source_free && !changes_source;
      chosen.push_back(sibling);
    }
    return chosen;
  }

  Suggestion united(const SynthesisContext& context, const std::vector<const Node*>& winners) const {
    const Candidate& origin = context.ancestors.front()->candidate;
    Candidate candidate = context.parent.candidate;
    std::vector<std::string> actions;
    double gain = 1;
    for (const Node* winner : winners) {
      const Candidate& other = winner->candidate;
      if (other.source != origin.source) candidate.source = other.source;
      std::vector<std::string> added;
      std::copy_if(other.flags.begin(), other.flags.end(), std::back_inserter(added),
                   [&](const std::string& flag) {
                     return std::find(origin.flags.begin(), origin.flags.end(), flag) == origin.flags.end();
                   });
      candidate.flags = merged_flags(candidate.flags, added);
      for (const auto& [tunable, value] : other.tunables) candidate.tunables[tunable] = value;
      for (size_t i = origin.moves.size(); i < other.moves.size(); ++i) {
        candidate.moves.push_back(other.moves[i]);
        actions.push_back(action_of(other.moves[i]));
      }
      gain *= std::pow(winner->evaluation.speedup, kOverlap);
    }
    candidate.moves.push_back({name(), "siblings", join_texts(actions, "; ")});
    return {std::move(candidate), std::min(gain, 8.0)};
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_combine() { return std::make_unique<Combine>(); }

}  // namespace ke

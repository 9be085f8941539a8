// SPDX-License-Identifier: MIT
// Compiler flags: sets from narrow to broad, single ones on top, and leaving one out again (wide sets
// sometimes undo what a rewrite gained: clang's reassociation makes hand-written accumulators 10 to 40 times
// slower).
#include "ke-build/base/text.h"
#include "ke-build/search/flag_list.h"
#include "ke-build/search/synthesizer.h"
#include "ke-build/search/synthesizers/flag_sets.h"

#include <algorithm>

namespace ke {
namespace {

constexpr double kWithoutPrior = 0.99;

class FlagSynthesizer : public Synthesizer {
 public:
  std::string name() const override { return "flags"; }

  std::vector<Suggestion> propose(const SynthesisContext& context) override {
    const Candidate& parent = context.parent.candidate;
    std::vector<Suggestion> suggestions;
    const auto suggest = [&](const std::string& action, const std::string& detail,
                             std::vector<std::string> flags, double prior) {
      if (flags == parent.flags) return;
      Candidate candidate = parent;
      candidate.flags = std::move(flags);
      candidate.moves.push_back({name(), action, detail});
      suggestions.push_back({std::move(candidate), prior});
    };
    for (const FlagSet& set : flag_sets(flag_facts(context.op, context.recipe, parent.source))) {
      suggest(set.name, join_texts(set.flags, " "), merged_flags(parent.flags, set.flags), set.prior);
    }
    for (size_t i = 0; i < parent.flags.size(); ++i) {
      std::vector<std::string> fewer = parent.flags;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      suggest("without", parent.flags[i], std::move(fewer), kWithoutPrior);
    }
    return suggestions;
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_flags() { return std::make_unique<FlagSynthesizer>(); }

}  // namespace ke

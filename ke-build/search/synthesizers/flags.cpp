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
constexpr double kWithoutAllPrior = 0.9;  // asked for when they spoil what stands beside the kernel
constexpr double kCompilerPrior = 1.05;   // as often a loss as a gain

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
    for (const FlagSet& set :
         flag_sets(flag_facts(context.op, context.recipe, parent.source, parent.flags))) {
      suggest(set.name, join_texts(set.flags, " "), merged_flags(parent.flags, set.flags), set.prior);
    }
    if (other_compiler(parent.flags).empty()) suggest_compilers(context, suggest);
    for (size_t i = 0; i < parent.flags.size(); ++i) {
      std::vector<std::string> fewer = parent.flags;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
      suggest("without", parent.flags[i], std::move(fewer), kWithoutPrior);
    }
    if (parent.flags.size() > 1) suggest("without-all", join_texts(parent.flags, " "), {}, kWithoutAllPrior);
    return suggestions;
  }

 private:
  // Each with the flags at hand, and with every set that it would be given there: the two interact.
  template <class Suggest>
  static void suggest_compilers(const SynthesisContext& context, const Suggest& suggest) {
    const Candidate& parent = context.parent.candidate;
    for (const std::string& program : usable_compilers(context.op, context.recipe)) {
      const std::vector<std::string> flags =
          merged_flags(common_flags(parent.flags), {kCompilerFlag + program});
      suggest("compiler", kCompilerFlag + program, flags, kCompilerPrior);
      for (const FlagSet& set : flag_sets(flag_facts(context.op, context.recipe, parent.source, flags))) {
        if (set.flags.size() < 2) continue;
        suggest("compiler", kCompilerFlag + program + " " + join_texts(set.flags, " "),
                merged_flags(flags, set.flags), kCompilerPrior * set.prior);
      }
    }
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_flags() { return std::make_unique<FlagSynthesizer>(); }

}  // namespace ke

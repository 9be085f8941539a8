// SPDX-License-Identifier: MIT
// The plain kernel for machines without wide registers. No gain here, so its prior is below one: it is asked
// for when a winner turns out to lose there.
#include "ke-build/search/rewrites/headers.h"
#include "ke-build/search/rewrites/keep_plain.h"
#include "ke-build/search/synthesizer.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace ke {
namespace {

constexpr double kNoGain = 0.9;
// What they do to loops was found good for the rewritten ones; the plain ones are as the repository has them.
constexpr std::string_view kOfLoops[] = {"-funroll-loops", "-funroll-all-loops", "-fprefetch-loop-arrays"};

class PlainSynthesizer : public Synthesizer {
 public:
  std::string name() const override { return "plain"; }
  bool reads_source_only() const override { return true; }

  std::vector<Suggestion> propose(const SynthesisContext& context) override {
    const Candidate& parent = context.parent.candidate;
    if (context.root == nullptr || parent.source.find("KE_CLONES") == std::string::npos) return {};
    const std::string headers =
        project_headers(parent.source, context.recipe.source, context.recipe.includes);
    const auto plain = read_unit(context.root->source, context.op.kernel.entry, headers);
    const auto unit = read_unit(parent.source, context.op.kernel.entry, headers);
    if (!plain || !unit) return {};
    const auto made = keep_plain(*plain, *unit);
    if (!made) return {};
    Candidate candidate = parent;
    candidate.source = made->source;
    std::erase_if(candidate.flags, [](const std::string& flag) {
      return std::find(std::begin(kOfLoops), std::end(kOfLoops), flag) != std::end(kOfLoops);
    });
    candidate.moves.push_back({name(), "keep_plain", made->detail});
    return {{std::move(candidate), kNoGain}};
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_plain() { return std::make_unique<PlainSynthesizer>(); }

}  // namespace ke

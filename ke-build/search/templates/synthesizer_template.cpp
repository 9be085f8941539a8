// SPDX-License-Identifier: MIT
// Expert templates: complete kernels in the place of loops that are recognised by what they compute.
#include "ke-build/search/templates/synthesizer_template.h"

#include "ke-build/search/flag_list.h"
#include "ke-build/search/rewrites/headers.h"
#include "ke-build/search/templates/pipeline.h"

#include <algorithm>

namespace ke {
namespace {

class TemplateSynthesizer : public Synthesizer {
 public:
  std::string name() const override { return "template"; }
  bool reads_source_only() const override { return true; }

  std::vector<Suggestion> propose(const SynthesisContext& context) override {
    const Candidate& parent = context.parent.candidate;
    // Templates replace the plain loops: rewritten ones are no longer those that they know.
    const bool touched = std::any_of(parent.moves.begin(), parent.moves.end(), [](const Move& move) {
      return move.synthesizer == "template" || move.synthesizer == "rewrite";
    });
    if (touched || context.op.kernel.rewrite == Kernel::Rewrite::regions) return {};
    std::vector<Suggestion> out;
    for (TemplateCandidate& made :
         template_candidates(parent.source, context.op.kernel.entry, rules_of(context))) {
      Candidate candidate = parent;
      candidate.source = std::move(made.source);
      std::vector<std::string> flags = made.flags;
      std::erase_if(flags, [&](const std::string& flag) {
        const auto& forbidden = context.op.forbidden_flags;
        return std::find(forbidden.begin(), forbidden.end(), flag) != forbidden.end();
      });
      candidate.flags = merged_flags(candidate.flags, flags);
      candidate.moves.push_back({name(), made.family, made.detail});
      out.push_back({std::move(candidate), made.prior});
    }
    return out;
  }

 private:
  static RewriteRules rules_of(const SynthesisContext& context) {
    RewriteRules rules;
    rules.noalias = context.op.contract.noalias;
    rules.finite_only = context.op.contract.finite_only;
    rules.portable = context.op.isa == Isa::portable;
    rules.cpp = context.recipe.language != "C" && context.op.kernel.language != "c";
    rules.headers =
        project_headers(context.parent.candidate.source, context.recipe.source, context.recipe.includes);
    return rules;
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_template() { return std::make_unique<TemplateSynthesizer>(); }

}  // namespace ke

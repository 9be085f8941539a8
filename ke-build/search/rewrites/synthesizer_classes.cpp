// SPDX-License-Identifier: MIT
// A value per workload class: where the visible versions of one source say that small and large shapes want
// different tunables, one version dispatches between them.
#include "ke-build/search/rewrites/class_plan.h"
#include "ke-build/search/synthesizer.h"

namespace ke {
namespace {

constexpr double kLeastGain = 1.02;

class ClassSynthesizer : public Synthesizer {
 public:
  std::string name() const override { return "classes"; }
  bool composes() const override { return true; }  // on what its neighbours were measured to be
  bool reads_siblings() const override { return true; }

  std::vector<Suggestion> propose(const SynthesisContext& context) override {
    const Candidate& parent = context.parent.candidate;
    const bool cpp = context.recipe.language != "C" && context.op.kernel.language != "c";
    const bool whole = context.op.kernel.rewrite != Kernel::Rewrite::regions;
    if (!cpp || !whole || context.op.kernel.tunables.empty() || context.op.workloads.size() < 2) return {};
    const std::vector<const Node*> peers = peers_of(context);
    if (peers.size() < 2) return {};
    const auto unit = read_unit(parent.source, context.op.kernel.entry);
    if (!unit) return {};
    const auto planned = plan_classes(context.op, *unit, peers);
    const double own = context.parent.evaluation.speedup > 0 ? context.parent.evaluation.speedup : 1;
    if (!planned || planned->speedup < kLeastGain * own) return {};
    const auto made = per_class(*unit, planned->plan);
    if (!made) return {};
    Candidate candidate = parent;
    candidate.source = made->source;
    candidate.tunables = planned->kept;
    candidate.moves.push_back({name(), "by_size", made->detail});
    return {{std::move(candidate), planned->speedup / own}};
  }

 private:
  // The parent and what else is visible of its source, with the same flags.
  static std::vector<const Node*> peers_of(const SynthesisContext& context) {
    std::vector<const Node*> peers = {&context.parent};
    for (const auto* group : {&context.siblings, &context.children, &context.ancestors}) {
      for (const Node* node : *group) {
        const bool same = node->candidate.source == context.parent.candidate.source &&
                          node->candidate.flags == context.parent.candidate.flags;
        if (same && node->evaluation.outcome >= Outcome::noisy && !node->evaluation.speedups.empty())
          peers.push_back(node);
      }
    }
    return peers;
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_classes() { return std::make_unique<ClassSynthesizer>(); }

}  // namespace ke

// SPDX-License-Identifier: MIT
// A candidate that gains on some workloads and loses on others: the kernel as it was runs where it loses,
// when a size tells them apart.
#include "ke-build/search/rewrites/class_plan.h"
#include "ke-build/search/rewrites/headers.h"
#include "ke-build/search/rewrites/keep_sizes.h"
#include "ke-build/search/synthesizer.h"

#include <algorithm>
#include <limits>

namespace ke {
namespace {

class SizesSynthesizer : public Synthesizer {
 public:
  std::string name() const override { return "sizes"; }

  std::vector<Suggestion> propose(const SynthesisContext& context) override {
    const Candidate& parent = context.parent.candidate;
    const Evaluation& evaluation = context.parent.evaluation;
    if (context.root == nullptr || context.op.kernel.rewrite == Kernel::Rewrite::regions ||
        parent.source == context.root->source || !is_mixed(evaluation))
      return {};
    const std::string headers =
        project_headers(parent.source, context.recipe.source, context.recipe.includes);
    const auto plain = read_unit(context.root->source, context.op.kernel.entry, headers);
    const auto unit = read_unit(parent.source, context.op.kernel.entry, headers);
    if (!plain || !unit) return {};
    const Node as_it_was = plain_node(context.op);
    for (const Classes& classes :
         divide_by_size(context.op, unit->functions.front(), {&context.parent, &as_it_was})) {
      const auto made = keep_sizes(*plain, *unit, plain_sizes(classes));
      if (!made) continue;
      Candidate candidate = parent;
      candidate.source = made->source;
      candidate.moves.push_back({name(), "keep_plain", made->detail});
      return {{std::move(candidate), classes.speedup}};
    }
    return {};
  }

 private:
  static bool is_mixed(const Evaluation& evaluation) {
    const auto any = [&](Outcome verdict) {
      return std::any_of(evaluation.speedups.begin(), evaluation.speedups.end(),
                         [&](const Speedup& s) { return s.verdict == verdict; });
    };
    return any(Outcome::slower) && any(Outcome::faster);
  }

  static Node plain_node(const Operator& op) {
    Node node;
    for (const Workload& workload : op.workloads) {
      Speedup speedup;
      speedup.workload = workload.name;
      speedup.ratio = speedup.low = speedup.high = 1;
      node.evaluation.speedups.push_back(speedup);
    }
    return node;
  }

  // Of the classes in which the second peer, the plain kernel, is the better one.
  static PlainSizes plain_sizes(const Classes& classes) {
    PlainSizes sizes{classes.axes, {}};
    for (size_t i = 0; i < classes.peers.size(); ++i) {
      if (classes.peers[i] != 1) continue;
      const int64_t above = i == 0 ? 0 : classes.limits[i - 1];
      const int64_t upto =
          i < classes.limits.size() ? classes.limits[i] : std::numeric_limits<int64_t>::max();
      sizes.ranges.emplace_back(above, upto);
    }
    return sizes;
  }
};

}  // namespace

std::unique_ptr<Synthesizer> make_synthesizer_sizes() { return std::make_unique<SizesSynthesizer>(); }

}  // namespace ke

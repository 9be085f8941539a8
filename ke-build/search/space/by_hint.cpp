// SPDX-License-Identifier: MIT
// A search that knows other kernels only. What paid for them may be exactly wrong here, so this is the search
// without a prior, question for question, until the ranking of one of them agrees with the answers by more
// than chance. From then on every other step orders the same candidates by a model whose mean is that
// ranking. When the agreement is gone, so is the hint.
#include "ke-build/search/space/opinions.h"
#include "ke-build/search/space/strategies.h"

namespace ke {
namespace {

constexpr double kSure = 3;   // standard errors; several kernels are tried, and that at every step
constexpr double kRidge = 1;  // samples that say a ranking from elsewhere means nothing

}  // namespace

std::optional<Configuration> by_hint(SpaceState& state, const Prior& prior) {
  if (state.history.size() % 2 != 0) return by_model(state);
  const Opinion* hint = nullptr;
  double most = kSure;
  for (const Opinion& opinion : prior.opinions()) {
    const double sure = surprise(concordance(state.space, state.history, opinion), state.history.size());
    if (sure <= most) continue;
    most = sure;
    hint = &opinion;
  }
  if (!hint) return by_model(state);
  return by_model(state, fitted(state.space, state.history, *hint, 0, kRidge));
}

}  // namespace ke

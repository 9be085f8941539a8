// SPDX-License-Identifier: MIT
#include "ke-build/search/replay.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <optional>
#include <set>

namespace ke {
namespace {

constexpr size_t kMaxActions = 12;  // a skill may come from anywhere

// `rewrite/tile size=32`: the first word names the move, the others its parameters.
struct Wanted {
  std::string kind;
  std::set<std::string> parameters;
};

Wanted wanted_from(const std::string& action) {
  Wanted wanted;
  for (const std::string& word : split(action, ' ')) {
    if (wanted.kind.empty())
      wanted.kind = word;
    else if (!word.empty())
      wanted.parameters.insert(word);
  }
  return wanted;
}

// How many of the wanted parameters a move has; negative when it is another move altogether.
int likeness(const Wanted& wanted, const Move& move) {
  const Wanted found = wanted_from(action_of(move));
  if (found.kind != wanted.kind) return -1;
  return static_cast<int>(
      std::count_if(found.parameters.begin(), found.parameters.end(),
                    [&](const std::string& word) { return wanted.parameters.count(word) != 0; }));
}

}  // namespace

Replayed replay(const SynthesisContext& context, const std::vector<std::string>& actions) {
  Replayed replayed{context.parent.candidate};
  if (!context.ask) return replayed;
  Node node = context.parent;
  for (size_t i = 0; i < std::min(actions.size(), kMaxActions); ++i) {
    const Wanted wanted = wanted_from(actions[i]);
    const std::string synthesizer = wanted.kind.substr(0, wanted.kind.find('/'));
    std::optional<Suggestion> best;
    int best_likeness = -1;
    for (Suggestion& suggestion : context.ask(node, synthesizer)) {
      if (suggestion.candidate.moves.empty()) continue;
      const int like = likeness(wanted, suggestion.candidate.moves.back());
      if (like > best_likeness || (like == best_likeness && like >= 0 && suggestion.prior > best->prior)) {
        best_likeness = like;
        best = std::move(suggestion);
      }
    }
    if (!best) continue;
    node.candidate = std::move(best->candidate);
    replayed.applied.push_back(i);
  }
  replayed.candidate = std::move(node.candidate);
  return replayed;
}

}  // namespace ke

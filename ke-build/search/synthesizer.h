// SPDX-License-Identifier: MIT
// SEAM: everything that can propose candidates. Members live in synthesizers/, one file per kind of move, and
// are listed by a generated table; a new one touches only its own file and its CMake line.
#pragma once

#include "ke-build/base/random.h"
#include "ke-build/model/operator.h"
#include "ke-build/model/recipe.h"
#include "ke-build/model/session.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ke {

struct Suggestion {
  Candidate candidate;  // complete; moves.back() says what was done
  double prior =
      1;  // expected gain factor, the measured averages of the action catalogue: orders the expansion
};

/// What a synthesizer may look at: the node to expand and what its memory operator lets it see.
struct SynthesisContext {
  const Operator& op;
  const Recipe& recipe;
  const Node& parent;
  // The best correct one of every kind of move (of moves of tunables: for every value), oldest first; empty
  // unless the memory operator shows them.
  std::vector<const Node*> siblings;
  std::vector<const Node*> ancestors;  // parent's parents, nearest first; empty under clean_slate
  const std::vector<Skill>& skills;
  Random& random;
  /// What the synthesizer of this name, which does not compose, suggests for any node; remembered, so asking
  /// again is cheap. May be empty.
  std::function<std::vector<Suggestion>(const Node&, const std::string& synthesizer)> ask = {};
  const Candidate* root = nullptr;         // the kernel as it is, whatever the memory operator shows
  std::vector<const Node*> children = {};  // of the parent; shown like siblings
};

class Synthesizer {
 public:
  virtual ~Synthesizer() = default;
  virtual std::string name() const = 0;
  /// All children this synthesizer sees for the node; deterministic given the context. An empty list is an
  /// answer. Never fails: code that it cannot read yields no suggestion.
  virtual std::vector<Suggestion> propose(const SynthesisContext& context) = 0;
  /// True when it builds on what others suggest (context.ask) or have shown (ancestors, skills): the others
  /// are shown the parent alone.
  virtual bool composes() const { return false; }
  /// True when its suggestions also depend on siblings or children; then it must compose.
  virtual bool reads_siblings() const { return false; }
  /// True when its suggestions depend on contract, recipe, the parent's source and the presence of its own
  /// moves in the lineage only: they are then computed once per source and carried over to nodes with other
  /// flags and tunables.
  virtual bool reads_source_only() const { return false; }
};

/// One of each, in the order of the generated table.
std::vector<std::unique_ptr<Synthesizer>> make_synthesizers();

}  // namespace ke

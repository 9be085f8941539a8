// SPDX-License-Identifier: MIT
// What could be tried next at a node: the suggestions of all synthesizers, legal ones only, each candidate
// once. Reading source code is what costs time here, so suggestions that depend on the source alone are kept.
#pragma once

#include "ke-build/search/learned/move_model.h"
#include "ke-build/search/synthesizer.h"
#include "ke-build/search/tree.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace ke {

/// A suggestion without its text: sources are large, so they are made again when one is chosen.
struct Option {
  std::string hash;  // candidate_hash
  Move move;
  double prior = 1;    // expected gain factor: what is stated, united with what earlier sessions taught
  double stated = 1;   // by its synthesizer alone
  double learned = 0;  // expected log gain by the learned model alone; log(stated) without one
};

class Catalogue {
 public:
  Catalogue(const Operator& op, const Recipe& recipe, std::vector<Skill> skills, uint64_t seed,
            std::vector<std::unique_ptr<Synthesizer>> synthesizers);

  /// From now on options are also judged by a model; with weight 0 until trust() says more.
  void set_model(std::shared_ptr<const MoveModel> model) { model_ = std::move(model); }
  const MoveModel* model() const { return model_.get(); }
  /// Weight of the model in 0..1.
  void trust(double weight) { trust_ = weight; }
  double trusted() const { return trust_; }

  /// Best prior first; the same for the same tree. The reference holds until the next call.
  const std::vector<Option>& options(const Tree& tree, int64_t node, Memory memory);
  /// The complete candidate of an option.
  std::optional<Suggestion> suggestion(const Tree& tree, int64_t node, Memory memory,
                                       const std::string& hash);
  /// Leaves a candidate out from now on, e.g. because the judge itself failed on it.
  void exclude(const std::string& hash) { excluded_.insert(hash); }
  bool excluded(const std::string& hash) const { return excluded_.count(hash) != 0; }

 private:
  // A suggestion without the node it was made for.
  struct Change {
    std::string source;
    std::vector<std::string> flags;  // beyond those of the node
    Move move;
    double prior = 1;
  };

  struct Listed {
    std::vector<Option> options;
    double trust = 0;  // that their order follows
  };

  std::vector<Suggestion> propose(const Tree& tree, int64_t node, Memory memory);
  std::vector<Suggestion> elementary(const Node& node, const SynthesisContext& context);
  std::vector<Suggestion> by_source(Synthesizer& synthesizer, const Node& node,
                                    const SynthesisContext& context);
  void weigh(Listed& listed) const;
  const std::vector<Change>& changes(Synthesizer& synthesizer, const Node& node,
                                     const SynthesisContext& context);

  const Operator& op_;
  const Recipe& recipe_;
  std::vector<Skill> skills_, no_skills_;
  uint64_t seed_;
  std::vector<std::unique_ptr<Synthesizer>> synthesizers_;
  std::set<std::string> excluded_;
  // The key holds everything that the answer depends on: node, memory, visible siblings, and how they fared.
  using Key = std::tuple<int64_t, Memory, std::string>;
  std::map<Key, Listed> known_;
  std::shared_ptr<const MoveModel> model_;
  double trust_ = 0;
  std::map<std::string, std::vector<Change>> changes_;  // by synthesizer and source
  std::deque<std::string> oldest_;                      // keys of changes_, for forgetting
  size_t kept_bytes_ = 0;
};

}  // namespace ke

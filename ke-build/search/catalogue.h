// SPDX-License-Identifier: MIT
// What could be tried next at a node: the suggestions of all synthesizers, legal ones only, each candidate
// once. Reading source code is what costs time here, so suggestions that depend on the source alone are kept,
// and a list of options holds no texts.
#pragma once

#include "ke-build/search/learned/move_model.h"
#include "ke-build/search/recent.h"
#include "ke-build/search/replay.h"
#include "ke-build/search/synthesizer.h"
#include "ke-build/search/tree.h"

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_set>
#include <vector>

namespace ke {

/// A suggestion without its text: sources are large, so they are made again when one is chosen.
struct Option {
  std::string hash;  // candidate_hash
  Move move;
  double prior = 1;  // expected gain factor: what is stated, united with what earlier sessions taught
  std::string kind = kind_of(move);
  // Where it came from: which synthesizer, and the how manieth of its suggestions.
  size_t synthesizer = 0, place = 0;
  double stated = prior;             // by its synthesizer alone
  double learned = std::log(prior);  // expected log gain by the learned model alone; log(stated) without one
  bool known = false;                // the model has seen this kind of move before
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

  /// From now on all elementary moves promise the same, and come in an order drawn from the seed.
  void forget_stated() { states_gains_ = false; }

  /// What this tree has not tried and nobody excluded, best prior first. A call never sees less than the
  /// calls before it: nodes are only ever added; forget() before turning to an earlier tree. The reference
  /// holds until the next call.
  const std::vector<Option>& options(const Tree& tree, int64_t node, Memory memory);
  /// The complete candidate of an option; nothing when the siblings have changed what would be suggested.
  std::optional<Suggestion> suggestion(const Tree& tree, int64_t node, Memory memory, const Option& option);
  /// Does on this node what the actions name (replay.h).
  Replayed replayed(const Tree& tree, int64_t node, const std::vector<std::string>& actions);
  /// Does the contract allow it?
  bool legal(const Candidate& candidate) const;
  /// Leaves a candidate out from now on, e.g. because the judge itself failed on it.
  void exclude(const std::string& hash) { excluded_.insert(hash); }
  bool excluded(const std::string& hash) const { return excluded_.count(hash) != 0; }
  void forget();

 private:
  // A suggestion without the node it was made for.
  struct Change {
    std::string source, source_hash;
    std::vector<std::string> flags;  // beyond those of the node
    Move move;
    double prior = 1;
  };
  // What of the tree a synthesizer is shown: the node alone, its lineage and skills, or the siblings as well.
  enum class Sight { node, lineage, siblings };
  // Node, sight, and which others are seen and how they fared: all that a list of options depends on.
  using Key = std::tuple<int64_t, Sight, uint64_t>;
  using PartKey = std::tuple<int64_t, size_t, Sight, uint64_t>;  // one synthesizer's part of it

  struct Listed {
    std::vector<Option> options;
    double trust = 0;  // that their order follows
  };

  static Sight sight_of(Memory memory);
  Sight sight_of(size_t synthesizer, Sight sight) const;
  static uint64_t digest_of(const Tree& tree, int64_t node, Sight sight);
  std::vector<Option> list(const Tree& tree, int64_t node, Sight sight);
  double stated_by(size_t synthesizer, double prior) const;
  void weigh(Listed& listed) const;
  const std::vector<Option>& part(const Tree& tree, int64_t node, Sight sight, size_t synthesizer);
  std::vector<Option> made_part(const Tree& tree, int64_t node, Sight sight, size_t synthesizer);
  std::vector<Suggestion> ask(const Tree& tree, int64_t node, Sight sight, size_t synthesizer);
  std::vector<Suggestion> all_alone(const Node& node, const std::string& synthesizer);
  std::vector<Suggestion> ask_alone(const Node& node, size_t synthesizer);
  const std::vector<Change>& changes(const Node& node, const std::string& source_hash, size_t synthesizer);
  static Suggestion applied(const Node& node, const Change& change);

  const Operator& op_;
  const Recipe& recipe_;
  const std::vector<Skill> skills_, no_skills_;
  uint64_t seed_;
  const Candidate* root_ = nullptr;  // of the tree that is being asked about
  std::vector<std::unique_ptr<Synthesizer>> synthesizers_;
  std::unordered_set<std::string> excluded_;
  // Where nothing was left, with the digest of the others that were seen: then nothing ever is.
  std::map<std::pair<int64_t, Sight>, uint64_t> exhausted_;
  Recent<Key, Listed> lists_;
  Recent<PartKey, std::vector<Option>> parts_;
  Recent<std::string, std::vector<Change>> changes_;  // by synthesizer and source
  std::shared_ptr<const MoveModel> model_;
  double trust_ = 0;
  bool states_gains_ = true;
};

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/search/catalogue.h"

#include "ke-build/base/files.h"
#include "ke-build/evaluate/legality.h"
#include "ke-build/search/flag_list.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>

namespace ke {
namespace {

constexpr size_t kMaxOptions = 400;        // per node: more would only make the engine slow
constexpr size_t kLists = 256;             // of options, about 100 kB each
constexpr size_t kParts = 2048;            // of such lists
constexpr size_t kKept_bytes = 64u << 20;  // of sources that were made but not chosen

// Of all children the best one of every kind of move: that is what there is to learn from them, and it stays
// a short list where a node has hundreds of children.
std::vector<const Node*> children_of(const Tree& tree, int64_t parent, int64_t but) {
  std::vector<const Node*> children;
  if (parent == 0) return children;
  for (const auto& [kind, id] : tree.best_children(parent)) {
    if (id != but) children.push_back(&tree.at(id));
  }
  std::sort(children.begin(), children.end(), [](const Node* a, const Node* b) { return a->id < b->id; });
  return children;
}

std::vector<const Node*> ancestors_of(const Tree& tree, const Node& node) {
  std::vector<const Node*> ancestors;
  for (int64_t id = node.parent; id != 0; id = tree.at(id).parent) ancestors.push_back(&tree.at(id));
  return ancestors;
}

constexpr double kSomeGain = 1.2;  // of a move of which nothing is known: worth a turn in the draft

bool is_sound(double prior) { return std::isfinite(prior) && prior > 0; }

}  // namespace

Catalogue::Catalogue(const Operator& op, const Recipe& recipe, std::vector<Skill> skills, uint64_t seed,
                     std::vector<std::unique_ptr<Synthesizer>> synthesizers)
    : op_(op),
      recipe_(recipe),
      skills_(std::move(skills)),
      seed_(seed),
      synthesizers_(std::move(synthesizers)),
      lists_(kLists),
      parts_(kParts),
      changes_(kKept_bytes) {}

void Catalogue::forget() {
  exhausted_.clear();
  lists_.clear();
  parts_.clear();
}

bool Catalogue::legal(const Candidate& candidate) const { return illegal_candidate(op_, candidate).empty(); }

Catalogue::Sight Catalogue::sight_of(Memory memory) {
  if (memory == Memory::clean_slate) return Sight::node;
  return memory == Memory::inherit_parent ? Sight::lineage : Sight::siblings;
}

Catalogue::Sight Catalogue::sight_of(size_t synthesizer, Sight sight) const {
  if (!synthesizers_[synthesizer]->composes()) return Sight::node;
  return synthesizers_[synthesizer]->reads_siblings() ? sight : std::min(sight, Sight::lineage);
}

const std::vector<Catalogue::Change>& Catalogue::changes(const Node& node, const std::string& source_hash,
                                                         size_t synthesizer) {
  Synthesizer& asked = *synthesizers_[synthesizer];
  const auto& moves = node.candidate.moves;
  const bool own_moves = std::any_of(moves.begin(), moves.end(),
                                     [&](const Move& move) { return move.synthesizer == asked.name(); });
  const std::string key = asked.name() + (own_moves ? "+" : "-") + source_hash;
  if (const auto* known = changes_.find(key)) return *known;
  Node plain = node;
  plain.candidate.flags.clear();
  plain.candidate.tunables.clear();
  std::vector<Change> made;
  size_t bytes = 0;
  for (Suggestion& suggestion : ask_alone(plain, synthesizer)) {
    if (suggestion.candidate.moves.empty() || !is_sound(suggestion.prior)) continue;
    bytes += suggestion.candidate.source.size();
    std::string hash = sha256(suggestion.candidate.source);
    made.push_back({std::move(suggestion.candidate.source), std::move(hash),
                    std::move(suggestion.candidate.flags), std::move(suggestion.candidate.moves.back()),
                    suggestion.prior});
  }
  return changes_.put(key, std::move(made), bytes + 1000);
}

Suggestion Catalogue::applied(const Node& node, const Change& change) {
  Suggestion suggestion{node.candidate, change.prior};
  suggestion.candidate.source = change.source;
  suggestion.candidate.flags = merged_flags(node.candidate.flags, change.flags);
  suggestion.candidate.moves.push_back(change.move);
  return suggestion;
}

// What composes goes by what was measured.
double Catalogue::stated_by(size_t synthesizer, double prior) const {
  return states_gains_ || synthesizers_[synthesizer]->composes() ? prior : kSomeGain;
}

std::vector<Suggestion> Catalogue::ask_alone(const Node& node, size_t synthesizer) {
  // Derived from the node, not carried from call to call: asking again gives the same answer, also after a
  // restart.
  Random random(seed_ ^ (static_cast<uint64_t>(node.id) * 0x9e3779b97f4a7c15ULL));
  return synthesizers_[synthesizer]->propose({op_, recipe_, node, {}, {}, no_skills_, random, {}, root_});
}

Replayed Catalogue::replayed(const Tree& tree, int64_t id, const std::vector<std::string>& actions) {
  root_ = &tree.at(1).candidate;
  Random random(seed_);
  return replay({op_,
                 recipe_,
                 tree.at(id),
                 {},
                 {},
                 no_skills_,
                 random,
                 [this](const Node& other, const std::string& name) { return all_alone(other, name); },
                 root_},
                actions);
}

std::vector<Suggestion> Catalogue::all_alone(const Node& node, const std::string& synthesizer) {
  std::vector<Suggestion> all;
  const std::string source_hash = sha256(node.candidate.source);
  for (size_t i = 0; i < synthesizers_.size(); ++i) {
    if (synthesizers_[i]->composes() || synthesizers_[i]->name() != synthesizer) continue;
    if (synthesizers_[i]->reads_source_only()) {
      for (const Change& change : changes(node, source_hash, i)) all.push_back(applied(node, change));
    } else {
      auto some = ask_alone(node, i);
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
  }
  return all;
}

std::vector<Suggestion> Catalogue::ask(const Tree& tree, int64_t id, Sight sight, size_t synthesizer) {
  const Node& node = tree.at(id);
  if (!synthesizers_[synthesizer]->composes()) return ask_alone(node, synthesizer);
  const bool clean = sight == Sight::node;
  Random random(seed_ ^ (static_cast<uint64_t>(id) * 0x9e3779b97f4a7c15ULL));
  const bool others = sight == Sight::siblings;
  return synthesizers_[synthesizer]->propose(
      {op_, recipe_, node, children_of(tree, others ? node.parent : 0, id),
       clean ? std::vector<const Node*>() : ancestors_of(tree, node), clean ? no_skills_ : skills_, random,
       [this](const Node& other, const std::string& name) { return all_alone(other, name); }, root_,
       children_of(tree, others ? id : 0, 0)});
}

std::vector<Option> Catalogue::made_part(const Tree& tree, int64_t id, Sight sight, size_t synthesizer) {
  const Node& node = tree.at(id);
  const std::string& source_hash = tree.source_hash(id);
  std::vector<Option> options;
  if (synthesizers_[synthesizer]->reads_source_only()) {
    Candidate shell = node.candidate;  // without the text, which neither legality nor the hash needs
    shell.source.clear();
    const auto& known = changes(node, source_hash, synthesizer);
    for (size_t i = 0; i < known.size(); ++i) {
      shell.flags = merged_flags(node.candidate.flags, known[i].flags);
      if (!legal(shell)) continue;
      options.push_back({candidate_hash(shell, known[i].source_hash), known[i].move,
                         stated_by(synthesizer, known[i].prior), kind_of(known[i].move), synthesizer, i});
    }
    return options;
  }
  const auto suggestions = ask(tree, id, sight, synthesizer);
  for (size_t i = 0; i < suggestions.size(); ++i) {
    Candidate candidate = suggestions[i].candidate;
    if (candidate.moves.empty() || !is_sound(suggestions[i].prior)) continue;
    candidate.flags = merged_flags({}, candidate.flags);
    if (!legal(candidate)) continue;
    const bool same_source = candidate.source == node.candidate.source;
    options.push_back({candidate_hash(candidate, same_source ? source_hash : sha256(candidate.source)),
                       candidate.moves.back(), stated_by(synthesizer, suggestions[i].prior),
                       kind_of(candidate.moves.back()), synthesizer, i});
  }
  return options;
}

const std::vector<Option>& Catalogue::part(const Tree& tree, int64_t id, Sight sight, size_t synthesizer) {
  const PartKey key{id, synthesizer, sight, digest_of(tree, id, sight)};
  if (const auto* known = parts_.find(key)) return *known;
  return parts_.put(key, made_part(tree, id, sight, synthesizer));
}

// Of the siblings and children that are seen, and how they fared.
uint64_t Catalogue::digest_of(const Tree& tree, int64_t id, Sight sight) {
  if (sight != Sight::siblings) return 0;
  const int64_t parent = tree.at(id).parent;
  return (parent != 0 ? tree.best_children_digest(parent) : 0) ^ std::rotl(tree.best_children_digest(id), 32);
}

std::vector<Option> Catalogue::list(const Tree& tree, int64_t id, Sight sight) {
  std::vector<Option> all;
  std::unordered_set<std::string> hashes{candidate_hash(tree.at(id).candidate, tree.source_hash(id))};
  // Composing ones come last: of two ways to one candidate the elementary one is kept.
  for (const bool composing : {false, true}) {
    for (size_t i = 0; i < synthesizers_.size(); ++i) {
      if (synthesizers_[i]->composes() != composing) continue;
      for (const Option& option : part(tree, id, sight_of(i, sight), i)) {
        if (hashes.insert(option.hash).second) all.push_back(option);
      }
    }
  }
  if (!states_gains_) {
    // Synthesizers list what they think most of first.
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.hash < b.hash; });
    Random random(seed_);
    for (size_t left = all.size(); left > 1; --left) std::swap(all[left - 1], all[random.below(left)]);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.prior > b.prior; });
  if (all.size() > kMaxOptions) all.resize(kMaxOptions);
  const Node& parent = tree.at(id);
  for (Option& option : all) {
    option.move.prior = option.stated;
    if (!model_) continue;
    const Approach approach = approach_of(parent.candidate.moves, merit(parent.evaluation), option.move);
    option.learned = model_->log_gain(approach);
    option.known = model_->knows(approach);
  }
  return all;
}

void Catalogue::weigh(Listed& listed) const {
  listed.trust = trust_;
  for (Option& option : listed.options)
    option.prior = std::exp((1 - trust_) * std::log(option.stated) + trust_ * option.learned);
  std::stable_sort(listed.options.begin(), listed.options.end(),
                   [](const Option& a, const Option& b) { return a.prior > b.prior; });
}

const std::vector<Option>& Catalogue::options(const Tree& tree, int64_t node, Memory memory) {
  static const std::vector<Option> none;
  root_ = &tree.at(1).candidate;
  const Sight sight = sight_of(memory);
  const uint64_t digest = digest_of(tree, node, sight);
  if (const auto known = exhausted_.find({node, sight}); known != exhausted_.end() && known->second == digest)
    return none;
  const Key key{node, sight, digest};
  Listed* listed = lists_.find(key);
  if (!listed) listed = &lists_.put(key, {list(tree, node, sight)});
  std::vector<Option>& options = listed->options;
  std::erase_if(options,
                [&](const Option& option) { return tree.knows(option.hash) || excluded(option.hash); });
  if (model_ && listed->trust != trust_) weigh(*listed);
  if (options.empty()) exhausted_[{node, sight}] = digest;
  return options;
}

std::optional<Suggestion> Catalogue::suggestion(const Tree& tree, int64_t id, Memory memory,
                                                const Option& option) {
  root_ = &tree.at(1).candidate;
  const Node& node = tree.at(id);
  const size_t synthesizer = option.synthesizer;
  std::optional<Suggestion> made;
  if (synthesizers_[synthesizer]->reads_source_only()) {
    const auto& known = changes(node, tree.source_hash(id), synthesizer);
    if (option.place < known.size()) made = applied(node, known[option.place]);
  } else {
    auto suggestions = ask(tree, id, sight_of(synthesizer, sight_of(memory)), synthesizer);
    if (option.place < suggestions.size()) made = std::move(suggestions[option.place]);
  }
  if (!made) return std::nullopt;
  made->candidate.flags = merged_flags({}, made->candidate.flags);
  if (candidate_hash(made->candidate) != option.hash) return std::nullopt;
  made->candidate.moves.back().prior = option.stated;
  return made;
}

}  // namespace ke

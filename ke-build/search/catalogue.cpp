// SPDX-License-Identifier: MIT
#include "ke-build/search/catalogue.h"

#include "ke-build/base/files.h"
#include "ke-build/evaluate/legality.h"
#include "ke-build/search/flag_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace ke {
namespace {

constexpr size_t kMaxOptions = 400;        // per node: more would only make the engine slow
constexpr size_t kKept_bytes = 64u << 20;  // of sources that were made but not chosen

bool sees_siblings(Memory memory) {
  return memory == Memory::compare_siblings || memory == Memory::combine_both;
}

std::vector<const Node*> siblings_of(const Tree& tree, const Node& node) {
  std::vector<const Node*> siblings;
  if (node.parent == 0) return siblings;
  for (const int64_t id : tree.children(node.parent)) {
    if (id != node.id) siblings.push_back(&tree.at(id));
  }
  return siblings;
}

std::vector<const Node*> ancestors_of(const Tree& tree, const Node& node) {
  std::vector<const Node*> ancestors;
  for (const int64_t id : tree.lineage(node.id)) {
    if (id != node.id) ancestors.push_back(&tree.at(id));
  }
  return ancestors;
}

}  // namespace

Catalogue::Catalogue(const Operator& op, const Recipe& recipe, std::vector<Skill> skills, uint64_t seed,
                     std::vector<std::unique_ptr<Synthesizer>> synthesizers)
    : op_(op),
      recipe_(recipe),
      skills_(std::move(skills)),
      seed_(seed),
      synthesizers_(std::move(synthesizers)) {}

const std::vector<Catalogue::Change>& Catalogue::changes(Synthesizer& synthesizer, const Node& node,
                                                         const SynthesisContext& context) {
  const auto& moves = node.candidate.moves;
  const bool own_moves = std::any_of(
      moves.begin(), moves.end(), [&](const Move& move) { return move.synthesizer == synthesizer.name(); });
  const std::string key = synthesizer.name() + (own_moves ? "+" : "-") + sha256(node.candidate.source);
  const auto [place, fresh] = changes_.try_emplace(key);
  if (!fresh) return place->second;
  Node plain = node;
  plain.candidate.flags.clear();
  plain.candidate.tunables.clear();
  const SynthesisContext asked{context.op, context.recipe, plain, {},          {},
                               no_skills_, context.random, {},    context.root};
  for (Suggestion& suggestion : synthesizer.propose(asked)) {
    if (suggestion.candidate.moves.empty()) continue;
    kept_bytes_ += suggestion.candidate.source.size();
    place->second.push_back({std::move(suggestion.candidate.source), std::move(suggestion.candidate.flags),
                             suggestion.candidate.moves.back(), suggestion.prior});
  }
  oldest_.push_back(key);
  while (kept_bytes_ > kKept_bytes && oldest_.size() > 1) {
    for (const Change& change : changes_[oldest_.front()]) kept_bytes_ -= change.source.size();
    changes_.erase(oldest_.front());
    oldest_.pop_front();
  }
  return place->second;
}

std::vector<Suggestion> Catalogue::by_source(Synthesizer& synthesizer, const Node& node,
                                             const SynthesisContext& context) {
  std::vector<Suggestion> suggestions;
  for (const Change& change : changes(synthesizer, node, context)) {
    Candidate candidate = node.candidate;
    candidate.source = change.source;
    candidate.flags = merged_flags(candidate.flags, change.flags);
    candidate.moves.push_back(change.move);
    suggestions.push_back({std::move(candidate), change.prior});
  }
  return suggestions;
}

// What synthesizers suggest that need nobody else.
std::vector<Suggestion> Catalogue::elementary(const Node& node, const SynthesisContext& context) {
  std::vector<Suggestion> all;
  for (const auto& synthesizer : synthesizers_) {
    if (synthesizer->composes()) continue;
    auto some = synthesizer->reads_source_only() ? by_source(*synthesizer, node, context)
                                                 : synthesizer->propose(context);
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

std::vector<Suggestion> Catalogue::propose(const Tree& tree, int64_t id, Memory memory) {
  const Node& node = tree.at(id);
  const bool clean = memory == Memory::clean_slate;
  // Derived from the node, not carried from call to call: asking again gives the same answer, also after a
  // restart.
  Random random(seed_ ^ (static_cast<uint64_t>(id) * 0x9e3779b97f4a7c15ULL));
  SynthesisContext context{op_,
                           recipe_,
                           node,
                           sees_siblings(memory) ? siblings_of(tree, node) : std::vector<const Node*>(),
                           clean ? std::vector<const Node*>() : ancestors_of(tree, node),
                           clean ? no_skills_ : skills_,
                           random,
                           {},
                           &tree.at(1).candidate};
  context.ask = [&](const Node& other) {
    return elementary(other, {op_, recipe_, other, {}, {}, no_skills_, random, {}, context.root});
  };
  std::vector<Suggestion> raw = elementary(node, context), all;
  for (const auto& synthesizer : synthesizers_) {
    if (!synthesizer->composes()) continue;
    auto some = synthesizer->propose(context);
    std::move(some.begin(), some.end(), std::back_inserter(raw));
  }
  std::set<std::string> hashes{candidate_hash(node.candidate)};
  for (Suggestion& suggestion : raw) {
    const bool sound =
        !suggestion.candidate.moves.empty() && std::isfinite(suggestion.prior) && suggestion.prior > 0;
    suggestion.candidate.flags = merged_flags({}, suggestion.candidate.flags);
    if (sound && illegal_candidate(op_, suggestion.candidate).empty() &&
        hashes.insert(candidate_hash(suggestion.candidate)).second) {
      suggestion.candidate.moves.back().prior = suggestion.prior;
      all.push_back(std::move(suggestion));
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.prior > b.prior; });
  if (all.size() > kMaxOptions) all.resize(kMaxOptions);
  return all;
}

const std::vector<Option>& Catalogue::options(const Tree& tree, int64_t node, Memory memory) {
  std::string view;
  if (sees_siblings(memory)) {
    for (const Node* sibling : siblings_of(tree, tree.at(node))) {
      view += fmt::format("{}:{:.6g} ", sibling->id, merit(sibling->evaluation));
    }
  }
  const auto [place, fresh] = known_.try_emplace(Key{node, memory, view});
  Listed& listed = place->second;
  if (fresh) {
    const Node& parent = tree.at(node);
    for (const Suggestion& suggestion : propose(tree, node, memory)) {
      const Move& move = suggestion.candidate.moves.back();
      Option option{candidate_hash(suggestion.candidate), move, suggestion.prior, suggestion.prior,
                    std::log(suggestion.prior)};
      if (model_)
        option.learned =
            model_->log_gain(approach_of(parent.candidate.moves, merit(parent.evaluation), move));
      listed.options.push_back(std::move(option));
    }
  }
  if (model_ && listed.trust != trust_) weigh(listed);
  return listed.options;
}

void Catalogue::weigh(Listed& listed) const {
  listed.trust = trust_;
  for (Option& option : listed.options)
    option.prior = std::exp((1 - trust_) * std::log(option.stated) + trust_ * option.learned);
  std::stable_sort(listed.options.begin(), listed.options.end(),
                   [](const Option& a, const Option& b) { return a.prior > b.prior; });
}

std::optional<Suggestion> Catalogue::suggestion(const Tree& tree, int64_t node, Memory memory,
                                                const std::string& hash) {
  for (Suggestion& suggestion : propose(tree, node, memory)) {
    if (candidate_hash(suggestion.candidate) == hash) return std::move(suggestion);
  }
  return std::nullopt;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/guided_corpus.h"

#include <algorithm>

namespace ke {
namespace {

constexpr int kPerParent = 24;  // checks of what a rare seed varies to
constexpr int kPatience = 64;   // attempts at a comparison without anything new
constexpr size_t kMostSeeds = 400;
constexpr size_t kRare = 8;  // of so many drawn inputs one at most has it

}  // namespace

void GuidedCorpus::add_drawn(Example example, CallTrace trace, bool ordinary) {
  note(trace);
  for (const uint64_t one : trace.features) ++drawn_[one];
  seeds_.push_back({std::move(example), std::move(trace), ordinary, 0, 0});
}

GuidedCorpus::Novelty GuidedCorpus::note(const CallTrace& trace) {
  bool feature = false, count = false, rare = false;
  for (const uint64_t one : trace.features) feature |= known_.insert(one).second;
  for (const CallTrace::Count& one : trace.counts) {
    if (!known_.insert(one.hash).second) continue;
    count = true;
    rare |= kRare * drawn_with(one.outcome) <= drawn_seeds_;
  }
  for (const ke_runner::Compared& one : trace.table->comparisons) {
    if (one.at == 0) continue;
    seen_[one.at] |= (one.less > 0 ? 1u : 0u) | (one.equal > 0 ? 2u : 0u) | (one.greater > 0 ? 4u : 0u);
    // What was tried in vain there before may lead on from where this call has come to.
    if (feature) tried_[one.at] = 0;
  }
  return {feature || rare, feature || count};
}

size_t GuidedCorpus::drawn_with(uint64_t feature) const {
  const auto drawn = drawn_.find(feature);
  return drawn == drawn_.end() ? 0 : drawn->second;
}

size_t GuidedCorpus::rarity_of(const CallTrace& trace) const {
  size_t least = seeds_.size();
  for (const uint64_t one : trace.features) least = std::min(least, drawn_with(one));
  return least;
}

GuidedCorpus::Lesson GuidedCorpus::learn(const Made& made, const CallTrace& trace) {
  if (!trace.finished) return {trace.suspect, false};
  const Novelty novelty = note(trace);
  Seed& parent = seeds_[made.parent];
  const bool stays = made.varies && rarity_of(trace) <= parent.rarity;
  return {novelty.asks || (stays && parent.checked++ < kPerParent), novelty.anything};
}

void GuidedCorpus::keep(Example example, CallTrace trace) {
  if (seeds_.size() >= kMostSeeds) return;
  const size_t rarity = rarity_of(trace);
  seeds_.push_back({std::move(example), std::move(trace), true, rarity, 0});
}

void GuidedCorpus::close_drawn() {
  drawn_seeds_ = seeds_.size();
  for (Seed& seed : seeds_) seed.rarity = rarity_of(seed.trace);
}

/// A comparison of this seed that has not come out in every way and was not tried in vain.
const ke_runner::Compared* GuidedCorpus::open_comparison(const Seed& seed) {
  constexpr unsigned kEveryWay = 7;
  std::vector<const ke_runner::Compared*> open;
  for (const ke_runner::Compared& one : seed.trace.table->comparisons)
    if (one.at != 0 && seen_[one.at] != kEveryWay && tried_[one.at] < kPatience) open.push_back(&one);
  return open.empty() ? nullptr : open[random_.below(open.size())];
}

/// The rarest of a few, of which not many children were checked.
size_t GuidedCorpus::rare_seed(const std::vector<size_t>& from) {
  constexpr int kFew = 6;
  const auto before = [&](size_t a, size_t b) {
    return std::pair(seeds_[a].checked >= kPerParent, seeds_[a].rarity) <
           std::pair(seeds_[b].checked >= kPerParent, seeds_[b].rarity);
  };
  size_t best = from[random_.below(from.size())];
  for (int k = 1; k < kFew; ++k) best = std::min(best, from[random_.below(from.size())], before);
  return best;
}

/// Half of the time one of the latest, which have come furthest.
size_t GuidedCorpus::any_seed(const std::vector<size_t>& from) {
  constexpr size_t kLatest = 8;
  return random_.below(2) == 0 ? from[from.size() - 1 - random_.below(std::min(from.size(), kLatest))]
                               : from[random_.below(from.size())];
}

std::optional<Made> GuidedCorpus::propose_one(const std::vector<size_t>& from) {
  // Two of five are varied, two are aimed, one is changed in structure.
  const uint64_t kind = random_.below(5);
  const size_t parent = kind >= 2 ? rare_seed(from) : any_seed(from);
  const Seed& seed = seeds_[parent];
  std::optional<Example> example;
  if (kind >= 3) {
    example = inputs_.varied(seed.example, *seed.trace.table);
  } else if (kind == 0) {
    example = inputs_.changed(seed.example, *seed.trace.table);
  } else if (const ke_runner::Compared* one = open_comparison(seed)) {
    ++tried_[one->at];
    example = inputs_.aimed(seed.example, *one, seen_[one->at]);
  }
  if (!example) return std::nullopt;
  return Made{*std::move(example), parent, kind >= 3};
}

std::vector<Made> GuidedCorpus::propose(size_t most, int64_t most_bytes) {
  std::vector<size_t> ordinary;
  for (size_t i = 0; i < seeds_.size(); ++i)
    if (seeds_[i].ordinary) ordinary.push_back(i);
  std::vector<Made> made;
  int64_t bytes = 0;
  for (size_t attempt = 0; attempt < 4 * most && made.size() < most && !ordinary.empty(); ++attempt) {
    std::optional<Made> one = propose_one(ordinary);
    if (!one) continue;
    for (const Buffer& buffer : one->example.inputs.arguments) bytes += buffer.size_bytes();
    made.push_back(*std::move(one));
    if (bytes > most_bytes) break;
  }
  return made;
}

}  // namespace ke

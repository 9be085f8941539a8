// SPDX-License-Identifier: MIT
#include "ke-build/search/tuning_space.h"

#include "ke-build/base/text.h"
#include "ke-build/evaluate/legality.h"
#include "ke-build/model/tunables.h"
#include "ke-build/search/flag_list.h"

#include <algorithm>
#include <set>

namespace ke {
namespace {

bool holds(const std::vector<std::string>& flags, const std::string& flag) {
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

bool holds_all(const std::vector<std::string>& flags, const std::vector<std::string>& some) {
  return std::all_of(some.begin(), some.end(), [&](const std::string& flag) { return holds(flags, flag); });
}

bool legal_set(const Operator& op, const FlagSet& set) {
  return std::all_of(set.flags.begin(), set.flags.end(),
                     [&](const std::string& flag) { return illegal_flag(op, flag).empty(); });
}

constexpr double kListed = 256;  // combinations: judging more at every step would take too long

const std::string& value_of(const Candidate& candidate, const Tunable& tunable) {
  const auto set = candidate.tunables.find(tunable.name);
  return set != candidate.tunables.end() ? set->second : tunable.initial;
}

}  // namespace

TuningSpace::TuningSpace(const Operator& op, const Recipe& recipe, const Candidate& candidate,
                         const std::string& baseline)
    : op_(op), source_(candidate.source), others_(candidate.tunables) {
  std::vector<SpaceParameter> parameters;
  const auto add = [&](SpaceParameter parameter) {
    parameters.push_back(std::move(parameter));
    const bool fits = combinations(parameters) <= Space::kMostCombinations;
    if (!fits) parameters.pop_back();  // the others keep their present value
    return fits;
  };
  for (const Tunable& tunable : op.kernel.tunables) {
    if (tunable.values.size() < 2 || !reads_tunable(source_, baseline, tunable.name)) continue;
    if (!add(make_space_parameter(tunable.name, tunable.values))) continue;
    tunables_.push_back(tunable);
    tunables_.back().values = parameters.back().values;
  }
  std::set<std::string> known;
  broad_.push_back({"none", {}, 1});
  for (FlagSet& set : flag_sets(flag_facts(op, recipe, candidate.source, candidate.flags))) {
    if (!legal_set(op, set)) continue;
    known.insert(set.flags.begin(), set.flags.end());
    (set.flags.size() == 1 && set.name != "O3" && set.name != "native" ? single_ : broad_)
        .push_back(std::move(set));
  }
  if (broad_.size() > 1) {
    std::vector<std::string> names;
    for (const FlagSet& set : broad_) names.push_back(set.name);
    if (!add(make_space_parameter("flags", names))) broad_.resize(1);
  }
  std::erase_if(single_, [&](const FlagSet& set) {
    return !add(make_space_parameter(set.name, {"off", "on"}));
  });
  std::copy_if(candidate.flags.begin(), candidate.flags.end(), std::back_inserter(fixed_),
               [&](const std::string& flag) { return known.count(flag) == 0; });
  space_ = Space::product(
      std::move(parameters), [this](const Levels& levels) { return legal(levels); }, kListed);
}

std::vector<std::string> TuningSpace::flags_at(const Levels& levels) const {
  size_t p = tunables_.size();
  std::vector<std::string> flags = fixed_;
  if (broad_.size() > 1) flags = merged_flags(flags, broad_[levels[p++]].flags);
  for (const FlagSet& set : single_) {
    if (levels[p++] == 1) flags = merged_flags(flags, set.flags);
  }
  return merged_flags({}, flags);
}

// Two sets that exclude each other would make one candidate of two configurations.
bool TuningSpace::legal(const Levels& levels) const {
  if (!op_.kernel.constraints.empty()) {
    TunableValues values = others_;
    for (size_t i = 0; i < tunables_.size(); ++i) values[tunables_[i].name] = tunables_[i].values[levels[i]];
    if (!broken_constraint(op_, values).empty()) return false;
  }
  size_t p = tunables_.size(), own = 0;
  std::set<std::string> wanted(fixed_.begin(), fixed_.end());
  if (broad_.size() > 1) {
    const auto& flags = broad_[levels[p++]].flags;
    wanted.insert(flags.begin(), flags.end());
  }
  for (const FlagSet& set : single_) {
    if (levels[p++] != 1) continue;
    own = wanted.size();
    wanted.insert(set.flags.begin(), set.flags.end());
    if (wanted.size() == own) return false;
  }
  return !exclude_each_other(wanted);
}

std::optional<Levels> TuningSpace::levels_of(const Candidate& candidate) const {
  if (candidate.source != source_) return std::nullopt;
  Levels levels;
  for (const Tunable& tunable : tunables_) {
    const auto at = std::find(tunable.values.begin(), tunable.values.end(), value_of(candidate, tunable));
    if (at == tunable.values.end()) return std::nullopt;
    levels.push_back(static_cast<uint32_t>(at - tunable.values.begin()));
  }
  if (broad_.size() > 1) {
    size_t widest = 0;
    for (size_t i = 1; i < broad_.size(); ++i) {
      if (holds_all(candidate.flags, broad_[i].flags) && broad_[i].flags.size() > broad_[widest].flags.size())
        widest = i;
    }
    levels.push_back(static_cast<uint32_t>(widest));
  }
  const size_t first_single = levels.size();
  for (const FlagSet& set : single_) {
    const bool in_broad = broad_.size() > 1 && holds_all(broad_[levels[first_single - 1]].flags, set.flags);
    levels.push_back(holds_all(candidate.flags, set.flags) && !in_broad ? 1 : 0);
  }
  if (!space_.contains(levels) || flags_at(levels) != merged_flags({}, candidate.flags)) return std::nullopt;
  return levels;
}

Candidate TuningSpace::candidate_at(const Levels& levels, const Candidate& parent) const {
  Candidate candidate = parent;
  for (size_t p = 0; p < tunables_.size(); ++p) {
    const Tunable& tunable = tunables_[p];
    const std::string& value = tunable.values[levels[p]];
    if (value == value_of(parent, tunable)) continue;
    candidate.tunables[tunable.name] = value;
    if (value == tunable.initial) candidate.tunables.erase(tunable.name);
    candidate.moves.push_back({"tunables", tunable.name, tunable.name + "=" + value});
  }
  candidate.flags = flags_at(levels);
  for (const std::string& flag : parent.flags) {
    if (!holds(candidate.flags, flag)) candidate.moves.push_back({"flags", "without", flag});
  }
  const auto added = [&](const FlagSet& set) {
    if (!holds_all(parent.flags, set.flags))
      candidate.moves.push_back({"flags", set.name, join_texts(set.flags, " ")});
  };
  size_t p = tunables_.size();
  if (broad_.size() > 1) added(broad_[levels[p++]]);
  for (const FlagSet& set : single_) {
    if (levels[p++] == 1) added(set);
  }
  return candidate;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/search/learned/knowledge.h"

#include "ke-build/base/machine.h"
#include "ke-build/base/text.h"
#include "ke-build/learn/learn.h"
#include "ke-build/search/learned/first_moves.h"
#include "ke-build/search/learned/warm.h"
#include "ke-build/search/run.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace ke {
namespace {

struct Tally {
  int64_t tried = 0, correct = 0;
  double gain = 0;
};

double worth(const MoveRecord& record) {
  return std::log(record.gain) * static_cast<double>(record.correct) / static_cast<double>(record.tried);
}

FamilyRecord record_of(const std::string& family, const std::vector<const PastSession*>& sessions) {
  FamilyRecord record{family, static_cast<int64_t>(sessions.size()), {}};
  std::map<std::string, Tally> tallies;
  for (const PastSession* past : sessions) {
    for (const Trial& trial : past->trials) {
      const bool is_skill = trial.approach.kind == "skill";  // each has a record of its own
      Tally& tally = tallies[is_skill ? trial.approach.action : trial.approach.kind];
      ++tally.tried;
      tally.correct += trial.correct ? 1 : 0;
      tally.gain += trial.gain;
    }
  }
  for (const auto& [kind, tally] : tallies) {
    const double gain = tally.correct > 0 ? std::exp(tally.gain / static_cast<double>(tally.correct)) : 1;
    record.moves.push_back({kind, tally.tried, tally.correct, gain});
  }
  std::stable_sort(record.moves.begin(), record.moves.end(),
                   [](const MoveRecord& a, const MoveRecord& b) { return worth(a) > worth(b); });
  return record;
}

Bound known_bound(Store& store, const std::string& op) {
  const auto sessions = store.sessions(op);
  if (!sessions) return Bound::unknown;
  for (const Session& session : *sessions) {
    for (const Bound bound :
         {Bound::memory, Bound::compute, Bound::latency, Bound::launch, Bound::frontend}) {
      const std::string tag = std::string("bound-") + name_of(bound);
      const auto& tags = session.facts.tags;
      if (std::find(tags.begin(), tags.end(), tag) != tags.end()) return bound;
    }
  }
  return Bound::unknown;
}

}  // namespace

Result<Knowledge> knowledge(Store& store, uint64_t seed) {
  KE_TRY(const auto past, past_sessions(store, "", ""));
  Knowledge known{MoveModel::train(past, {"", {}, machine_name(), ""}, seed).note(), {}, first_kinds(past)};
  std::map<std::string, std::vector<const PastSession*>> families;
  for (const PastSession& session : past) families[session.session.facts.family].push_back(&session);
  for (const auto& [family, sessions] : families) known.families.push_back(record_of(family, sessions));
  return known;
}

Result<Forecasts> forecast(const Operator& op, const Subject& baseline, Store& store,
                           const std::vector<Skill>& recalled, uint64_t seed) {
  Session session;
  session.op = op.name;
  session.op_hash = op_hash_of(op, baseline);
  session.hardware = machine_name();
  session.compiler = trim(baseline.recipe.compiler_id + " " + baseline.recipe.compiler_version);
  session.seed = seed;
  session.facts = facts_of(op, baseline.candidate.source, known_bound(store, op.name));
  WarmStart warm = warm_start(store, session, recalled);
  Forecasts forecasts{warm.note, warm.skills, {}};
  Catalogue catalogue(op, baseline.recipe, warm.skills, seed, make_synthesizers());
  Tree tree;
  Node root;
  root.candidate = baseline.candidate;
  root.evaluation.outcome = Outcome::equal;
  root.evaluation.speedup = 1;
  tree.add(std::move(root));
  if (warm.model) {
    catalogue.trust(warm.note.weight);
    catalogue.set_model(std::move(warm.model));
  }
  for (const Option& option : catalogue.options(tree, 1, Memory::inherit_parent)) {
    Move move = option.move;
    forecasts.moves.push_back(
        {action_of(move), move.detail, option.stated, std::exp(option.learned), option.prior});
  }
  return forecasts;
}

}  // namespace ke

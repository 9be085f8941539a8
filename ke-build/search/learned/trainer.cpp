// SPDX-License-Identifier: MIT
// Training: sums over like sessions, forests on them, and the held-out test.
#include "ke-build/base/clock.h"
#include "ke-build/learn/learn.h"
#include "ke-build/search/learned/held_out.h"
#include "ke-build/search/learned/move_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace ke {
namespace {

constexpr size_t kFolds = 5;
constexpr size_t kMostRows = 6000;  // that one forest grows on; more cost time and change little
constexpr size_t kFewestTrials = 40;
constexpr ForestOptions kForest{8, 0.5, 3};
constexpr double kRate = 2, kMostOdds = 2;  // of exponential weights: 0.5 to 0.88 at the start

// Two sessions of one family on one kind of machine count fully; a loose likeness counts little.
double affinity(const LearnedTarget& a, const LearnedTarget& b) {
  const double alike = likeness(a.facts, b.facts);
  return alike * alike * (compiler_family(a.compiler) == compiler_family(b.compiler) ? 1 : 0.6) *
         (hardware_class(a.hardware) == hardware_class(b.hardware) ? 1 : 0.8);
}

LearnedTarget target_of(const Session& session) {
  return {session.op, session.facts, session.hardware, session.compiler};
}

}  // namespace

class MoveModel::Trainer {
 public:
  Trainer(const std::vector<PastSession>& past, const LearnedTarget& target, uint64_t seed)
      : past_(past), target_(target), random_(seed) {}

  MoveModel train() {
    const double start_s = now_s();
    model_.facts_ = target_.facts;
    model_.note_.sessions = static_cast<int64_t>(past_.size());
    for (const PastSession& past : past_) model_.note_.trials += static_cast<int64_t>(past.trials.size());
    group();
    if (model_.note_.trials < static_cast<int64_t>(kFewestTrials) || groups_ < 2) {
      model_.note_.why = "the store holds too little: it takes " + std::to_string(kFewestTrials) +
                         " trials of two families, or of two sessions of this one";
      return std::move(model_);
    }
    index();
    compare();
    const size_t folds = std::min(kFolds, groups_);
    for (size_t fold = 0; fold < folds; ++fold) add_member(fold, folds);
    const HeldOutScore result = score(held_out_);
    decide(model_.note_, result, by_session_ ? "sessions" : "families");
    model_.start_odds_ = std::clamp(kRate * result.saved, 0.0, kMostOdds);
    if (model_.note_.on) model_.note_.weight = 1 / (1 + std::exp(-model_.start_odds_));
    model_.note_.train_s = now_s() - start_s;
    return std::move(model_);
  }

 private:
  // The test must be what the search will meet: another session of a known family, or an unknown family.
  void group() {
    by_session_ = std::any_of(past_.begin(), past_.end(), [&](const PastSession& past) {
      const Facts& facts = past.session.facts;
      return past.session.op == target_.op || (!facts.family.empty() && facts.family == target_.facts.family);
    });
    std::map<std::string, size_t> names;
    for (const PastSession& past : past_) {
      const std::string& family = past.session.facts.family;
      const std::string name = by_session_ ? past.session.id : family.empty() ? past.session.op : family;
      group_.push_back(names.try_emplace(name, names.size()).first->second);
    }
    groups_ = names.size();
    fold_.resize(groups_);
    std::iota(fold_.begin(), fold_.end(), 0);
    for (size_t i = groups_; i-- > 1;) std::swap(fold_[i], fold_[random_.below(i + 1)]);
  }

  void index() {
    const auto add = [&](const std::string& key) {
      return model_.index_.try_emplace(key, static_cast<uint32_t>(model_.index_.size() + 1)).first->second;
    };
    for (const PastSession& past : past_) {
      auto& keys = keys_.emplace_back();
      std::map<uint32_t, Cell> sums;
      for (const Trial& trial : past.trials) {
        const Approach& approach = trial.approach;
        const std::string stage = std::to_string(approach.stage) + " ";
        keys.push_back({add(stage + approach.kind), add(approach.kind), add(stage + approach.action + " ")});
        for (const uint32_t key : {keys.back().staged, keys.back().kind, keys.back().action}) {
          Cell& cell = sums[key];
          cell.tried += 1;
          cell.correct += trial.correct ? 1 : 0;
          cell.gain += trial.gain;
        }
      }
      sums_.emplace_back(sums.begin(), sums.end());
    }
  }

  void compare() {
    std::vector<LearnedTarget> targets;
    for (const PastSession& past : past_) targets.push_back(target_of(past.session));
    between_.assign(targets.size(), std::vector<float>(targets.size()));
    for (size_t one = 0; one < targets.size(); ++one) {
      to_target_.push_back(affinity(target_, targets[one]));
      for (size_t other = 0; other < one; ++other)
        between_[one][other] = between_[other][one] =
            static_cast<float>(affinity(targets[one], targets[other]));
    }
  }

  template <class Affinity>
  std::vector<Cell> cells_for(const std::vector<size_t>& sessions, Affinity affinity_of) const {
    std::vector<Cell> cells(model_.index_.size() + 1);
    for (const size_t other : sessions) {
      const double weight = affinity_of(other);
      if (weight <= 0) continue;
      for (const auto& [key, sum] : sums_[other]) {
        cells[key].tried += weight * sum.tried;
        cells[key].correct += weight * sum.correct;
        cells[key].gain += weight * sum.gain;
      }
    }
    return cells;
  }

  void add_member(size_t fold, size_t folds) {
    std::vector<size_t> seen, unseen;
    for (size_t s = 0; s < past_.size(); ++s) (fold_[group_[s]] % folds == fold ? unseen : seen).push_back(s);
    Member member{cells_for(seen, [&](size_t other) { return to_target_[other]; }), grow(seen)};
    for (const size_t s : unseen) hold_out(s, seen, member.forest);
    model_.members_.push_back(std::move(member));
  }

  // What a session is told about itself comes from the others only.
  std::vector<Cell> cells_of(size_t session, const std::vector<size_t>& seen) const {
    return cells_for(seen,
                     [&](size_t other) { return other == session ? 0.0 : double{between_[session][other]}; });
  }

  Forest grow(const std::vector<size_t>& seen) {
    Samples samples;
    samples.width = kWidth;
    size_t rows = 0;
    for (const size_t s : seen) rows += past_[s].trials.size();
    const double share = static_cast<double>(kMostRows) / static_cast<double>(std::max(rows, kMostRows));
    for (const size_t s : seen) {
      const auto cells = cells_of(s, seen);
      for (size_t i = 0; i < past_[s].trials.size(); ++i) {
        const Trial& trial = past_[s].trials[i];
        if (!trial.correct || random_.uniform() > share) continue;
        samples.features.resize(samples.features.size() + kWidth);
        fill(trial.approach, keys_[s][i], cells, past_[s].session.facts,
             samples.features.data() + samples.features.size() - kWidth);
        samples.targets.push_back(trial.gain);
      }
    }
    if (samples.targets.empty()) {  // nothing was ever correct: no gain is all that is known
      samples.features.resize(kWidth);
      samples.targets.push_back(0);
    }
    return Forest::fit(samples, kForest, random_);
  }

  void hold_out(size_t session, const std::vector<size_t>& seen, const Forest& forest) {
    const auto cells = cells_of(session, seen);
    float features[kWidth];
    for (size_t i = 0; i < past_[session].trials.size(); ++i) {
      const Trial& trial = past_[session].trials[i];
      if (!trial.approach.is_stated) continue;  // nothing to compare with
      fill(trial.approach, keys_[session][i], cells, past_[session].session.facts, features);
      const double learned = blended(trial.approach, keys_[session][i], cells, forest.predict(features).mean);
      held_out_.push_back({group_[session], session, trial.parent, learned, trial.approach.stated,
                           trial.correct, trial.gain});
    }
  }

  const std::vector<PastSession>& past_;
  const LearnedTarget& target_;
  Random random_;
  MoveModel model_;
  bool by_session_ = false;
  size_t groups_ = 0;
  std::vector<size_t> group_, fold_;
  std::vector<std::vector<Keys>> keys_;
  std::vector<std::vector<std::pair<uint32_t, Cell>>> sums_;  // flat: read for every pair of sessions
  std::vector<double> to_target_;
  std::vector<std::vector<float>> between_;
  std::vector<HeldOut> held_out_;
};

MoveModel MoveModel::train(const std::vector<PastSession>& past, const LearnedTarget& target, uint64_t seed) {
  return Trainer(past, target, seed).train();
}

}  // namespace ke

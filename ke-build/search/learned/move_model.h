// SPDX-License-Identifier: MIT
// What a move is likely to gain here, from what earlier sessions tried anywhere: sums over like sessions, as
// features of extremely randomised trees. Five members, each of which never saw a fifth of the sessions'
// groups: together they predict, and what each predicts for the groups that it never saw is the test by which
// the model is switched off where it does not help.
#pragma once

#include "ke-build/search/learned/trials.h"
#include "ke-build/search/space/forest.h"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace ke {

/// The operator that a model is trained for.
struct LearnedTarget {
  std::string op;
  Facts facts;
  std::string hardware, compiler;
};

class MoveModel {
 public:
  /// The same for the same data, target and seed. note().on says whether it may be used; a model that is off
  /// still predicts when it had something to learn from.
  static MoveModel train(const std::vector<PastSession>& past, const LearnedTarget& target, uint64_t seed);

  const LearnedNote& note() const { return note_; }
  bool can_predict() const { return !members_.empty(); }
  /// Expected log of the factor that the move gains, where spoiling the kernel counts as kFailure. What was
  /// never tried is expected to gain what is stated. REQUIRES: can_predict().
  double log_gain(const Approach& approach) const;
  /// Has any earlier session tried this kind of move?
  bool knows(const Approach& approach) const { return keys_of(approach).kind != kNone; }
  /// log(w / (1 - w)) of the weight w that the model deserves beside the stated priors, from held-out losses.
  double start_odds() const { return start_odds_; }
  static constexpr double kFailure = -0.5;  // what a move counts as that spoils the kernel, in log gain
  /// Of one prediction: squared error of the log gain, bounded by 1.
  static double loss(double predicted, bool correct, double gain);

 private:
  struct Cell {
    double tried = 0, correct = 0, gain = 0;  // weighted by how like the session is
  };
  static constexpr uint32_t kNone = 0;  // of no key: its cell stays empty
  struct Keys {
    uint32_t staged, kind, action;  // indices of cells; kNone: never tried
  };
  struct Member {
    std::vector<Cell> cells;  // for the target
    Forest forest;
  };
  class Trainer;
  static constexpr size_t kWidth = 18;

  Keys keys_of(const Approach& approach) const;
  static void fill(const Approach& approach, const Keys& keys, const std::vector<Cell>& cells,
                   const Facts& facts, float* features);
  static double blended(const Approach& approach, const Keys& keys, const std::vector<Cell>& cells,
                        double forest);

  Facts facts_;
  std::unordered_map<std::string, uint32_t> index_;
  std::vector<Member> members_;
  LearnedNote note_;
  double start_odds_ = 0;
};

}  // namespace ke

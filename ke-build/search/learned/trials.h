// SPDX-License-Identifier: MIT
// What earlier sessions tried, as training data: every edge of every stored tree, failures included.
#pragma once

#include "ke-build/store/store.h"

#include <string>
#include <vector>

namespace ke {

/// A move as it meets a candidate. Where it was is left out, so that moves on different kernels compare.
struct Approach {
  // kind_of() and action_of(). Of composed moves the kind is the synthesizer; the action of a skill is the
  // list of its steps, so that a skill is known again under the name of another session.
  std::string kind, action;
  int stage = 0;           // 0: on the kernel as it is, 1: on a changed one, 2: on one that has this kind
  bool is_stated = false;  // its synthesizer promised a gain:
  double stated = 0;       // log of that factor
  double reward = 0;       // log speed-up of the candidate before the move
  double depth = 0;        // moves in it
  double same_hand = 0;    // of these from the same synthesizer
  double size = 0;         // sum of the log2 of the move's numbers
};
Approach approach_of(const std::vector<Move>& before, double speedup, const Move& move);

/// Log of the factor between two speed-ups, within [-0.7, 7]. Undoing what made a kernel slow is no gain: the
/// candidate before counts for 0.7 at least. REQUIRES: after > 0.
double gain_over(double before, double after);

struct Trial {
  Approach approach;
  bool correct = false;
  double gain = 0;     // gain_over() its parent; 0 unless correct
  int64_t parent = 0;  // node
};

struct PastSession {
  Session session;
  std::vector<Trial> trials = {};
  int64_t best = 0;  // its winner, or the fastest correct node of one that ended without; 0: none
  double speedup = 1;
  std::vector<Move> moves = {};    // of the best node
  std::vector<double> gains = {};  // of each of them, in log, 0 where it lost
  // Place of the kind of move that began the best lineage, among the kinds that were tried on the kernel as
  // it was, by what their synthesizers state; 0: none.
  size_t founder_place = 0;
};

/// Sessions that had begun at `before` (empty: all) as they were then, newest first, without the session
/// `except`, until enough trials are together for a model that must be trained in under a second.
Result<std::vector<PastSession>> past_sessions(Store& store, const std::string& before,
                                               const std::string& except);

}  // namespace ke

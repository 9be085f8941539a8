// SPDX-License-Identifier: MIT
// What `ke-build learn` reports: the state of the learned model, what moves gained so far in each family, and
// how the next search of an operator would rank its first moves.
#pragma once

#include "ke-build/evaluate/evaluate.h"
#include "ke-build/search/learned/move_model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ke {

struct MoveRecord {
  std::string kind;
  int64_t tried = 0, correct = 0;
  double gain = 1;  // geometric mean of the factors over the parent, of correct ones
};

struct FamilyRecord {
  std::string family;
  int64_t sessions = 0;
  std::vector<MoveRecord> moves;  // by gain times the share that was correct, best first
};

struct Knowledge {
  LearnedNote note;
  std::vector<FamilyRecord> families;  // by name
  size_t first_kinds = 0;              // first_moves.h
};
/// Of the whole store. The model is the one that an operator of an unknown family would get.
Result<Knowledge> knowledge(Store& store, uint64_t seed);

/// A first move: gain factors stated by its synthesizer, expected by the model, and both united.
struct Forecast {
  std::string action, detail;  // "rewrite/tile size=32", "size=32 on the loop over c, line 9"
  double stated = 1, learned = 1, expected = 1;
};
struct Forecasts {
  LearnedNote note;
  std::vector<Skill> skills;    // that the search would replay
  std::vector<Forecast> moves;  // most promising first
};
/// `recalled` as SearchOptions::skills. The kernel is not run: what bounds it is taken from earlier sessions
/// of the same name, where there are any.
Result<Forecasts> forecast(const Operator& op, const Subject& baseline, Store& store,
                           const std::vector<Skill>& recalled, uint64_t seed);

}  // namespace ke

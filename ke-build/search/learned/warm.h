// SPDX-License-Identifier: MIT
// What a new session takes over from the store before its first step.
#pragma once

#include "ke-build/search/learned/move_model.h"

#include <memory>
#include <string>
#include <vector>

namespace ke {

struct WarmStart {
  std::vector<Skill> skills;               // recalled ones and lineages of earlier sessions
  std::shared_ptr<const MoveModel> model;  // null when it is off
  LearnedNote note;
  size_t first_kinds = 0;  // of moves that deserve a turn right away (first_moves.h)
};

/// As the store was when the session started, so that a resumed session gets the same. `recalled` are skills
/// from elsewhere. A store that cannot be read costs the warm start, not the session.
WarmStart warm_start(Store& store, const Session& session, const std::vector<Skill>& recalled);

}  // namespace ke

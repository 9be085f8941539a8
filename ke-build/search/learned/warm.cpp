// SPDX-License-Identifier: MIT
#include "ke-build/search/learned/warm.h"

#include "ke-build/base/log.h"
#include "ke-build/search/learned/first_moves.h"
#include "ke-build/search/learned/precedents.h"
#include "ke-build/search/parts.h"

#include <fmt/format.h>

namespace ke {
namespace {

constexpr size_t kMostSkills = 8;  // replaying is engine time, and each costs an evaluation of the draft

Result<WarmStart> learn_from(Store& store, const Session& session, const std::vector<Skill>& recalled) {
  const LearnedTarget target{session.op, session.facts, session.hardware, session.compiler};
  WarmStart start;
  KE_TRY(auto past, past_sessions(store, session.started, session.id));
  // What moves promised there is not what they promise here.
  std::erase_if(past, [&](const PastSession& other) {
    return lacks(other.session, "stated") != lacks(session, "stated");
  });
  KE_TRY(start.skills, precedents(store, past, target, session.op_hash, recalled, kMostSkills));
  if (lacks(session, "learned")) return start;
  if (!lacks(session, "stated")) start.first_kinds = first_kinds(past);  // places in the stated order
  auto model = std::make_shared<const MoveModel>(MoveModel::train(past, target, session.seed));
  start.note = model->note();
  if (start.note.on) start.model = std::move(model);
  return start;
}

}  // namespace

WarmStart warm_start(Store& store, const Session& session, const std::vector<Skill>& recalled) {
  WarmStart start;
  if (lacks(session, "memory")) {
    start.note.why = "left out with memory";
    return start;
  }
  auto learned = learn_from(store, session, recalled);
  if (learned) {
    start = *std::move(learned);
  } else {
    log_warn(fmt::format("{}: earlier sessions cannot be read and teach nothing: {}", session.op,
                         learned.error().message));
    start.skills = recalled;
    start.note.why = "earlier sessions cannot be read";
  }
  if (lacks(session, "learned")) start.note.why = "left out";
  return start;
}

}  // namespace ke

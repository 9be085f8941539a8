// SPDX-License-Identifier: MIT
// Sessions as training data: what was tried and what came of it, without texts and measurements.
#include "ke-build/model/codec.h"
#include "ke-build/store/impl.h"

#include <nlohmann/json.hpp>

namespace ke {

Result<std::vector<TriedNode>> Store::tried(const std::string& session, const std::string& before) {
  KE_TRY(auto rows,
         impl_->database.prepare(
             "SELECT n.id, n.parent, n.moves, e.outcome, e.speedup FROM nodes n JOIN evaluations e ON "
             "e.session = n.session AND e.node = n.id AND e.sequence = (SELECT max(l.sequence) FROM "
             "evaluations l WHERE l.session = n.session AND l.node = n.id AND (?2 = '' OR l.created <= ?2)) "
             "WHERE n.session = ?1 AND (?2 = '' OR n.created <= ?2) ORDER BY n.id"));
  rows.bind_all(session, before);
  std::vector<TriedNode> nodes;
  for (;;) {
    KE_TRY(const bool more, rows.step());
    if (!more) return nodes;
    TriedNode node;
    node.id = rows.integer(0);
    node.parent = rows.integer(1);
    KE_TRY(const Json moves, parse_json(rows.text(2), path()));
    for (const Json& item : moves) {
      KE_TRY(auto move, move_from(item, path()));
      node.moves.push_back(std::move(move));
    }
    KE_TRY(node.outcome, outcome_from(rows.text(3)));
    node.speedup = rows.real(4);
    nodes.push_back(std::move(node));
  }
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// The search tree in rows: nodes, their evaluations and the log of their statistics.
#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/model/codec.h"
#include "ke-build/store/impl.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <unordered_map>

namespace ke {
namespace {

Result<Memory> memory_from(const std::string& name) {
  for (const Memory memory :
       {Memory::inherit_parent, Memory::compare_siblings, Memory::combine_both, Memory::clean_slate}) {
    if (name == name_of(memory)) return memory;
  }
  return Error{ErrorCode::io, "unknown memory operator '" + name + "'"};
}

// Infinity has no JSON: such members are left out, and reading gives them their default.
void drop_nulls(Json& json) {
  if (json.is_object()) {
    for (auto member = json.begin(); member != json.end();) {
      const bool number = member->is_number_float();
      if (member->is_null() || (number && !(member->get<double>() - member->get<double>() == 0))) {
        member = json.erase(member);
      } else {
        drop_nulls(*member++);
      }
    }
  } else if (json.is_array()) {
    for (Json& item : json) drop_nulls(item);
  }
}

// The columns of an evaluation and its measurements are the truth; `detail` is everything else.
std::string detail_text(const Evaluation& evaluation) {
  Json detail = to_json(evaluation);
  for (const char* column : {"candidate", "outcome", "speedup", "low", "high", "confirmed", "speedups"}) {
    detail.erase(column);
  }
  drop_nulls(detail);
  return to_line(detail);
}

Result<> insert_evaluation(Database& database, const std::string& session, int64_t node,
                           const Evaluation& evaluation, const std::string& effort, int64_t step) {
  const std::string id = new_uuid();
  KE_DO(
      database.run("INSERT INTO evaluations SELECT ?1, ?2, ?3, 1 + coalesce((SELECT max(sequence) FROM "
                   "evaluations WHERE session ="
                   " ?2 AND node = ?3), 0), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12",
                   id, session, node, step, effort, std::string_view(name_of(evaluation.outcome)),
                   evaluation.speedup, evaluation.low, evaluation.high,
                   static_cast<int64_t>(evaluation.confirmed), detail_text(evaluation), utc_now()));
  int64_t position = 0;
  for (const Speedup& speedup : evaluation.speedups) {
    KE_DO(database.run("INSERT INTO measurements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", id,
                       position++, speedup.workload, speedup.ratio, speedup.low, speedup.high,
                       speedup.confidence, speedup.baseline_s, speedup.candidate_s, int64_t{speedup.pairs},
                       int64_t{speedup.blocks}, std::string_view(name_of(speedup.verdict)), speedup.weight));
  }
  return ok();
}

constexpr const char* kEvaluationColumns =
    "SELECT e.node, e.step, e.effort, e.outcome, e.speedup, e.low, e.high, e.confirmed, e.detail, e.id, "
    "n.candidate"
    " FROM evaluations e JOIN nodes n ON n.session = e.session AND n.id = e.node ";

Result<> read_measurements(Database& database, const std::string& id, Evaluation& evaluation) {
  KE_TRY(auto rows, database.prepare(
                        "SELECT workload, ratio, low, high, confidence, baseline_s, candidate_s, pairs, "
                        "blocks, verdict, weight FROM measurements WHERE evaluation = ? ORDER BY position"));
  rows.bind_all(id);
  for (;;) {
    KE_TRY(const bool more, rows.step());
    if (!more) return ok();
    Speedup speedup;
    speedup.workload = rows.text(0);
    speedup.ratio = rows.real(1);
    speedup.low = rows.real(2);
    speedup.high = rows.real(3);
    speedup.confidence = rows.real(4);
    speedup.baseline_s = rows.real(5);
    speedup.candidate_s = rows.real(6);
    speedup.pairs = static_cast<int>(rows.integer(7));
    speedup.blocks = static_cast<int>(rows.integer(8));
    KE_TRY(speedup.verdict, outcome_from(rows.text(9)));
    speedup.weight = rows.real(10);
    evaluation.speedups.push_back(std::move(speedup));
  }
}

Result<EvaluationRecord> read_evaluation(Database& database, const Statement& row) {
  EvaluationRecord record;
  record.node = row.integer(0);
  record.step = row.integer(1);
  record.effort = row.text(2);
  KE_TRY(const Json detail, parse_json(row.text(8), database.path()));
  KE_TRY(record.evaluation, evaluation_from(detail, database.path()));
  KE_TRY(record.evaluation.outcome, outcome_from(row.text(3)));
  record.evaluation.speedup = row.real(4);
  record.evaluation.low = row.real(5);
  record.evaluation.high = row.real(6);
  record.evaluation.confirmed = row.integer(7) != 0;
  record.evaluation.candidate = row.text(10);
  KE_DO(read_measurements(database, row.text(9), record.evaluation));
  return record;
}

// Reads nodes as of a step; a query for one node and a query for the whole session differ by one condition
// only.
class Reader {
 public:
  Reader(Database& database, const std::string& session, int64_t step)
      : database_(database), session_(session), step_(step) {}

  Result<std::vector<Node>> all() { return read("", 0); }
  Result<std::vector<Node>> one(int64_t id) { return read(" AND n.id = ?3", id); }

 private:
  Result<std::vector<Node>> read(const std::string& condition, int64_t id) {
    std::vector<Node> nodes;
    KE_TRY(auto rows,
           database_.prepare("SELECT n.id, n.parent, n.memory, n.source, n.flags, n.tunables, n.moves FROM "
                             "nodes n WHERE n.session = ?1 AND n.step <= ?2" +
                             condition + " ORDER BY n.id"));
    bind(rows, id);
    for (;;) {
      KE_TRY(const bool more, rows.step());
      if (!more) break;
      KE_TRY(auto node, read_node(rows));
      nodes.push_back(std::move(node));
    }
    std::unordered_map<int64_t, Node*> by_id;
    for (Node& node : nodes) by_id[node.id] = &node;
    KE_DO(read_evaluations(condition, id, by_id));
    KE_DO(read_statistics(condition, id, by_id));
    return nodes;
  }

  void bind(Statement& statement, int64_t id) {
    statement.bind_all(session_, step_);
    if (id != 0) statement.bind(id);
  }

  Result<Node> read_node(const Statement& row) {
    Node node;
    node.id = row.integer(0);
    node.parent = row.integer(1);
    KE_TRY(node.memory, memory_from(row.text(2)));
    KE_TRY(node.candidate.source, source_of(row.text(3)));
    KE_TRY(node.candidate.flags, texts_from(row.text(4), database_.path()));
    KE_TRY(const Json tunables, parse_json(row.text(5), database_.path()));
    for (const auto& [name, value] : tunables.items()) {
      if (value.is_string()) node.candidate.tunables[name] = value.get<std::string>();
    }
    KE_TRY(const Json moves, parse_json(row.text(6), database_.path()));
    for (const Json& item : moves) {
      KE_TRY(auto move, move_from(item, database_.path()));
      node.candidate.moves.push_back(std::move(move));
    }
    return node;
  }

  Result<std::string> source_of(const std::string& hash) {
    if (auto known = sources_.find(hash); known != sources_.end()) return known->second;
    KE_TRY(auto row, database_.prepare("SELECT content FROM blobs WHERE hash = ?"));
    KE_TRY(const bool found, row.bind_all(hash).step());
    if (!found) {
      return Error{ErrorCode::io,
                   fmt::format("store {}: it is damaged (no blob {})", database_.path(), hash)};
    }
    return sources_[hash] = row.text(0);
  }

  Result<> read_evaluations(const std::string& condition, int64_t id,
                            std::unordered_map<int64_t, Node*>& by_id) {
    KE_TRY(auto rows, database_.prepare(std::string(kEvaluationColumns) +
                                        "WHERE e.session = ?1 AND e.step <= ?2" + condition +
                                        " AND e.sequence = (SELECT max(sequence) FROM evaluations l WHERE "
                                        "l.session = e.session AND l.node = e.node AND l.step <= ?2)"));
    bind(rows, id);
    for (;;) {
      KE_TRY(const bool more, rows.step());
      if (!more) return ok();
      KE_TRY(auto record, read_evaluation(database_, rows));
      if (auto found = by_id.find(record.node); found != by_id.end()) {
        found->second->evaluation = std::move(record.evaluation);
      }
    }
  }

  Result<> read_statistics(const std::string& condition, int64_t id,
                           std::unordered_map<int64_t, Node*>& by_id) {
    KE_TRY(auto rows,
           database_.prepare("SELECT n.node, n.visits, n.value FROM (SELECT node, node AS id, visits, value, "
                             "step FROM statistics_log WHERE session = ?1 AND step <= ?2) n WHERE 1" +
                             condition + " ORDER BY n.node, n.step"));
    bind(rows, id);
    for (;;) {
      KE_TRY(const bool more, rows.step());
      if (!more) return ok();
      auto found = by_id.find(rows.integer(0));
      if (found == by_id.end()) continue;
      found->second->visits = rows.integer(1);  // later steps come later and win
      found->second->value = rows.real(2);
    }
  }

  Database& database_;
  const std::string& session_;
  int64_t step_;
  std::map<std::string, std::string> sources_;
};

Result<std::vector<Node>> nodes_with_ids(Database& database, const std::string& session,
                                         const std::vector<int64_t>& ids, int64_t step = Store::kNow) {
  Reader reader(database, session, step);
  std::vector<Node> nodes;
  for (const int64_t id : ids) {
    KE_TRY(auto found, reader.one(id));
    for (Node& node : found) nodes.push_back(std::move(node));
  }
  return nodes;
}

Result<std::vector<int64_t>> ids_of(Statement& statement) {
  std::vector<int64_t> ids;
  for (;;) {
    KE_TRY(const bool more, statement.step());
    if (!more) return ids;
    ids.push_back(statement.integer(0));
  }
}

}  // namespace

Result<> Store::add_node(const std::string& session, const Node& node, int64_t step) {
  if (step < 0) step = node.id;
  return transaction([&]() -> Result<> {
    Database& database = impl_->database;
    const std::string hash = sha256(node.candidate.source);
    KE_TRY(auto blob, database.prepare("INSERT OR IGNORE INTO blobs VALUES (?, ?)"));
    KE_DO(blob.bind(hash).bind_blob(node.candidate.source).run());
    Json moves = Json::array();
    for (const Move& move : node.candidate.moves) moves.push_back(to_json(move));
    KE_DO(database.run("INSERT INTO nodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", session, node.id,
                       node.parent, step, std::string_view(name_of(node.memory)),
                       candidate_hash(node.candidate), hash, list_text(node.candidate.flags),
                       to_line(Json(node.candidate.tunables)), to_line(moves), utc_now()));
    if (node.visits != 0) {
      KE_DO(update_statistics(session, node.id, node.visits, node.value, step));
    }
    return insert_evaluation(database, session, node.id, node.evaluation, "screen", step);
  });
}

Result<> Store::add_evaluation(const std::string& session, int64_t node, const Evaluation& evaluation,
                               const std::string& effort, int64_t step) {
  return transaction([&]() -> Result<> {
    Database& database = impl_->database;
    if (step < 0) {
      KE_TRY(auto newest,
             database.prepare("SELECT max((SELECT coalesce(max(step), 0) FROM nodes WHERE session = ?1), "
                              "(SELECT coalesce(max(step), 0) FROM evaluations WHERE session = ?1))"));
      KE_DO(newest.bind_all(session).step());
      step = newest.integer(0);
    }
    return insert_evaluation(database, session, node, evaluation, effort, step);
  });
}

Result<> Store::update_statistics(const std::string& session, int64_t node, int64_t visits, double value,
                                  int64_t step) {
  return transaction([&] {
    return impl_->database.run("INSERT OR REPLACE INTO statistics_log VALUES (?, ?, ?, ?, ?)", session, node,
                               step, visits, value);
  });
}

Result<std::vector<Node>> Store::nodes(const std::string& session) { return nodes_as_of(session, kNow); }

Result<std::vector<Node>> Store::nodes_as_of(const std::string& session, int64_t step) {
  return Reader(impl_->database, session, step).all();
}

Result<std::vector<EvaluationRecord>> Store::evaluations(const std::string& session) {
  KE_TRY(auto rows, impl_->database.prepare(std::string(kEvaluationColumns) +
                                            "WHERE e.session = ? ORDER BY e.step, e.rowid"));
  rows.bind_all(session);
  std::vector<EvaluationRecord> records;
  for (;;) {
    KE_TRY(const bool more, rows.step());
    if (!more) return records;
    KE_TRY(auto record, read_evaluation(impl_->database, rows));
    records.push_back(std::move(record));
  }
}

Result<std::vector<Node>> Store::frontier(const std::string& session, size_t limit, int64_t step) {
  // Walks the index on speed-up from its fast end, so the cost depends on `limit` and not on the size of the
  // tree.
  KE_TRY(auto rows, impl_->database.prepare("SELECT e.node FROM evaluations e WHERE e.session = ?1 AND "
                                            "e.speedup > 0 AND e.step <= ?3 AND NOT EXISTS (SELECT "
                                            "1 FROM evaluations l WHERE l.session = ?1 AND l.node = e.node "
                                            "AND l.sequence > e.sequence AND l.step <= "
                                            "?3) ORDER BY e.speedup DESC LIMIT ?2"));
  rows.bind_all(session, static_cast<int64_t>(limit), step);
  KE_TRY(const auto ids, ids_of(rows));
  return nodes_with_ids(impl_->database, session, ids, step);
}

Result<std::vector<Node>> Store::context(const std::string& session, int64_t node, size_t limit) {
  KE_TRY(auto lineage,
         impl_->database.prepare(
             "WITH RECURSIVE up(id, parent, depth) AS (SELECT id, parent, 0 FROM nodes WHERE session = ?1 "
             "AND id = ?2 UNION ALL SELECT n.id, n.parent, depth + 1 FROM nodes n JOIN up ON n.id = "
             "up.parent AND n.session = ?1 WHERE depth < 1000) SELECT id FROM up ORDER BY depth"));
  lineage.bind_all(session, node);
  KE_TRY(auto ids, ids_of(lineage));
  KE_TRY(auto siblings,
         impl_->database.prepare(
             "SELECT s.id FROM nodes n JOIN nodes s ON s.session = ?1 AND s.parent = n.parent AND s.id "
             "<> n.id WHERE n.session = ?1 AND n.id = ?2 AND n.parent <> 0 ORDER BY s.id DESC LIMIT ?3"));
  siblings.bind_all(session, node, static_cast<int64_t>(limit));
  KE_TRY(const auto more, ids_of(siblings));
  ids.insert(ids.end(), more.begin(), more.end());
  return nodes_with_ids(impl_->database, session, ids);
}

}  // namespace ke

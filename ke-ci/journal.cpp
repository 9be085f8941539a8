// SPDX-License-Identifier: MIT
#include "ke-ci/journal.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/model/codec.h"
#include "ke-build/store/store.h"

#include <nlohmann/json.hpp>

namespace ke {

Json to_json(const RunEntry& entry) {
  return {{"operator", entry.op},
          {"reason", entry.reason},
          {"state", entry.state},
          {"note", entry.note},
          {"session", entry.session},
          {"branch", entry.branch},
          {"commit", entry.commit},
          {"url", entry.url},
          {"report", entry.report},
          {"speedup", entry.speedup},
          {"low", entry.low},
          {"high", entry.high},
          {"bound", entry.bound},
          {"efficiency", entry.efficiency},
          {"worst", entry.worst},
          {"evaluations", entry.evaluations},
          {"inconclusive", entry.inconclusive},
          {"validated", entry.validated},
          {"learned", entry.learned},
          {"learned_why", entry.learned_why},
          {"ledger", to_json(entry.ledger)}};
}

Result<RunEntry> entry_from(const Json& json, const std::string& origin) {
  ObjectReader reader(json, origin, "$");
  RunEntry entry;
  KE_TRY(entry.op, reader.text("operator"));
  KE_TRY(entry.state, reader.text("state"));
  for (const auto& [key, field] : {std::pair{"reason", &entry.reason},
                                   {"note", &entry.note},
                                   {"session", &entry.session},
                                   {"branch", &entry.branch},
                                   {"commit", &entry.commit},
                                   {"url", &entry.url},
                                   {"report", &entry.report},
                                   {"bound", &entry.bound}}) {
    KE_TRY(*field, reader.text_or(key, ""));
  }
  for (const auto& [key, field] : {std::pair{"speedup", &entry.speedup},
                                   {"low", &entry.low},
                                   {"high", &entry.high},
                                   {"efficiency", &entry.efficiency},
                                   {"worst", &entry.worst}}) {
    KE_TRY(*field, reader.number_or(key, 0));
  }
  KE_TRY(entry.evaluations, reader.integer_or("evaluations", 0));
  KE_TRY(entry.inconclusive, reader.integer_or("inconclusive", 0));
  KE_TRY(entry.validated, reader.boolean_or("validated", false));
  KE_TRY(entry.learned, reader.boolean_or("learned", false));
  KE_TRY(entry.learned_why, reader.text_or("learned_why", ""));
  if (const Json* ledger = reader.get("ledger"); ledger && ledger->is_object()) {
    ObjectReader parts(*ledger, origin, "$.ledger");
    for (const auto& [key, field] : {std::pair{"compile_s", &entry.ledger.compile_s},
                                     {"timed_s", &entry.ledger.timed_s},
                                     {"check_s", &entry.ledger.check_s},
                                     {"engine_s", &entry.ledger.engine_s}}) {
      KE_TRY(*field, parts.number_or(key, 0));
    }
  }
  return entry;
}

bool is_success(const RunEntry& entry) {
  return entry.state == "proposed" || entry.state == "unchanged" || entry.state == "validated";
}

Journal Journal::open(const std::string& path, const std::string& key) {
  Journal journal;
  journal.path_ = path;
  journal.key_ = key;
  journal.id_ = new_uuid();
  journal.started_ = utc_now();
  const auto json = read_json(path);
  if (!json || !json->is_object()) return journal;
  ObjectReader reader(*json, path, "$");
  const auto known_key = reader.text("key"), id = reader.text("id"), started = reader.text("started");
  const Json* entries = reader.get("operators");
  if (!known_key || *known_key != key || !id || !started || !entries || !entries->is_array()) return journal;
  for (const Json& item : *entries) {
    if (auto entry = entry_from(item, path)) journal.entries_[entry->op] = *entry;
  }
  journal.id_ = *id;
  journal.started_ = *started;
  journal.resumed_ = true;
  return journal;
}

std::optional<RunEntry> Journal::finished(const std::string& op) const {
  const auto found = entries_.find(op);
  if (found == entries_.end()) return std::nullopt;
  return found->second;
}

Result<> Journal::finish(const RunEntry& entry) {
  entries_[entry.op] = entry;
  return write();
}

Result<> Journal::close() { return remove_tree(path_); }

Result<> Journal::write() const {
  Json entries = Json::array();
  for (const auto& [op, entry] : entries_) entries.push_back(to_json(entry));
  return write_file(
      path_, to_text(Json{
                 {"version", 1}, {"key", key_}, {"id", id_}, {"started", started_}, {"operators", entries}}));
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// The door, sessions, and what concerns the file as a whole.
#include "ke-build/store/store.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/random.h"
#include "ke-build/model/codec.h"
#include "ke-build/store/impl.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace ke {
namespace {

const std::vector<std::string> kMigrations = {
#include "migrations.def"
};

// A session and a row of its log; one of the conditions below says which row.
constexpr const char* kSessionColumns =
    "SELECT s.id, s.op, s.op_hash, s.hardware, s.compiler, s.flags, s.engine_version, s.seed, s.policy, "
    "s.started,"
    " t.state, t.stopped_by, t.finished, t.elapsed_s, t.budget_seconds, t.budget_evaluations, t.evaluations, "
    "t.best,"
    " t.outcomes, t.compile_s, t.timed_s, t.check_s, t.engine_s,"
    " s.clean_slate, t.budget_device_s,"
    " (SELECT details FROM session_details WHERE session = s.id)"
    " FROM sessions s JOIN session_states t ON t.session = s.id ";
constexpr const char* kNewest =
    "AND t.sequence = (SELECT max(sequence) FROM session_states WHERE session = s.id) ";
// One evaluation is one step; the row after the step may have been written again, e.g. when the session
// ended.
constexpr const char* kAsOf =
    "AND t.sequence = (SELECT max(sequence) FROM session_states WHERE session = s.id AND evaluations <= ?2) ";

std::string outcomes_text(const Session& session) { return to_line(Json(session.outcomes)); }

Result<std::map<std::string, int64_t>> outcomes_from(const std::string& text, const std::string& origin) {
  KE_TRY(const Json json, parse_json(text, origin));
  std::map<std::string, int64_t> outcomes;
  for (const auto& [name, count] : json.items()) {
    if (count.is_number_integer()) outcomes[name] = count.get<int64_t>();
  }
  return outcomes;
}

std::string details_text(const Session& session) {
  return to_line({{"without", session.without},
                  {"facts", to_json(session.facts)},
                  {"learned", to_json(session.learned)}});
}

Result<> read_details(Session& session, const std::string& text, const std::string& origin) {
  if (text.empty()) return ok();
  KE_TRY(const Json details, parse_json(text, origin));
  ObjectReader reader(details, origin, "$");
  KE_DO(reader.require_object());
  KE_TRY(session.without, reader.texts_or_empty("without"));
  if (const Json* facts = reader.get("facts")) {
    KE_TRY(session.facts, facts_from(*facts, origin));
  }
  if (const Json* learned = reader.get("learned")) {
    KE_TRY(session.learned, learned_note_from(*learned, origin));
  }
  return ok();
}

Result<Session> read_session(const Statement& row, const std::string& origin) {
  Session session;
  session.id = row.text(0);
  session.op = row.text(1);
  session.op_hash = row.text(2);
  session.hardware = row.text(3);
  session.compiler = row.text(4);
  session.flags = row.text(5);
  session.engine_version = row.text(6);
  session.seed = static_cast<uint64_t>(row.integer(7));
  session.policy = row.text(8);
  session.started = row.text(9);
  session.state = row.text(10);
  session.stopped_by = row.text(11);
  session.finished = row.text(12);
  session.elapsed_s = row.real(13);
  session.budget = {row.real(14), row.integer(15), row.real(24)};
  session.evaluations = row.integer(16);
  session.best = row.integer(17);
  KE_TRY(session.outcomes, outcomes_from(row.text(18), origin));
  session.ledger = {row.real(19), row.real(20), row.real(21), row.real(22)};
  session.clean_slate = row.real(23);
  KE_DO(read_details(session, row.text(25), origin));
  return session;
}

Result<> append_state(Database& database, const Session& session) {
  return database.run(
      "INSERT INTO session_states SELECT ?1, 1 + coalesce((SELECT max(sequence) FROM session_states WHERE "
      "session ="
      " ?1), 0), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15",
      session.id, session.state, session.stopped_by, session.finished, session.elapsed_s,
      session.budget.seconds, session.budget.evaluations, session.evaluations, session.best,
      outcomes_text(session), session.ledger.compile_s, session.ledger.timed_s, session.ledger.check_s,
      session.ledger.engine_s, session.budget.device_s);
}

}  // namespace

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::~Store() = default;
const std::string& Store::path() const { return impl_->database.path(); }

Result<std::unique_ptr<Store>> Store::open(const std::string& path) {
  if (path != ":memory:") {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    if (auto made = parent.empty() ? ok() : make_dirs(parent); !made) {
      return std::move(made.error()).note("store " + path);
    }
  }
  KE_TRY(auto database, Database::open(path));
  KE_DO(migrate(database, kMigrations));
  return std::unique_ptr<Store>(new Store(std::make_unique<Impl>(Impl{std::move(database)})));
}

Result<> Store::transaction(const std::function<Result<>()>& body) {
  KE_TRY(auto transaction, Transaction::begin(impl_->database));
  KE_DO(body());
  return transaction.commit();
}

Result<> Store::check() {
  KE_TRY(auto statement, impl_->database.prepare("PRAGMA integrity_check(3)"));
  std::string problems;
  for (;;) {
    KE_TRY(const bool more, statement.step());
    if (!more) break;
    if (statement.text(0) != "ok") problems += (problems.empty() ? "" : "; ") + statement.text(0);
  }
  if (problems.empty()) return ok();
  return Error{ErrorCode::io,
               fmt::format("store {}: it is damaged ({}); move it away, or save what is left with "
                           "`sqlite3 FILE .recover`",
                           path(), problems)};
}

Result<> Store::merge_from(const std::string& path) {
  if (!exists(path)) return Error{ErrorCode::not_found, fmt::format("store {}: no such file to merge", path)};
  { KE_TRY(auto other, Store::open(path)); }  // proves that it is a store, and brings it to our version
  Database& database = impl_->database;
  KE_DO(database.run("ATTACH ? AS other", path));
  auto merged = transaction([&]() -> Result<> {
    for (const char* table : {"operators", "sessions", "session_states", "blobs", "nodes", "evaluations",
                              "measurements", "statistics_log", "prompts", "lessons", "baselines",
                              "proposals", "proposal_states", "session_details"}) {
      KE_DO(database.execute(fmt::format("INSERT OR IGNORE INTO main.{0} SELECT * FROM other.{0}", table)));
    }
    return ok();
  });
  KE_DO(database.execute("DETACH other"));
  return merged;
}

Result<> Store::add_session(const Session& session) {
  return transaction([&]() -> Result<> {
    Database& database = impl_->database;
    KE_DO(database.run("INSERT OR IGNORE INTO operators VALUES (?, ?, ?)", session.op_hash, session.op,
                       session.started));
    KE_DO(database.run("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", session.id,
                       session.op, session.op_hash, session.hardware, session.compiler, session.flags,
                       session.engine_version, static_cast<int64_t>(session.seed), session.policy,
                       session.started, session.clean_slate));
    KE_DO(database.run("INSERT INTO session_details VALUES (?, ?)", session.id, details_text(session)));
    return append_state(database, session);
  });
}

Result<> Store::update_session(const Session& session) {
  return transaction([&] { return append_state(impl_->database, session); });
}

Result<Session> Store::session(const std::string& id) {
  KE_TRY(auto statement, impl_->database.prepare(std::string(kSessionColumns) + kNewest + "WHERE s.id = ?"));
  KE_TRY(const bool found, statement.bind_all(id).step());
  if (!found) return Error{ErrorCode::not_found, fmt::format("store {}: no session {}", path(), id)};
  return read_session(statement, path());
}

Result<Session> Store::session_as_of(const std::string& id, int64_t step) {
  KE_TRY(auto statement, impl_->database.prepare(std::string(kSessionColumns) + kAsOf + "WHERE s.id = ?1"));
  KE_TRY(const bool found, statement.bind_all(id, step).step());
  if (!found) return Error{ErrorCode::not_found, fmt::format("store {}: no session {}", path(), id)};
  return read_session(statement, path());
}

Result<std::vector<Session>> Store::sessions(const std::string& op) {
  KE_TRY(auto statement,
         impl_->database.prepare(std::string(kSessionColumns) + kNewest +
                                 "WHERE ?1 = '' OR s.op = ?1 ORDER BY s.started DESC, s.rowid DESC"));
  statement.bind_all(op);
  std::vector<Session> sessions;
  for (;;) {
    KE_TRY(const bool more, statement.step());
    if (!more) return sessions;
    KE_TRY(auto session, read_session(statement, path()));
    sessions.push_back(std::move(session));
  }
}

Result<std::optional<Session>> Store::unfinished(const std::string& op, const std::string& op_hash) {
  KE_TRY(auto statement, impl_->database.prepare(std::string(kSessionColumns) + kNewest +
                                                 "WHERE s.op = ? AND s.op_hash = ? AND t.state = 'running' "
                                                 "ORDER BY s.started DESC, s.rowid DESC LIMIT 1"));
  KE_TRY(const bool found, statement.bind_all(op, op_hash).step());
  if (!found) return std::optional<Session>();
  KE_TRY(auto session, read_session(statement, path()));
  return std::optional<Session>(std::move(session));
}

std::string list_text(const std::vector<std::string>& texts) { return to_line(Json(texts)); }

Result<std::vector<std::string>> texts_from(const std::string& json, const std::string& origin) {
  KE_TRY(const Json value, parse_json(json, origin));
  std::vector<std::string> texts;
  for (const Json& item : value) {
    if (!item.is_string())
      return Error{ErrorCode::io, fmt::format("store {}: a list holds no text: {}", origin, json)};
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::string new_uuid() {
  const uint64_t high = (secret_seed() & ~0xf000ULL) | 0x4000ULL;       // version 4: random
  const uint64_t low = (secret_seed() & ~(3ULL << 62)) | (2ULL << 62);  // variant 1
  return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xffff,
                     low >> 48, low & 0xffffffffffffULL);
}

}  // namespace ke

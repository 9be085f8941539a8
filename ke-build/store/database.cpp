// SPDX-License-Identifier: MIT
#include "ke-build/store/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace ke {
namespace {

constexpr int kBusyTimeout_ms = 10000;

std::string reason_of(int code, int system_error, const char* detail) {
  const bool no_space = system_error == ENOSPC || system_error == EDQUOT;
  if (code == SQLITE_FULL || (code == SQLITE_IOERR && no_space)) {
    return "the disk is full; free some space and run again, nothing that was stored is lost";
  }
  if (code == SQLITE_IOERR) {  // for the write-ahead log SQLite does not keep errno
    return fmt::format(
        "it cannot be read or written ({}): a limit on the size of files (ulimit -f), a network drive or a "
        "failing disk; nothing that was stored is lost",
        system_error ? std::strerror(system_error) : detail);
  }
  if (code == SQLITE_READONLY)
    return "it is read-only; choose another build folder or change its permissions";
  if (code == SQLITE_CANTOPEN || code == SQLITE_PERM || code == SQLITE_AUTH) {
    return fmt::format("it cannot be opened or created ({}); the folder must exist and be writable",
                       system_error ? std::strerror(system_error) : detail);
  }
  if (code == SQLITE_NOTADB) return "it is not a store; move it away and run again";
  if (code == SQLITE_CORRUPT) {
    return fmt::format("it is damaged ({}); move it away, or save what is left with `sqlite3 FILE .recover`",
                       detail);
  }
  return detail;
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), handle_(other.handle_), next_(other.next_) {
  other.handle_ = nullptr;
}

Statement::~Statement() { sqlite3_finalize(handle_); }

// A binding fails only for a wrong index or for want of memory; step() reports what is missing then.
Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text64(handle_, next_++, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_blob(std::string_view bytes) {
  sqlite3_bind_blob64(handle_, next_++, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind(int64_t number) {
  sqlite3_bind_int64(handle_, next_++, number);
  return *this;
}

// SQLite has no NaN (it becomes NULL); an unknown measurement is stored as 0.
Statement& Statement::bind(double number) {
  sqlite3_bind_double(handle_, next_++, number == number ? number : 0);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_->error();
}

Result<> Statement::run() {
  for (;;) {
    KE_TRY(const bool more, step());
    if (!more) return ok();
  }
}

std::string Statement::text(int column) const {
  const void* bytes = sqlite3_column_blob(handle_, column);
  const int size = sqlite3_column_bytes(handle_, column);
  return bytes ? std::string(static_cast<const char*>(bytes), static_cast<size_t>(size)) : std::string();
}

int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }

Result<Database> Database::open(const std::string& path) {
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  Database database(handle, path);
  if (code != SQLITE_OK) return database.error();
  sqlite3_busy_timeout(handle, kBusyTimeout_ms);
  // A store may come from elsewhere: its schema must not run functions, and may not be edited through it.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // FULL: with WAL, NORMAL would survive kill -9 as well (the kernel keeps the pages), but a power loss could
  // take back evaluations that were acknowledged. A commit costs one fsync, milliseconds, and an evaluation
  // costs seconds.
  KE_DO(database.execute("PRAGMA synchronous=FULL; PRAGMA cell_size_check=ON; PRAGMA cache_size=-65536"));
  // Switching to WAL needs the file alone for a moment and does not wait for it by itself.
  for (int attempt = 0;; ++attempt) {
    auto switched = database.execute("PRAGMA journal_mode=WAL");
    if (switched) break;
    if (switched.error().code != ErrorCode::conflict || attempt == 100) return switched.error();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return database;
}

Database::Database(Database&& other) noexcept : handle_(other.handle_), path_(std::move(other.path_)) {
  other.handle_ = nullptr;
}

Database::~Database() { sqlite3_close_v2(handle_); }

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v2(handle_, sql.data(), static_cast<int>(sql.size()), &handle, nullptr) != SQLITE_OK) {
    return error();
  }
  return Statement(*this, handle);
}

Result<> Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return error();
  return ok();
}

Result<int64_t> Database::integer(std::string_view sql, int64_t fallback) {
  KE_TRY(auto statement, prepare(sql));
  KE_TRY(const bool found, statement.step());
  return found ? statement.integer(0) : fallback;
}

Error Database::error() const {
  if (!handle_) return {ErrorCode::io, fmt::format("store {}: out of memory", path_)};
  const int code = sqlite3_errcode(handle_) & 0xff;
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    return {ErrorCode::conflict,
            fmt::format("store {}: another process has been writing to it for {} s; run again "
                        "when it is done",
                        path_, kBusyTimeout_ms / 1000)};
  }
  const bool world = code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_READONLY ||
                     code == SQLITE_CANTOPEN || code == SQLITE_PERM || code == SQLITE_AUTH ||
                     code == SQLITE_NOTADB || code == SQLITE_CORRUPT || code == SQLITE_NOMEM;
  return {world ? ErrorCode::io : ErrorCode::internal,
          fmt::format("store {}: {}", path_,
                      reason_of(code, sqlite3_system_errno(handle_), sqlite3_errmsg(handle_)))};
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

Result<Transaction> Transaction::begin(Database& database) {
  if (database.in_transaction()) return Transaction(nullptr);
  KE_DO(database.execute("BEGIN IMMEDIATE"));
  return Transaction(&database);
}

Transaction::~Transaction() {
  // After a full disk SQLite may have rolled back by itself; a second ROLLBACK would only complain.
  if (database_ && database_->in_transaction()) (void)database_->execute("ROLLBACK");
}

Result<> Transaction::commit() {
  if (!database_) return ok();
  KE_DO(database_->execute("COMMIT"));
  database_ = nullptr;
  return ok();
}

}  // namespace ke

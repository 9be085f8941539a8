// SPDX-License-Identifier: MIT
// The C handles of SQLite, wrapped once for the store: a connection, a statement, a transaction.
#pragma once

#include "ke-build/base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace ke {

class Database;

/// A prepared statement; parameters are bound in order, columns read by index.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  ~Statement();

  Statement& bind(std::string_view text);
  Statement& bind_blob(std::string_view bytes);
  Statement& bind(int64_t number);
  Statement& bind(double number);
  template <class... Values>
  Statement& bind_all(const Values&... values) {
    (bind(values), ...);
    return *this;
  }
  /// True when there is a row to read, false at the end.
  Result<bool> step();
  /// Runs to the end.
  Result<> run();

  std::string text(int column) const;  // of TEXT and BLOB columns
  int64_t integer(int column) const;
  double real(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* handle) : database_(&database), handle_(handle) {}
  Database* database_;
  sqlite3_stmt* handle_;
  int next_ = 1;
};

class Database {
 public:
  /// Opens or creates the file in WAL mode.
  static Result<Database> open(const std::string& path);
  Database(Database&& other) noexcept;
  Database(const Database&) = delete;
  ~Database();

  Result<Statement> prepare(std::string_view sql);
  /// Runs statements without parameters.
  Result<> execute(const std::string& sql);
  /// Runs one statement with these parameters.
  template <class... Values>
  Result<> run(std::string_view sql, const Values&... values) {
    KE_TRY(auto statement, prepare(sql));
    return statement.bind_all(values...).run();
  }
  /// The first column of the first row, or `fallback` without rows.
  Result<int64_t> integer(std::string_view sql, int64_t fallback);
  /// What the last call that failed means, for people: names the file and what to do.
  Error error() const;
  bool in_transaction() const;
  const std::string& path() const { return path_; }

 private:
  Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  sqlite3* handle_;
  std::string path_;
};

/// Begins immediately (never an upgrade from reading to writing, which two processes could deadlock on),
/// rolls back when it is destroyed without commit(). Inside another one it does nothing.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept : database_(other.database_) { other.database_ = nullptr; }
  Transaction(const Transaction&) = delete;
  ~Transaction();
  Result<> commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;  // null: nested or done
};

/// Brings the file to version `scripts.size()`: scripts[i] leads from version i to i + 1. Several processes
/// may try at once. ERRORS: conflict when the file is newer than that or belongs to another program.
Result<> migrate(Database& database, const std::vector<std::string>& scripts);

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/store/database.h"

#include <fmt/format.h>

namespace ke {
namespace {

constexpr int64_t kApplicationId = 0x4b457374;  // "KEst": tells a store from any other SQLite file

Error newer(const Database& database, int64_t found, size_t known) {
  return {ErrorCode::conflict,
          fmt::format(
              "store {}: its schema is version {}, this program knows version {}; update KernelEvolve or use "
              "another store",
              database.path(), found, known)};
}

}  // namespace

Result<> migrate(Database& database, const std::vector<std::string>& scripts) {
  const auto known = static_cast<int64_t>(scripts.size());
  // Reading first keeps the common case free of write locks.
  KE_TRY(int64_t version, database.integer("PRAGMA user_version", 0));
  KE_TRY(const int64_t application, database.integer("PRAGMA application_id", 0));
  KE_TRY(const int64_t tables, database.integer("SELECT count(*) FROM sqlite_master", 0));
  if (application != kApplicationId && (application != 0 || tables != 0)) {
    return Error{
        ErrorCode::conflict,
        fmt::format("store {}: the file belongs to another program; choose another path", database.path())};
  }
  if (version > known) return newer(database, version, scripts.size());
  if (version == known) return ok();
  KE_TRY(auto transaction, Transaction::begin(database));
  KE_TRY(version, database.integer("PRAGMA user_version", 0));  // another process may have been faster
  if (version > known) return newer(database, version, scripts.size());
  for (; version < known; ++version) KE_DO(database.execute(scripts[static_cast<size_t>(version)]));
  KE_DO(database.execute(
      fmt::format("PRAGMA user_version={}; PRAGMA application_id={}", known, kApplicationId)));
  return transaction.commit();
}

}  // namespace ke

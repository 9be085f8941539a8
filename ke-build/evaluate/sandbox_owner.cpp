// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sandbox_owner.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ke {
namespace {

template <class Wanted>
Result<> give(const std::string& folder, const FolderOwner& owner, const Wanted& wanted) {
  char* roots[] = {const_cast<char*>(folder.c_str()), nullptr};
  FTS* walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, nullptr);
  if (walk == nullptr) return Error{ErrorCode::io, fmt::format("{}: {}", folder, std::strerror(errno))};
  int failure = 0;
  while (const FTSENT* entry = fts_read(walk)) {
    if (entry->fts_info == FTS_DP || entry->fts_info == FTS_NS || !wanted(*entry->fts_statp)) continue;
    if (lchown(entry->fts_accpath, owner.uid, owner.gid) != 0 && errno != ENOENT) failure = errno;
  }
  fts_close(walk);
  if (failure == 0) return ok();
  return Error{ErrorCode::io, fmt::format("chown below {}: {}", folder, std::strerror(failure))};
}

}  // namespace

Result<std::vector<FolderOwner>> lend_folders(const std::vector<std::string>& folders, uid_t uid) {
  std::vector<FolderOwner> owners;
  if (uid == 0) return owners;
  for (const std::string& folder : folders) {
    struct stat status {};
    if (stat(folder.c_str(), &status) != 0) {
      return Error{ErrorCode::io, fmt::format("writable folder {}: {}", folder, std::strerror(errno))};
    }
    owners.push_back({status.st_uid, status.st_gid});
    KE_DO(give(folder, {uid, gid_t(uid)}, [](const struct stat& found) {
      return S_ISDIR(found.st_mode) || (S_ISREG(found.st_mode) && found.st_nlink == 1);
    }));
  }
  return owners;
}

Result<> take_folders_back(const std::vector<std::string>& folders, uid_t uid,
                           const std::vector<FolderOwner>& owners) {
  for (size_t i = 0; i < owners.size(); ++i) {
    KE_DO(give(folders[i], owners[i], [&](const struct stat& found) { return found.st_uid == uid; }));
  }
  return ok();
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// A judge that is root lends the writable folders to the sandbox's user for the time of one program.
#pragma once

#include "ke-build/base/result.h"

#include <string>
#include <vector>

#include <sys/types.h>

namespace ke {

struct FolderOwner {
  uid_t uid = 0;
  gid_t gid = 0;
};

/// Gives folders and the plain files below them to `uid`; files with further names elsewhere are left alone.
/// Returns who owned each folder. Nothing happens for uid 0. ERRORS: io.
Result<std::vector<FolderOwner>> lend_folders(const std::vector<std::string>& folders, uid_t uid);
/// Gives everything that `uid` owns there to the folder's former owner; symbolic links are never followed.
Result<> take_folders_back(const std::vector<std::string>& folders, uid_t uid,
                           const std::vector<FolderOwner>& owners);

}  // namespace ke

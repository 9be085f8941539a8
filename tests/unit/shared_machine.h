// SPDX-License-Identifier: MIT
// The ceilings of this machine and how steady it was, measured once for all tests of a build folder: each
// state folder would begin with seconds of that, in which no other test may measure. Ceilings are checked
// again whenever they are read.
#pragma once

#include "ke-build/base/files.h"

#include <filesystem>
#include <string>

#include <unistd.h>

namespace ke {

inline const char* const kSharedFiles[] = {"ceilings.json", "sentinels.jsonl"};

inline std::string shared_file(const std::string& name) { return std::string(KE_TEST_STATE) + "/" + name; }

inline void borrow_machine(const std::string& state_dir) {
  std::error_code ignored;
  std::filesystem::create_directories(state_dir, ignored);
  for (const std::string name : kSharedFiles)
    std::filesystem::copy_file(shared_file(name), state_dir + "/" + name, ignored);
}

/// The newer ones take the place of what is there.
inline void lend_machine(const std::string& state_dir) {
  std::error_code failed;
  for (const std::string name : kSharedFiles) {
    const std::string mine = shared_file(name) + "." + std::to_string(getpid());
    if (std::filesystem::copy_file(state_dir + "/" + name, mine, failed))
      std::filesystem::rename(mine, shared_file(name), failed);
  }
}

}  // namespace ke

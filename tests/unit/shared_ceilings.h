// SPDX-License-Identifier: MIT
// The ceilings of this machine, measured once for all tests of a build folder: each state folder would begin
// with more than a second of that, in which no other test may measure. They are checked again whenever they
// are read.
#pragma once

#include "ke-build/base/files.h"

#include <filesystem>
#include <string>

#include <unistd.h>

namespace ke {

inline std::string shared_ceilings() { return KE_TEST_CEILINGS; }

inline void borrow_ceilings(const std::string& state_dir) {
  std::error_code ignored;
  std::filesystem::create_directories(state_dir, ignored);
  std::filesystem::copy_file(shared_ceilings(), state_dir + "/ceilings.json", ignored);
}

inline void lend_ceilings(const std::string& state_dir) {
  std::error_code failed;
  const std::string mine = shared_ceilings() + "." + std::to_string(getpid());
  if (exists(shared_ceilings()) || !std::filesystem::copy_file(state_dir + "/ceilings.json", mine, failed))
    return;
  std::filesystem::rename(mine, shared_ceilings(), failed);
}

}  // namespace ke

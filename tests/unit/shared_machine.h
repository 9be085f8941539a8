// SPDX-License-Identifier: MIT
// What the tests of a build folder need not each find out or make anew: the ceilings of this machine and how
// steady it was (seconds in which no other test may measure; ceilings are checked again whenever they are
// read), and the compiled runners, which are named by everything that they are made of.
#pragma once

#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <filesystem>
#include <string>
#include <vector>

#include <unistd.h>

namespace ke {

/// Copies what `from` holds of it into `to`: measurements take the place of older ones, runners are kept.
inline void share_machine(const std::string& from, const std::string& to) {
  namespace fs = std::filesystem;
  std::error_code ignored;  // what cannot be shared is measured or compiled again
  std::vector<std::string> files = {"ceilings.json", "sentinels.jsonl"};
  for (const std::string& runner : list_files(join(from, "runtime")))
    if (!ends_with(runner, ".lock") && !fs::exists(join(to, "runtime/" + runner)))
      files.push_back("runtime/" + runner);
  fs::create_directories(join(to, "runtime"), ignored);
  for (const std::string& file : files) {
    const std::string whole = join(to, file), part = whole + "." + std::to_string(getpid()) + ".lock";
    if (fs::copy_file(join(from, file), part, fs::copy_options::overwrite_existing, ignored))
      fs::rename(part, whole, ignored);
  }
}

inline void borrow_machine(const std::string& state_dir) { share_machine(KE_TEST_STATE, state_dir); }
inline void lend_machine(const std::string& state_dir) { share_machine(state_dir, KE_TEST_STATE); }

}  // namespace ke

// SPDX-License-Identifier: MIT
// ke.lock.json, the evidence a repository keeps beside its kernels: what was adopted for each operator, on
// which version of the source it was validated, and how much faster it was. `ke_add_operator` applies its
// flags and defines.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/operator.h"

#include <map>
#include <string>
#include <vector>

namespace ke {

constexpr const char* kLockFile = "ke.lock.json";

struct LockWorkload {
  std::string name;
  Axes axes;
  double speedup = 1, low = 1, high = 1;
};

struct LockEntry {
  std::string source;      // relative to the folder of the lock file
  std::string token_hash;  // of that source, as it was validated
  std::string candidate;   // candidate_hash of the winner
  std::vector<std::string> flags;
  std::map<std::string, std::string> defines;
  std::string hardware, compiler, base_flags;
  std::string
      processor;  // as CMake names it; the rules apply the flags only there and for this compiler family
  std::vector<LockWorkload> workloads;
  double speedup = 1, low = 1, high = 1;
  std::string session, validated;  // validated: UTC date
};

struct Lock {
  std::map<std::string, LockEntry> operators;
};

/// Reads the file strictly: it comes from pull requests. ERRORS: usage with file and JSON path; flags that
/// load code or name files, and defines that are not one plain value, are refused.
Result<Lock> parse_lock(const std::string& text, const std::string& origin);
/// An absent file is an empty lock.
Result<Lock> read_lock(const std::string& folder);
/// Sorted keys, one value per line, rounded figures: a changed operator changes only its own lines.
std::string lock_text(const Lock& lock);

/// Whether a flag may stand in a lock file: code generation only, no paths, no plug-ins, no response files.
bool is_adoptable_flag(const std::string& flag);
bool is_adoptable_define(const std::string& name, const std::string& value);

/// Operators whose source is no longer the one that was validated; `folder` holds the lock file and the
/// sources.
std::vector<std::string> stale_entries(const Lock& lock, const std::string& folder);

}  // namespace ke

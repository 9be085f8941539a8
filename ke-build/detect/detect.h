// SPDX-License-Identifier: MIT
// Which operators does BASE..HEAD really change? The answer is a superset: whatever is unknown counts as
// affected and says why. Content decides (git blob and token hashes), never modification times.
#pragma once

#include "ke-build/model/change.h"
#include "ke-build/project/project.h"

namespace ke {

struct DetectOptions {
  std::string base;        // revision; the merge base with head is compared
  std::string head;        // revision, or empty for the working tree
  std::string cache_path;  // file that keeps token hashes and include graphs between runs; empty: none
};

/// ERRORS: usage (unknown revision, not a git repository, shallow clone without the base: says `git fetch
/// --unshallow`).
Result<Change> detect(const Project& project, const DetectOptions& options);

/// Hash of the file's tokens: comments, whitespace and line splices do not count; macros and literals do.
std::string token_hash(const std::string& source);

}  // namespace ke

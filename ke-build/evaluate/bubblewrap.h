// SPDX-License-Identifier: MIT
// bubblewrap, where it is installed and works: compilers then see a file system that is read-only but for the
// folders that they were given. Landlock says who may open what; it does not stop chmod, utimes or stat.
#pragma once

#include "ke-build/evaluate/sandbox.h"

#include <string>
#include <vector>

#include <sys/types.h>

namespace ke {

struct Bubblewrap {
  std::string program, confine;  // paths of bwrap and ke-confine; both empty when it cannot be used
  std::string why;               // ... and then the reason
  bool usable() const { return !program.empty(); }
};
/// Tried once per process.
const Bubblewrap& bubblewrap();

/// What ke-confine is told: the last steps into the sandbox are its own, since bubblewrap could not mount
/// anything after them.
struct ConfineOrder {
  uid_t uid = 0;  // 0: keep
  bool keep_read = false;
  int ruleset = -1, filter = -1;  // descriptors that it inherits
};
std::vector<std::string> bubblewrap_line(const Bubblewrap& tools, const SandboxPolicy& policy,
                                         const std::string& directory, const ConfineOrder& order,
                                         const std::string& program, const std::vector<std::string>& argv);

}  // namespace ke

// SPDX-License-Identifier: MIT
// The answer of `detect`: which operators a range of commits changes, and why.
#pragma once

#include <string>
#include <vector>

namespace ke {

struct OperatorChange {
  std::string name, target, spec;
  bool affected = true;
  bool unknown = false;             // affected only because something could not be known
  std::vector<std::string> reason;  // a path, operator first: {"softmax", "vec.h", "changed macro VEC_WIDTH"}
  int depth = 0;                    // edges in that path
};

struct Change {
  std::string base, head;  // full commit ids; head "worktree" when uncommitted changes count
  std::vector<OperatorChange> operators;
  std::vector<std::string> changed_files;   // repository-relative, content really changed
  std::vector<std::string> harmless_files;  // changed in comments or whitespace only
  std::vector<std::string> notes;           // what was unknown, which sources of truth were used
  double seconds = 0;
};

/// `softmax <- vec.h <- changed macro VEC_WIDTH`
std::string reason_text(const OperatorChange& change);

}  // namespace ke

// SPDX-License-Identifier: MIT
// SEAM: one tool that watches a version run or reads its machine code. It is a witness beside the
// differential runs: it adds lines of evidence and facts for the verdict, and nothing that it says gates
// anything. Rows live in profilers/<name>/ and are listed by a generated table. One thread at a time.
#pragma once

#include "ke-build/evaluate/folder.h"
#include "ke-build/evaluate/inputs.h"
#include "ke-build/evaluate/profile/verdict.h"

#include <memory>
#include <string>
#include <vector>

namespace ke {

struct ProfilerProbe {
  bool usable = false;
  std::string version;  // one line
  std::string missing;  // what is not there and what to do about it, when not usable
};

/// One version on one workload.
struct ProfileTarget {
  const Operator& op;
  const Recipe& recipe;
  const Axes& axes;
  const Inputs& inputs;
  const Program& program;
  const std::string& folder;  // of the evaluation; its object is <folder>/kernel.o
  double call_s = 0;          // of one call
  const std::vector<std::string>& mandatory_layers;
};

class Profiler {
 public:
  virtual ~Profiler() = default;
  virtual std::string name() const = 0;
  /// Is the tool here, and does this machine let it work? Quick: `doctor` asks too.
  virtual ProfilerProbe probe() = 0;
  /// Lines of evidence; fills the profiler's part of `runs`. The version runs in the sandbox, as always.
  /// ERRORS: tool, refused, io; the caller turns them into evidence.
  virtual Result<std::vector<std::string>> examine(const ProfileTarget& target, Differentials& runs) = 0;
};

/// One of each, in the order of the generated table.
std::vector<std::unique_ptr<Profiler>> make_profilers();

}  // namespace ke

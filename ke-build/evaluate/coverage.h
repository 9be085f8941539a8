// SPDX-License-Identifier: MIT
// Which blocks of its changed lines a candidate's traced calls have entered (block coverage).
#pragma once

#include "ke-build/evaluate/judge_state.h"
#include "ke-build/evaluate/tracer.h"

#include <set>
#include <string>
#include <vector>

namespace ke {

struct Covered {
  Coverage coverage;
  std::string unknown;  // why that cannot be said; empty where it can
};

/// What `tracer`, which runs `subject`, has entered so far and enters in the other calls of the exam that
/// fit into `deadline`. Blocks that only unwind the stack or say that an assertion failed do not count. Lines
/// are changed where they are none of `baseline`. The candidate's own process notes
/// its blocks: a hint for readers and no evidence. ERRORS: sandbox, io.
Result<Covered> coverage_of(Tracer& tracer, const Subject& subject, const std::string& baseline,
                            const Exam& exam, const Deadline& deadline);

/// A block of an instrumented program: where the call that notes it returns to, and its line from 1; 0 where
/// it lies in another file.
struct Block {
  uint64_t address = 0;
  int line = 0;
};
/// Lines for `blocks` out of addr2line's answer, one line of text per block, with those of files that are not
/// called `file` left 0.
void read_lines(const std::string& answer, const std::string& file, std::vector<Block>& blocks);
/// `changed`: lines from 1.
Coverage coverage_of_lines(const std::vector<Block>& blocks, const std::vector<bool>& entered,
                           const std::set<int>& changed, const std::string& source);

}  // namespace ke

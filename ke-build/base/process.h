// SPDX-License-Identifier: MIT
// Runs trusted tools (compilers, ninja, cmake, git) with a deadline. Untrusted programs go through
// evaluate/sandbox.h, which wraps the command that is given here.
#pragma once

#include "ke-build/base/result.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ke {

struct Command {
  std::vector<std::string> argv{};                   // argv[0] is searched in PATH
  std::string directory{};                           // empty: the current one
  std::map<std::string, std::string> environment{};  // added to the inherited one
  bool clear_environment = false;                    // start from an empty environment instead
  std::string input{};                               // standard input
  double timeout_s = 60;
  size_t output_limit_bytes = 16u << 20;  // per stream; the rest is discarded and `truncated` set
};

struct Exit {
  int code = 0;    // exit status, or 128 + signal
  int signal = 0;  // 0 unless killed by a signal
  bool timed_out = false;
  bool truncated = false;
  std::string out, err;
  double seconds = 0;
  bool succeeded() const { return code == 0 && !timed_out; }
};

/// Runs to the end or to the deadline, when the whole process group is killed.
/// ERRORS: not_found when argv[0] does not exist; a non-zero exit is a value.
Result<Exit> run(const Command& command);
/// Like run(), and a non-zero exit or a timeout is an Error(tool) with the last lines of stderr.
Result<std::string> run_or_fail(const Command& command);
/// Absolute path of a program in PATH, or nullopt.
std::optional<std::string> find_program(const std::string& name);
/// One line that can be pasted into a POSIX shell.
std::string shell_line(const std::vector<std::string>& argv);
/// Splits a command fragment the way a POSIX shell would (quotes, backslashes), for CMake's flag strings.
std::vector<std::string> split_command(const std::string& text);

}  // namespace ke

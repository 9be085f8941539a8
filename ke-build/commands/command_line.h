// SPDX-License-Identifier: MIT
// The one place where words become verbs and errors become exit codes, for ke-build and ke-ci alike.
#pragma once

#include "ke-build/commands/command.h"

#include <span>

namespace ke {

struct CommandLine {
  const char* name;
  const char* summary;
  std::span<const Verb> verbs;
};

/// Runs the verb that the command line names and returns the exit code (docs/cli/README.md). The last
/// catch of the program is in here: what it sees is our bug.
int run_program(const CommandLine& program, int argc, char** argv);

}  // namespace ke

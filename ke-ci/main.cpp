// SPDX-License-Identifier: MIT
#include "ke-ci/commands.h"

int main(int argc, char** argv) { return ke::run_ci_command_line(argc, argv); }

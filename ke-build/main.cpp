// SPDX-License-Identifier: MIT
#include "ke-build/commands/command.h"

int main(int argc, char** argv) { return ke::run_command_line(argc, argv); }

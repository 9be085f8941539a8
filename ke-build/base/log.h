// SPDX-License-Identifier: MIT
// Talk goes to stderr: plain lines in CI, one rewritten status line on a terminal. stdout belongs to data.
#pragma once

#include <string>

namespace ke {

enum class LogLevel { quiet, info, debug };
void set_log_level(LogLevel level);

void log_info(const std::string& line);
void log_warn(const std::string& line);
void log_debug(const std::string& line);
/// Shows transient progress: replaces the status line on a terminal; elsewhere prints at most one line per 10
/// s.
void log_progress(const std::string& line);
/// Ends the status line, so that what follows starts on a fresh line.
void end_progress();

}  // namespace ke

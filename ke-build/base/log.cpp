// SPDX-License-Identifier: MIT
#include "ke-build/base/log.h"

#include "ke-build/base/clock.h"

#include <cstdio>
#include <mutex>

#include <sys/ioctl.h>
#include <unistd.h>

namespace ke {
namespace {

// The one piece of process-wide state: a terminal is process-wide too.
struct Terminal {
  std::mutex mutex;
  LogLevel level = LogLevel::info;
  bool interactive = isatty(2);
  bool status_shown = false;
  double last_plain_s = -1e9;
};

Terminal& terminal() {
  static Terminal instance;
  return instance;
}

size_t columns() {
  winsize size{};
  return ioctl(2, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

void clear_status(Terminal& t) {
  if (t.status_shown) std::fputs("\r\033[K", stderr);
  t.status_shown = false;
}

void print(const char* prefix, const std::string& line, LogLevel needed) {
  Terminal& t = terminal();
  const std::lock_guard<std::mutex> lock(t.mutex);
  if (t.level < needed) return;
  clear_status(t);
  std::fprintf(stderr, "%s%s\n", prefix, line.c_str());
}

}  // namespace

void set_log_level(LogLevel level) { terminal().level = level; }
void log_info(const std::string& line) { print("", line, LogLevel::info); }
void log_warn(const std::string& line) { print("warning: ", line, LogLevel::quiet); }
void log_debug(const std::string& line) { print("debug: ", line, LogLevel::debug); }

void log_progress(const std::string& line) {
  Terminal& t = terminal();
  const std::lock_guard<std::mutex> lock(t.mutex);
  if (t.level < LogLevel::info) return;
  if (t.interactive) {
    std::fprintf(stderr, "\r\033[K%s", line.substr(0, columns() - 1).c_str());
    std::fflush(stderr);
    t.status_shown = true;
  } else if (now_s() - t.last_plain_s >= 10) {
    std::fprintf(stderr, "%s\n", line.c_str());
    t.last_plain_s = now_s();
  }
}

void end_progress() {
  Terminal& t = terminal();
  const std::lock_guard<std::mutex> lock(t.mutex);
  clear_status(t);
}

}  // namespace ke

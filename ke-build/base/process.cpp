// SPDX-License-Identifier: MIT
#include "ke-build/base/process.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace ke {
namespace {

struct Pipe {
  int read_fd = -1, write_fd = -1;
  bool open() {
    int fds[2];
    if (::pipe2(fds, O_CLOEXEC) != 0) return false;
    read_fd = fds[0];
    write_fd = fds[1];
    return true;
  }
  static void close_fd(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  ~Pipe() {
    close_fd(read_fd);
    close_fd(write_fd);
  }
};

std::vector<std::string> environment_of(const Command& command) {
  std::map<std::string, std::string> variables;
  if (!command.clear_environment) {
    for (char** entry = environ; *entry; ++entry) {
      const std::string text = *entry;
      const size_t equals = text.find('=');
      if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
    }
  }
  for (const auto& [name, value] : command.environment) variables[name] = value;
  std::vector<std::string> entries;
  for (const auto& [name, value] : variables) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

Result<pid_t> spawn(const Command& command, const std::string& program, const Pipe& in, const Pipe& out,
                    const Pipe& err) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, in.read_fd, 0);
  posix_spawn_file_actions_adddup2(&actions, out.write_fd, 1);
  posix_spawn_file_actions_adddup2(&actions, err.write_fd, 2);
  if (!command.directory.empty()) posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  std::vector<std::string> argv = command.argv, environment = environment_of(command);
  pid_t pid = -1;
  const int code = posix_spawn(&pid, program.c_str(), &actions, &attributes, pointers(argv).data(),
                               pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (code != 0) {
    return Error{ErrorCode::tool, fmt::format("cannot start {}{}: {}", command.argv[0],
                                              command.directory.empty() ? "" : " in " + command.directory,
                                              std::strerror(code))};
  }
  return pid;
}

/// Moves bytes until both outputs are closed, the deadline passes, or the child has ended and nothing more
/// comes.
class Pump {
 public:
  Pump(Pipe& in, Pipe& out, Pipe& err, const Command& command)
      : in_(in), out_(out), err_(err), command_(command) {
    ::fcntl(in_.write_fd, F_SETFL, O_NONBLOCK);
    if (command.input.empty()) Pipe::close_fd(in_.write_fd);
  }

  void run(pid_t pid, const Deadline& deadline, Exit& exit, int& status, bool& reaped) {
    while (out_.read_fd >= 0 || err_.read_fd >= 0) {
      const double left_s = deadline.left_s();
      if (left_s <= 0) return;
      pollfd fds[3] = {{out_.read_fd, POLLIN, 0}, {err_.read_fd, POLLIN, 0}, {in_.write_fd, POLLOUT, 0}};
      ::poll(fds, 3, static_cast<int>(std::min(left_s * 1000 + 1, reaped ? 50.0 : 200.0)));
      const bool moved = drain(out_.read_fd, fds[0].revents, exit.out, exit) |
                         drain(err_.read_fd, fds[1].revents, exit.err, exit);
      feed(fds[2].revents);
      if (!reaped) reaped = ::waitpid(pid, &status, WNOHANG) == pid;
      // A grandchild may keep the pipes open after the child has ended: do not wait for it.
      else if (!moved)
        return;
    }
  }

 private:
  bool drain(int& fd, short events, std::string& sink, Exit& exit) {
    if (fd < 0 || !(events & (POLLIN | POLLHUP | POLLERR))) return false;
    char chunk[1 << 16];
    const ssize_t count = ::read(fd, chunk, sizeof chunk);
    if (count <= 0) {
      if (count == 0 || errno != EINTR) Pipe::close_fd(fd);
      return true;
    }
    const size_t room = command_.output_limit_bytes - std::min(command_.output_limit_bytes, sink.size());
    sink.append(chunk, std::min(room, static_cast<size_t>(count)));
    exit.truncated |= room < static_cast<size_t>(count);
    return true;
  }

  void feed(short events) {
    if (in_.write_fd < 0 || !(events & (POLLOUT | POLLERR | POLLHUP))) return;
    const ssize_t count =
        ::write(in_.write_fd, command_.input.data() + written_, command_.input.size() - written_);
    if (count > 0) written_ += static_cast<size_t>(count);
    if ((count < 0 && errno != EAGAIN && errno != EINTR) || written_ == command_.input.size()) {
      Pipe::close_fd(in_.write_fd);
    }
  }

  Pipe &in_, &out_, &err_;
  const Command& command_;
  size_t written_ = 0;
};

void set_status(Exit& exit, int status) {
  if (WIFSIGNALED(status)) {
    exit.signal = WTERMSIG(status);
    exit.code = 128 + exit.signal;
  } else {
    exit.code = WEXITSTATUS(status);
  }
}

}  // namespace

Result<Exit> run(const Command& command) {
  KE_CHECK(!command.argv.empty());
  const auto program = find_program(command.argv[0]);
  if (!program)
    return Error{ErrorCode::not_found,
                 "the program '" + command.argv[0] + "' is not installed or not in PATH"};
  // A child that ends without reading its input must not end us.
  static const auto ignored = std::signal(SIGPIPE, SIG_IGN);
  static_cast<void>(ignored);
  Pipe in, out, err;
  if (!in.open() || !out.open() || !err.open()) {
    return Error{ErrorCode::io, fmt::format("cannot open a pipe: {}", std::strerror(errno))};
  }
  const double start_s = now_s();
  const Deadline deadline(command.timeout_s);
  KE_TRY(const pid_t pid, spawn(command, *program, in, out, err));
  Pipe::close_fd(in.read_fd);
  Pipe::close_fd(out.write_fd);
  Pipe::close_fd(err.write_fd);
  Exit exit;
  int status = 0;
  bool reaped = false;
  Pump(in, out, err, command).run(pid, deadline, exit, status, reaped);
  while (!reaped && !deadline.passed()) {
    reaped = ::waitpid(pid, &status, WNOHANG) == pid;
    if (!reaped) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  exit.timed_out = !reaped;
  ::kill(-pid, SIGKILL);
  if (!reaped) ::waitpid(pid, &status, 0);
  set_status(exit, status);
  exit.seconds = now_s() - start_s;
  return exit;
}

Result<std::string> run_or_fail(const Command& command) {
  KE_TRY(auto exit, run(command));
  if (exit.succeeded()) return std::move(exit.out);
  const std::string why = exit.timed_out ? fmt::format("took longer than {:.0f} s", command.timeout_s)
                          : exit.signal  ? fmt::format("was killed by signal {}", exit.signal)
                                         : fmt::format("exited with {}", exit.code);
  const std::string talk = last_lines(exit.err.empty() ? exit.out : exit.err, 12);
  return Error{ErrorCode::tool,
               fmt::format("`{}` {}{}{}", shell_line(command.argv), why, talk.empty() ? "" : ":\n", talk)};
}

std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return ::access(name.c_str(), X_OK) == 0 ? std::optional(name) : std::nullopt;
  }
  const char* path = std::getenv("PATH");
  for (const std::string& folder : split(path ? path : "/usr/bin:/bin", ':')) {
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    std::error_code code;
    if (::access(candidate.c_str(), X_OK) == 0 && !std::filesystem::is_directory(candidate, code))
      return candidate;
  }
  return std::nullopt;
}

std::string shell_line(const std::vector<std::string>& argv) {
  std::vector<std::string> words;
  for (const std::string& word : argv) {
    const bool plain = !word.empty() && word.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789_-+=./:,@%") == std::string::npos;
    words.push_back(plain ? word : "'" + replace_all(word, "'", "'\\''") + "'");
  }
  return join_texts(words, " ");
}

std::vector<std::string> split_command(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\'') {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '\\' && i + 1 < text.size() &&
               (!quote || text[i + 1] == '"' || text[i + 1] == '\\' || text[i + 1] == '$')) {
      word += text[++i];
      in_word = true;
    } else if (quote) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t' || c == '\n') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (in_word) words.push_back(std::move(word));
  return words;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sandbox_watch.h"

#include "ke-build/base/clock.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <fts.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ke {
namespace {

struct ProcessRow {
  char state = 0;
  pid_t group = 0;
  int threads = 0;
  uint64_t resident_bytes = 0;
};

/// Fields of /proc/<pid>/stat behind the name, which may itself hold spaces and brackets.
bool read_row(const char* pid, ProcessRow& row) {
  char path[64], text[1024];
  std::snprintf(path, sizeof path, "/proc/%s/stat", pid);
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return false;
  text[length] = 0;
  const char* rest = std::strrchr(text, ')');
  long group = 0, threads = 0, pages = 0;
  if (rest == nullptr ||
      std::sscanf(rest + 1,
                  " %c %*d %ld %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld %*d %*u "
                  "%*u %ld",
                  &row.state, &group, &threads, &pages) != 4) {
    return false;
  }
  row.group = pid_t(group);
  row.threads = int(threads);
  row.resident_bytes = pages > 0 ? uint64_t(pages) * uint64_t(sysconf(_SC_PAGESIZE)) : 0;
  return true;
}

template <class Visit>
void for_each_process(const Visit& visit) {
  DIR* folder = opendir("/proc");
  if (folder == nullptr) return;
  while (const dirent* entry = readdir(folder)) {
    if (std::isdigit(static_cast<unsigned char>(entry->d_name[0]))) visit(entry->d_name);
  }
  closedir(folder);
}

uint64_t nameless_file_bytes(const char* pid) {
  const std::string path = fmt::format("/proc/{}/fd", pid);
  DIR* folder = opendir(path.c_str());
  if (folder == nullptr) return 0;
  uint64_t total = 0;
  while (const dirent* entry = readdir(folder)) {
    struct stat status {};
    if (fstatat(dirfd(folder), entry->d_name, &status, 0) == 0 && S_ISREG(status.st_mode) &&
        status.st_nlink == 0) {
      total += uint64_t(status.st_blocks) * 512;
    }
  }
  closedir(folder);
  return total;
}

void add(TreeUsage& usage, const ProcessRow& row) {
  if (row.state == 'Z' || row.state == 'X') return;
  ++usage.processes;
  usage.threads += row.threads;
  usage.resident_bytes += row.resident_bytes;
}

}  // namespace

TreeUsage usage_of_group(pid_t group, bool with_files) {
  TreeUsage usage;
  for_each_process([&](const char* pid) {
    ProcessRow row;
    if (!read_row(pid, row) || row.group != group) return;
    add(usage, row);
    if (with_files) usage.hidden_file_bytes += nameless_file_bytes(pid);
  });
  return usage;
}

TreeUsage usage_of_process(pid_t pid) {
  TreeUsage usage;
  ProcessRow row;
  if (read_row(std::to_string(pid).c_str(), row)) add(usage, row);
  return usage;
}

namespace {

/// `flags:` of /proc/<pid>/fdinfo/<descriptor>.
std::string flags_of(pid_t pid, int descriptor) {
  std::ifstream info(fmt::format("/proc/{}/fdinfo/{}", pid, descriptor));
  for (std::string line; std::getline(info, line);)
    if (line.compare(0, 6, "flags:") == 0) return line.substr(6);
  return "";
}

int open_descriptors(pid_t pid) {
  DIR* folder = opendir(fmt::format("/proc/{}/fd", pid).c_str());
  if (folder == nullptr) return 0;
  int count = 0;
  while (const dirent* entry = readdir(folder)) count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

/// Lines of /proc/<pid>/maps about memory that is shared with others.
std::string shared_mappings(pid_t pid) {
  std::ifstream maps(fmt::format("/proc/{}/maps", pid));
  std::string shared;
  for (std::string line; std::getline(maps, line);)
    if (line.find("/memfd:") != std::string::npos) shared += line + "\n";
  return shared;
}

/// Without what the thread library handles for itself (32, 33).
std::string without_library(const std::string& mask) {
  const uint64_t own = uint64_t{3} << 31;
  return fmt::format("{:x}", std::strtoull(mask.c_str(), nullptr, 16) & ~own);
}

}  // namespace

ProcessState state_of_process(pid_t pid) {
  ProcessState state;
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    const auto value = [&](std::string_view name, std::string& to) {
      if (line.compare(0, name.size(), name) == 0) to = line.substr(name.size());
    };
    std::string anonymous, handled, mapped;
    value("SigBlk:", state.blocked);
    value("SigIgn:", state.ignored);
    value("SigCgt:", handled);
    value("VmSize:", mapped);
    value("Cpus_allowed:", state.cores);
    std::string switches;
    value("voluntary_ctxt_switches:", switches);
    if (!switches.empty()) state.voluntary_switches = std::strtoll(switches.c_str(), nullptr, 10);
    if (!handled.empty()) state.handled = without_library(handled);
    if (!mapped.empty()) state.mapped_bytes = std::strtoull(mapped.c_str(), nullptr, 10) * 1024;
    value("RssAnon:", anonymous);
    if (!anonymous.empty()) state.private_bytes = std::strtoull(anonymous.c_str(), nullptr, 10) * 1024;
  }
  for (int stream = 0; stream < 3; ++stream) {
    char target[256];
    const std::string path = fmt::format("/proc/{}/fd/{}", pid, stream);
    const ssize_t length = readlink(path.c_str(), target, sizeof target);
    if (length > 0) state.streams[stream].assign(target, static_cast<size_t>(length));
    state.stream_flags[stream] = flags_of(pid, stream);
  }
  state.shared = shared_mappings(pid);
  state.descriptors = open_descriptors(pid);
  return state;
}

uint64_t disk_usage(const std::vector<std::string>& folders) {
  uint64_t total = 0;
  for (const std::string& folder : folders) {
    char* roots[] = {const_cast<char*>(folder.c_str()), nullptr};
    FTS* walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, nullptr);
    if (walk == nullptr) continue;
    while (const FTSENT* entry = fts_read(walk)) {
      if (entry->fts_info == FTS_F || entry->fts_info == FTS_D)
        total += uint64_t(entry->fts_statp->st_blocks) * 512;
    }
    fts_close(walk);
  }
  return total;
}

int tasks_of_user(uid_t uid) {
  int tasks = 0;
  for_each_process([&](const char* pid) {
    struct stat status {};
    ProcessRow row;
    if (stat(fmt::format("/proc/{}", pid).c_str(), &status) == 0 && status.st_uid == uid &&
        read_row(pid, row)) {
      tasks += row.threads;
    }
  });
  return tasks;
}

void kill_group(pid_t group) {
  const Deadline deadline(2);
  do {
    kill(-group, SIGKILL);
    if (usage_of_group(group, false).processes == 0) return;
    usleep(1000);
  } while (!deadline.passed());
}

std::string signal_name(int signal) {
  const char* name = sigabbrev_np(signal);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", signal);
}

}  // namespace ke

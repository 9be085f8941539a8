// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sandbox_layers.h"

#include "ke-build/base/text.h"
#include "ke-build/evaluate/bubblewrap.h"
#include "ke-build/evaluate/launcher.h"
#include "ke-build/evaluate/sandbox_landlock.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <linux/seccomp.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

struct NamespaceProbe {
  int usable = 0;
  std::string why;  // why the first refused one was refused
};

struct NamespaceName {
  int flag;
  const char* name;
};
constexpr int kCompilersOnly = CLONE_NEWIPC | CLONE_NEWNET;
constexpr NamespaceName kNamespaces[] = {
    {CLONE_NEWPID, "pid_namespace"}, {CLONE_NEWIPC, "ipc_namespace"}, {CLONE_NEWNET, "net_namespace"}};

/// 0 or errno.
int try_namespaces(int flags) {
  const long pid = syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr);
  if (pid < 0) return errno;
  if (pid == 0) {
    // Ubuntu may grant a user namespace in which nothing is allowed: a second one inside tells.
    const bool works = (flags & CLONE_NEWUSER) == 0 || unshare(CLONE_NEWUTS) == 0;
    syscall(SYS_exit_group, works ? 0 : EPERM);
  }
  int status = 0;
  while (waitpid(pid_t(pid), &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

NamespaceProbe probe_namespaces() {
  NamespaceProbe probe;
  const int user = geteuid() == 0 ? 0 : CLONE_NEWUSER;
  for (const NamespaceName& kind : kNamespaces) {
    const int code = try_namespaces(user | kind.flag);
    if (code == 0) {
      probe.usable |= user | kind.flag;
    } else if (probe.why.empty()) {
      probe.why = std::strerror(code);
    }
  }
  return probe;
}

const NamespaceProbe& namespaces() {
  static const NamespaceProbe probe = probe_namespaces();
  return probe;
}

Layer seccomp_layer(SandboxRole role) {
  const uint32_t action = SECCOMP_RET_TRAP;
  const bool works = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
  const char* const without =
      role == SandboxRole::compiler ? "" : "no sockets, no System V objects, no other programs";
  return {"seccomp", works, works ? without : std::strerror(errno)};
}

Layer identity_layer() {
  if (geteuid() != 0) return {"uid", true, "unprivileged already"};
  const uid_t uid = sandbox_user();
  return {"uid", uid != 0, uid != 0 ? "dropped" : "no other user id is mapped in this container"};
}

Layer descriptor_layer() {
  // An empty range: only asks whether the call exists.
  const bool works = syscall(SYS_close_range, ~0u, ~0u, 0) == 0;
  return {"descriptors", works, works ? "" : "close_range(2) is missing: Linux 5.11 or newer is needed"};
}

}  // namespace

int usable_namespaces(SandboxRole role) {
  return namespaces().usable & ~(role == SandboxRole::compiler ? 0 : kCompilersOnly);
}

std::vector<Layer> probe_layers(SandboxRole role) {
  const int abi = landlock_abi();
  std::vector<Layer> layers = {
      {"no_new_privs", true, ""},
      identity_layer(),
      seccomp_layer(role),
      {"files", abi > 0, abi > 0 ? fmt::format("landlock ABI {}", abi) : "this kernel has no Landlock"},
      {"rlimits", true, ""},
      {"watchdog", access("/proc/self/stat", R_OK) == 0, "/proc"},
      descriptor_layer(),
      {"environment", true, ""}};
  if (geteuid() != 0) {
    const bool user = (usable_namespaces(role) & CLONE_NEWUSER) != 0;
    layers.push_back({"user_namespace", user, user ? "" : namespaces().why});
  }
  if (role == SandboxRole::compiler) {
    const Bubblewrap& tools = bubblewrap();
    layers.push_back({"read_only_mounts", tools.usable(), tools.usable() ? "bubblewrap" : tools.why});
  }
  for (const NamespaceName& kind : kNamespaces) {
    if (role != SandboxRole::compiler && (kind.flag & kCompilersOnly) != 0) continue;
    const bool works = (usable_namespaces(role) & kind.flag) != 0;
    layers.push_back({kind.name, works, works ? "" : namespaces().why});
  }
  return layers;
}

const std::vector<std::string>& mandatory_layers() {
  static const std::vector<std::string> names = {"no_new_privs", "uid",      "seccomp",     "files",
                                                 "rlimits",      "watchdog", "descriptors", "environment"};
  return names;
}

std::vector<std::string> sandbox_layers(SandboxRole role) {
  std::vector<std::string> active, absent;
  for (const Layer& layer : probe_layers(role)) {
    if (layer.active) {
      active.push_back(layer.detail.empty() ? layer.name : fmt::format("{}: {}", layer.name, layer.detail));
    } else {
      absent.push_back(fmt::format("absent: {} ({})", layer.name, layer.detail));
    }
  }
  active.insert(active.end(), absent.begin(), absent.end());
  return active;
}

Result<> require_layers(const SandboxPolicy& policy) {
  const std::vector<Layer> layers = probe_layers(policy.role);
  std::vector<std::string> names = mandatory_layers(), missing;
  for (const char* where_allowed : {"user_namespace", "read_only_mounts"}) names.push_back(where_allowed);
  for (const NamespaceName& kind : kNamespaces) names.push_back(kind.name);
  for (const std::string& wanted : policy.mandatory.empty() ? mandatory_layers() : policy.mandatory) {
    const auto found =
        std::find_if(layers.begin(), layers.end(), [&](const Layer& layer) { return layer.name == wanted; });
    if (found == layers.end() && std::find(names.begin(), names.end(), wanted) != names.end()) continue;
    if (found == layers.end()) {
      return Error{ErrorCode::usage, fmt::format("unknown sandbox layer '{}'{}; layers are {}", wanted,
                                                 suggestion(wanted, names), join_texts(names, ", "))};
    }
    if (!found->active) missing.push_back(fmt::format("{} ({})", found->name, found->detail));
  }
  if (missing.empty()) return ok();
  return Error{ErrorCode::refused,
               fmt::format("untrusted code is not run here: mandatory sandbox layers are missing: {}",
                           join_texts(missing, ", "))};
}

}  // namespace ke

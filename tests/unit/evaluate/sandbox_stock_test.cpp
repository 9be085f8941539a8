// SPDX-License-Identifier: MIT
// The default policy where a stock hosted runner is less generous than this machine: as an ordinary user, and
// where namespaces are forbidden. The suites run once more in a process that has lost them.
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/sandbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

constexpr const char* kSuites =
    "SandboxTest.*:InsideStockRunner.SaysWhatIsAbsent:RunnerHonest.ComputesAndReportsTimes:RunnerAttack."
    "MemoryIsLimited:"
    "RunnerAttack.ThreadsAreLimited:RunnerAttack.HostileSystemCallsAreRefusedByName:"
    "RunnerAttack.FilesBesideLibrariesAreOutOfReach:RunnerAttack.NoRunnerOutlivesAKilledJudge:"
    "RunnerAttack.NothingIsLeftWhenTheRunnerIsDestroyed";
constexpr uid_t kNobody = 65534;
constexpr const char* kSaid = "said-what-is-absent";
constexpr int kCannot = 77;
constexpr int kBroken = 78;  // it could not be set up, which is a failure and no skip

/// From now on unshare(2) and clone(2) with namespaces fail with EPERM, as AppArmor and container filters do
/// it.
bool forbid_namespaces() {
  constexpr uint32_t kSpaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                               CLONE_NEWPID | CLONE_NEWNET;
  sock_filter program[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 4, 0),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 4, 0),
                           BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
                           BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[0])),
                           BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kSpaces, 0, 2),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
                           BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  sock_fprog filter{sizeof program / sizeof *program, program};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter) == 0;
}

/// Exit status of the suites in a process of its own; kCannot where it cannot be made.
int run_restricted(bool ordinary_user, const std::string& scratch) {
  const pid_t child = fork();
  if (child == 0) {
    const int own = open("/proc/self/exe", O_RDONLY);
    if (ordinary_user && (setgroups(0, nullptr) != 0 || setresgid(kNobody, kNobody, kNobody) != 0 ||
                          setresuid(kNobody, kNobody, kNobody) != 0))
      _exit(kBroken);
    if (access(__FILE__, R_OK) != 0) _exit(kCannot);
    if (own < 0 || !forbid_namespaces()) _exit(kBroken);
    setenv("TMPDIR", scratch.c_str(), 1);
    const std::string filter = std::string("--gtest_filter=") + kSuites;
    char* argv[] = {const_cast<char*>("test_evaluate"), const_cast<char*>(filter.c_str()), nullptr};
    fexecve(own, argv, environ);
    _exit(kBroken);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

void expect_suites_pass(bool ordinary_user) {
  const Result<TempDir> scratch = TempDir::make("ke-stock");
  ASSERT_TRUE(scratch);
  ASSERT_EQ(chmod(scratch->path().c_str(), 0755), 0);
  if (ordinary_user && (geteuid() != 0 || chown(scratch->path().c_str(), kNobody, kNobody) != 0))
    GTEST_SKIP() << "not run: the sandbox as another, ordinary user; this process may not become one";
  const int status = run_restricted(ordinary_user, scratch->path());
  if (ordinary_user && status == kCannot)
    GTEST_SKIP() << "not run: the sandbox as an ordinary user, who cannot read this checkout";
  EXPECT_EQ(status, 0) << "the output above is of the restricted process";
  EXPECT_TRUE(exists(join(scratch->path(), kSaid))) << "a filter that selects nothing passes, too";
}

TEST(StockRunner, WorksWithoutNamespaces) { expect_suites_pass(false); }
TEST(StockRunner, WorksAsAnOrdinaryUserWithoutNamespaces) { expect_suites_pass(true); }

// The tests above start it.
TEST(InsideStockRunner, SaysWhatIsAbsent) {
  ASSERT_TRUE(write_file(join(std::getenv("TMPDIR"), kSaid), ""));
  const std::vector<std::string> layers = sandbox_layers(SandboxRole::compiler);
  const std::string all = join_texts(layers, "\n");
  for (const char* absent : {"pid_namespace", "ipc_namespace", "net_namespace", "read_only_mounts"}) {
    EXPECT_TRUE(std::any_of(
        layers.begin(), layers.end(),
        [&](const std::string& layer) { return starts_with(layer, std::string("absent: ") + absent); }))
        << absent << " in\n"
        << all;
  }
  for (const std::string& wanted : mandatory_layers()) {
    EXPECT_TRUE(std::any_of(layers.begin(), layers.end(),
                            [&](const std::string& layer) { return starts_with(layer, wanted); }))
        << wanted << " in\n"
        << all;
  }
  SandboxPolicy strict;
  strict.mandatory = {"pid_namespace"};
  const auto refused = require_layers(strict);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::refused);
  EXPECT_NE(refused.error().message.find("pid_namespace ("), std::string::npos) << refused.error().message;
  strict.mandatory = {"read_only_mounts"};
  EXPECT_TRUE(require_layers(strict)) << "runners have no part in it";
  strict.role = SandboxRole::compiler;
  EXPECT_FALSE(require_layers(strict));
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/sandbox.h"

#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/sandbox_filter.h"
#include "ke-build/evaluate/sandbox_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

class SandboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<TempDir> folder = TempDir::make("ke-sandbox");
    ASSERT_TRUE(folder) << folder.error().message;
    folder_ = std::make_unique<TempDir>(*std::move(folder));
    policy_.role = SandboxRole::compiler;
    policy_.writable = {folder_->path()};
    policy_.limits.wall_s = 10;
    command_.directory = folder_->path();
  }

  SandboxExit run_shell(const std::string& script) {
    command_.argv = {"/bin/sh", "-c", script};
    return run_command();
  }
  SandboxExit run_command() {
    Result<SandboxExit> exit = run_sandboxed(command_, policy_);
    EXPECT_TRUE(exit) << exit.error().message;
    return exit ? *std::move(exit) : SandboxExit{};
  }
  /// Compiles outside and runs inside.
  SandboxExit run_c(const std::string& body) {
    const std::string source = path("program.cpp"), program = path("program");
    EXPECT_TRUE(write_file(source,
                           "#include <cstdio>\n#include <cstdlib>\n#include <cstring>\n#include <fcntl.h>\n"
                           "#include <signal.h>\n#include <sched.h>\n#include <sys/ptrace.h>\n#include "
                           "<sys/socket.h>\n#include <sys/stat.h>\n"
                           "#include <unistd.h>\nstatic char* volatile memory;\nint main() {" +
                               body + "}"));
    Command compile;
    compile.argv = {"g++", "-O1", "-w", source, "-o", program};
    const auto done = run_or_fail(compile);
    EXPECT_TRUE(done) << done.error().message;
    command_.argv = {program};
    return run_command();
  }
  /// Whatever ran before, the next program has processors, memory, disk and processes.
  void TearDown() override {
    policy_.limits = SandboxLimits();
    policy_.mandatory.clear();
    command_ = Command();
    command_.directory = folder_->path();
    policy_.writable = {folder_->path()};
    policy_.readable.clear();
    const SandboxExit next = run_shell("echo $((6 * 7)) > next && cat next");
    EXPECT_EQ(next.out, "42\n") << "the next program: " << next.reason << next.err;
  }
  std::string path(const std::string& name) const { return join(folder_->path(), name); }

  SandboxPolicy policy_;
  Command command_;
  std::unique_ptr<TempDir> folder_;
};

using Limit = SandboxExit::Limit;

TEST_F(SandboxTest, CompilesAndLeavesTheFolderToItsOwner) {
  ASSERT_TRUE(write_file(path("a.cpp"),
                         "#include <vector>\nint main() { return int(std::vector<int>(3).size()) - 3; }"));
  command_.argv = {"g++", "-O2", "a.cpp", "-o", "a"};
  const SandboxExit exit = run_command();
  ASSERT_EQ(exit.code, 0) << exit.err;
  struct stat status {};
  ASSERT_EQ(stat(path("a").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, geteuid());
  struct stat folder {};
  ASSERT_EQ(stat(folder_->path().c_str(), &folder), 0);
  EXPECT_EQ(folder.st_uid, geteuid());
}

TEST_F(SandboxTest, PassesInputOutputAndStatus) {
  command_.input = "hello";
  const SandboxExit exit = run_shell("cat; echo talk >&2; exit 3");
  EXPECT_EQ(exit.out, "hello");
  EXPECT_EQ(exit.err, "talk\n");
  EXPECT_EQ(exit.code, 3);
  EXPECT_EQ(exit.exceeded, Limit::none);
}

TEST_F(SandboxTest, ReadsWhatTheRepositoryKeepsInAPrivateFolder) {
  // The folder above has mode 0700; a judge that is root drops its user and must still reach headers below
  // it.
  ASSERT_TRUE(make_dirs(path("repository/include")));
  ASSERT_EQ(chmod(path("repository").c_str(), 0700), 0);
  ASSERT_TRUE(write_file(path("repository/include/a.h"), "int a = 1;\n"));
  policy_.readable = {path("repository")};
  ASSERT_TRUE(make_dirs(path("out")));
  policy_.writable = {path("out")};
  const SandboxExit exit =
      run_shell("cat " + path("repository/include/a.h") + " && ! touch " + path("repository/b"));
  EXPECT_EQ(exit.code, 0) << exit.err;
  EXPECT_EQ(exit.out, "int a = 1;\n");
}

TEST_F(SandboxTest, HidesTheRestOfTheMachine) {
  ASSERT_TRUE(make_dirs(path("out")));
  ASSERT_TRUE(write_file(path("secret"), "42"));
  policy_.writable = {path("out")};
  setenv("KE_TOKEN", "secret", 1);
  const std::string judge = std::to_string(getpid());
  const SandboxExit exit =
      run_shell("for f in /etc/passwd /etc/shadow /proc/" + judge + "/environ " + path("secret") +
                "; do cat $f 2>/dev/null && echo READ $f; done; ls /root /tmp /home && echo LISTED;"
                "touch /tmp/ke-x /dev/shm/ke-x " +
                path("ke-x") + " && echo WROTE; echo \"[$KE_TOKEN]\"");
  EXPECT_EQ(trim(exit.out), "[]") << exit.out;
}

TEST_F(SandboxTest, DoesNotIncludeForeignFilesIntoObjects) {
  ASSERT_TRUE(make_dirs(path("out")));
  ASSERT_TRUE(write_file(path("reference.cpp"), "answer"));
  ASSERT_TRUE(write_file(path("out/a.cpp"), "asm(\".incbin \\\"" + path("reference.cpp") + "\\\"\");\n"));
  policy_.writable = {path("out")};
  command_.directory = path("out");
  command_.argv = {"g++", "-c", "a.cpp", "-o", "a.o"};
  EXPECT_NE(run_command().code, 0);
}

TEST_F(SandboxTest, CannotOpenSocketsOrDebugOrGainRights) {
  const SandboxExit exit = run_c(
      "printf(\"%d %d %d %d\", socket(2, 1, 0) < 0, ptrace(PTRACE_TRACEME, 0, 0, 0) < 0, unshare(0x20000) < "
      "0,"
      " chmod(\"program\", 04755) < 0);");
  EXPECT_EQ(exit.out, "1 1 1 1") << exit.err;
}

TEST_F(SandboxTest, EndsAHang) {
  command_.timeout_s = 0.3;
  const SandboxExit exit = run_shell("while :; do :; done");
  EXPECT_TRUE(exit.timed_out);
  EXPECT_EQ(exit.exceeded, Limit::wall);
  EXPECT_LT(exit.seconds, 3);
}

TEST_F(SandboxTest, EndsAProcessThatStopsItself) {
  command_.timeout_s = 0.3;
  EXPECT_EQ(run_c("raise(SIGSTOP); for (;;) pause();").exceeded, Limit::wall);
}

TEST_F(SandboxTest, LimitsProcessorTime) {
  policy_.limits.cpu_s = 1;
  policy_.limits.wall_s = 100;
  const SandboxExit exit = run_c("signal(SIGXCPU, SIG_IGN); for (;;) asm volatile(\"\");");
  EXPECT_EQ(exit.exceeded, Limit::cpu) << exit.reason;
}

TEST_F(SandboxTest, EndsAMemoryBomb) {
  policy_.limits.memory_bytes = 256u << 20;
  const SandboxExit exit =
      run_c("for (;;) { memset(memory = (char*)malloc(1 << 20), 1, 1 << 20); usleep(300); }");
  EXPECT_EQ(exit.exceeded, Limit::memory) << exit.reason;
}

TEST_F(SandboxTest, EndsAMemoryBombSpreadOverChildren) {
  policy_.limits.memory_bytes = 256u << 20;
  const SandboxExit exit = run_c(
      "for (int i = 0; i < 8; ++i) if (!fork()) { memset(memory = (char*)malloc(64 << 20), 1, 64 << 20); for "
      "(;;) pause(); }"
      "for (;;) pause();");
  EXPECT_EQ(exit.exceeded, Limit::memory) << exit.reason;
}

TEST_F(SandboxTest, SurvivesAForkBomb) {
  policy_.limits.processes = 32;
  command_.timeout_s = 2;
  const double started = now_s();
  const SandboxExit exit = run_c("for (;;) fork();");
  EXPECT_FALSE(exit.succeeded());
  EXPECT_LT(now_s() - started, 20);
}

TEST_F(SandboxTest, LeavesNoDaemonBehind) {
  const SandboxExit exit = run_c(
      "if (!fork()) { setsid(); if (!fork()) { setsid(); setpgid(0, 0); close(1); close(2);"
      " for (;;) { usleep(1000); int f = open(\"beat\", O_CREAT | O_WRONLY | O_TRUNC, 0666); close(f); } } "
      "_exit(0); }"
      "usleep(100000);");
  EXPECT_EQ(exit.code, 0) << exit.reason;
  ASSERT_TRUE(exists(path("beat")));
  ASSERT_EQ(unlink(path("beat").c_str()), 0);
  usleep(100000);
  EXPECT_FALSE(exists(path("beat")));
}

TEST_F(SandboxTest, CannotKillTheJudgeOrItsNeighbours) {
  const pid_t neighbour = fork();
  if (neighbour == 0) {
    for (;;) pause();
  }
  run_c("kill(-1, SIGKILL); kill(" + std::to_string(getpid()) + ", SIGKILL); kill(" +
        std::to_string(neighbour) + ", SIGKILL);");
  int status = 0;
  EXPECT_EQ(waitpid(neighbour, &status, WNOHANG), 0);
  kill(neighbour, SIGKILL);
  waitpid(neighbour, &status, 0);
}

TEST_F(SandboxTest, EndsADiskFiller) {
  policy_.limits.file_bytes = 8u << 20;
  const SandboxExit one = run_shell("head -c 100000000 /dev/zero > one");
  EXPECT_FALSE(one.succeeded());
  struct stat status {};
  ASSERT_EQ(stat(path("one").c_str(), &status), 0);
  EXPECT_LE(status.st_size, 8 << 20);
  const SandboxExit many = run_shell("i=0; while :; do head -c 1000000 /dev/zero > f$i; i=$((i+1)); done");
  EXPECT_EQ(many.exceeded, Limit::files) << many.reason;
}

TEST_F(SandboxTest, EndsADiskFillerWithNamelessFiles) {
  policy_.limits.file_bytes = 8u << 20;
  const SandboxExit exit = run_c(
      "static char block[1 << 20]; for (int i = 0; i < 100; ++i) { int f = open(\"x\", O_CREAT | O_WRONLY, "
      "0600); unlink(\"x\");"
      "for (int k = 0; k < 4; ++k) write(f, block, sizeof block); usleep(20000); }");
  EXPECT_EQ(exit.exceeded, Limit::files) << exit.reason;
}

TEST_F(SandboxTest, SurvivesSignalTricks) {
  command_.timeout_s = 2;
  const SandboxExit exit = run_c(
      "for (int i = 1; i < 65; ++i) signal(i, SIG_IGN); for (int i = 0; i < 4; ++i) fork();"
      "for (;;) for (int i = 1; i < 65; ++i) { kill(0, i); kill(-1, i); kill(getppid(), i); }");
  EXPECT_FALSE(exit.succeeded());
}

TEST_F(SandboxTest, EndsAFloodThatNeverEnds) {
  command_.timeout_s = 1;
  policy_.limits.output_bytes = 10000;
  const SandboxExit exit = run_c("for (;;) { puts(\"word\"); fputs(\"word\", stderr); }");
  EXPECT_EQ(exit.exceeded, Limit::wall);
  EXPECT_LE(exit.out.size() + exit.err.size(), 20000u);
}

TEST_F(SandboxTest, CutsAFloodOfOutput) {
  policy_.limits.output_bytes = 10000;
  const SandboxExit exit = run_shell("head -c 50000000 /dev/zero; echo end >&2");
  EXPECT_EQ(exit.out.size(), 10000u);
  EXPECT_TRUE(exit.truncated);
  EXPECT_EQ(exit.err, "end\n");
}

TEST_F(SandboxTest, ClosesTheJudgesFiles) {
  const int leak = open(path("leak").c_str(), O_CREAT | O_RDWR, 0600);
  ASSERT_GE(leak, 0);
  const SandboxExit exit =
      run_c("int n = 0; for (int i = 3; i < 2000; ++i) n += fcntl(i, F_GETFD) != -1; printf(\"%d\", n);");
  close(leak);
  EXPECT_EQ(exit.out, "0");
}

TEST_F(SandboxTest, DoesNotFollowLinksWhenItGivesFoldersBack) {
  ASSERT_TRUE(make_dirs(path("out")));
  ASSERT_TRUE(write_file(path("victim"), "x"));
  struct stat before {
  }, after{};
  ASSERT_EQ(stat(path("victim").c_str(), &before), 0);
  policy_.writable = {path("out")};
  run_shell("ln -s " + path("victim") + " " + path("out/link") + "; ln " + path("victim") + " " +
            path("out/hard"));
  ASSERT_EQ(stat(path("victim").c_str(), &after), 0);
  EXPECT_EQ(after.st_uid, before.st_uid);
  EXPECT_EQ(after.st_mode, before.st_mode);
  EXPECT_EQ(after.st_nlink, 1u);
}

TEST_F(SandboxTest, SaysWhatIsMissing) {
  command_.argv = {"/nonexistent/compiler"};
  const auto exit = run_sandboxed(command_, policy_);
  ASSERT_FALSE(exit);
  EXPECT_EQ(exit.error().code, ErrorCode::not_found);
  policy_.mandatory = {"seccom"};
  const auto refused = run_sandboxed(command_, policy_);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("did you mean 'seccomp'"), std::string::npos)
      << refused.error().message;
}

// Run by the ctest test evaluate.bubblewrap_mounts, which has ke-confine in its PATH.
TEST(Bubblewrap, MountsReadOnly) {
  const std::vector<std::string> layers = sandbox_layers(SandboxRole::compiler);
  ASSERT_TRUE(find_program("bwrap")) << "bwrap is not installed; ./dev installs it";
  // Containers and machines without namespaces for ordinary users refuse it, whoever asks.
  const auto tried = run({.argv = {"bwrap", "--ro-bind", "/", "/", "true"}, .timeout_s = 20});
  ASSERT_TRUE(tried) << tried.error().message;
  EXPECT_EQ(std::count(layers.begin(), layers.end(), "read_only_mounts: bubblewrap"), tried->succeeded())
      << join_texts(layers, "\n");
  if (HasFailure()) return;
  if (!tried->succeeded())
    GTEST_SKIP() << "not run: mounts by bubblewrap, which this machine refuses: " << tried->err;
  SandboxPolicy policy;
  policy.role = SandboxRole::compiler;
  Command command;
  command.argv = {"/bin/sh", "-c", "exec cat /proc/self/mountinfo"};
  const auto exit = run_sandboxed(command, policy);
  ASSERT_TRUE(exit) << exit.error().message;
  // mountinfo: id, parent, device, root, mount point, options; the last mount on / counts.
  std::string options;
  for (const std::string& line : split(exit->out, '\n')) {
    const std::vector<std::string> words = split(line, ' ');
    if (words.size() > 5 && words[4] == "/") options = words[5];
  }
  EXPECT_TRUE(starts_with(options, "ro")) << exit->out << exit->err;
}

TEST(Sandbox, ReportsEveryMandatoryLayer) {
  const std::vector<std::string> layers = sandbox_layers(SandboxRole::runner);
  for (const std::string& wanted : mandatory_layers()) {
    EXPECT_TRUE(std::any_of(layers.begin(), layers.end(), [&](const std::string& line) {
      return line.find(wanted) != std::string::npos;
    })) << wanted;
  }
}

// What a runner is not given it has no calls for, and its report must not claim it.
TEST(Sandbox, ARunnersReportNamesWhatItsFilterReplaces) {
  const std::string runner = join_texts(sandbox_layers(SandboxRole::runner), "\n"),
                    compiler = join_texts(sandbox_layers(SandboxRole::compiler), "\n");
  EXPECT_NE(runner.find("seccomp: no sockets, no System V objects"), std::string::npos) << runner;
  for (const char* name : {"net_namespace", "ipc_namespace"}) {
    EXPECT_EQ(runner.find(name), std::string::npos) << runner;
    EXPECT_NE(compiler.find(name), std::string::npos) << compiler;
  }
  for (const int call : {SYS_socket, SYS_socketpair, SYS_shmget, SYS_semget, SYS_msgget, SYS_mq_open})
    EXPECT_FALSE(is_runner_call(call)) << system_call_name(call);
}

TEST_F(SandboxTest, RunsManyAtOnce) {
  std::vector<pid_t> children;
  for (int i = 0; i < 6; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      SandboxPolicy policy = policy_;
      const std::string mine = path("job" + std::to_string(i));
      if (!make_dirs(mine)) _exit(2);
      policy.writable = {mine};
      Command command;
      command.argv = {"/bin/sh", "-c", "for k in 1 2 3; do echo $k | cat > f$k; done; cat f3"};
      command.directory = mine;
      const auto exit = run_sandboxed(command, policy);
      _exit(exit && exit->out == "3\n" ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
// What a kernel tries against the judge, and how it ends.
#include "ke-build/base/clock.h"
#include "tests/unit/evaluate/kernel_fixture.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

using RunnerAttack = KernelTest;
using State = RunOutcome::State;

/// Processes that run this file.
std::vector<pid_t> processes_of(const std::string& executable) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::error_code none;
    if (std::filesystem::read_symlink(entry.path() / "exe", none) == executable)
      found.push_back(static_cast<pid_t>(std::stol(entry.path().filename().string())));
  }
  return found;
}

TEST_F(RunnerAttack, WritingToInputsCrashes) { EXPECT_ENDED(attempt("((float*)x)[0] = 1;"), State::crashed); }

TEST_F(RunnerAttack, MakingInputsWritableFails) {
  EXPECT_ENDED(
      attempt("mprotect((void*)((long)x & -4096L), 4096, PROT_READ | PROT_WRITE); ((float*)x)[0] = 1;",
              "#include <sys/mman.h>"),
      State::crashed);
  EXPECT_ENDED(attempt("void* p = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);"
                       "if (p == MAP_FAILED && pwrite(3, \"x\", 1, 0) < 0) _exit(3);",
                       "#include <sys/mman.h>\n#include <unistd.h>"),
               State::exited);
}

TEST_F(RunnerAttack, LeavingTheBuffersIsSeenAtBothEnds) {
  for (uint64_t seed = 0; seed < 4; ++seed) {
    RunnerOptions options = options_for(build(kHonest + "volatile float* p = y; p[n + 4] = 1; p[-4] = 1;"));
    options.layout_seed = seed;
    const Attempt result = attempt_with(options);
    EXPECT_TRUE(result.outcome.state == State::crashed || !result.guards) << seed;
  }
  EXPECT_ENDED(attempt("y[n + 2000] = 1;"), State::crashed);
  EXPECT_ENDED(attempt("volatile float s = x[-2000];"), State::crashed);
}

TEST_F(RunnerAttack, HandlersOfSignalsAreRefused) {
  const std::string headers = "#include <signal.h>\n#include <sys/mman.h>\n";
  EXPECT_ENDED(
      attempt("struct sigaction a{}; a.sa_handler = SIG_IGN; sigaction(SIGSEGV, &a, 0);" + kHonest, headers),
      State::refused_syscall);
  // Not even for the moment in which a refused call is tried.
  EXPECT_ENDED(attempt("struct sigaction a{}; a.sa_handler = [](int) {}; sigaction(SIGSYS, &a, 0);" + kHonest,
                       headers),
               State::refused_syscall);
  EXPECT_TRUE(
      attempt("struct sigaction a{}; sigaction(SIGSEGV, 0, &a);" + kHonest, headers).outcome.finished())
      << "asking is no change";
}

TEST_F(RunnerAttack, WorkThatGoesOnAfterTheCallIsNotCounted) {
  const Attempt result = attempt("std::thread([=] { usleep(20000);" + kHonest + "}).detach();",
                                 "#include <thread>\n#include <unistd.h>");
  EXPECT_TRUE(result.outcome.finished());
  EXPECT_EQ(result.wrong, kCount);
}

TEST_F(RunnerAttack, SayingDoneEarlyGainsNothing) {
  // The reply page's second line holds the word; the judge's sequence number is guessed.
  const Attempt result = attempt(
      "char* p = (char*)mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0); *(volatile unsigned*)(p + "
      "64) = 1;"
      "syscall(SYS_futex, p + 64, 1, 1, 0, 0, 0); usleep(50000);" +
          kHonest,
      "#include <sys/mman.h>\n#include <sys/syscall.h>\n#include <unistd.h>");
  EXPECT_TRUE(result.outcome.finished());
  EXPECT_EQ(result.wrong, kCount);
}

TEST_F(RunnerAttack, GuessingTheInputsBeforeTheyAreThereFails) {
  const auto runner = start(
      options_for(build("if (saved.empty()) { for (long i = 0; i < n; ++i) saved.push_back(2 * x[i] + 1); }"
                        "for (long i = 0; i < n; ++i) y[i] = saved[i];",
                        "#include <vector>\nstatic std::vector<float> saved;")));
  ASSERT_NE(runner, nullptr);
  ASSERT_TRUE(runner->run(0, 1, 5).finished());
  EXPECT_EQ(wrong(*runner, 0), 0);
  fill(*runner, 0, kCount, 3);
  ASSERT_TRUE(runner->run(0, 1, 5).finished());
  EXPECT_GT(wrong(*runner, 0), kCount / 2);
}

TEST_F(RunnerAttack, WorkBehindDoneIsCharged) {
  // Says DONE and computes on; the judge stops it, but not at once.
  const auto cheat = start(options_for(
      build("using namespace ke_runner; static Plan* p = (Plan*)mmap(0, 4096, PROT_READ, MAP_SHARED, 3, 0);"
            "static Reply* r = (Reply*)mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0);" +
                kHonest +
                "__atomic_store_n(&r->done, p->go, __ATOMIC_RELEASE);"
                "volatile float t = 0; for (long k = 0; k < 200000000; ++k) t = k;",
            "#include <sys/mman.h>\n#include \"runner_protocol.h\"\n")));
  ASSERT_NE(cheat, nullptr);
  double window_s = 0, cpu_s = 0;
  for (int round = 0; round < 20; ++round) {
    const RunOutcome outcome = cheat->run(0, 1, 5);
    ASSERT_TRUE(outcome.finished()) << outcome.reason;
    window_s += outcome.seconds;
    cpu_s += outcome.cpu_seconds;
  }
  EXPECT_GT(window_s + 20 * 30e-6, cpu_s);
}

TEST_F(RunnerAttack, RunningBetweenTwoWindowsIsSeen) {
  const std::string executable = canonical(build(
      "static std::thread busy([] { for (volatile long k = 0;; ++k) {} }); busy.native_handle();" + kHonest,
      "#include <thread>\n", {"-O2", "-pthread"}));
  RunnerOptions options = options_for(executable);
  options.threads = 2;
  const auto runner = start(options);
  ASSERT_NE(runner, nullptr);
  ASSERT_TRUE(runner->run(0, 1, 5).finished());
  const std::vector<pid_t> processes = processes_of(executable);
  ASSERT_EQ(processes.size(), 1u);
  kill(processes[0], SIGCONT);  // as a timer or the owner of a descriptor could
  usleep(100000);
  const RunOutcome outcome = runner->run(0, 1, 5);
  EXPECT_EQ(outcome.state, State::resumed) << outcome.reason;
  EXPECT_FALSE(runner->alive());
}

TEST_F(RunnerAttack, EndingTheProcessIsNoSuccess) {
  EXPECT_ENDED(attempt(kHonest + "_exit(0);", "#include <unistd.h>"), State::exited);
  EXPECT_ENDED(attempt(kHonest + "exit(0);", "#include <cstdlib>"), State::exited);
  EXPECT_ENDED(attempt("", "#include <unistd.h>\nstruct A { A() { _exit(0); } } a;"), State::exited);
  EXPECT_ENDED(attempt("abort();", "#include <cstdlib>"), State::crashed);
  EXPECT_ENDED(attempt("throw 1;"), State::crashed);
  EXPECT_ENDED(attempt("volatile int z = 0; y[0] = 7 / z;"), State::crashed);
}

TEST_F(RunnerAttack, HangingIsEndedInTime) {
  const double started = now_s();
  EXPECT_ENDED(attempt("for (;;) asm volatile(\"\");", "", 0.3), State::timed_out);
  EXPECT_ENDED(attempt("raise(SIGSTOP); for (;;) pause();", "#include <signal.h>\n#include <unistd.h>", 0.3),
               State::timed_out);
  EXPECT_LT(now_s() - started, 20);
}

TEST_F(RunnerAttack, AHangBeforeTheFirstCallIsEndedInTime) {
  RunnerOptions options = options_for(build("", "struct A { A() { for (;;) asm volatile(\"\"); } } a;"));
  options.policy.limits.wall_s = 0.5;
  EXPECT_ENDED(attempt_with(options), State::timed_out);
}

TEST_F(RunnerAttack, MemoryIsLimited) {
  RunnerOptions options =
      options_for(build("std::vector<char*> all; for (;;) { all.push_back((char*)malloc(1 << 20)); "
                        "memset(all.back(), 1, 1 << 20); usleep(300); }",
                        "#include <cstdlib>\n#include <cstring>\n#include <vector>\n#include <unistd.h>"));
  options.policy.limits.memory_bytes = 256u << 20;
  EXPECT_ENDED(attempt_with(options, 20), State::out_of_memory);
}

TEST_F(RunnerAttack, ThreadsAreLimited) {
  RunnerOptions options = options_for(
      build("long made = 0; for (int i = 0; i < 500; ++i) { pthread_t t; made += pthread_create(&t, 0, "
            "forever, 0) == 0; }"
            "y[0] = made;",
            "#include <pthread.h>\n#include <unistd.h>\nstatic void* forever(void*) { for (;;) pause(); }"));
  options.policy.limits.processes = 16;
  const auto runner = start(options);
  ASSERT_NE(runner, nullptr);
  const RunOutcome outcome = runner->run(0, 1, 5);
  if (outcome.finished()) {
    EXPECT_LT(*reinterpret_cast<const float*>(runner->data(0, 1)), 500);
    EXPECT_LE(outcome.threads, 16);
  } else {
    EXPECT_EQ(outcome.state, State::too_many_processes);
  }
}

TEST_F(RunnerAttack, HostileSystemCallsAreRefusedByName) {
  const std::string headers =
      "#include <sys/ptrace.h>\n#include <sys/prctl.h>\n#include <sys/socket.h>\n#include "
      "<sys/syscall.h>\n#include <unistd.h>\n"
      "#include <signal.h>\n#include <sched.h>\n#include <sys/mman.h>\n#include <sys/wait.h>\n#include "
      "<fcntl.h>\n";
  const std::pair<const char*, const char*> calls[] = {
      {"fork();", "system call clone to start another process"},
      {"vfork();", "system call vfork to start another process"},
      {"syscall(SYS_fork);", "system call fork to start another process"},
      {"char s[99]; clone([](void*) { return 0; }, s + 96, CLONE_VM, 0);", "clone to start another process"},
      {"execl(\"/bin/true\", \"true\", (char*)0);", "execve"},
      {"dup2(3, 1000); syscall(SYS_execveat, 3, \"\", 0, 0, AT_EMPTY_PATH);", "execveat"},
      {"ptrace(PTRACE_TRACEME, 0, 0, 0);", "ptrace"},
      {"syscall(SYS_process_vm_writev, 1, 0, 0, 0, 0, 0);", "process_vm_writev"},
      {"prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0);", "prctl"},
      {"prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);", "prctl"},
      {"socket(AF_INET, SOCK_STREAM, 0);", "socket"},
      {"syscall(SYS_userfaultfd, 0);", "userfaultfd"},
      {"syscall(SYS_io_uring_setup, 1, 0);", "io_uring_setup"},
      {"syscall(SYS_bpf, 0, 0, 0);", "bpf"},
      {"syscall(SYS_perf_event_open, 0, 0, -1, -1, 0);", "perf_event_open"},
      {"kill(-1, SIGKILL);", "kill"},
      {"kill(2, SIGSTOP);", "kill"},
      {"unshare(CLONE_NEWNS);", "unshare"},
      {"memfd_create(\"a\", 0);", "memfd_create"},
      {"setsid();", "setsid"}};
  std::string body = "switch ((int)x[0]) {\n";
  int index = 0;
  for (const auto& call : calls) body += "case " + std::to_string(index++) + ": " + call.first + " break;\n";
  const std::string executable = build(body + "}", headers);
  for (int i = 0; i < index; ++i) {
    const auto runner = start(options_for(executable));
    ASSERT_NE(runner, nullptr);
    *reinterpret_cast<float*>(runner->data(0, 0)) = float(i);
    const RunOutcome outcome = runner->run(0, 1, 5);
    EXPECT_EQ(outcome.state, State::refused_syscall)
        << calls[i].first << ' ' << name_of(outcome.state) << ' ' << outcome.reason;
    EXPECT_NE(outcome.reason.find(calls[i].second), std::string::npos) << outcome.reason;
  }
}

TEST_F(RunnerAttack, AThreadAndAProcessAreToldApart) {
  const auto reason = [&](const std::string& body) {
    RunnerOptions options = options_for(build(
        body, "#include <pthread.h>\n#include <sched.h>\n#include <sys/syscall.h>\n#include <unistd.h>\n",
        {"-O2", "-pthread"}));
    options.policy.one_thread = true;
    const RunOutcome outcome = attempt_with(options).outcome;
    return std::pair(outcome.reason, outcome.started_thread);
  };
  EXPECT_EQ(
      reason("syscall(SYS_clone, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, y, 0, 0, 0);"),
      std::pair(std::string("used the system call clone to start a thread; the contract allows one thread"),
                true));
  EXPECT_EQ(
      reason("fork();"),
      std::pair(std::string("used the system call clone to start another process, which the sandbox refuses"),
                false))
      << "no habit of the baseline that grants threads";
  const auto by_libc = reason("pthread_t t; pthread_create(&t, 0, [](void* p) { return p; }, 0);");
  EXPECT_NE(by_libc.first.find("clone to start a thread"), std::string::npos) << by_libc.first;
  EXPECT_TRUE(by_libc.second);
}

TEST_F(RunnerAttack, TheExecDescriptorCannotBeMadeAgain) {
  const Attempt result = attempt(
      "int f = open(\"/lib64/ld-linux-x86-64.so.2\", O_RDONLY); if (dup2(f, 1000) < 0) _exit(7);"
      "char* none[] = {0}; syscall(SYS_execveat, 1000, \"\", none, none, AT_EMPTY_PATH);",
      "#include <fcntl.h>\n#include <sys/syscall.h>\n#include <unistd.h>");
  EXPECT_EQ(result.outcome.state, State::exited) << result.outcome.reason;
  EXPECT_EQ(result.outcome.status, 7);
}

TEST_F(RunnerAttack, FilesBesideLibrariesAreOutOfReach) {
  const std::string secret = join(folder(), "secret.txt");
  ASSERT_TRUE(write_file(secret, "42"));
  const std::string judge = std::to_string(getpid());
  const std::string temporary = std::filesystem::temp_directory_path().string();
  const std::string paths = "\"/etc/passwd\", \"/proc/" + judge + "/maps\", \"/proc/" + judge +
                            "/mem\", \"/proc/" + judge + "/environ\", \"" + secret + "\", \"/root\", \"" +
                            temporary + "\"";
  // One float per path that could be opened, one per file that could be made, one per variable.
  const auto runner = start(options_for(
      build("const char* paths[] = {" + paths +
                "}; float open_count = 0;"
                "for (const char* p : paths) open_count += open(p, O_RDONLY) >= 0;"
                "float made = 0; const char* files[] = {\"" +
                temporary + "/a\", \"/dev/shm/a\", \"" + folder() +
                "/a\", \"a\"};"
                "for (const char* p : files) made += open(p, O_WRONLY | O_CREAT, 0600) >= 0;"
                "y[0] = open_count; y[1] = made; y[2] = getenv(\"KE_SECRET_OF_THE_JUDGE\") != 0; y[3] = 0;"
                "for (int fd = 7; fd < 2000; ++fd) y[3] += fcntl(fd, F_GETFD) != -1;",
            "#include <fcntl.h>\n#include <cstdlib>")));
  setenv("KE_SECRET_OF_THE_JUDGE", "1", 1);
  ASSERT_NE(runner, nullptr);
  const RunOutcome outcome = runner->run(0, 1, 5);
  ASSERT_TRUE(outcome.finished()) << outcome.reason;
  const float* y = reinterpret_cast<const float*>(runner->data(0, 1));
  EXPECT_EQ(y[0], 0);
  EXPECT_EQ(y[1], 0);
  EXPECT_EQ(y[2], 0);
  EXPECT_EQ(y[3], 0);
}

TEST_F(RunnerAttack, AFloodOfOutputIsCut) {
  RunnerOptions options =
      options_for(build("for (int i = 0; i < 100000; ++i) write(2, buffer, sizeof buffer);" + kHonest,
                        "#include <unistd.h>\nstatic char buffer[1000];"));
  options.policy.limits.output_bytes = 50000;
  const Attempt result = attempt_with(options, 20);
  EXPECT_TRUE(result.outcome.finished()) << result.outcome.reason;
  EXPECT_EQ(result.wrong, 0);
  EXPECT_EQ(result.errors.size(), 50000u);
}

TEST_F(RunnerAttack, ShrinkingTheSharedFilesFails) {
  EXPECT_ENDED(attempt("ftruncate(4, 0);" + kHonest, "#include <unistd.h>"), State::refused_syscall);
}

TEST_F(RunnerAttack, AMissingMandatoryLayerIsRefused) {
  RunnerOptions options = options_for(build(kHonest));
  options.policy.mandatory = {"no_such_layer"};
  const auto runner = Runner::start(options);
  ASSERT_FALSE(runner);
  EXPECT_EQ(runner.error().code, ErrorCode::usage);
}

TEST_F(RunnerAttack, ADeadRunnerKeepsItsOutcome) {
  const auto runner = start(options_for(build("*(volatile int*)0 = 1;")));
  ASSERT_NE(runner, nullptr);
  EXPECT_EQ(runner->run(0, 1, 5).state, State::crashed);
  EXPECT_FALSE(runner->alive());
  EXPECT_EQ(runner->run(0, 1, 5).state, State::crashed);
}

TEST_F(RunnerAttack, NoRunnerOutlivesAKilledJudge) {
  const std::string executable = canonical(build(kHonest));
  const pid_t judge = fork();
  if (judge == 0) {
    const auto runner = Runner::start(options_for(executable));
    if (!runner || !(*runner)->alive()) _exit(1);
    for (;;) pause();
  }
  const Deadline deadline(10);
  while (processes_of(executable).empty() && !deadline.passed()) usleep(1000);
  EXPECT_EQ(processes_of(executable).size(), 1u);
  kill(judge, SIGKILL);
  waitpid(judge, nullptr, 0);
  while (!processes_of(executable).empty() && !deadline.passed()) usleep(1000);
  EXPECT_TRUE(processes_of(executable).empty());
}

TEST_F(RunnerAttack, NothingIsLeftWhenTheRunnerIsDestroyed) {
  const std::string executable = canonical(build(kHonest));
  { const auto runner = start(options_for(executable)); }
  EXPECT_TRUE(processes_of(executable).empty());
}

}  // namespace
}  // namespace ke

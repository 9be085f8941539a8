// SPDX-License-Identifier: MIT
// Which system calls the runner's own filter takes from a kernel and leaves to libraries, in every way to
// link a program.
#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"

#include <gtest/gtest.h>

#include <string>

namespace ke {
namespace {

// A program behind a judge's filter that reports a number which no system call has. Ends with 3 where it was
// refused.
const char* const kProgram = R"(#include "backends/cpu/runner_filter.h"
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static void refused(int, siginfo_t*, void*) { _exit(3); }

static long own(long number, const char* path) {
  asm volatile("syscall" : "+a"(number) : "D"(path), "S"(0), "d"(0) : "rcx", "r11", "memory");
  return number;
}

static long made(long number, const char* path) {
  const unsigned char code[] = {0x89, 0xf8, 0x48, 0x89, 0xf7, 0x31, 0xf6, 0x31, 0xd2, 0x0f, 0x05, 0xc3};
  void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  std::memcpy(page, code, sizeof code);
  mprotect(page, 4096, PROT_READ | PROT_EXEC);
  return reinterpret_cast<long (*)(long, const char*)>(page)(number, path);
}

int main(int, char** words) {
  sock_filter lines[] = {{BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
                         {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0xfffff},
                         {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_TRAP},
                         {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
  const sock_fprog program{4, lines};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) return 77;
  ke_runner::find_gate();
  struct sigaction action {};
  action.sa_sigaction = refused;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSYS, &action, nullptr);
  ke_runner::refuse_the_rest(false);
  const char* what = words[1];
  if (!std::strcmp(what, "own")) return own(SYS_open, "/dev/null") < 0;
  if (!std::strcmp(what, "made")) return made(SYS_open, "/dev/null") < 0;
  if (!std::strcmp(what, "gate")) return syscall(SYS_open, "/dev/null", 0, 0) < 0;
  if (!std::strcmp(what, "who")) return syscall(SYS_getuid) < 0;
  if (!std::strcmp(what, "handler")) {
    signal(SIGUSR1, SIG_IGN);
    return 0;
  }
  std::FILE* file = std::fopen("/dev/null", "r");
  std::printf("%ld\n", sysconf(_SC_NPROCESSORS_ONLN) + syscall(SYS_gettid));
  return file == nullptr;
}
)";

class RunnerFilter : public ::testing::TestWithParam<const char*> {
 protected:
  bool is_static() const { return std::string(GetParam()).find("-static") != std::string::npos; }
};

TEST_P(RunnerFilter, LeavesFilesToLibraries) {
#if !defined(__x86_64__)
  GTEST_SKIP() << "not run: which system calls the runner's own filter leaves to libraries; it is for x86-64";
#endif
  auto folder = TempDir::make("runner-filter");
  ASSERT_TRUE(folder) << folder.error().message;
  const std::string source = join(folder->path(), "program.cpp"), program = join(folder->path(), "program");
  ASSERT_TRUE(write_file(source, kProgram));
  Command compile;
  compile.argv = {"g++", "-std=c++17", "-O1", "-I", share_dir(), source, "-o", program};
  for (const std::string& flag : split_command(GetParam())) compile.argv.push_back(flag);
  const auto compiled = run(compile);
  ASSERT_TRUE(compiled) << compiled.error().message;
  ASSERT_TRUE(compiled->succeeded()) << compiled->err;
  const auto status_of = [&](const char* what) {
    Command command;
    command.argv = {program, what};
    const auto ran = run(command);
    return ran ? ran->code : -1;
  };
  const int library = status_of("library");
  if (library == 77)
    GTEST_SKIP() << "not run: which system calls the runner's own filter leaves to libraries; this machine "
                    "takes no filter of system calls";
  EXPECT_EQ(library, 0);
  EXPECT_EQ(status_of("handler"), 3);
  // Without libraries nobody can tell who asks.
  for (const char* what : {"own", "made", "gate", "who"})
    EXPECT_EQ(status_of(what), is_static() ? 0 : 3) << what;
}

INSTANTIATE_TEST_SUITE_P(Links, RunnerFilter,
                         ::testing::Values("", "-fno-pie -no-pie", "-static", "-static-pie"));

}  // namespace
}  // namespace ke

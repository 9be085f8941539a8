// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/symbol_needs.h"

#include "ke-build/base/text.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace ke {
namespace {

// What they set stays set when the kernel has returned, for everybody.
constexpr std::string_view kChangesAll[] = {"mallopt",
                                            "setlocale",
                                            "uselocale",
                                            "setenv",
                                            "putenv",
                                            "unsetenv",
                                            "clearenv",
                                            "srand",
                                            "srandom",
                                            "srand48",
                                            "seed48",
                                            "setstate",
                                            "initstate",
                                            "sigprocmask",
                                            "pthread_sigmask",
                                            "sigblock",
                                            "sigsetmask",
                                            "sighold",
                                            "sigrelse",
                                            "sigignore",
                                            "alarm",
                                            "ualarm",
                                            "setitimer",
                                            "setrlimit",
                                            "mlockall",
                                            "munlockall",
                                            "nice",
                                            "freopen",
                                            "setvbuf",
                                            "setbuf",
                                            "feenableexcept",
                                            "pthread_setattr_default_np",
                                            "chdir",
                                            "fchdir",
                                            "umask",
                                            "setpriority",
                                            "set_mempolicy",
                                            "mbind",
                                            "on_exit",
                                            "at_quick_exit",
                                            "omp_set_num_threads",
                                            "omp_set_dynamic",
                                            "omp_set_nested",
                                            "omp_set_schedule",
                                            "omp_set_max_active_levels",
                                            "omp_set_num_teams",
                                            "omp_set_default_device",
                                            "_ZSt13set_terminatePFvvE",
                                            "_ZSt15set_new_handlerPFvvE",
                                            "_ZNSt6locale6globalERKS_",
                                            "_ZNSt8ios_base15sync_with_stdioEb"};
// Signals belong to the program; before a judge, who handles them hides what was refused.
constexpr std::string_view kSignals[] = {"sigaction",    "signal",  "__sysv_signal", "bsd_signal",
                                         "ssignal",      "sigset",  "sigvec",        "siginterrupt",
                                         "sigtimedwait", "sigwait", "sigwaitinfo",   "__libc_sigaction"};

// Who runs this program, and what else is in it.
constexpr std::string_view kAsksProgram[] = {
    "environ", "__environ", "_environ", "_rtld_global", "_rtld_global_ro", "__libc_argv", "__libc_argc",
    "__libc_stack_end", "program_invocation_name", "program_invocation_short_name", "__progname",
    "__progname_full", "_dl_argv", "dladdr", "dladdr1", "dl_iterate_phdr", "_dl_find_object", "dlinfo",
    "backtrace", "backtrace_symbols", "_Unwind_Backtrace", "getuid", "geteuid", "getgid", "getegid",
    "getppid", "getpgrp", "getlogin", "getlogin_r", "isatty", "ttyname", "ttyname_r", "uname", "gethostname",
    // What the linker says about the whole program.
    "__executable_start", "__ehdr_start", "_DYNAMIC", "etext", "_etext", "__etext", "edata", "_edata", "end",
    "_end", "__bss_start", "data_start", "__data_start"};
constexpr std::string_view kAsksMachine[] = {"getauxval", "__getauxval", "__x86_get_cpuid_feature_leaf",
                                             "__x86_get_cpu_features"};

// What lies on a disk, or in /proc, tells programs and machines apart, and that something cannot be opened
// does, too. sysconf() knows the sizes of caches.
constexpr std::string_view kOpensFiles[] = {"open",
                                            "open64",
                                            "openat",
                                            "openat64",
                                            "__open",
                                            "__open64",
                                            "__open_2",
                                            "__open64_2",
                                            "__openat_2",
                                            "__openat64_2",
                                            "creat",
                                            "creat64",
                                            "fopen",
                                            "fopen64",
                                            "_IO_fopen",
                                            "_IO_file_fopen",
                                            "_IO_file_open",
                                            "tmpfile",
                                            "tmpfile64",
                                            "tmpnam",
                                            "tempnam",
                                            "mktemp",
                                            "shm_open",
                                            "sem_open",
                                            "mkstemp",
                                            "mkostemp",
                                            "mkstemps",
                                            "mkostemps",
                                            "mkstemp64",
                                            "mkostemp64",
                                            "mkstemps64",
                                            "mkostemps64",
                                            "mkdtemp",
                                            "opendir",
                                            "scandir",
                                            "scandir64",
                                            "scandirat",
                                            "scandirat64",
                                            "glob",
                                            "glob64",
                                            "ftw",
                                            "ftw64",
                                            "nftw",
                                            "nftw64",
                                            "fts_open",
                                            "fts64_open",
                                            "stat",
                                            "stat64",
                                            "lstat",
                                            "lstat64",
                                            "fstatat",
                                            "fstatat64",
                                            "statx",
                                            "__xstat",
                                            "__xstat64",
                                            "__lxstat",
                                            "__lxstat64",
                                            "__fxstatat",
                                            "__fxstatat64",
                                            "statfs",
                                            "statfs64",
                                            "statvfs",
                                            "statvfs64",
                                            "pathconf",
                                            "ftok",
                                            "access",
                                            "eaccess",
                                            "euidaccess",
                                            "faccessat",
                                            "readlink",
                                            "readlinkat",
                                            "__readlink_chk",
                                            "__readlinkat_chk",
                                            "realpath",
                                            "__realpath_chk",
                                            "canonicalize_file_name",
                                            "getcwd",
                                            "__getcwd_chk",
                                            "get_current_dir_name",
                                            "getwd",
                                            "__getwd_chk",
                                            "popen",
                                            "wordexp",
                                            "inotify_add_watch",
                                            "setmntent",
                                            "posix_openpt",
                                            "getloadavg",
                                            "newlocale",
                                            "catopen",
                                            "iconv_open",
                                            "bindtextdomain",
                                            "getpwnam",
                                            "getpwnam_r",
                                            "getpwuid",
                                            "getpwuid_r",
                                            "getgrnam",
                                            "getgrnam_r",
                                            "getgrgid",
                                            "getgrgid_r",
                                            "gethostbyname",
                                            "gethostbyname_r",
                                            "getaddrinfo"};
// Parts of the names of the streams and file systems of C++ libraries, and of random_device, which says what
// it cannot open.
constexpr std::string_view kFileTypes[] = {"basic_filebuf",  "basic_ifstream", "basic_ofstream",
                                           "basic_fstream",  "__basic_file",   "10filesystem",
                                           "13random_device"};

}  // namespace

std::string objection_to_need(const std::string& name) {
  const auto among = [&](const auto& names) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
  };
  if (among(kChangesAll)) {
    const bool openmp = starts_with(name, "omp_");
    return "needs " + name + ", which changes the state of the whole program; " +
           (openmp ? "clauses of a pragma, such as num_threads(n) and schedule(...), do not"
                   : "do without it");
  }
  if (among(kAsksMachine))
    return "needs " + name +
           ": it chooses code by the machine in a way that cannot be checked here for others";
  for (const char* prefix :
       {"__asan_", "__ubsan_", "__lsan_", "__tsan_", "__msan_", "__hwasan_", "__sanitizer_"})
    if (starts_with(name, prefix)) return "needs " + name + ": it asks whether sanitizers watch it";
  if (among(kAsksProgram))
    return "needs " + name + ": it asks in which program it is, and must be the same in all";
  const bool of_files = std::any_of(std::begin(kFileTypes), std::end(kFileTypes), [&](std::string_view part) {
    return starts_with(name, "_Z") && name.find(part) != std::string::npos;
  });
  if (of_files || among(kOpensFiles))
    return "needs " + name +
           ": it opens or looks for files; what a kernel answers comes from its arguments alone "
           "(sysconf() tells the sizes of caches)";
  if (among(kSignals)) return "needs " + name + ": it handles signals, which a kernel has no use for";
  return "";
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// ke-confine UID KEEP_READ RULESET FILTER PROGRAM ARGV...: started by bubblewrap in its namespaces, takes the
// last steps into the sandbox (launcher_child.h) and becomes the program. RULESET and FILTER are inherited
// descriptors, -1 for none; UID 0 keeps the user.
#include "ke-build/evaluate/launcher_child.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

bool read_filter(int file, std::vector<sock_filter>& filter) {
  struct stat status {};
  if (file < 0) return true;
  if (fstat(file, &status) != 0 || size_t(status.st_size) % sizeof(sock_filter) != 0) return false;
  filter.resize(size_t(status.st_size) / sizeof(sock_filter));
  return pread(file, filter.data(), size_t(status.st_size), 0) == status.st_size;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) {
    std::fputs("ke-confine: started by the judge, not by hand\n", stderr);
    return 2;
  }
  ke::ChildPlan plan;
  plan.uid = uid_t(std::strtoul(argv[1], nullptr, 10));
  plan.gid = gid_t(plan.uid);
  plan.drop_identity = plan.uid != 0;
  plan.keep_read = argv[2][0] == '1';
  plan.ruleset = std::atoi(argv[3]);
  const int file = std::atoi(argv[4]);
  std::vector<sock_filter> filter;
  if (!read_filter(file, filter)) {
    std::perror("ke-confine: system call filter");
    return 127;
  }
  plan.filter = filter.empty() ? nullptr : filter.data();
  plan.filter_length = static_cast<unsigned short>(filter.size());
  plan.program = argv[5];
  plan.argv = argv + 6;
  plan.environment = environ;
  for (const int inherited : {plan.ruleset, file}) {
    if (inherited >= 0) fcntl(inherited, F_SETFD, FD_CLOEXEC);
  }
  ke::confine(plan);
}

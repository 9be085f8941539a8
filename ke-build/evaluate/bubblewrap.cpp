// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/bubblewrap.h"

#include "ke-build/base/files.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"

#include <filesystem>

#include <unistd.h>

namespace ke {
namespace {

std::string find_confine() {
  const std::string beside = (std::filesystem::path(executable_path()).parent_path() / "ke-confine").string();
  if (access(beside.c_str(), X_OK) == 0) return beside;
  return find_program("ke-confine").value_or("");
}

std::vector<std::string> namespace_options() {
  std::vector<std::string> line = {"--die-with-parent",
                                   "--unshare-pid",
                                   "--unshare-net",
                                   "--unshare-ipc",
                                   "--unshare-uts",
                                   "--ro-bind",
                                   "/",
                                   "/",
                                   "--dev",
                                   "/dev",
                                   "--proc",
                                   "/proc"};
  if (geteuid() == 0) {
    line.insert(line.end(), {"--cap-add", "ALL"});  // ke-confine drops the user and all of them
  } else {
    line.push_back("--unshare-user");
  }
  return line;
}

Bubblewrap probe() {
  Bubblewrap tools;
  tools.program = find_program("bwrap").value_or("");
  tools.confine = find_confine();
  if (tools.program.empty()) {
    tools.why = "bwrap is not installed";
  } else if (tools.confine.empty()) {
    tools.why = "ke-confine is not beside this program";
  } else {
    Command command;
    command.argv = {tools.program};
    for (const std::string& option : namespace_options()) command.argv.push_back(option);
    command.argv.insert(command.argv.end(), {"--", tools.confine, "0", "0", "-1", "-1", "/bin/true", "true"});
    command.timeout_s = 5;
    const auto exit = run(command);
    if (!exit || exit->code != 0) {
      const std::string said = exit ? trim(exit->err) : exit.error().message;
      tools.why = said.empty() ? "bwrap failed" : split(said, '\n').front();
    }
  }
  if (!tools.why.empty()) tools.program = tools.confine = "";
  return tools;
}

}  // namespace

const Bubblewrap& bubblewrap() {
  static const Bubblewrap tools = probe();
  return tools;
}

std::vector<std::string> bubblewrap_line(const Bubblewrap& tools, const SandboxPolicy& policy,
                                         const std::string& directory, const ConfineOrder& order,
                                         const std::string& program, const std::vector<std::string>& argv) {
  std::vector<std::string> line = {tools.program};
  for (const std::string& option : namespace_options()) line.push_back(option);
  for (const std::string& folder : policy.writable) line.insert(line.end(), {"--bind", folder, folder});
  line.insert(line.end(), {"--chdir", directory.empty() ? "/" : directory, "--", tools.confine,
                           std::to_string(order.uid), order.keep_read ? "1" : "0",
                           std::to_string(order.ruleset), std::to_string(order.filter), program});
  line.insert(line.end(), argv.begin(), argv.end());
  return line;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// winner BUILD_DIR OPERATOR SESSION FILE: writes the session's winning source to FILE and prints, one item a
// line, how the repository compiles it (`arg ...`) and what the spec measures (`workload NAME axis=size
// ...`).
#include "ke-build/base/files.h"
#include "ke-build/pipeline.h"
#include "ke-build/project/project.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

namespace ke {
namespace {

Result<std::string> describe(const std::string& build_dir, const std::string& name,
                             const std::string& session, const std::string& file) {
  KE_TRY(const Project project, open_project(build_dir, ""));
  KE_TRY(const Registration registration, find_registration(project, name));
  KE_TRY(const Workbench bench, open_workbench(project, registration));
  KE_TRY(auto store, Store::open(project.build_dir + "/ke/store.db"));
  KE_TRY(const Session won, store->session(session));
  KE_TRY(const std::vector<Node> nodes, store->nodes(session));
  const auto best =
      std::find_if(nodes.begin(), nodes.end(), [&](const Node& node) { return node.id == won.best; });
  if (best == nodes.end())
    return Error{ErrorCode::not_found, name + ": session " + session + " has no winner"};
  KE_DO(write_file(file, best->candidate.source));
  const Recipe& recipe = bench.baseline.recipe;
  std::string text = "arg " + recipe.compiler + "\n";
  for (const auto* list : {&recipe.flags, &recipe.includes, &best->candidate.flags})
    for (const std::string& argument : *list) text += "arg " + argument + "\n";
  for (const std::string& define : recipe.defines) text += "arg -D" + define + "\n";
  for (const auto& [macro, value] : best->candidate.tunables) text += "arg -D" + macro + "=" + value + "\n";
  for (const Workload& workload : bench.op.workloads) {
    text += "workload " + workload.name;
    for (const auto& [axis, size] : workload.axes) text += fmt::format(" {}={}", axis, size);
    text += "\n";
  }
  return text;
}

}  // namespace
}  // namespace ke

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: winner BUILD_DIR OPERATOR SESSION FILE\n", stderr);
    return 2;
  }
  const auto text = ke::describe(argv[1], argv[2], argv[3], argv[4]);
  std::fputs(text ? text->c_str() : ("winner: " + text.error().message + "\n").c_str(),
             text ? stdout : stderr);
  return text ? 0 : 2;
}

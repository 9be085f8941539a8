// SPDX-License-Identifier: MIT
// A throw-away git repository with a real CMake build, for tests of rooms that read projects.
#pragma once

#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-build/project/file_api.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace ke::testing {

class SampleProject {
 public:
  SampleProject()
      : temp_(*TempDir::make("ke-sample")),
        root_(canonical(temp_.path()) + "/repo"),
        build_(canonical(temp_.path()) + "/build") {
    EXPECT_TRUE(make_dirs(root_));
    git({"init", "-q", "-b", "main"});
  }

  const std::string& root() const { return root_; }
  const std::string& build() const { return build_; }
  std::string path(const std::string& name) const { return root_ + "/" + name; }

  void write(const std::string& name, const std::string& text) { ASSERT_TRUE(write_file(path(name), text)); }
  void remove(const std::string& name) { ASSERT_TRUE(remove_tree(path(name))); }

  std::string git(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"git", "-c", "user.name=Test", "-c", "user.email=test@example.org",
                                         "-c", "commit.gpgsign=false", "-C", root_});
    return must({.argv = arguments});
  }
  /// Commits everything and returns the commit's id.
  std::string commit(const std::string& message) {
    git({"add", "-A"});
    git({"commit", "-q", "--allow-empty", "-m", message});
    return trim(git({"rev-parse", "HEAD"}));
  }

  /// With our query in place, as a build folder that was used before has it.
  void configure(std::vector<std::string> arguments = {}, const std::string& generator = "Ninja") {
    ASSERT_TRUE(write_query(build_));
    std::vector<std::string> argv{"cmake", "-S", root_,     "-B",
                                  build_,  "-G", generator, "-DCMAKE_BUILD_TYPE=Release"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    must({.argv = argv});
  }
  void compile(const std::string& target = "all") {
    must({.argv = {"cmake", "--build", build_, "--target", target}});
  }

  /// What a CMakeLists.txt needs to register operators as the rules do: name -> {target, source}.
  static std::string registering(
      const std::map<std::string, std::pair<std::string, std::string>>& operators) {
    std::string items;
    for (const auto& [name, where] : operators) {
      items += (items.empty() ? "" : ",") + ("{\"name\":\"" + name + "\",\"target\":\"" + where.first +
                                             "\",\"spec\":\"${CMAKE_CURRENT_SOURCE_DIR}/" + name +
                                             ".ke.json\",\"sources\":[\"${CMAKE_CURRENT_SOURCE_DIR}/" +
                                             where.second + "\"],\"declared_at\":\"CMakeLists.txt:1\"}");
    }
    return "file(WRITE \"${CMAKE_BINARY_DIR}/ke/operators.json\" [==[{\"version\":1,\"operators\":[" + items +
           "]}]==])\nfile(READ \"${CMAKE_BINARY_DIR}/ke/operators.json\" ke_text)\n"
           "string(CONFIGURE \"${ke_text}\" ke_text)\n"
           "file(WRITE \"${CMAKE_BINARY_DIR}/ke/operators.json\" \"${ke_text}\")\n";
  }

  /// A legal spec of an element-wise operator.
  static std::string spec(const std::string& name) {
    return "{\n  // spec\n  \"name\": \"" + name +
           "\", \"op_type\": \"elementwise\",\n"
           "  \"axes\": {\"n\": {\"type\": \"var\"}},\n"
           "  \"inputs\": {\"x\": {\"shape\": [\"n\"], \"dtype\": \"float32\"}},\n"
           "  \"outputs\": {\"y\": {\"shape\": [\"n\"], \"dtype\": \"float32\"}},\n"
           "  \"ke\": {\"kernel\": {\"language\": \"cpp\", \"entry\": \"" +
           name + "\", \"call\": \"" + name +
           "(x, y, n)\"},\n    \"workloads\": [{\"name\": \"w\", \"axes\": {\"n\": 100}}],\n"
           "    \"hidden\": {\"n\": [1, 100]}}\n}\n";
  }

 private:
  static std::string must(const Command& command) {
    auto output = run_or_fail(command);
    EXPECT_TRUE(output) << shell_line(command.argv) << "\n" << (output ? "" : output.error().message);
    return output ? *output : "";
  }

  TempDir temp_;
  std::string root_, build_;
};

}  // namespace ke::testing

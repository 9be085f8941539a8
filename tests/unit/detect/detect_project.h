// SPDX-License-Identifier: MIT
// A repository with two operators, softmax and gelu, in one library, for the tests of detect.
#pragma once

#include "ke-build/detect/detect.h"
#include "tests/unit/project/sample_project.h"

namespace ke::testing {

class DetectProject : public SampleProject {
 public:
  /// `rules` is CMake code behind add_library(ops STATIC softmax.cpp gelu.cpp helper.cpp).
  explicit DetectProject(std::string rules = "") : rules_(std::move(rules)) {
    write("softmax.cpp",
          "#include \"vec.h\"\nfloat fast_exp(float);\n"
          "void softmax(const float* x, float* y, long n) { for (long i = 0; i < n; i += VEC_WIDTH) y[i] = "
          "fast_exp(x[i]); }\n");
    write(
        "gelu.cpp",
        "void gelu(const float* x, float* y, long n) { for (long i = 0; i < n; ++i) y[i] = x[i] * 0.5f; }\n");
    write("helper.cpp",
          "float fast_exp(float x) { return x * x; }\nfloat unrelated(float x) { return x; }\n");
    write("vec.h",
          "#ifndef VEC_H\n#define VEC_H\n#define VEC_WIDTH 1\n#define VEC_NAME 7\ninline float lane(float x) "
          "{ return x; }\n#endif\n");
    write("other.h", "inline int other() { return 1; }\n");
    for (const char* name : {"softmax", "gelu"}) write(std::string(name) + ".ke.json", spec(name));
    write_rules(rules_);
  }

  void write_rules(const std::string& rules,
                   const std::map<std::string, std::pair<std::string, std::string>>& operators = {
                       {"softmax", {"ops", "softmax.cpp"}}, {"gelu", {"ops", "gelu.cpp"}}}) {
    write("CMakeLists.txt",
          "cmake_minimum_required(VERSION 3.20)\nproject(P LANGUAGES CXX)\n"
          "add_library(ops STATIC softmax.cpp gelu.cpp helper.cpp)\n" +
              rules + registering(operators));
  }

  /// Commits, configures and builds: the base of a comparison.
  void start(bool build = true, const std::string& generator = "Ninja") {
    base_ = commit("base");
    configure({}, generator);
    if (build) compile();
  }
  const std::string& base() const { return base_; }

  /// Compares `base` (the start by default) with the committed head, or with the work tree.
  Change changes(bool worktree = false, std::string base = "", const std::string& cache = "") {
    const auto project = open_project(build());
    EXPECT_TRUE(project) << (project ? "" : project.error().message);
    if (!project) return {};
    const auto ask = [&](const std::string& path) {
      auto change = detect(*project, {base.empty() ? base_ : base, worktree ? "" : "HEAD", path});
      EXPECT_TRUE(change) << (change ? "" : change.error().message);
      return change ? *change : Change{};
    };
    Change change = ask(cache);
    // Every answer of every test is the same when earlier runs left something, and once more when this one
    // did; where CMake runs twice, nothing of it is used.
    const bool quick = join_texts(change.notes, " ").find("CMake files changed") == std::string::npos;
    for (int run = 0; run < 2 && cache.empty() && quick; ++run) {
      const Change again = ask(build() + "/ke/kept.cache");
      for (const OperatorChange& op : change.operators) {
        EXPECT_EQ(reason(again, op.name), reason(change, op.name)) << "with a cache, run " << run;
        EXPECT_EQ(unknown(again, op.name), op.unknown) << "with a cache, run " << run;
      }
      EXPECT_EQ(again.operators.size(), change.operators.size());
    }
    return change;
  }

  /// `softmax <- vec.h <- ...`, or "unchanged", or "absent".
  static std::string reason(const Change& change, const std::string& name) {
    for (const OperatorChange& op : change.operators) {
      if (op.name == name) return op.affected ? join_texts(op.reason, " <- ") : "unchanged";
    }
    return "absent";
  }
  static bool unknown(const Change& change, const std::string& name) {
    for (const OperatorChange& op : change.operators) {
      if (op.name == name) return op.unknown;
    }
    return false;
  }

 private:
  std::string rules_, base_;
};

}  // namespace ke::testing

// SPDX-License-Identifier: MIT
#include "ke-ci/gate/identical.h"

#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/random.h"

#include <gtest/gtest.h>

#include <memory>

namespace ke {
namespace {

class Identical : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TempDir::make("ke-code");
    ASSERT_TRUE(made);
    temp_ = std::make_unique<TempDir>(std::move(*made));
  }
  /// Builds a program in <temp>/<side>/ and returns its bytes.
  std::string program(const std::string& side, const std::string& kernel,
                      const std::string& callee = "int callee(int x) { return x + 1; }\n") {
    const std::string folder = join(temp_->path(), side);
    EXPECT_TRUE(write_file(join(folder, "kernel.cpp"), kernel));
    EXPECT_TRUE(write_file(join(folder, "callee.cpp"), callee));
    const auto built = run_or_fail({.argv = {"c++", "-O2", "-g", join(folder, "kernel.cpp"),
                                             join(folder, "callee.cpp"), "-o", join(folder, "program")}});
    EXPECT_TRUE(built) << (built ? "" : built.error().message);
    return read_file(join(folder, "program")).value_or("");
  }
  CodeAnswer compare(const std::string& base, const std::string& head) {
    const CodeSide base_side{subject_, join(temp_->path(), "base"), join(temp_->path(), "base")};
    const CodeSide head_side{subject_, join(temp_->path(), "head"), join(temp_->path(), "head")};
    return compare_files(base, head, base_side, head_side);
  }
  std::unique_ptr<TempDir> temp_;
  Subject subject_;
  const std::string kernel_ = "int callee(int);\nint main(int n, char**) { return callee(n); }\n";
};

TEST_F(Identical, CommentsAndNamesOfLocalsChangeNothing) {
  const auto answer = compare(
      program("base", kernel_),
      program("head",
              "// a comment\nint callee(int);\n\nint main(int count, char**) { return callee(count); }\n"));
  EXPECT_TRUE(answer.identical) << answer.why;
}

TEST_F(Identical, SeesAChangedCallee) {
  EXPECT_FALSE(
      compare(program("base", kernel_), program("head", kernel_, "int callee(int x) { return x + 2; }\n"))
          .identical);
}

TEST_F(Identical, SeesChangedReadOnlyData) {
  const std::string base =
      "extern const int table[];\nconst int table[] = {1, 2, 3, 4};\nint callee(int);\nint main(int n, "
      "char**) { return callee(table[n]); }\n";
  const std::string head =
      "extern const int table[];\nconst int table[] = {1, 2, 3, 5};\nint callee(int);\nint main(int n, "
      "char**) { return callee(table[n]); }\n";
  const auto answer = compare(program("base", base), program("head", head));
  EXPECT_FALSE(answer.identical);
  EXPECT_EQ(answer.why, "section .rodata differs");
}

TEST_F(Identical, SeesChangedSizesOfZeroedData) {
  const auto source = [](int size) {
    return "int callee(int);\nint pool[" + std::to_string(size) +
           "];\nint main(int n, char**) { return callee(pool[n]); }\n";
  };
  EXPECT_FALSE(compare(program("base", source(64)), program("head", source(4096))).identical);
}

TEST_F(Identical, LooksThroughTheFoldersOfTheTwoSides) {
  const std::string kernel =
      "int callee(int);\nconst char* where() { return __FILE__; }\nint main(int n, char**) { return "
      "callee(where()[n]); }\n";
  const std::string base = program("base", kernel), head = program("head", kernel);
  EXPECT_NE(base, head);
  EXPECT_TRUE(compare(base, head).identical);
}

TEST(Elf, RefusesEverythingElseAndNeverReadsOutside) {
  EXPECT_FALSE(loaded_sections("", "x"));
  EXPECT_FALSE(loaded_sections("#!/bin/sh\n", "x"));
  const std::string self = read_file("/proc/self/exe").value_or("");
  ASSERT_TRUE(loaded_sections(self, "self"));
  Random random(5);
  const std::string small = self.substr(0, 4096);
  for (int round = 0; round < 2000; ++round) {
    std::string broken = small;
    for (int i = 0; i < 4; ++i) broken[random.below(64)] = static_cast<char>(random.next());
    if (round % 2)
      std::copy_n(
          "\x7f"
          "ELF\2\1\1",
          7, broken.begin());
    loaded_sections(broken, "broken").has_value();
  }
}

}  // namespace
}  // namespace ke

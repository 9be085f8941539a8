// SPDX-License-Identifier: MIT
// A real repository with one commit and a bare one beside it.
#pragma once

#include "ke-build/base/files.h"
#include "ke-ci/propose/git.h"

#include <gtest/gtest.h>

#include <memory>

namespace ke::test {

class GitFixture : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TempDir::make("ke-git");
    ASSERT_TRUE(made);
    temp_ = std::make_unique<TempDir>(std::move(*made));
    repository_ = join(temp_->path(), "repo");
    bare_ = join(temp_->path(), "bare.git");
    ASSERT_TRUE(write_file(join(repository_, "src/a.cpp"), "int a = 1;\n"));
    ASSERT_TRUE(write_file(join(repository_, "b.txt"), "b\n"));
    const Git git(repository_);
    must(git({"init", "--quiet", "--initial-branch=main"}));
    must(git({"add", "."}));
    must(git.as("Human", "human@example.org", {"commit", "--quiet", "-m", "first"}));
    base_ = must(git.commit_of("HEAD"));
    must(Git(temp_->path())({"clone", "--quiet", "--bare", repository_, bare_}));
  }
  template <class T>
  static T must(Result<T> result) {
    EXPECT_TRUE(result) << (result ? "" : result.error().message);
    return result ? *std::move(result) : T{};
  }
  /// A fresh clone with src/a.cpp replaced.
  Git changed_clone(const std::string& name, const std::string& text) {
    Git clone = must_clone(name);
    EXPECT_TRUE(write_file(join(clone.directory(), "src/a.cpp"), text));
    return clone;
  }
  Git must_clone(const std::string& name) {
    auto clone = clone_at(repository_, base_, join(temp_->path(), name));
    EXPECT_TRUE(clone) << (clone ? "" : clone.error().message);
    return clone ? *clone : Git("/nonexistent");
  }

  std::unique_ptr<TempDir> temp_;
  std::string repository_, bare_, base_;
  const Identity author_{"KernelEvolve", "noreply@kernelevolve.invalid"};
};

}  // namespace ke::test

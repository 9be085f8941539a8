// SPDX-License-Identifier: MIT
#include "ke-build/project/repo.h"

#include "tests/unit/project/sample_project.h"

#include <gtest/gtest.h>

namespace ke {
namespace {

using testing::SampleProject;

TEST(Repo, ResolvesWhatGitResolves) {
  SampleProject sample;
  sample.write("a", "1\n");
  const std::string first = sample.commit("first");
  sample.git({"tag", "-a", "v1", "-m", "v1"});
  const std::string second = sample.commit("second");
  const auto repo = Repo::open(sample.root());
  ASSERT_TRUE(repo);
  EXPECT_EQ(repo->root(), sample.root());
  EXPECT_EQ(repo->resolve("HEAD").value_or(""), second);
  EXPECT_EQ(repo->resolve("HEAD~1").value_or(""), first);
  EXPECT_EQ(repo->resolve("v1").value_or(""), first);
  EXPECT_EQ(repo->resolve(second.substr(0, 10)).value_or(""), second);
  EXPECT_FALSE(repo->resolve(""));
  EXPECT_FALSE(repo->resolve("nothing"));
  EXPECT_FALSE(repo->is_shallow());
}

TEST(Repo, DiffIsByContentAndSplitsRenames) {
  SampleProject sample;
  sample.write("same", "same\n");
  sample.write("old name", "content\n");
  sample.write("changed", "1\n");
  const std::string base = sample.commit("base");
  sample.git({"mv", "old name", "new name"});
  sample.write("changed", "2\n");
  ASSERT_TRUE(run_or_fail({.argv = {"touch", "-d", "2030-01-01", sample.path("same")}}));
  const std::string head = sample.commit("head");
  const auto repo = Repo::open(sample.root());
  ASSERT_TRUE(repo);
  for (const bool worktree : {false, true}) {
    const auto deltas = worktree ? repo->diff_to_worktree(base) : repo->diff(base, head);
    ASSERT_TRUE(deltas);
    ASSERT_EQ(deltas->size(), 3u);
    EXPECT_EQ((*deltas)[0].path, "changed");
    EXPECT_EQ((*deltas)[0].new_blob, Repo::blob_id("2\n"));
    EXPECT_EQ((*deltas)[1].path, "new name");
    EXPECT_EQ((*deltas)[1].kind, GitDelta::Kind::added);
    EXPECT_EQ((*deltas)[2].kind, GitDelta::Kind::deleted);
  }
}

TEST(Repo, WorkTreeDiffSeesStagedUnstagedAndUntrackedButNotIgnoredFiles) {
  SampleProject sample;
  sample.write(".gitignore", "ignored\n");
  sample.write("staged", "1\n");
  sample.write("unstaged", "1\n");
  sample.write("back", "1\n");
  const std::string base = sample.commit("base");
  sample.write("staged", "2\n");
  sample.write("back", "2\n");
  sample.git({"add", "-A"});
  sample.write("back", "1\n");  // staged, then undone on disk
  sample.write("unstaged", "2\n");
  sample.write("sub/untracked", "1\n");
  sample.write("ignored", "1\n");
  const auto repo = Repo::open(sample.path("sub"));
  ASSERT_TRUE(repo);
  const auto deltas = repo->diff_to_worktree(base);
  ASSERT_TRUE(deltas);
  std::vector<std::string> paths;
  for (const GitDelta& delta : *deltas) paths.push_back(delta.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"staged", "sub/untracked", "unstaged"}));
  EXPECT_TRUE(repo->ignores("ignored"));
  EXPECT_FALSE(repo->ignores("staged"));
}

TEST(Repo, ExportsACommitWithoutTouchingTheWorkTree) {
  SampleProject sample;
  sample.write("a/b", "1\n");
  const std::string base = sample.commit("base");
  sample.write("a/b", "2\n");
  sample.commit("head");
  const auto repo = Repo::open(sample.root());
  ASSERT_TRUE(repo);
  const std::string folder = sample.build() + "/export";
  ASSERT_TRUE(repo->export_tree(base, folder));
  EXPECT_EQ(read_file(folder + "/a/b").value_or(""), "1\n");
  EXPECT_EQ(read_file(sample.path("a/b")).value_or(""), "2\n");
  EXPECT_EQ(trim(sample.git({"status", "--porcelain"})), "");
  EXPECT_EQ(repo->blob_at(base, "a/b").value_or("x"), Repo::blob_id("1\n"));
  EXPECT_EQ(repo->blob_at(base, "none").value_or("x"), "");
  EXPECT_EQ(repo->read_blob(Repo::blob_id("1\n")).value_or(""), "1\n");
}

TEST(Repo, UnrelatedHistoriesHaveNoMergeBase) {
  SampleProject sample;
  const std::string first = sample.commit("first");
  sample.git({"checkout", "-q", "--orphan", "other"});
  const std::string second = sample.commit("second");
  const auto repo = Repo::open(sample.root());
  ASSERT_TRUE(repo);
  const auto base = repo->merge_base(first, second);
  ASSERT_FALSE(base);
  EXPECT_NE(base.error().message.find("no common ancestor"), std::string::npos);
}

TEST(Repo, BareRepositoryAndPlainFolderAreClearErrors) {
  SampleProject sample;
  sample.commit("first");
  const std::string bare = sample.build() + "/bare.git";
  ASSERT_TRUE(run_or_fail({.argv = {"git", "clone", "-q", "--bare", sample.root(), bare}}));
  const auto opened = Repo::open(bare);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("bare"), std::string::npos);
  sample.remove(".git");
  EXPECT_FALSE(Repo::open(sample.root()));
}

}  // namespace
}  // namespace ke

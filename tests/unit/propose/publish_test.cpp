// SPDX-License-Identifier: MIT
#include "ke-ci/propose/publish.h"

#include "git_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

namespace ke {
namespace {

class Publish : public test::GitFixture {
 protected:
  CommitRequest request(std::vector<std::string> paths = {"src/a.cpp"}) {
    return {base_, std::move(paths), "a: 2x faster\n\nbecause", author_};
  }
  std::string head_of(const std::string& branch) {
    return must(Git(bare_)({"rev-parse", "refs/heads/" + branch}));
  }
};

TEST_F(Publish, ClonesRunNoHooksAndKeepNoConfiguration) {
  const std::string hook = join(repository_, ".git/hooks/post-checkout");
  ASSERT_TRUE(write_file(hook, "#!/bin/sh\ntouch " + join(temp_->path(), "hook-ran") + "\n"));
  ASSERT_EQ(chmod(hook.c_str(), 0755), 0);
  must(Git(repository_)({"config", "filter.evil.smudge", "touch " + join(temp_->path(), "filter-ran")}));
  const Git clone = must_clone("clone");
  EXPECT_FALSE(exists(join(temp_->path(), "hook-ran")));
  EXPECT_EQ(must(clone({"remote"})), "");
  EXPECT_FALSE(clone({"config", "filter.evil.smudge"}));
  EXPECT_EQ(must(clone.commit_of("HEAD")), base_);
}

TEST_F(Publish, ClonesReachCommitsThatNoBranchNames) {
  const Git git(repository_);
  must(git({"checkout", "--quiet", "--detach"}));
  ASSERT_TRUE(write_file(join(repository_, "b.txt"), "detached\n"));
  must(git.as("Human", "human@example.org", {"commit", "--quiet", "-am", "detached"}));
  const std::string detached = must(git.commit_of("HEAD"));
  must(git({"checkout", "--quiet", "main"}));
  EXPECT_TRUE(clone_at(repository_, detached, join(temp_->path(), "clone")));
}

TEST_F(Publish, MakesOneCommitOnTheBase) {
  const Git clone = changed_clone("clone", "int a = 2;\n");
  const std::string commit = must(commit_paths(clone, request()));
  EXPECT_EQ(must(clone({"rev-list", "--count", base_ + ".." + commit})), "1");
  EXPECT_EQ(must(clone({"diff", "--name-only", base_, commit})), "src/a.cpp");
  EXPECT_EQ(must(clone({"show", "--no-patch", "--format=%an <%ae>", commit})),
            "KernelEvolve <noreply@kernelevolve.invalid>");
  EXPECT_TRUE(must(is_untouched(clone, commit, author_)));
}

TEST_F(Publish, RefusesWhateverIsNotPartOfTheProposal) {
  const Git clone = changed_clone("clone", "int a = 2;\n");
  ASSERT_TRUE(write_file(join(clone.directory(), "b.txt"), "changed by the build\n"));
  const auto commit = commit_paths(clone, request());
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, ErrorCode::refused);
  EXPECT_NE(commit.error().message.find("b.txt"), std::string::npos) << commit.error().message;
}

TEST_F(Publish, RefusesChangesOfModeLinksAndBinaries) {
  const Git mode = changed_clone("mode", "int a = 2;\n");
  ASSERT_EQ(chmod(join(mode.directory(), "src/a.cpp").c_str(), 0755), 0);
  EXPECT_FALSE(commit_paths(mode, request()));
  const Git link = must_clone("link");
  ASSERT_EQ(unlink(join(link.directory(), "src/a.cpp").c_str()), 0);
  ASSERT_EQ(symlink("/etc/passwd", join(link.directory(), "src/a.cpp").c_str()), 0);
  EXPECT_FALSE(commit_paths(link, request()));
  const Git binary = changed_clone("binary", std::string("a\0b", 3));
  EXPECT_FALSE(commit_paths(binary, request()));
  EXPECT_FALSE(commit_paths(changed_clone("outside", "int a = 2;\n"), request({"src/a.cpp", "../x"})));
}

TEST_F(Publish, UpdatesItsOwnBranchInPlace) {
  const Git first = changed_clone("first", "int a = 2;\n");
  const std::string one = must(commit_paths(first, request()));
  EXPECT_TRUE(must(push_branch(first, bare_, "ke/a", one, author_)).pushed);
  const Git second = changed_clone("second", "int a = 3;\n");
  const std::string two = must(commit_paths(second, request()));
  EXPECT_TRUE(must(push_branch(second, bare_, "ke/a", two, author_)).pushed);
  EXPECT_EQ(head_of("ke/a"), two);
  EXPECT_EQ(must(Git(bare_)({"rev-list", "--count", "main..ke/a"})), "1");
  EXPECT_TRUE(must(push_branch(second, bare_, "ke/a", two, author_)).pushed)
      << "pushing the same again is nothing";
}

TEST_F(Publish, NeverOverwritesACommitOfAHuman) {
  const Git first = changed_clone("first", "int a = 2;\n");
  must(push_branch(first, bare_, "ke/a", must(commit_paths(first, request())), author_));
  ASSERT_TRUE(write_file(join(first.directory(), "b.txt"), "by hand\n"));
  must(first.as("Human", "human@example.org", {"commit", "--quiet", "-am", "by hand"}));
  const std::string human = must(first.commit_of("HEAD"));
  must(first({"push", "--quiet", bare_, human + ":refs/heads/ke/a"}));
  const Git second = changed_clone("second", "int a = 3;\n");
  const auto result =
      must(push_branch(second, bare_, "ke/a", must(commit_paths(second, request())), author_));
  EXPECT_FALSE(result.pushed);
  EXPECT_NE(result.foreign.find("Human"), std::string::npos) << result.foreign;
  EXPECT_EQ(head_of("ke/a"), human);
}

TEST_F(Publish, NeverOverwritesAnAmendedCommit) {
  const Git first = changed_clone("first", "int a = 2;\n");
  must(commit_paths(first, request()));
  ASSERT_TRUE(write_file(join(first.directory(), "src/a.cpp"), "int a = 4;\n"));
  // The same author and committer, so that only the recorded tree tells.
  must(first.as(author_.name, author_.email, {"commit", "--quiet", "--amend", "--no-edit", "-a"}));
  const std::string amended = must(first.commit_of("HEAD"));
  must(first({"push", "--quiet", bare_, amended + ":refs/heads/ke/a"}));
  const Git second = changed_clone("second", "int a = 3;\n");
  EXPECT_FALSE(
      must(push_branch(second, bare_, "ke/a", must(commit_paths(second, request())), author_)).pushed);
  EXPECT_EQ(head_of("ke/a"), amended);
}

TEST_F(Publish, NeverOverwritesAnUnknownHead) {
  must(Git(bare_)({"branch", "ke/a", "main"}));
  const Git clone = changed_clone("clone", "int a = 2;\n");
  EXPECT_FALSE(must(push_branch(clone, bare_, "ke/a", must(commit_paths(clone, request())), author_)).pushed);
}

TEST_F(Publish, FindsTheDefaultBranch) {
  const Git clone = must_clone("clone");
  EXPECT_EQ(default_branch(clone, bare_), "main");
}

TEST_F(Publish, NamesUnknownRevisions) {
  const auto commit = Git(repository_).commit_of("no-such-branch");
  ASSERT_FALSE(commit);
  EXPECT_NE(commit.error().message.find("no-such-branch"), std::string::npos);
  EXPECT_FALSE(Git(repository_).commit_of("--all"));
}

TEST(Author, IsANameWithAnAddress) {
  const auto author = identity_from("KernelEvolve Bot <a@b>");
  ASSERT_TRUE(author);
  EXPECT_EQ(author->name, "KernelEvolve Bot");
  for (const char* text : {"", "a", "<a@b>", "a <>", "a <b> c", "a <b\n>"})
    EXPECT_FALSE(identity_from(text)) << text;
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-ci/propose/paths.h"

#include "ke-build/base/files.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace ke {
namespace {

class WriteInside : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TempDir::make("ke-paths");
    ASSERT_TRUE(made);
    temp_ = std::make_unique<TempDir>(std::move(*made));
    root_ = join(temp_->path(), "root");
    ASSERT_TRUE(write_file(join(root_, "src/a.cpp"), "old\n"));
    ASSERT_TRUE(write_file(join(temp_->path(), "outside.cpp"), "outside\n"));
  }
  std::unique_ptr<TempDir> temp_;
  std::string root_;
};

TEST_F(WriteInside, ReplacesAFileAndKeepsItsMode) {
  ASSERT_EQ(chmod(join(root_, "src/a.cpp").c_str(), 0755), 0);
  ASSERT_TRUE(write_inside(root_, "src/a.cpp", "new\n", false));
  EXPECT_EQ(read_file(join(root_, "src/a.cpp")).value_or(""), "new\n");
  struct stat status {};
  ASSERT_EQ(stat(join(root_, "src/a.cpp").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0755u);
}

TEST_F(WriteInside, CreatesOnlyWhatMayBeCreated) {
  EXPECT_FALSE(write_inside(root_, "src/b.cpp", "x", false));
  EXPECT_FALSE(exists(join(root_, "src/b.cpp")));
  EXPECT_TRUE(write_inside(root_, ".ke/skills/a/SKILL.md", "x", true));
  EXPECT_TRUE(exists(join(root_, ".ke/skills/a/SKILL.md")));
}

TEST_F(WriteInside, NeverFollowsALinkToAFile) {
  ASSERT_EQ(symlink("../../outside.cpp", join(root_, "src/link.cpp").c_str()), 0);
  const auto written = write_inside(root_, "src/link.cpp", "evil", true);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::refused);
  EXPECT_EQ(read_file(join(temp_->path(), "outside.cpp")).value_or(""), "outside\n");
}

TEST_F(WriteInside, NeverFollowsALinkToAFolder) {
  ASSERT_EQ(symlink("..", join(root_, "up").c_str()), 0);
  EXPECT_FALSE(write_inside(root_, "up/outside.cpp", "evil", true));
  EXPECT_EQ(read_file(join(temp_->path(), "outside.cpp")).value_or(""), "outside\n");
}

TEST_F(WriteInside, RefusesPathsThatClimbOrEnterGit) {
  for (const char* path : {"../outside.cpp", "/etc/x", "src/../../outside.cpp", ".git/config",
                           "sub/.git/config", "src//a.cpp", "./a", "a\nb", "src/"}) {
    EXPECT_FALSE(write_inside(root_, path, "evil", true)) << path;
  }
}

TEST(PlainName, FitsBranchesAndFolders) {
  for (const char* name : {"rmsnorm", "conv2d_3x3", "a-b.c"}) EXPECT_TRUE(is_plain_name(name)) << name;
  for (const char* name :
       {"", ".", "..", "-x", "a/b", "a b", "a..b", "a.lock", "a~", "a^", "é", "a.", "x@{1}"})
    EXPECT_FALSE(is_plain_name(name)) << name;
}

}  // namespace
}  // namespace ke

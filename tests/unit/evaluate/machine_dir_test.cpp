// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/machine_dir.h"

#include "ke-build/base/files.h"
#include "tests/unit/variable.h"

#include <gtest/gtest.h>

#include <filesystem>

#include <sys/stat.h>
#include <unistd.h>

namespace ke {
namespace {

TEST(MachineDir, IsOneForAllBuildFoldersOfAUser) {
  const auto folder = TempDir::make("ke-machine");
  ASSERT_TRUE(folder);
  const Variable cache("XDG_CACHE_HOME", ""), home("HOME", folder->path());
  const std::string below_home = machine_dir("/one/build/ke");
  EXPECT_EQ(below_home.rfind(folder->path() + "/.cache/kernelevolve/", 0), 0u) << below_home;
  EXPECT_EQ(below_home, machine_dir("/another/build/ke"));
  EXPECT_TRUE(std::filesystem::is_directory(below_home));
  const Variable chosen("XDG_CACHE_HOME", folder->path() + "/mine");
  const std::string below_cache = machine_dir("/one/build/ke");
  EXPECT_EQ(below_cache.rfind(folder->path() + "/mine/kernelevolve/", 0), 0u) << below_cache;
  EXPECT_EQ(std::filesystem::path(below_cache).filename(), std::filesystem::path(below_home).filename());
}

TEST(MachineDir, WithoutAPlaceItIsTheBuildFolders) {
  const auto folder = TempDir::make("ke-machine");
  ASSERT_TRUE(folder);
  {
    const Variable cache("XDG_CACHE_HOME", ""), home("HOME", "");
    EXPECT_EQ(machine_dir("/one/build/ke"), "/one/build/ke");
    const Variable relative("HOME", "somewhere");
    EXPECT_EQ(machine_dir("/one/build/ke"), "/one/build/ke") << "it would depend on the working folder";
  }
  ASSERT_TRUE(write_file(join(folder->path(), "file"), ""));
  const Variable cache("XDG_CACHE_HOME", join(folder->path(), "file"));
  EXPECT_EQ(machine_dir("/one/build/ke"), "/one/build/ke") << "no folder can be made in a file";
}

TEST(MachineDir, AFolderOfSomebodyElseIsNotUsed) {
  const auto folder = TempDir::make("ke-machine");
  ASSERT_TRUE(folder);
  ASSERT_EQ(::symlink("/", join(folder->path(), "kernelevolve").c_str()),
            0);  // as an attacker could leave it
  const Variable cache("XDG_CACHE_HOME", folder->path());
  EXPECT_EQ(machine_dir("/one/build/ke"), "/one/build/ke");
}

TEST(MachineDir, OptionsThatNameNoneKeepItInTheBuildFolder) {
  EvaluateOptions options;
  options.state_dir = "/one/build/ke";
  EXPECT_EQ(machine_dir_of(options), "/one/build/ke");
  options.machine_dir = "/host";
  EXPECT_EQ(machine_dir_of(options), "/host");
}

}  // namespace
}  // namespace ke

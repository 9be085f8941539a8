// SPDX-License-Identifier: MIT
#include "ke-build/base/measure_lock.h"

#include "tests/unit/variable.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include <unistd.h>

namespace ke {
namespace {

TEST(MeasureLock, LetsManyCompileButOnlyOneMeasure) {
  const auto dir = TempDir::make("ke-test");
  const std::string path = join(dir->path(), "lock");
  {
    const auto one = lock_for_compiling(path, 1), two = lock_for_compiling(path, 1);
    ASSERT_TRUE(one && two);
    EXPECT_FALSE(lock_for_measuring(path, 0.05)) << "something compiles";
  }
  const auto measuring = lock_for_measuring(path, 1);
  ASSERT_TRUE(measuring);
  EXPECT_FALSE(lock_for_measuring(path, 0.05));
  EXPECT_FALSE(lock_for_compiling(path, 0.05)) << "something is measured";
}

// Compilers that follow each other without a gap would starve a measurement that waits for one.
TEST(MeasureLock, StreamOfCompilersDoesNotStarveAMeasurement) {
  const auto dir = TempDir::make("ke-test");
  const std::string path = join(dir->path(), "lock");
  std::atomic<bool> stop = false;
  const auto compile = [&] {
    while (!stop) {
      const auto lock = lock_for_compiling(path, 10);
      std::this_thread::sleep_for(std::chrono::milliseconds(60));
    }
  };
  auto first = std::async(std::launch::async, compile);
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  auto second = std::async(std::launch::async, compile);
  EXPECT_TRUE(lock_for_measuring(path, 10));
  stop = true;
}

TEST(MeasureLock, IsOneForAllRepositoriesOfAUser) {
  const auto dir = TempDir::make("ke-test");
  const Variable none("KE_MEASURE_LOCK", ""), runtime("XDG_RUNTIME_DIR", dir->path());
  const std::string path = measure_lock_path("/one/build/ke");
  EXPECT_EQ(path, measure_lock_path("/another/build/ke"));
  EXPECT_EQ(path.rfind(dir->path() + "/kernelevolve-", 0), 0u) << path;
  const Variable given("KE_MEASURE_LOCK", "/somewhere/lock");
  EXPECT_EQ(measure_lock_path("/one/build/ke"), "/somewhere/lock");
}

TEST(MeasureLock, FolderOfSomebodyElseIsNotUsed) {
  const auto dir = TempDir::make("ke-test");
  const std::string folder = join(dir->path(), "kernelevolve-" + std::to_string(::geteuid()));
  ASSERT_EQ(::symlink("/", folder.c_str()), 0);  // a link, as an attacker could leave in a shared folder
  const Variable none("KE_MEASURE_LOCK", ""), runtime("XDG_RUNTIME_DIR", dir->path());
  EXPECT_EQ(measure_lock_path("/one/build/ke"), "/one/build/ke/measure.lock");
}

}  // namespace
}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/base/files.h"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

TEST(Files, WritesAtomicallyAndCreatesParents) {
  const auto dir = TempDir::make("ke-test");
  const std::string path = join(dir->path(), "a/b/c.txt");
  ASSERT_TRUE(write_file(path, "one"));
  ASSERT_TRUE(write_file(path, "two"));
  EXPECT_EQ(*read_file(path), "two");
  EXPECT_EQ(list_files(dir->path()), std::vector<std::string>{"a/b/c.txt"});
}

// Two builds that begin together write the same object of the runner.
TEST(Files, MayBeWrittenByManyThreadsAtOnce) {
  const auto folder = TempDir::make("ke-files");
  const std::string path = join(folder->path(), "shared");
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) failures += !write_file(path, "the same text");
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(*read_file(path), "the same text");
}

TEST(Files, SaysWhichFileIsMissing) {
  const auto text = read_file("/nonexistent/x");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, ErrorCode::not_found);
  EXPECT_NE(text.error().message.find("/nonexistent/x"), std::string::npos);
}

TEST(Files, RefusesMoreThanTheLimit) {
  const auto dir = TempDir::make("ke-test");
  ASSERT_TRUE(write_file(join(dir->path(), "x"), std::string(1000, 'x')));
  EXPECT_FALSE(read_file(join(dir->path(), "x"), 999));
  EXPECT_TRUE(read_file(join(dir->path(), "x"), 1000));
}

// A file size limit fails writes as a full disk does, in the middle of the file.
TEST(Files, AFullDiskIsOneClearErrorAndTheOldContentStays) {
  const auto dir = TempDir::make("ke-test");
  const std::string path = join(dir->path(), "x");
  ASSERT_TRUE(write_file(path, "old"));
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1000, 1000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto full = write_file(path, std::string(5000, 'x'));
    ::_exit(!full && full.error().message.find(path) != std::string::npos ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(*read_file(path), "old");
  EXPECT_EQ(list_files(dir->path()).size(), 1u) << "no half-written file may stay behind";
}

TEST(Files, HashesLikeSha256) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(FileLock, ExcludesOtherProcessesAndNamesTheHolder) {
  const auto dir = TempDir::make("ke-test");
  const std::string path = join(dir->path(), "lock");
  const auto lock = FileLock::acquire(path, 1);
  ASSERT_TRUE(lock);
  const auto second =
      FileLock::acquire(path, 0.05);  // flock is per open file, so the same process conflicts too
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
}

TEST(FileLock, IsReleasedWhenItsHolderIsKilled) {
  const auto dir = TempDir::make("ke-test");
  const std::string path = join(dir->path(), "lock");
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = FileLock::acquire(path, 1);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(FileLock::acquire(path, 0.5));
}

}  // namespace
}  // namespace ke

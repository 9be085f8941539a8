// SPDX-License-Identifier: MIT
// What the world does to a store: read-only folders, full disks, foreign, newer and damaged files.
#include "fixtures.h"
#include "ke-build/store/database.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <functional>

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

constexpr int kSkip = 77;

// Runs `body` in a child, because it changes what the whole process may do; returns its exit code.
int in_child(const std::function<int()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int fail(const std::string& message) {
  fprintf(stderr, "child: %s\n", message.c_str());
  return 1;
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void raw_sql(const std::string& path, const std::string& sql) {
  sqlite3* raw = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &raw), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(raw);
  sqlite3_close(raw);
}

// Adds nodes until the store refuses, then checks that every accepted one is there and that the message is
// clear.
int fill_until_refused(const std::string& path, const std::string& expected,
                       const std::function<void()>& limit) {
  auto store = Store::open(path);
  if (!store) return fail(store.error().message);
  const Session session = a_session();
  if (auto added = (*store)->add_session(session); !added) return fail(added.error().message);
  limit();
  int64_t accepted = 0;
  Result<> added = ok();
  while (added && accepted < 10000) {
    Node node = a_node(accepted + 1, accepted == 0 ? 0 : 1);
    node.candidate.source = std::string(20000, 'a') + std::to_string(accepted);
    added = (*store)->add_node(session.id, node);
    if (added) ++accepted;
  }
  if (added) return fail("nothing was refused");
  if (added.error().code != ErrorCode::io) return fail("not an io error: " + added.error().message);
  if (!mentions(added.error().message, expected)) return fail("unclear: " + added.error().message);
  if (!mentions(added.error().message, path)) return fail("does not name the file: " + added.error().message);
  auto nodes = (*store)->nodes(session.id);  // the same connection is still usable
  if (!nodes) return fail(nodes.error().message);
  if (static_cast<int64_t>(nodes->size()) != accepted) return fail("rows were lost");
  if (auto checked = (*store)->check(); !checked) return fail(checked.error().message);
  return 0;
}

TEST(StoreFaults, SaysThatTheFolderIsReadOnly) {
  const TempDir folder = a_folder();
  ASSERT_EQ(chmod(folder.path().c_str(), 0555), 0);
  EXPECT_EQ(in_child([&] {
              if (getuid() == 0 && setuid(65534) != 0) return kSkip;  // permissions do not bind root
              const auto store = Store::open(folder.path() + "/store.db");
              if (store) return fail("opened in a read-only folder");
              if (store.error().code != ErrorCode::io) return fail(store.error().message);
              return mentions(store.error().message, "writable") ? 0 : fail(store.error().message);
            }),
            0);
}

TEST(StoreFaults, SaysThatTheFileIsReadOnly) {
  const TempDir folder = a_folder();
  ASSERT_EQ(chmod(folder.path().c_str(), 0755), 0);
  const std::string path = folder.path() + "/store.db";
  { must(Store::open(path)); }
  ASSERT_EQ(chmod(path.c_str(), 0444), 0);
  ASSERT_EQ(chmod(folder.path().c_str(), 0555), 0);
  EXPECT_EQ(in_child([&] {
              if (getuid() == 0 && setuid(65534) != 0) return kSkip;
              auto store = Store::open(path);
              if (!store) return mentions(store.error().message, path) ? 0 : fail(store.error().message);
              const auto added = (*store)->add_session(a_session());
              if (added) return fail("wrote to a read-only file");
              return mentions(added.error().message, "read-only") ? 0 : fail(added.error().message);
            }),
            0);
}

TEST(StoreFaults, SurvivesAFullDisk) {
  const TempDir folder = a_folder();
  const int code = in_child([&] {
    if (unshare(CLONE_NEWNS) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return kSkip;
    if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kSkip;
    if (mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m,mode=777") != 0) return kSkip;
    return fill_until_refused(folder.path() + "/store.db", "disk is full", [] {});
  });
  if (code == kSkip)
    GTEST_SKIP()
        << "not run: a store on a full disk; this machine refuses a mount namespace, or a small tmpfs in it";
  EXPECT_EQ(code, 0);
}

TEST(StoreFaults, SurvivesALimitOnTheSizeOfFiles) {
  const TempDir folder = a_folder();
  EXPECT_EQ(in_child([&] {
              return fill_until_refused(folder.path() + "/store.db", "ulimit -f", [] {
                signal(SIGXFSZ, SIG_IGN);
                const rlimit limit{1 << 20, 1 << 20};
                setrlimit(RLIMIT_FSIZE, &limit);
              });
            }),
            0);
}

TEST(StoreFaults, RefusesASchemaNewerThanItself) {
  const TempDir folder = a_folder();
  const std::string path = folder.path() + "/store.db";
  { must(Store::open(path)); }
  raw_sql(path, "PRAGMA user_version=4711");
  const auto store = Store::open(path);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::conflict);
  EXPECT_TRUE(mentions(store.error().message, "4711")) << store.error().message;
}

TEST(StoreFaults, RefusesADatabaseOfAnotherProgramAndLeavesItAlone) {
  const TempDir folder = a_folder();
  const std::string path = folder.path() + "/store.db";
  raw_sql(path, "CREATE TABLE holiday_photos(name TEXT)");
  const auto store = Store::open(path);
  ASSERT_FALSE(store.has_value());
  EXPECT_TRUE(mentions(store.error().message, "another program")) << store.error().message;
  raw_sql(path, "INSERT INTO holiday_photos VALUES ('beach')");
}

TEST(StoreFaults, RefusesAFileThatIsNoDatabase) {
  const TempDir folder = a_folder();
  const std::string path = folder.path() + "/store.db";
  must(write_file(path, std::string(5000, 'z')));
  const auto store = Store::open(path);
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::io);
  EXPECT_TRUE(mentions(store.error().message, "not a store")) << store.error().message;
}

TEST(StoreFaults, NoticesADamagedFile) {
  const TempDir folder = a_folder();
  const std::string path = folder.path() + "/store.db";
  const Session session = a_session();
  {
    auto store = must(Store::open(path));
    must(store->add_session(session));
    for (int64_t id = 1; id <= 200; ++id) must(store->add_node(session.id, a_node(id, id == 1 ? 0 : 1)));
  }
  std::string bytes = must(read_file(path));
  ASSERT_GT(bytes.size(), 65536u);
  for (size_t i = 16384; i + 4096 < bytes.size(); i += 8192) bytes.replace(i, 4096, 4096, '\x5a');
  must(write_file(path, bytes));
  auto store = Store::open(path);
  const Result<> noticed = store ? (*store)->check() : Result<>(store.error());
  ASSERT_FALSE(noticed.has_value());
  EXPECT_EQ(noticed.error().code, ErrorCode::io);
  EXPECT_TRUE(mentions(noticed.error().message, "damaged")) << noticed.error().message;
  if (store) {
    const auto nodes = (*store)->nodes(session.id);
    EXPECT_FALSE(nodes.has_value()) << "a damaged tree was read as if it were whole";
  }
}

TEST(StoreFaults, RefusesAFolderInPlaceOfTheFile) {
  const TempDir folder = a_folder();
  const auto store = Store::open(folder.path());
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::io);
  EXPECT_TRUE(mentions(store.error().message, folder.path())) << store.error().message;
}

TEST(Migration, AppliesOnlyTheScriptsThatAreMissing) {
  const TempDir folder = a_folder();
  const std::string path = folder.path() + "/store.db";
  const std::vector<std::string> one = {"CREATE TABLE a(x)"};
  const std::vector<std::string> two = {"CREATE TABLE a(x)",
                                        "ALTER TABLE a ADD COLUMN y; INSERT INTO a VALUES (1, 2)"};
  {
    auto database = must(Database::open(path));
    EXPECT_EQ(why(migrate(database, one)), "");
    EXPECT_EQ(why(migrate(database, one)), "");
  }
  auto database = must(Database::open(path));
  EXPECT_EQ(why(migrate(database, two)), "");
  EXPECT_EQ(why(migrate(database, two)), "");
  EXPECT_EQ(must(database.integer("SELECT sum(y) FROM a", 0)), 2);
  EXPECT_EQ(migrate(database, one).error().code, ErrorCode::conflict);
}

TEST(Migration, LeavesTheFileAsItWasWhenAScriptFails) {
  auto database = must(Database::open(":memory:"));
  EXPECT_FALSE(migrate(database, {"CREATE TABLE a(x)", "CREATE TABLE b(x); SELECT nonsense"}).has_value());
  EXPECT_EQ(must(database.integer("PRAGMA user_version", -1)), 0);
  EXPECT_EQ(must(database.integer("SELECT count(*) FROM sqlite_master", -1)), 0);
}

}  // namespace
}  // namespace ke

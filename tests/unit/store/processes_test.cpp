// SPDX-License-Identifier: MIT
// Real processes: several at once, and killed ones.
#include "fixtures.h"
#include "ke-build/base/random.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ke {
namespace {

// Writes nodes first, first + 1, ... with statistics in one transaction each, and reports every acknowledged
// id.
[[noreturn]] void write_forever(const std::string& path, const std::string& session, int64_t first,
                                int report) {
  auto store = Store::open(path);
  if (!store) _exit(3);
  for (int64_t id = first;; ++id) {
    const auto added = (*store)->transaction([&]() -> Result<> {
      KE_DO((*store)->add_node(session, a_node(id, id == 1 ? 0 : 1, 2)));
      return (*store)->update_statistics(session, 1, id, static_cast<double>(id), id);
    });
    if (!added) _exit(4);
    if (write(report, &id, sizeof id) != sizeof id) _exit(5);
  }
}

TEST(StoreProcesses, NothingAcknowledgedIsLostByKill) {
  const TempDir folder = a_folder();
  const std::string path = folder.path() + "/store.db";
  const Session session = a_session();
  { must(must(Store::open(path))->add_session(session)); }
  Random random(20260131);
  int64_t acknowledged = 0;
  for (int round = 0; round < 25; ++round) {
    int report[2];
    ASSERT_EQ(pipe(report), 0);
    const int64_t next = static_cast<int64_t>(must(must(Store::open(path))->nodes(session.id)).size()) + 1;
    acknowledged = next - 1;
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_forever(path, session.id, next, report[1]);
    close(report[1]);
    std::this_thread::sleep_for(std::chrono::microseconds(2000 + random.below(60000)));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with " << WEXITSTATUS(status);
    for (int64_t id = 0; read(report[0], &id, sizeof id) == sizeof id;) acknowledged = id;
    close(report[0]);

    auto store = must(Store::open(path));
    ASSERT_EQ(why(store->check()), "");
    const auto nodes = must(store->nodes(session.id));
    ASSERT_GE(static_cast<int64_t>(nodes.size()), acknowledged);
    ASSERT_LE(static_cast<int64_t>(nodes.size()), acknowledged + 1) << "more than the row in flight appeared";
    for (size_t i = 0; i < nodes.size(); ++i) {
      ASSERT_EQ(nodes[i].id, static_cast<int64_t>(i + 1));
      ASSERT_EQ(nodes[i].evaluation.speedups.size(), 1u) << "half a node was stored";
    }
    if (!nodes.empty()) {
      ASSERT_EQ(nodes[0].visits, static_cast<int64_t>(nodes.size()));
    }
  }
  EXPECT_GT(acknowledged, 25) << "the writers hardly ran: the test shows nothing";
}

TEST(StoreProcesses, TwoWritersDoNotDisturbEachOther) {
  const TempDir folder = a_folder();
  const std::string path = folder.path() + "/store.db";
  constexpr int kWriters = 3;
  constexpr int64_t kRows = 60;
  std::vector<Session> sessions;
  std::vector<pid_t> children;
  for (int i = 0; i < kWriters; ++i) sessions.push_back(a_session("op" + std::to_string(i)));
  for (int i = 0; i < kWriters; ++i) {  // all of them also race for creating the file
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto store = Store::open(path);
      if (!store || !(*store)->add_session(sessions[static_cast<size_t>(i)])) _exit(1);
      for (int64_t id = 1; id <= kRows; ++id) {
        if (!(*store)->add_node(sessions[static_cast<size_t>(i)].id, a_node(id, id == 1 ? 0 : 1))) _exit(2);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  auto store = must(Store::open(path));
  EXPECT_EQ(why(store->check()), "");
  for (const Session& session : sessions) {
    EXPECT_EQ(must(store->nodes(session.id)).size(), static_cast<size_t>(kRows));
  }
}

}  // namespace
}  // namespace ke

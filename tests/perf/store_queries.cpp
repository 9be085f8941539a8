// SPDX-License-Identifier: MIT
// How long do the queries that a search waits for take on a big store, alone and while eight other processes
// write into the same session as fast as they can? Prints a table; exits 1 when one frontier or context query
// in a hundred needs 50 ms or more. `store_queries [nodes=100000] [folder]`
#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/random.h"
#include "ke-build/store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace ke;

constexpr double kLimit_s = 0.05;
constexpr int kWriters = 8;

template <class T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "store_queries: {}\n", result.error().message);
    std::exit(3);
  }
  return *std::move(result);
}

Node some_node(int64_t id, Random& random) {
  Node node;
  node.id = id;
  // Half of the children hang on few popular nodes, as in a real search.
  if (id > 1)
    node.parent = 1 + static_cast<int64_t>(random.below(
                          random.below(2) ? static_cast<uint64_t>(id - 1)
                                          : std::min<uint64_t>(10, static_cast<uint64_t>(id - 1))));
  node.candidate.source = std::string(4000, ' ') + std::to_string(random.below(5000));
  node.candidate.flags = {"-O3", "-fno-math-errno"};
  node.candidate.moves = {{"rewrite", "tile", fmt::format("size={}", id)}};
  node.evaluation.outcome = Outcome::faster;
  node.evaluation.reason = "faster on every workload";
  node.evaluation.speedup = random.uniform() * 10;
  for (int i = 0; i < 3; ++i) {
    Speedup speedup;
    speedup.workload = fmt::format("w{}", i);
    speedup.ratio = node.evaluation.speedup;
    node.evaluation.speedups.push_back(speedup);
    Diagnosis diagnosis;
    diagnosis.workload = speedup.workload;
    diagnosis.evidence = {"40 % of the measured copy bandwidth"};
    node.evaluation.diagnoses.push_back(diagnosis);
  }
  return node;
}

Session fill(Store& store, int64_t count, Random& random) {
  Session session;
  session.id = new_uuid();
  session.op = "rmsnorm";
  session.op_hash = "hash";
  session.state = "running";
  session.started = utc_now();
  must(store.add_session(session));
  for (int64_t id = 1; id <= count;) {
    must(store.transaction([&]() -> Result<> {
      for (int i = 0; i < 1000 && id <= count; ++i, ++id) {
        KE_DO(store.add_node(session.id, some_node(id, random)));
        KE_DO(store.update_statistics(session.id, id, 1, 0.5, id));
        KE_DO(store.update_statistics(session.id, 1 + id / 2, id, 0.5, id));
      }
      return ok();
    }));
  }
  return session;
}

/// Prints median, 99th percentile and worst of `repeats` calls; returns the 99th percentile.
template <class Body>
double measure(const char* what, int repeats, Body body) {
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) {
    const double start = now_s();
    body();
    seconds.push_back(now_s() - start);
  }
  std::sort(seconds.begin(), seconds.end());
  const double p99 = seconds[seconds.size() * 99 / 100];
  fmt::print("{:<34} {:>10.2f} {:>10.2f} {:>10.2f}\n", what, 1e3 * seconds[seconds.size() / 2], 1e3 * p99,
             1e3 * seconds.back());
  return p99;
}

/// Processes that do what a search does after every evaluation, without pause.
class Writers {
 public:
  Writers(const std::string& path, const Session& session, int64_t first_id) {
    void* page = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    written_ = new (page) std::atomic<int64_t>(0);
    for (int i = 0; i < kWriters; ++i) {
      const pid_t child = fork();
      if (child < 0) std::exit(3);
      if (child == 0) write_forever(path, session, first_id + i);
      children_.push_back(child);
    }
  }
  ~Writers() {
    for (const pid_t child : children_) kill(child, SIGKILL);
    for (const pid_t child : children_) waitpid(child, nullptr, 0);
  }
  int64_t written() const { return *written_; }

 private:
  [[noreturn]] void write_forever(const std::string& path, Session session, int64_t id) {
    auto store = must(Store::open(path));
    Random random(static_cast<uint64_t>(id));
    for (;; id += kWriters) {
      must(store->transaction([&]() -> Result<> {
        const Node node = some_node(id, random);
        KE_DO(store->add_node(session.id, node));
        for (const int64_t ancestor : {node.parent, int64_t{1}})
          KE_DO(store->update_statistics(session.id, ancestor, id, 0.5, id));
        session.evaluations = id;
        return store->update_session(session);
      }));
      ++*written_;
    }
  }
  std::atomic<int64_t>* written_ = nullptr;
  std::vector<pid_t> children_;
};

/// The worst 99th percentile of the queries that have a limit.
double measure_queries(Store& store, const Session& session, int64_t nodes) {
  Random random(2);
  const auto somewhere = [&] { return 1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(nodes))); };
  fmt::print("{:<34} {:>10} {:>10} {:>10}\n", "query", "median ms", "p99 ms", "worst ms");
  double worst = 0;
  const auto limited = [&](double p99) { worst = std::max(worst, p99); };
  limited(measure("frontier, 10 nodes", 300, [&] { must(store.frontier(session.id, 10)); }));
  limited(measure("frontier, 50 nodes", 300, [&] { must(store.frontier(session.id, 50)); }));
  limited(
      measure("frontier, 10 nodes, half way", 300, [&] { must(store.frontier(session.id, 10, nodes / 2)); }));
  limited(
      measure("context of a random node", 500, [&] { must(store.context(session.id, somewhere(), 20)); }));
  measure("unfinished session", 100, [&] { must(store.unfinished("rmsnorm", "hash")); });
  return worst;
}

}  // namespace

int main(int count, char** arguments) {
  const int64_t nodes = count > 1 ? std::atoll(arguments[1]) : 100000;
  auto temporary = must(TempDir::make("ke-store-perf"));
  const std::string path = join(count > 2 ? arguments[2] : temporary.path(), "store.db");
  Random random(1);
  double start = now_s();
  auto store = must(Store::open(path));
  const Session session = fill(*store, nodes, random);
  fmt::print("{} nodes written in {:.1f} s\n", nodes, now_s() - start);
  store = must(Store::open(path));  // with a cold page cache of our own
  fmt::print("file size: {:.0f} MB\n\nalone\n", static_cast<double>(std::filesystem::file_size(path)) / 1e6);
  double worst = measure_queries(*store, session, nodes);
  int64_t id = nodes;
  measure("add one node, durable", 100, [&] { must(store->add_node(session.id, some_node(++id, random))); });
  measure("update statistics, durable", 100, [&] {
    ++id;
    must(store->update_statistics(session.id, 1, id, 1, id));
  });
  measure("the whole tree (resume)", 1, [&] { must(store->nodes(session.id)); });
  store.reset();  // SQLite's handles must not be carried into other processes
  const Writers writers(path, session, id + 1);
  store = must(Store::open(path));
  start = now_s();
  const int64_t before = writers.written();
  fmt::print("\nwith {} writers\n", kWriters);
  worst = std::max(worst, measure_queries(*store, session, nodes));
  const double seconds = now_s() - start;
  fmt::print("they wrote {:.0f} nodes per second meanwhile\n",
             static_cast<double>(writers.written() - before) / seconds);
  return worst < kLimit_s ? 0 : 1;
}

// SPDX-License-Identifier: MIT
// How long do the queries that a search waits for take on a big store? Prints a table; exits 1 when a
// frontier or context query needs 50 ms or more. `store_queries [nodes=100000] [folder]`
#include "ke-build/base/clock.h"
#include "ke-build/base/files.h"
#include "ke-build/base/random.h"
#include "ke-build/store/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace {

using namespace ke;

constexpr double kLimit_s = 0.05;

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

/// Prints median and worst of `repeats` calls; returns the worst.
template <class Body>
double measure(const char* what, int repeats, Body body) {
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) {
    const double start = now_s();
    body();
    seconds.push_back(now_s() - start);
  }
  std::sort(seconds.begin(), seconds.end());
  fmt::print("{:<34} {:>10.2f} {:>10.2f}\n", what, 1e3 * seconds[seconds.size() / 2], 1e3 * seconds.back());
  return seconds.back();
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
  fmt::print("file size: {:.0f} MB\n\n{:<34} {:>10} {:>10}\n",
             static_cast<double>(std::filesystem::file_size(path)) / 1e6, "query", "median ms", "worst ms");
  double worst = 0;
  worst = std::max(worst, measure("frontier, 10 nodes", 50, [&] { must(store->frontier(session.id, 10)); }));
  worst = std::max(worst, measure("frontier, 50 nodes", 50, [&] { must(store->frontier(session.id, 50)); }));
  worst =
      std::max(worst, measure("context of a random node", 200, [&] {
                 must(store->context(
                     session.id, 1 + static_cast<int64_t>(random.below(static_cast<uint64_t>(nodes))), 20));
               }));
  worst =
      std::max(worst, measure("unfinished session", 50, [&] { must(store->unfinished("rmsnorm", "hash")); }));
  int64_t id = nodes;
  measure("add one node, durable", 50, [&] { must(store->add_node(session.id, some_node(++id, random))); });
  measure("update statistics, durable", 50, [&] {
    ++id;
    must(store->update_statistics(session.id, 1, id, 1, id));
  });
  measure("the whole tree (resume)", 1, [&] { must(store->nodes(session.id)); });
  return worst < kLimit_s ? 0 : 1;
}

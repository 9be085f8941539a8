// SPDX-License-Identifier: MIT
// Worlds of operators for tests of the learned policy: whole searches fill a store, and other searches use
// it.
#pragma once

#include "bench.h"
#include "ke-build/search/learned/move_model.h"
#include "ke-build/search/learned/trust.h"

namespace ke {

/// Kernels of two patterns; which marks pay may depend on the pattern.
inline const char* const kReduction =
    "void toy(const float* x, float* y, int n) {\n  float sum = 0;\n  for (int i = 0; i < n; ++i) sum += "
    "x[i];\n"
    "  y[0] = sum;\n}\n";
inline const char* const kStrided =
    "void toy(const float* x, float* y, int n) {\n  for (int j = 0; j < n; ++j)\n    for (int i = 0; i < n; "
    "++i)\n"
    "      y[i * n + j] = x[j * n + i] / 3;\n}\n";

/// One operator: its own family, a pattern, and what its marks do.
struct ToyOperator {
  std::string name;
  std::string source;
  std::vector<Mark> marks;
};

inline std::unique_ptr<Bench> bench_of(const ToyOperator& toy, int64_t evaluations, uint64_t seed) {
  auto bench = std::make_unique<Bench>(toy.marks);
  bench->op.name = bench->op.op_type = toy.name;
  bench->op.spec_text = toy.name;
  bench->baseline.candidate.source = toy.source;
  bench->options.budget.evaluations = evaluations;
  bench->options.seed = seed;
  return bench;
}

inline Result<SearchResult> search_bench(Store& store, Bench& bench) {
  std::vector<std::unique_ptr<Synthesizer>> synthesizers;
  synthesizers.push_back(std::make_unique<Marks>("mark", bench.marks));
  return run_search(bench.op, bench.baseline, bench.evaluator, store, bench.options, std::move(synthesizers));
}

inline SearchResult search_toy(Store& store, const ToyOperator& toy, int64_t evaluations, uint64_t seed,
                               const std::vector<std::string>& without = {},
                               const std::string& policy = "uct") {
  const auto bench = bench_of(toy, evaluations, seed);
  bench->options.without = without;
  bench->options.policy = policy;
  return must(search_bench(store, *bench));
}

/// Evaluations until the search had 95 % of `best`; all of them when it never had.
inline int64_t evaluations_to(Store& store, const SearchResult& result, double best) {
  for (const Node& node : must(store.nodes_as_of(result.session.id, result.session.evaluations))) {
    if (node.evaluation.speedup >= 0.95 * best) return node.id - 1;
  }
  return result.session.evaluations;
}

/// Twenty marks, all stated alike. On reductions the first three pay, on strided code the last three; the
/// others do little, and some spoil the kernel.
inline ToyOperator planted(const std::string& name, bool reduction, Random& random) {
  ToyOperator toy{name, reduction ? kReduction : kStrided, {}};
  for (int i = 0; i < 20; ++i) {
    const bool pays = reduction ? i < 3 : i >= 17;
    Mark mark{"m" + std::to_string(i), pays ? 1.8 + random.uniform() : 0.88 + 0.12 * random.uniform(), 1.5};
    if (!pays && i % 4 == 3) mark.outcome = Outcome::wrong;
    toy.marks.push_back(mark);
  }
  return toy;
}

/// The same marks, but what pays is drawn anew for every operator: there is nothing to learn.
inline ToyOperator arbitrary(const std::string& name, Random& random) {
  ToyOperator toy{name, random.below(2) == 0 ? kReduction : kStrided, {}};
  for (int i = 0; i < 20; ++i) {
    const bool pays = random.below(6) == 0;
    Mark mark{"m" + std::to_string(i), pays ? 1.8 + random.uniform() : 0.88 + 0.12 * random.uniform(), 1.5};
    if (!pays && random.below(4) == 0) mark.outcome = Outcome::wrong;
    toy.marks.push_back(mark);
  }
  return toy;
}

inline double best_of(const ToyOperator& toy) {
  double best = 1;
  for (const Mark& mark : toy.marks) {
    if (mark.outcome >= Outcome::noisy) best *= std::max(1.0, mark.factor);
  }
  return best;
}

}  // namespace ke

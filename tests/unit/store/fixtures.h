// SPDX-License-Identifier: MIT
// Small, complete nouns for the store's tests.
#pragma once

#include "ke-build/base/files.h"
#include "ke-build/store/store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace ke {

template <class T>
T must(Result<T> result) {
  if (!result) {
    ADD_FAILURE() << result.error().message;
    std::abort();
  }
  return *std::move(result);
}

inline std::string why(const Result<>& result) { return result ? "" : result.error().message; }

inline Session a_session(const std::string& op = "rmsnorm") {
  Session session;
  session.id = new_uuid();
  session.op = op;
  session.op_hash = "hash-of-" + op;
  session.hardware = "some CPU, 2 cores";
  session.compiler = "GNU 12.2.0";
  session.flags = "-O3 -DNDEBUG";
  session.engine_version = "0.1.0";
  session.seed = 0xfedcba9876543210ULL;  // needs all 64 bits
  session.policy = "uct";
  session.state = "running";
  session.budget = {60, 40, 7.5};
  session.clean_slate = 0.35;
  session.started = "2026-01-31T12:00:00Z";
  return session;
}

inline Evaluation an_evaluation(Outcome outcome, double speedup) {
  Evaluation evaluation;
  evaluation.outcome = outcome;
  evaluation.reason = "a sentence with \"quotes\" and\nlines";
  evaluation.rung = "bench";
  evaluation.repro = "ninja -C somewhere";
  evaluation.folder = "somewhere";
  evaluation.speedup = speedup;
  evaluation.low = speedup * 0.9;
  evaluation.high = speedup * 1.1;
  evaluation.sandbox = {"bubblewrap", "absent: seccomp"};
  evaluation.ledger = {1.5, 0.25, 0.5, 0.01};
  Speedup one;
  one.workload = "prefill";
  one.ratio = speedup;
  one.low = speedup * 0.9;
  one.high = speedup * 1.1;
  one.baseline_s = 1e-3;
  one.candidate_s = 1e-3 / (speedup > 0 ? speedup : 1);
  one.pairs = 40;
  one.blocks = 5;
  one.verdict = outcome;
  one.weight = 2;
  evaluation.speedups = {one};
  Diagnosis diagnosis;
  diagnosis.workload = "prefill";
  diagnosis.bound = Bound::memory;
  diagnosis.efficiency = 0.5;
  diagnosis.gain_left = 2;
  diagnosis.evidence = {"half of the measured copy bandwidth"};
  evaluation.diagnoses = {diagnosis};
  return evaluation;
}

inline Node a_node(int64_t id, int64_t parent, double speedup = 1) {
  Node node;
  node.id = id;
  node.parent = parent;
  node.candidate.source = "void f() { /* version " + std::to_string(id % 7) + " */ }\n";
  node.candidate.flags = {"-O3", "-funroll-loops"};
  node.candidate.tunables = {{"TILE", std::to_string(id)}};
  node.candidate.moves = {{"flags", "unroll", "O3"}, {"tunables", "TILE", "TILE=" + std::to_string(id)}};
  node.memory = Memory::combine_both;
  node.evaluation = an_evaluation(speedup > 1 ? Outcome::faster : Outcome::slower, speedup);
  node.evaluation.candidate = candidate_hash(node.candidate);
  return node;
}

inline TempDir a_folder() { return must(TempDir::make("ke-store-test")); }

}  // namespace ke

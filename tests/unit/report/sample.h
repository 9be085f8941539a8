// SPDX-License-Identifier: MIT
// A session that never ran, with everything a report can show.
#pragma once

#include "ke-build/base/random.h"
#include "ke-ci/report/data.h"

#include <fmt/format.h>

namespace ke::test {

inline const char* const kBefore = R"(// Root mean square normalisation.
#include <cmath>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, int rows, int cols, float eps) {
  for (int i = 0; i < rows; ++i) {
    float sum = 0;
    for (int j = 0; j < cols; ++j) {
      sum += x[i * cols + j] * x[i * cols + j];
    }
    float scale = 1.0f / std::sqrt(sum / cols + eps);
    for (int j = 0; j < cols; ++j) {
      y[i * cols + j] = x[i * cols + j] * scale * weight[j];
    }
  }
}

}  // namespace ops
)";

inline const char* const kAfter = R"(// Root mean square normalisation.
#include <cmath>

namespace ops {

void rmsnorm(const float* x, const float* weight, float* y, int rows, int cols, float eps) {
  for (int i = 0; i < rows; ++i) {
    const float* row = x + static_cast<long>(i) * cols;
    float lanes[16] = {};  /* sixteen partial sums,
                              so that the adds overlap */
    int j = 0;
    for (; j + 16 <= cols; j += 16) {
      for (int l = 0; l < 16; ++l) lanes[l] += row[j + l] * row[j + l];
    }
    float sum = 0;
    for (int l = 0; l < 16; ++l) sum += lanes[l];
    for (; j < cols; ++j) sum += row[j] * row[j];
    float scale = 1.0f / std::sqrt(sum / cols + eps);
    for (int k = 0; k < cols; ++k) {
      y[i * cols + k] = row[k] * scale * weight[k];
    }
  }
}

}  // namespace ops
)";

inline Speedup speedup_of(const char* name, double ratio, double spread, double baseline_s) {
  Speedup speedup;
  speedup.workload = name;
  speedup.ratio = ratio;
  speedup.low = ratio * (1 - spread);
  speedup.high = ratio * (1 + spread);
  speedup.baseline_s = baseline_s;
  speedup.candidate_s = baseline_s / ratio;
  speedup.pairs = 214;
  speedup.blocks = 14;
  speedup.verdict = Outcome::faster;
  return speedup;
}

inline Diagnosis diagnosis_of(const Speedup& speedup, double bytes, double flops, bool after) {
  Diagnosis diagnosis;
  diagnosis.workload = speedup.workload;
  diagnosis.bytes = bytes;
  diagnosis.flops = flops;
  diagnosis.bandwidth = 15.4e9;
  diagnosis.peak_flops = flops > 0 ? 96e9 : 0;
  diagnosis.ceiling = "DRAM copy, 1 thread";
  diagnosis.floor_s = bytes / diagnosis.bandwidth;
  const double seconds = after ? speedup.candidate_s : speedup.baseline_s;
  diagnosis.efficiency = diagnosis.floor_s / seconds;
  diagnosis.gain_left = seconds / diagnosis.floor_s;
  diagnosis.bound = after ? Bound::memory : Bound::latency;
  diagnosis.confidence = "high";
  diagnosis.evidence = {"moves 16.8 MB per call at 13.1 GB/s, 85 % of the measured copy",
                        "the sum is no longer one chain of dependent adds"};
  diagnosis.advice = {"only fewer bytes help now: fuse with the producer of x"};
  return diagnosis;
}

inline Evaluation measured(bool flops) {
  Evaluation evaluation;
  evaluation.outcome = Outcome::faster;
  evaluation.confirmed = true;
  evaluation.reason = "faster on every workload";
  evaluation.speedups = {speedup_of("prefill 512x4096", 3.84, 0.05, 4.9e-3),
                         speedup_of("decode 1x4096", 2.71, 0.11, 6.2e-6),
                         speedup_of("odd 67x1023", 3.2, 0.08, 1.4e-4)};
  evaluation.speedup = 3.31;
  evaluation.low = 3.12;
  evaluation.high = 3.49;
  evaluation.sandbox = {"bubblewrap", "no network", "rlimits", "no-new-privileges", "absent: landlock"};
  evaluation.coverage = {31, 29, {"lines 12-13, from \"if (cols < 0) return;\""}};
  const double bytes[] = {16.8e6, 33e3, 0.55e6};
  for (size_t i = 0; i < 3; ++i)
    evaluation.diagnoses.push_back(
        diagnosis_of(evaluation.speedups[i], bytes[i], flops ? bytes[i] / 4 : 0, true));
  return evaluation;
}

inline std::vector<Node> tree_of(int count) {
  Random random(7);
  const char* const actions[] = {"multi_accumulator", "interchange", "tile",     "unroll_and_jam",
                                 "border_split",      "restrict",    "hoist_row"};
  std::vector<Node> nodes(1);
  nodes[0].id = 1;
  nodes[0].candidate.source = kBefore;
  nodes[0].evaluation.outcome = Outcome::equal;
  nodes[0].evaluation.speedup = 1;
  for (int i = 2; i <= count; ++i) {
    Node node;
    node.id = i;
    node.parent = i < 12 ? 1 : static_cast<int64_t>(1 + random.below(static_cast<uint64_t>(i - 1)));
    node.candidate = nodes[static_cast<size_t>(node.parent - 1)].candidate;
    const bool flags = random.below(4) == 0;
    node.candidate.moves.push_back(
        {flags ? "flags" : "rewrite", flags ? "O3-vector" : actions[random.below(7)],
         flags ? "-O3 -fno-math-errno"
               : fmt::format("lanes={} on the loop at line {}", 1 << random.below(6), 8 + random.below(8))});
    const double draw = random.uniform();
    Evaluation& evaluation = node.evaluation;
    evaluation.outcome = draw < 0.08   ? Outcome::build_failed
                         : draw < 0.14 ? Outcome::wrong
                         : draw < 0.2  ? Outcome::noisy
                         : draw < 0.35 ? Outcome::slower
                         : draw < 0.5  ? Outcome::equal
                                       : Outcome::faster;
    evaluation.speedup = evaluation.outcome < Outcome::noisy     ? 0
                         : evaluation.outcome == Outcome::slower ? 0.8
                         : evaluation.outcome == Outcome::equal  ? 1
                                                                 : 1 + 2.4 * random.uniform();
    nodes.push_back(node);
  }
  return nodes;
}

inline ReportData sample(int nodes = 60, bool flops = true) {
  ReportData data;
  data.op = "rmsnorm";
  data.op_type = "rmsnorm";
  data.description = "Root mean square normalisation over the last axis, with a learned weight.";
  data.target = "ops";
  data.source_path = "src/rmsnorm.cpp";
  data.baseline_source = kBefore;
  data.candidate_source = kAfter;
  data.flags = {"-O3", "-fno-math-errno"};
  data.tunables = {{"TILE", "32"}};
  data.base_commit = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
  data.branch = "ke/rmsnorm";
  data.nodes = tree_of(nodes);
  Session& session = data.session;
  session.id = "0d4b6f3e-6f0c-4a3d-9a37-0a8a6b1c2d3e";
  session.op = "rmsnorm";
  session.hardware = "Intel Xeon Platinum 8481C @ 2.70 GHz, 2 cores";
  session.compiler = "GNU 12.2.0";
  session.flags = "-O3 -DNDEBUG -std=gnu++17";
  session.engine_version = "0.1.0";
  session.policy = "uct";
  session.stopped_by = "seconds";
  session.seed = 1;
  session.budget.seconds = 60;
  session.elapsed_s = 61.2;
  session.evaluations = nodes - 1;
  session.ledger = {24.1, 19.8, 14.6, 1.9};
  double best = 0;
  for (const Node& node : data.nodes) {
    if (node.evaluation.speedup > best) best = node.evaluation.speedup, session.best = node.id;
  }
  data.result = measured(flops);
  data.after = data.result.diagnoses;
  for (size_t i = 0; i < data.after.size(); ++i) {
    data.before.push_back(
        diagnosis_of(data.result.speedups[i], data.after[i].bytes, data.after[i].flops, false));
  }
  Validation validation;
  validation.passed = true;
  validation.commit = data.base_commit;
  validation.tests = 12;
  validation.steps = {
      {"clone", true, "base commit 4b825dc642cb checked out afresh", 0.3},
      {"apply", true, "src/rmsnorm.cpp, ke.lock.json, .ke/skills/rmsnorm-multi-accumulator/SKILL.md", 0.01},
      {"configure", true, "like the build folder that was searched: Ninja, Release", 1.2},
      {"build", true, "by the project's own commands", 6.7},
      {"test", true, "12 of the project's own tests passed", 2.2},
      {"measure", true, "3.31x [3.12, 3.49] over the base build", 14.2},
      {"variants", true, "x86-64-v3 and default run here; x86-64-v4 does not and was taken out", 3.1}};
  validation.measured = data.result;
  validation.variants = {{"x86-64-v4", false, false, "this machine cannot run it, so nobody checked it", {}},
                         {"x86-64-v3", true, true, "built with -march=x86-64-v3", data.result},
                         {"default", true, true, "the repository's own flags", data.result}};
  data.validation = validation;
  Skill skill;
  skill.name = "rmsnorm-multi-accumulator";
  data.skill = skill;
  data.skill_text =
      "---\nname: rmsnorm-multi-accumulator\npattern: one sum carried through the inner loop\n---\n\nGive "
      "the sum sixteen lanes.\n";
  data.reproduce = {"ke-build search rmsnorm --seed 1 --budget 60s",
                    "ninja -C build/ke/evaluations/0123456789abcdef"};
  data.generated = "2026-01-31T12:00:00Z";
  return data;
}

}  // namespace ke::test

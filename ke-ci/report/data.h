// SPDX-License-Identifier: MIT
// Everything a report shows, as plain values: the templates never look anywhere else.
#pragma once

#include "ke-build/model/session.h"

#include <optional>
#include <string>
#include <vector>

namespace ke {

/// One step of the clean-clone rule.
struct ValidationStep {
  std::string name;  // clone, apply, configure, build, test, measure, variants
  bool passed = false;
  std::string detail;  // one sentence
  double seconds = 0;
};

/// One dispatch variant of the proposed source, built, checked and timed by itself.
struct VariantResult {
  std::string isa;  // x86-64-v4, x86-64-v3, default
  bool runs_here = false;
  bool proposed = false;  // variants that cannot run here are taken out of the proposal
  std::string detail;
  Evaluation evaluation;  // meaningful when runs_here
};

/// What the clean clone of the repository said: its own build, its own tests, the speed-up measured again on
/// that build.
struct Validation {
  bool passed = false;
  std::string commit;  // base commit that the candidate was applied to
  std::vector<ValidationStep> steps;
  int64_t tests = 0;  // number of the project's own tests that ran; 0: it has none
  Evaluation measured;
  std::vector<VariantResult> variants;
};

struct ReportData {
  std::string op, op_type, description, target;
  std::string source_path;  // relative to the repository
  std::string baseline_source, candidate_source;
  std::vector<std::string> flags;               // adopted on top of the repository's own
  std::map<std::string, std::string> tunables;  // adopted, name -> value
  std::string base_commit, branch;
  Session session;
  std::vector<Node> nodes;               // of the whole search; the root is the baseline
  std::vector<Diagnosis> before, after;  // baseline and candidate, per workload
  Evaluation result;                     // the figures that count: of the clean clone when there is one
  std::optional<Validation> validation;
  std::optional<Skill> skill;
  std::string skill_text;              // SKILL.md as proposed
  std::vector<std::string> reproduce;  // shell lines
  std::string generated;               // UTC
};

/// One row of the index over a run.
struct IndexRow {
  std::string op, state;     // proposed, validated, no winner, rejected, held back, failed
  std::string note, report;  // report: relative link, may be empty
  std::string branch, session;
  double speedup = 0, low = 0, high = 0;  // 0: no winner
  double efficiency = 0;                  // of the candidate, fraction of the measured ceiling; 0: unknown
  Bound bound = Bound::unknown;
  int64_t evaluations = 0;
};

struct IndexData {
  std::string repository, base, head, hardware, compiler, generated;
  std::vector<IndexRow> rows;
  double geomean_speedup = 1;  // over the proposed operators
  double seconds = 0;
  Ledger ledger;
};

}  // namespace ke

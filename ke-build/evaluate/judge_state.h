// SPDX-License-Identifier: MIT
// What an evaluator knows of one operator: its baseline, its reference, inputs with known answers, this
// machine's ceilings.
#pragma once

#include "ke-build/base/machine.h"
#include "ke-build/evaluate/bench.h"
#include "ke-build/evaluate/ceilings.h"
#include "ke-build/evaluate/evaluate.h"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ke {

/// One draw of secret data: workloads and hidden shapes. Screening uses one for all candidates, every
/// confirmation its own.
struct Exam {
  std::vector<Pool> workloads;
  std::vector<Pool> hidden;
  std::vector<Pool> lengths;  // neighbouring sizes, one case each
  double thorough_s = 0;      // for what is dear; none where it is drawn for all candidates
  // Of the baseline on `hidden`; nothing where its error is no measure: other tolerances than the derived
  // one, a reference that is the baseline itself, or an owner who allows any error.
  std::optional<ErrorStats> baseline_errors;
  double baseline_worst = 0;  // its largest error on `hidden` in units of the bound, whatever the tolerance
};

struct JudgeState {
  Operator op;  // with the tolerance that the reference allows
  Subject baseline;
  EvaluateOptions options;
  std::unique_ptr<Backend> backend;
  std::unique_ptr<Folders> folders;
  std::unique_ptr<ReferenceProgram> reference;
  std::string baseline_folder;
  Program program;                 // the baseline's
  std::optional<Program> relaxed;  // the baseline with other roundings, where that says something
  Ceilings ceilings;
  Exam exam;
  bool deterministic = true;              // the baseline repeats its bits
  std::string powerless;                  // why the test has no power; empty when it has
  std::vector<std::string> notes;         // what had to be given up
  std::set<std::string> baseline_faults;  // kinds of sanitizer findings of the baseline itself
  bool baseline_sanitized = false;
  double detectable = 0;  // what the sentinels of this machine can tell apart; 0: nothing known yet
  ProcessorTicks begun = processor_ticks();  // when the session began
  Ledger ledger;
};

/// What a judge is opened for: verifying needs no timing of the workloads.
enum class Purpose { measure, verify };

/// All of Evaluator::open(): builds, prepares, proves. ERRORS: as there.
Result<std::unique_ptr<JudgeState>> open_judge(const Operator& op, const Subject& baseline,
                                               const EvaluateOptions& options,
                                               Purpose purpose = Purpose::measure);

/// Options of a bench under this effort; `deadline` must outlive them.
BenchOptions bench_options(const JudgeState& state, Effort effort, const Deadline* deadline);

/// Verifies a program against hidden shapes.
VerifyOptions verify_options(const JudgeState& state);

uint64_t judge_seed(const EvaluateOptions& options, uint64_t stream);

}  // namespace ke

// SPDX-License-Identifier: MIT
// The judge's door: builds a candidate, proves it correct, measures it against the baseline, says why it is
// as fast as it is. Candidate code runs only in sandboxed runner processes; nothing that they report is
// evidence.
#pragma once

#include "ke-build/base/clock.h"
#include "ke-build/base/result.h"
#include "ke-build/model/candidate.h"
#include "ke-build/model/evaluation.h"
#include "ke-build/model/operator.h"
#include "ke-build/model/recipe.h"

#include <memory>
#include <string>
#include <vector>

namespace ke {

/// A version of the kernel: how the repository builds it, and its text.
struct Subject {
  Recipe recipe;
  Candidate candidate;
};

enum class Effort {
  screen,  // compile, verify on hidden shapes, a short paired measurement: enough to steer the search
  decide,  // sequential test until faster, slower or equal at the stated error rate, or the pair limit
  repeat,  // decide() on fresh secret inputs and on a machine that shows itself fit; asks about speed alone
  confirm  // sanitizers, then decide() on fresh processes, fresh secret inputs and every workload
};

struct EvaluateOptions {
  std::string state_dir;    // <build>/ke: evaluations/, references/, runtime/ live here
  std::string machine_dir;  // what is known of this machine (evaluate/machine_dir.h); empty: state_dir
  uint64_t seed =
      0;  // of what may be repeatable (shapes for tests); judge inputs use secret seeds unless set
  bool secret = true;          // false only in tests: inputs derive from `seed`
  double alpha = 0.01;         // error rate of a single decision
  double minimum_gain = 0.02;  // margin that counts as faster when a candidate is proposed
  double noninferiority =
      0.02;  // a workload may be slower by this much at most before the verdict is `slower`
  int max_pairs = 2000;
  double screen_s = 0.25;   // seconds of timed calls that a screening may use per evaluation
  double decide_s = 10;     // seconds that a decision may use per workload
  double build_s = 60;      // deadline of one compiler or linker run
  double reference_s = 30;  // deadline of one call of the reference
  double pool_s = 1;        // seconds that preparing the inputs of one workload may use, beyond three sets
  int64_t pool_bytes = 256 << 20;  // memory of one workload's inputs and expected outputs, beyond three sets
  std::vector<std::string>
      mandatory_layers;  // sandbox layers without which we refuse; empty: the default policy
};

struct ProfileOptions {
  std::string workload;           // empty: all
  std::vector<std::string> runs;  // of tile, stream, warm, flags, sizes, threads, tools; empty: all
  double seconds = 1;             // of timed rounds per workload, after the least number of rounds
};

/// The runs that tell memory from arithmetic and arithmetic from waiting: two to four seconds with their
/// builds.
inline const std::vector<std::string> kQuickRuns = {"tile", "stream", "warm", "flags"};

/// Thread rule: one thread at a time. Measurements hold base/measure_lock.h, shared by all processes.
class Evaluator {
 public:
  virtual ~Evaluator() = default;

  /// Builds the baseline, prepares pools of inputs and expected outputs per workload outside any timed path,
  /// measures or loads the machine's ceilings, and proves that the test has power. ERRORS: usage (the
  /// reference crashes, the baseline does not compile or disagrees with the reference), refused (a mandatory
  /// sandbox layer is missing), tool, io.
  static Result<std::unique_ptr<Evaluator>> open(const Operator& op, const Subject& baseline,
                                                 const EvaluateOptions& options);

  /// A harness failure is an Error and never an outcome of the candidate.
  virtual Result<Evaluation> evaluate(const Subject& subject, Effort effort, const Deadline& deadline) = 0;
  /// Compiles ahead (several at once, on the cores that are free); evaluate() then finds the builds in the
  /// cache.
  virtual Result<> prepare(const std::vector<Subject>& subjects, const Deadline& deadline) = 0;
  /// About how many seconds confirming this version would take on this machine as it is now, from what
  /// screening it took: its builds and those of its variants, checks, and every workload. 0: nothing is
  /// known.
  virtual double confirmation_s(const Subject& subject) const;
  /// Whether every variant that other machines would run of this version holds by itself, on the screening's
  /// data: a failing one costs a confirmation several times as much. True where it has none. ERRORS: those of
  /// evaluate().
  virtual Result<bool> variants_hold(const Subject& subject, const Deadline& deadline);
  /// Why a version is as fast as it is, from differential runs made of it (docs/diagnosis.md): one diagnosis
  /// per workload. Nothing is checked and nothing is decided; it takes seconds, so that a search leaves it to
  /// its end. ERRORS: usage (an unknown workload or run, a version that does not build), and those of
  /// evaluate().
  virtual Result<std::vector<Diagnosis>> profile(const Subject& subject, const ProfileOptions& options);
  /// The baseline itself: its time per workload, diagnosis and the A/A sentinel.
  virtual const Evaluation& baseline() const = 0;
  /// Ledger of open() plus all evaluations so far.
  virtual Ledger ledger() const = 0;
};

}  // namespace ke

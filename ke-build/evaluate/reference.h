// SPDX-License-Identifier: MIT
// What the operator is meant to compute: a program that is asked for expected outputs, outside every timed
// path.
#pragma once

#include "ke-build/evaluate/check.h"
#include "ke-build/evaluate/launch.h"

#include <memory>
#include <string>
#include <vector>

namespace ke {

struct Variants;

class ReferenceProgram {
 public:
  ReferenceProgram(Operator op, Program program, double call_timeout_s,
                   std::vector<std::string> mandatory_layers)
      : op_(std::move(op)),
        program_(std::move(program)),
        call_timeout_s_(call_timeout_s),
        layers_(std::move(mandatory_layers)) {
    program_.habits = {true, true};  // it is the repository's, and is not measured
  }

  /// Expected outputs for each of several inputs of one shape. ERRORS: usage when the reference crashes or
  /// does not end.
  Result<std::vector<Expected>> expected(const Axes& axes, const std::vector<const Inputs*>& inputs);
  /// Inputs of one style with everything that the check wants to know about them.
  Result<std::vector<CheckPlan>> plans(const Axes& axes, const std::vector<const Inputs*>& inputs,
                                       InputStyle style, Random& random);
  /// Starts a process with room for all of these shapes, so that plans() for one after the other needs no new
  /// one. ERRORS: those of the sandbox.
  Result<> make_room(const std::vector<Axes>& shapes);
  /// The same, with a process of its own: for another thread.
  ReferenceProgram another() const { return under(op_); }
  /// The same under another contract.
  ReferenceProgram under(Operator op) const;
  /// The kernel itself with other roundings; it is asked wherever moved inputs are (CheckAids::rounded).
  void set_rounded(const Program& program);
  /// The contract with the tolerance that this reference allows.
  const Operator& op() const { return op_; }
  /// Seconds of the last call.
  double last_s() const { return last_s_; }
  const Program& program() const { return program_; }

 private:
  Operator op_;
  Program program_;
  double call_timeout_s_;
  std::vector<std::string> layers_;
  Result<> launch_for(const Axes& axes, size_t calls);
  Result<> launch(const Axes& axes, LaunchOptions options);
  Result<std::vector<bool>> affine_at(const Axes& axes, Random& random);
  Result<std::vector<bool>> nearly_affine_at(const Axes& axes, Random& random);
  std::vector<double> add_steps(const Inputs& inputs, uint64_t seed, std::vector<Inputs>& variants) const;
  Result<std::vector<Expected>> rounded(const Axes& axes, const std::vector<const Inputs*>& inputs);
  Result<std::vector<std::vector<Expected>>> rounded_around(const Axes& axes,
                                                            const std::vector<const Inputs*>& inputs,
                                                            const std::vector<Variants>& variants);
  Error failure(const Axes& axes, const RunOutcome& run) const;

  std::unique_ptr<ReferenceProgram> rounded_;
  std::unique_ptr<Launch> launch_;  // of the shape that was asked for last
  uint64_t launched_by_ = 0;        // the thread whose end ends it
  Axes axes_;
  std::vector<Axes> room_;  // further shapes that the launch can take
  double last_s_ = 0;
};

/// What a call has computed; `promoted` as slots_of().
Expected read_outputs(const Operator& op, const Axes& axes, const Launch& launch, int call, bool promoted);

/// Bytes that one case of this shape needs: inputs, expected outputs and their bounds.
int64_t case_bytes(const Operator& op, const Axes& axes);

/// The reference of an operator and what had to be given up on the way to it.
struct ChosenReference {
  std::unique_ptr<ReferenceProgram> program;
  std::string note;    // empty, or why the reference is weaker than it should be
  double seconds = 0;  // spent on compiling
};

/// Builds the spec's reference, or the kernel itself promoted to double. ERRORS: usage when a declared source
/// does not compile. A kernel that cannot be promoted serves as it is, with twice the tolerance.
Result<ChosenReference> choose_reference(const Operator& op, const Subject& baseline, Folders& folders,
                                         const EvaluateOptions& options);
/// The fallback by itself: for kernels whose promoted form disagrees with what they compute.
Result<ChosenReference> own_precision_reference(const Operator& op, const Subject& baseline, Folders& folders,
                                                const EvaluateOptions& options, const std::string& why);

}  // namespace ke

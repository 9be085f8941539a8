// SPDX-License-Identifier: MIT
// The rungs of the ladder, one function each. A rung either leaves the evaluation standing (true) or writes
// the outcome and its reason (false).
#pragma once

#include "ke-build/evaluate/judge_state.h"

#include <string>

namespace ke {

struct Climb {
  JudgeState& state;
  const Subject& subject;
  const Exam& exam;
  Effort effort;
  const Deadline& deadline;
  Evaluation& evaluation;
  Program program;         // after the compile rung
  bool identical = false;  // the same machine code as the baseline
};

Result<bool> compile_rung(Climb& climb);
Result<bool> verify_rung(Climb& climb);
/// Is it right where only the kernel as it is says what comes out?
Result<bool> beside_rung(Climb& climb);
Result<bool> sanitize_rung(Climb& climb);
/// Is it right on inputs made after what its own code compares?
Result<bool> guided_rung(Climb& climb);
/// Measures every workload and decides; also the sentinel, the floor and the diagnosis.
Result<bool> bench_rung(Climb& climb);
/// After a decision: is it slow on shapes that were not announced?
Result<bool> elsewhere_rung(Climb& climb);
/// Is it right as the repository will link it, too: compiled by itself and called by name? Does nothing where
/// the baseline itself cannot be built like that.
Result<bool> linked_rung(Climb& climb);
/// A source that asks no processor must run on all of the baseline's level: not only by what it says.
Result<bool> instructions_rung(Climb& climb);
/// A source that dispatches at run time: the variants that other machines will run must be right and not
/// slower either.
Result<bool> variants_rung(Climb& climb);

/// Must the screening of a variant be followed by a decision? It takes what is a few percent behind for
/// equal, and may call slower what one unlucky launch has made so; far behind needs no second look.
bool is_in_doubt(const Evaluation& screened);
/// Is a variant that stands, as measured by itself, no good for the machines that run it? Only the whole must
/// be proven faster; a variant that nobody can tell from the kernel as it is will do. Proven slower beyond
/// the margin it falls short, and so does one that was not measured, or that only noise keeps from being
/// decided.
bool falls_short(const Evaluation& variant);

/// Weighted geometric mean of the ratios and of the ends of their intervals, and the outcome that they add up
/// to.
void conclude(Evaluation& evaluation, const std::vector<bool>& noninferior);
/// The instruction set that a build may use: empty where it may use all of this machine's.
std::string isa_of(const Subject& subject);
/// The shell line that repeats a rung in its folder.
std::string repro_line(const std::string& folder, const std::string& rung);

}  // namespace ke

// SPDX-License-Identifier: MIT
// What a confirmation builds and about how long it takes. Programs are built together before the first rung
// needs one, so that a compiler that takes ten seconds does so on every core.
#pragma once

#include "ke-build/evaluate/judge_state.h"

namespace ke {

/// What one candidate has shown while it was screened, in seconds.
struct ScreeningCost {
  double checked_s = 0;  // the screening but for its build
  double drawn_s = 0;    // drawing the data of one exam
};

/// Builds the dispatch variants by themselves, which decide first. What does not compile is no error here:
/// the rung that needs it says so. ERRORS: as Folders::build.
Result<> build_variants(JudgeState& state, const Subject& subject, const Deadline& deadline);

/// Builds the sanitized and the linked programs, likewise.
Result<> build_the_rest(JudgeState& state, const Subject& subject, const Deadline& deadline);

/// Seconds that a confirmation of the subject takes about: what its kernel's build took, once for every
/// program that is missing; what its screening took, once for every program that is checked; drawing; a
/// decision on every workload, and looks at other shapes.
double expected_confirmation_s(const JudgeState& state, const Subject& subject, const ScreeningCost& cost);

}  // namespace ke

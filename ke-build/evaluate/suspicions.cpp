// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/suspicions.h"

namespace ke {
namespace {

constexpr double kFalseAccusation = 1e-4;
constexpr double kRarely = 0.01;  // how often a sum over a launch may accuse falsely

Finding accused(Outcome outcome, const char* reason) { return {outcome, reason, 0, 0, false}; }

}  // namespace

std::optional<Finding> Suspicions::finding(bool faster) const {
  if (waiting.rejects(kFalseAccusation))
    return accused(
        Outcome::untrusted,
        "waits where the baseline computes: its wall clock time is longer than its processor time");
  if (!faster) return std::nullopt;
  if (hidden.rejects(kFalseAccusation))
    return accused(
        Outcome::untrusted,
        "is faster by the clock, but not by the processor time that it uses: it works on after it has said "
        "that it was done");
  if (napping.rejects(kRarely))
    return accused(
        Outcome::untrusted,
        "gives its core away within calls, which the baseline does not: its processor time is not all that "
        "it takes");
  if (unlucky)
    return accused(Outcome::slower,
                   "is faster in most processes, but needs more time in all of them together: some are slow");
  if (dearer.rejects(kRarely))
    return accused(Outcome::slower, "is faster in most calls, but needs more time for all of them together");
  return std::nullopt;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// The sanitize rung: the same source built with AddressSanitizer and UndefinedBehaviorSanitizer, on awkward
// shapes. ThreadSanitizer is left out: it reports false races on libgomp.
#pragma once

#include "ke-build/evaluate/judge_state.h"

#include <optional>
#include <set>
#include <string>

namespace ke {

struct SanitizeReport {
  std::set<std::string> kinds;  // "heap-buffer-overflow", "signed integer overflow", ...
  std::string first;            // the first lines of the first report and where it was
};

/// Runs a sanitizer build of the subject on the first case of some hidden shapes and
/// of the workloads that are quick. ERRORS: sandbox, tool.
Result<SanitizeReport> sanitize(JudgeState& state, const Subject& subject, const Exam& exam, Ledger& ledger);

/// One call in a process that has little of the judge about it: another sandbox, arguments on the heap, no
/// descriptors. Who answers otherwise there knows where he is. ERRORS: sandbox.
Result<std::optional<Finding>> fails_at_home(const JudgeState& state, const Program& program,
                                             const Exam& exam);

/// Does this source ask whether assertions are on? Its sanitizer build is then of the other kind.
bool asks_for_assertions(const std::string& source);

/// What is other in the sanitizer build of this source, and where its arguments lie.
std::string sanitized_world(const std::string& source);

/// The first lines of a sanitizer's report that say something.
std::string first_lines(const std::string& report);

/// What a sanitizer complains about, from its report; empty when the text holds no report.
std::string kind_of_report(const std::string& text);

}  // namespace ke

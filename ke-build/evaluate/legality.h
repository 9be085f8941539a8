// SPDX-License-Identifier: MIT
// Which compiler flags and macros a candidate may add under the operator's contract. Asked by search, to
// propose only legal ones, and by the judge, which refuses the others before it compiles anything.
#pragma once

#include "ke-build/model/candidate.h"
#include "ke-build/model/operator.h"

#include <string>
#include <string_view>

namespace ke {

/// The words by which pragmas give orders like those of flags.
inline constexpr std::string_view kWordsOfOrders[] = {"optimize", "target",    "STDC",
                                                      "fp",       "attribute", "float_control"};
bool is_word_of_orders(std::string_view word);
/// Why `flag` may not be added to the repository's own flags for this operator; empty when it may. Flags of
/// the recipe itself are never judged: a dispatch variant is tried by adding its `-march` there.
std::string illegal_flag(const Operator& op, const std::string& flag);
/// The same for every flag and tunable of a candidate; the first reason.
std::string illegal_candidate(const Operator& op, const Candidate& candidate);

}  // namespace ke

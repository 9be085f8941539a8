// SPDX-License-Identifier: MIT
// Tunables: macros with values to try and conditions between them. The spec declares them, or the source
// itself does:
//
//   // ke: tunable TILE in {8, 16, 32} where TILE * LANES <= 256
//   #ifndef TILE
//   #define TILE 16
//   #endif
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/model/operator.h"

#include <map>
#include <optional>
#include <string>

namespace ke {

/// Adds the tunables and constraints that comments of `source` declare; `path` names it in messages.
/// ERRORS: usage, with path:line, what was found, what was expected and what to do.
Result<> add_source_tunables(Operator& op, const std::string& source, const std::string& path);

/// Every constraint can be evaluated and the defaults satisfy all of them. ERRORS: usage, at the constraint;
/// says so when no combination does.
Result<> check_constraints(const Operator& op);

/// A value per tunable name; what is missing has its default.
using TunableValues = std::map<std::string, std::string>;

/// The constraint that these values break, with the values and its place; empty when they are legal.
std::string broken_constraint(const Operator& op, const TunableValues& chosen);

/// `chosen` with as few other tunables changed as it takes to satisfy every constraint while `kept` stays,
/// each to a value as near as possible in its list. Nothing when there is no such combination, or finding one
/// takes too long.
std::optional<TunableValues> nearest_legal(const Operator& op, const TunableValues& chosen,
                                           const std::string& kept);

/// True when the macro can still be set from outside in this version of the source: it has not become the
/// parameter of a template, and what read it has not been replaced.
bool reads_tunable(const std::string& source, const std::string& baseline, const std::string& name);

}  // namespace ke

// SPDX-License-Identifier: MIT
// Reads an operator spec. A wrong spec gets one clear error: file, JSON path, what was found, what was
// expected, and the nearest valid name.
#pragma once

#include "ke-build/base/json.h"
#include "ke-build/model/operator.h"

namespace ke {

/// Reads registration.spec and fills sources and target from the registration.
Result<Operator> read_spec(const Registration& registration);
/// The same from memory; `origin` names the file in messages. Relative paths are resolved against its folder.
Result<Operator> parse_spec(const std::string& text, const std::string& origin);

/// Value of an integer expression over axes: + - * / % ( ), min(a,b), max(a,b), names, literals.
/// ERRORS: usage for unknown names (with suggestion), syntax, division by zero, overflow, negative result.
Result<int64_t> evaluate_expression(const std::string& expression, const Axes& axes);
/// Truth of such an expression with comparisons (< <= > >= == !=), && and || over `names`; a number is true
/// unless it is 0. ERRORS: like evaluate_expression(), but negative values are fine.
Result<bool> evaluate_condition(const std::string& condition, const std::map<std::string, int64_t>& names);
/// Elements of an argument under these axes (1 for a scalar).
Result<int64_t> element_count(const Argument& argument, const Axes& axes);
Result<std::vector<int64_t>> shape_of(const Argument& argument, const Axes& axes);
/// Constants plus the workload's axes.
Axes axes_of(const Operator& op, const Workload& workload);
/// Are these the axes of one of its workloads?
bool is_announced(const Operator& op, const Axes& axes);

const char* name_of(Dtype dtype);  // "float32", as FlashInfer-Trace spells it
Result<Dtype> dtype_from(const std::string& name);
int64_t size_of(Dtype dtype);  // bytes
bool is_floating(Dtype dtype);
const char* cpp_type_of(Dtype dtype);  // "float", "std::int32_t", ...
double unit_roundoff(Dtype dtype);     // 0 for integers
const char* name_of(Level level);      // "hosted", "pure"
/// What the kernel may write to: outputs and workspace.
inline bool is_written(const Argument& argument) { return argument.output || argument.workspace; }

}  // namespace ke

// SPDX-License-Identifier: MIT
// The generated translation unit of one evaluation: it includes the kernel's source, so that static,
// templated and anonymous functions are reachable, and evaluates the spec's call expression over arguments in
// shared memory.
#pragma once

#include "ke-build/evaluate/backend.h"
#include "ke-build/model/operator.h"

#include <string>
#include <vector>

namespace ke::cpu {

struct Adapter {
  std::string file_name;  // adapter.cpp, or adapter.c for sources that the repository compiles as C
  std::string text;
};

/// `included` is the path of the source as the #include line shall spell it. ke_call() receives one pointer
/// per operator argument in order (scalars: to their value), then one to an int64 per axis in op.axis_names.
/// Role::promoted needs `system_headers`: the names inside <> that the source and its own headers include.
Adapter make_adapter(const Operator& op, const std::string& included, const std::string& language, Role role,
                     const std::vector<std::string>& system_headers = {});

/// The names inside `#include <...>` lines of a text (or "..." ones when `open` is '"'), in order.
std::vector<std::string> included_names(const std::string& text, char open);

/// The source with `((float)1.5f)` in the place of `1.5f`: where `float` is another type, literals have that
/// type, too, and std::max(0.0f, x) still compiles.
std::string with_cast_literals(const std::string& source);

}  // namespace ke::cpu

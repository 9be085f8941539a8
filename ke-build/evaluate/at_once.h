// SPDX-License-Identifier: MIT
#pragma once

#include "ke-build/base/clock.h"
#include "ke-build/base/result.h"

#include <cstddef>
#include <functional>

namespace ke {

/// Does jobs 0 to count - 1 on the cores that are free, several at a time, in order; begins none after the
/// deadline. A thread whose job fails begins no other one. ERRORS: the first of the jobs' errors.
Result<> at_once(size_t count, const Deadline& deadline, const std::function<Result<>(size_t)>& job);

}  // namespace ke

// SPDX-License-Identifier: MIT
// Three kernels of known behaviour, to learn what a machine can tell apart.
#pragma once

#include "ke-build/evaluate/evaluate.h"

#include <string>
#include <vector>

namespace ke {

/// Bound by memory, by arithmetic, and by the call itself.
std::vector<std::string> noise_kernels();
Operator noise_operator(const std::string& kernel);
/// `again`: the share of its elements that it computes a second time, 0 for none; a planted slow-down.
Subject noise_subject(const std::string& kernel, double again);

}  // namespace ke

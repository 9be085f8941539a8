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
/// `percent_more`: whole percents of work that it does besides, 0 to 100; a slow-down whose true size is
/// known, because one hundredth of the work is one chunk, and up to 25 of them work on memory of their own.
Subject noise_subject(const std::string& kernel, int percent_more);

}  // namespace ke

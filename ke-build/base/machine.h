// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace ke {

/// What measurements were made on, for people and for comparing records: `AMD EPYC 9B14, 2 cores`.
std::string machine_name();

}  // namespace ke

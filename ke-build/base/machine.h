// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace ke {

/// What measurements were made on, for people and for comparing records: `AMD EPYC 9B14, 2 cores`.
std::string machine_name();
/// Of the running system, since it was started; empty where it does not say.
std::string boot_id();

}  // namespace ke

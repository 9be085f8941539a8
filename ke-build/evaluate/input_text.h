// SPDX-License-Identifier: MIT
// Text in UTF-8, for arrays of bytes. Internal to input_values.cpp.
#pragma once

#include "ke-build/base/random.h"

#include <cstdint>

namespace ke {

/// Stretches of letters of one to four bytes each (RFC 3629), many of them at the ends of what so many bytes
/// encode, of surrogates, or a byte order mark; between them now and then bytes that begin or follow nothing,
/// and encodings that are longer than needed.
void fill_text(double* row, int64_t length, Random& random);

}  // namespace ke

// SPDX-License-Identifier: MIT
#pragma once

#include "ke-build/search/synthesizer.h"

namespace ke {

std::unique_ptr<Synthesizer> make_synthesizer_template();

}  // namespace ke

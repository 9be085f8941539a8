// SPDX-License-Identifier: MIT
// The generated table of synthesizers.
#include "ke-build/search/synthesizer.h"

namespace ke {

#define KE_PLUGIN(name) std::unique_ptr<Synthesizer> make_synthesizer_##name();
#include "synthesizer.def"
#undef KE_PLUGIN

std::vector<std::unique_ptr<Synthesizer>> make_synthesizers() {
  std::vector<std::unique_ptr<Synthesizer>> all;
#define KE_PLUGIN(name) all.push_back(make_synthesizer_##name());
#include "synthesizer.def"
#undef KE_PLUGIN
  return all;
}

}  // namespace ke

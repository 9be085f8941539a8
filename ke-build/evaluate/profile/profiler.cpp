// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/profile/profiler.h"

namespace ke {

#define KE_PLUGIN(name) std::unique_ptr<Profiler> make_profiler_##name();
#include "profiler.def"
#undef KE_PLUGIN

std::vector<std::unique_ptr<Profiler>> make_profilers() {
  std::vector<std::unique_ptr<Profiler>> profilers;
#define KE_PLUGIN(name) profilers.push_back(make_profiler_##name());
#include "profiler.def"
#undef KE_PLUGIN
  return profilers;
}

}  // namespace ke

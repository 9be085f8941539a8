// SPDX-License-Identifier: MIT
// The table of verbs.
#include "ke-build/commands/command_line.h"

namespace ke {
namespace {

constexpr Verb kVerbs[] = {
    {"detect", "which operators does BASE..HEAD change, and why", attach_detect},
    {"check", "is every operator correct against its reference, and can the test tell", attach_check},
    {"bench", "how fast is every operator, why, and how much could be gained", attach_bench},
    {"profile", "what bounds one kernel: differential runs, evidence, what to try next", attach_profile},
    {"bench-search", "how good is the search itself, on recorded tuning spaces", attach_bench_search},
    {"search", "find a faster kernel for one operator within a budget", attach_search},
    {"evaluate", "judge one source file against the operator's kernel", attach_evaluate},
    {"learn", "what is known: skills of the store and of the repository", attach_learn},
    {"show", "sessions of this build folder, or one session in full", attach_show},
    {"judge", "repeat one rung of an evaluation folder (build.ninja calls this)", attach_judge},
    {"noise", "what this machine can tell apart, and in how many pairs", attach_noise},
    {"doctor", "what this machine can do and what is missing", attach_doctor},
};

}  // namespace

int run_command_line(int argc, char** argv) {
  return run_program(
      {"ke-build",
       "KernelEvolve for repositories: detects changed kernels, searches faster ones, proves them.", kVerbs},
      argc, argv);
}

}  // namespace ke

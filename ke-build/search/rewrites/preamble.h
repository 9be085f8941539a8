// SPDX-License-Identifier: MIT
// Blocks of generated source that rewrites put behind the includes of a kernel's file.
#pragma once

namespace ke {

inline constexpr const char* kClonesMacro =
    R"(// Builds a function for several instruction sets; the loader picks the best one that the machine has.
#ifndef KE_CLONES
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#define KE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KE_CLONES
#endif
#endif
)";

inline constexpr const char* kWideMacro =
    R"(// Does this machine have the registers that the rewritten kernel is for?
#ifndef KE_WIDE
#if defined(__x86_64__) && defined(__GNUC__)
#define KE_WIDE __builtin_cpu_supports("avx2")
#else
#define KE_WIDE 0
#endif
#endif
)";

inline constexpr const char* kDisjointHelper =
    R"(// True when [a, a_end) and [b, b_end) share no memory.
static inline int ke_disjoint(const void* a, const void* a_end, const void* b, const void* b_end) {
  return (const char*)a_end <= (const char*)b || (const char*)b_end <= (const char*)a;
}
)";

}  // namespace ke

// SPDX-License-Identifier: MIT
// Comments may talk about everything: __FILE__, __SANITIZE_ADDRESS__, dlopen("libblas.so"), cpuid,
// __attribute__((optimize("Ofast"))), #pragma GCC optimize ("fast-math"), no_sanitize, ke_call, .macro/.endm.
//! operator: saxpy
#include <cstdint>

/* We tried `#pragma GCC target("avx512f")` and an ifunc resolver here; both were slower. What about
   trigraphs, digraphs (<: :>) and %: ? And "don't", 'tis, a \ in the middle, // inside, /* again.
   See getauxval(3), sigaction(2), <https://example.org/?a=1&b=%20>. */
// clang-format off
namespace ops {

static const char* const kNotes = R"notes(
  Block sizes (measured):  L1 8 KiB  |  L2 64 KiB  |  "quoted", 'single', \n is no line end here, (a, b)
  #define nothing here is a directive: // no comment, /* neither */
)notes";

void saxpy(float a, const float* x, const float* y, float* z, std::int64_t n) {
  if (kNotes[0] != '\n') return;
  for (std::int64_t i = 0; i < n; ++i) z[i] = a * x[i] + y[i]; /* the long explanation of this single line: the multiplication and the addition are two roundings unless the compiler fuses them, which GCC does by default where the instruction is there (-ffp-contract=fast), and which changes the last bit of some results; the tolerance of the contract covers both, so that nothing has to be said about it here, and a line as long as this one is no reason to doubt it. */
}

}  // namespace ops

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/ceiling_kernels.h"

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ke {

namespace {

// Tells the compiler that the value is used and may have changed, without an instruction.
#if defined(__x86_64__) || defined(__i386__)
#define KE_KEEP(v) __asm__ volatile("" : "+x"(v))
#define KE_KEEP_WIDE(v) __asm__ volatile("" : "+v"(v))
#elif defined(__aarch64__)
#define KE_KEEP(v) __asm__ volatile("" : "+w"(v))
#define KE_KEEP_WIDE(v) KE_KEEP(v)
#else
#define KE_KEEP(v) __asm__ volatile("" : "+m"(v))
#define KE_KEEP_WIDE(v) KE_KEEP(v)
#endif
#define KE_MEMORY() __asm__ volatile("" : : : "memory")

// Multiply-adds in flight per round: latency (4) times pipes (2), and more where multiply and add are two
// instructions. Twelve and two constants fit the sixteen registers of the older instruction sets.
constexpr int kChains = 12;

// The target attribute does not reach templates and lambdas on all compilers, hence a macro. WIDTH in bytes.
#define KE_CEILING_KERNELS(SPACE, TARGET, WIDTH, KEEP)                                     \
  namespace SPACE {                                                                        \
  typedef float Floats __attribute__((vector_size(WIDTH), may_alias));                     \
  typedef double Doubles __attribute__((vector_size(WIDTH), may_alias));                   \
  typedef int32_t Ints __attribute__((vector_size(WIDTH), may_alias));                     \
  typedef signed char Bytes __attribute__((vector_size(WIDTH), may_alias));                \
                                                                                           \
  TARGET void read(const void* a, size_t bytes, int passes) {                              \
    Ints s0{}, s1{}, s2{}, s3{}, s4{}, s5{}, s6{}, s7{};                                   \
    for (int pass = 0; pass < passes; ++pass) {                                            \
      const Ints* p = static_cast<const Ints*>(a);                                         \
      for (size_t i = 0; i < bytes / WIDTH; i += 8) {                                      \
        s0 |= p[i], s1 |= p[i + 1], s2 |= p[i + 2], s3 |= p[i + 3];                        \
        s4 |= p[i + 4], s5 |= p[i + 5], s6 |= p[i + 6], s7 |= p[i + 7];                    \
      }                                                                                    \
      KE_MEMORY();                                                                         \
    }                                                                                      \
    s0 |= s1 | s2 | s3 | s4 | s5 | s6 | s7;                                                \
    KEEP(s0);                                                                              \
  }                                                                                        \
  TARGET void copy(void* to, const void* from, size_t bytes, int passes) {                 \
    for (int pass = 0; pass < passes; ++pass) {                                            \
      Ints* t = static_cast<Ints*>(to);                                                    \
      const Ints* f = static_cast<const Ints*>(from);                                      \
      for (size_t i = 0; i < bytes / WIDTH; i += 4) {                                      \
        Ints v0 = f[i], v1 = f[i + 1], v2 = f[i + 2], v3 = f[i + 3];                       \
        KEEP(v0);                                                                          \
        t[i] = v0, t[i + 1] = v1, t[i + 2] = v2, t[i + 3] = v3;                            \
      }                                                                                    \
      KE_MEMORY();                                                                         \
    }                                                                                      \
  }                                                                                        \
  TARGET void add(void* to, const void* a, const void* b, size_t bytes, int passes) {      \
    for (int pass = 0; pass < passes; ++pass) {                                            \
      Floats* t = static_cast<Floats*>(to);                                                \
      const Floats *x = static_cast<const Floats*>(a), *y = static_cast<const Floats*>(b); \
      for (size_t i = 0; i < bytes / WIDTH; i += 4) {                                      \
        Floats v0 = x[i] + y[i], v1 = x[i + 1] + y[i + 1], v2 = x[i + 2] + y[i + 2],       \
               v3 = x[i + 3] + y[i + 3];                                                   \
        t[i] = v0, t[i + 1] = v1, t[i + 2] = v2, t[i + 3] = v3;                            \
      }                                                                                    \
      KE_MEMORY();                                                                         \
    }                                                                                      \
  }                                                                                        \
  KE_CHAINS(fma32, TARGET, Floats, float, WIDTH / 4 * 2.0, KE_FMA_STEP, KEEP)              \
  KE_CHAINS(fma64, TARGET, Doubles, double, WIDTH / 8 * 2.0, KE_FMA_STEP, KEEP)            \
  KE_CHAINS(add_i32, TARGET, Ints, int32_t, WIDTH / 4 * 1.0, KE_ADD_STEP, KEEP)            \
  KE_CHAINS(add_i8, TARGET, Bytes, signed char, WIDTH * 1.0, KE_ADD_STEP, KEEP)            \
  }

// Values converge to offset / (1 - factor), far from overflow and subnormals; KEEP stops the compiler from
// folding rounds.
#define KE_CHAINS(NAME, TARGET, VECTOR, SCALAR, OPERATIONS, STEP, KEEP)                                   \
  TARGET double NAME(long rounds) {                                                                       \
    VECTOR factor = VECTOR{} + static_cast<SCALAR>(0.5), offset = VECTOR{} + static_cast<SCALAR>(3);      \
    KEEP(factor);                                                                                         \
    KEEP(offset);                                                                                         \
    VECTOR v0 = factor, v1 = factor, v2 = factor, v3 = factor, v4 = factor, v5 = factor;                  \
    VECTOR v6 = factor, v7 = factor, v8 = factor, v9 = factor, v10 = factor, v11 = factor;                \
    for (long round = 0; round < rounds; ++round) {                                                       \
      STEP(0, KEEP)                                                                                       \
      STEP(1, KEEP)                                                                                       \
      STEP(2, KEEP)                                                                                       \
      STEP(3, KEEP)                                                                                       \
      STEP(4, KEEP)                                                                                       \
      STEP(5, KEEP) STEP(6, KEEP) STEP(7, KEEP) STEP(8, KEEP) STEP(9, KEEP) STEP(10, KEEP) STEP(11, KEEP) \
    }                                                                                                     \
    return static_cast<double>(rounds) * kChains * (OPERATIONS);                                          \
  }
#define KE_FMA_STEP(K, KEEP)     \
  v##K = v##K * factor + offset; \
  KEEP(v##K);
#define KE_ADD_STEP(K, KEEP) \
  v##K = v##K + offset;      \
  KEEP(v##K);

#define KE_ROW(NAME, SPACE, SUPPORTED)                                                                 \
  {                                                                                                    \
    NAME, SUPPORTED, SPACE::read, SPACE::copy, SPACE::add, SPACE::fma32, SPACE::fma64, SPACE::add_i32, \
        SPACE::add_i8                                                                                  \
  }

bool always() { return true; }

// Intrinsics whose types vectors of our own do not have. Older compilers do not know all of them.
#if defined(__x86_64__) && \
    ((defined(__clang__) && __clang_major__ >= 16) || (!defined(__clang__) && __GNUC__ >= 12))
#define KE_NARROW_ISA 1
#define KE_NARROW(NAME, TARGET, VECTOR, FACTOR, OPERATIONS, STEP)                                            \
  __attribute__((target(TARGET))) double NAME(long rounds) {                                                 \
    VECTOR f = FACTOR;                                                                                       \
    KE_KEEP_WIDE(f);                                                                                         \
    VECTOR v0 = f, v1 = f, v2 = f, v3 = f, v4 = f, v5 = f, v6 = f, v7 = f, v8 = f, v9 = f, v10 = f, v11 = f; \
    for (long round = 0; round < rounds; ++round) {                                                          \
      v0 = STEP(v0, f);                                                                                      \
      KE_KEEP_WIDE(v0);                                                                                      \
      v1 = STEP(v1, f);                                                                                      \
      KE_KEEP_WIDE(v1);                                                                                      \
      v2 = STEP(v2, f);                                                                                      \
      KE_KEEP_WIDE(v2);                                                                                      \
      v3 = STEP(v3, f);                                                                                      \
      KE_KEEP_WIDE(v3);                                                                                      \
      v4 = STEP(v4, f);                                                                                      \
      KE_KEEP_WIDE(v4);                                                                                      \
      v5 = STEP(v5, f);                                                                                      \
      KE_KEEP_WIDE(v5);                                                                                      \
      v6 = STEP(v6, f);                                                                                      \
      KE_KEEP_WIDE(v6);                                                                                      \
      v7 = STEP(v7, f);                                                                                      \
      KE_KEEP_WIDE(v7);                                                                                      \
      v8 = STEP(v8, f);                                                                                      \
      KE_KEEP_WIDE(v8);                                                                                      \
      v9 = STEP(v9, f);                                                                                      \
      KE_KEEP_WIDE(v9);                                                                                      \
      v10 = STEP(v10, f);                                                                                    \
      KE_KEEP_WIDE(v10);                                                                                     \
      v11 = STEP(v11, f);                                                                                    \
      KE_KEEP_WIDE(v11);                                                                                     \
    }                                                                                                        \
    return static_cast<double>(rounds) * kChains * (OPERATIONS);                                             \
  }
#define KE_MADDUBS(V, F) _mm256_maddubs_epi16(V, F)
#define KE_DPBUSD(V, F) _mm512_dpbusd_epi32(V, F, F)
#define KE_DPBF16(V, F) (__m512i) _mm512_dpbf16_ps((__m512)V, (__m512bh)F, (__m512bh)F)
#define KE_FMAPH(V, F) _mm512_fmadd_ph(V, F, F)
KE_NARROW(maddubs, "avx2", __m256i, _mm256_set1_epi8(1), 64.0, KE_MADDUBS)
KE_NARROW(dpbusd, "avx512f,avx512vnni", __m512i, _mm512_set1_epi32(0), 128.0, KE_DPBUSD)
KE_NARROW(dpbf16, "avx512f,avx512bf16", __m512i, _mm512_set1_epi32(0), 64.0, KE_DPBF16)
KE_NARROW(fmaph, "avx512fp16", __m512h, _mm512_set1_ph((_Float16)0.5f), 64.0, KE_FMAPH)
bool has_maddubs() { return __builtin_cpu_supports("avx2"); }
bool has_dpbusd() { return __builtin_cpu_supports("avx512vnni"); }
bool has_dpbf16() { return __builtin_cpu_supports("avx512bf16"); }
bool has_fmaph() { return __builtin_cpu_supports("avx512fp16"); }
#endif

KE_CEILING_KERNELS(plain, , 16, KE_KEEP)

#if defined(__x86_64__)
KE_CEILING_KERNELS(avx2, __attribute__((target("avx2,fma"))), 32, KE_KEEP)
KE_CEILING_KERNELS(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), 64, KE_KEEP_WIDE)
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

}  // namespace

const std::vector<CeilingKernels>& ceiling_kernels() {
#if defined(__x86_64__)
  static const std::vector<CeilingKernels> table = {
      KE_ROW("SSE2", plain, always), KE_ROW("AVX2", avx2, has_avx2), KE_ROW("AVX-512", avx512, has_avx512)};
#elif defined(__aarch64__)
  static const std::vector<CeilingKernels> table = {KE_ROW("NEON", plain, always)};
#else
  static const std::vector<CeilingKernels> table = {KE_ROW("generic", plain, always)};
#endif
  return table;
}

const std::vector<NarrowKernel>& narrow_kernels() {
#if defined(KE_NARROW_ISA)
  static const std::vector<NarrowKernel> table = {{"AVX2", Dtype::i8, has_maddubs, maddubs},
                                                  {"AVX512-VNNI", Dtype::i8, has_dpbusd, dpbusd},
                                                  {"AVX512-BF16", Dtype::bf16, has_dpbf16, dpbf16},
                                                  {"AVX512-FP16", Dtype::f16, has_fmaph, fmaph}};
#else
  static const std::vector<NarrowKernel> table;
#endif
  return table;
}

}  // namespace ke

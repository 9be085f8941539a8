// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/noise_kernels.h"

#include "ke-build/base/result.h"
#include "ke-build/model/spec.h"

#include <fmt/format.h>

namespace ke {
namespace {

struct NoiseKernel {
  const char* name;
  int64_t elements;
  const char* step;  // to[i] from from[i]
};

// Work that a slower version has more than the other is work on memory of its own: chunks that were read or
// written before would cost less than the first time.
constexpr int kSpareChunks = 25;

// 8 MiB of traffic are beyond the caches of a core; 64 dependent steps hide every load; 300 elements take
// less than a hand-shake.
constexpr NoiseKernel kKernels[] = {
    {"memory", 1 << 20, "to[i] = 2.0f * from[i] + 1.0f;"},
    {"compute", 1 << 12, "float v = from[i]; for (int k = 0; k < 64; ++k) v = v * 0.5f + 0.25f; to[i] = v;"},
    {"call", 300, "float v = from[i]; for (int k = 0; k < 8; ++k) v = v * 0.5f + 0.25f; to[i] = v;"}};

const NoiseKernel& kernel_of(const std::string& name) {
  for (const NoiseKernel& kernel : kKernels) {
    if (name == kernel.name) return kernel;
  }
  KE_CHECK(false);
}

}  // namespace

std::vector<std::string> noise_kernels() {
  std::vector<std::string> names;
  for (const NoiseKernel& kernel : kKernels) names.emplace_back(kernel.name);
  return names;
}

Operator noise_operator(const std::string& name) {
  const NoiseKernel& kernel = kernel_of(name);
  const std::string spec = fmt::format(
      R"json({{"name": "{0}", "op_type": "elementwise", "axes": {{"n": {{"type": "var"}}}},
           "inputs": {{"x": {{"shape": ["n + {2} * ((n + 99) / 100)"], "dtype": "float32"}}}},
           "outputs": {{"y": {{"shape": ["n"], "dtype": "float32"}}}},
           "ke": {{"kernel": {{"language": "cpp", "entry": "{0}", "call": "{0}(x, y, spare, n)"}},
                   "workspace": {{"spare": {{"shape": ["{2} * ((n + 99) / 100)"], "dtype": "float32"}}}},
                   "tolerance": {{"kind": "derived", "reduction": "64"}},
                   "workloads": [{{"name": "{0}", "axes": {{"n": {1}}}}}], "hidden": {{"n": [1, 100]}}}}}})json",
      kernel.name, kernel.elements, kSpareChunks);
  auto op = parse_spec(spec, "noise.ke.json");
  KE_CHECK(op.has_value());
  return *std::move(op);
}

Subject noise_subject(const std::string& name, int percent_more) {
  KE_CHECK(percent_more >= 0 && percent_more <= 100);
  const NoiseKernel& kernel = kernel_of(name);
  Subject subject;
  subject.recipe.compiler = "/usr/bin/c++";
  subject.recipe.compiler_id = "GNU";
  subject.recipe.flags = {"-O3", "-std=c++17"};
  subject.recipe.source = "noise.cpp";
  subject.recipe.directory = "/";
  // The compiler does not see the percentage, so versions differ in one constant of the machine code and in
  // nothing else, and their work in whole chunks that are all alike.
  subject.candidate.source = fmt::format(
      "void {0}(const float* x, float* y, float* spare, long n) {{\n"
      "  long percent = {2};\n"
      "  asm volatile(\"\" : \"+r\"(percent));\n"
      "  const long chunk = (n + 99) / 100, chunks = (n + chunk - 1) / chunk, work = chunks * percent / "
      "100;\n"
      "  for (long c = 0; c < work; ++c) {{\n"
      "    const long first = c < chunks ? c * chunk : (c - chunks) % {3} * chunk;\n"
      "    const long count = c < chunks && first + chunk > n ? n - first : chunk;\n"
      "    const float* from = c < chunks ? x + first : x + n + first;\n"
      "    float* to = c < chunks ? y + first : spare + first;\n"
      "    for (long i = 0; i < count; ++i) {{ {1} }}\n"
      "  }}\n}}\n",
      kernel.name, kernel.step, 100 + percent_more, kSpareChunks);
  return subject;
}

}  // namespace ke

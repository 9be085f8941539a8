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
  const char* step;  // y[i] from x[i]
};

// 8 MiB of traffic are beyond the caches of a core; 64 dependent steps hide every load; 300 elements take
// less than a hand-shake.
constexpr NoiseKernel kKernels[] = {
    {"memory", 1 << 20, "y[i] = 2.0f * x[i] + 1.0f;"},
    {"compute", 1 << 12, "float v = x[i]; for (int k = 0; k < 64; ++k) v = v * 0.5f + 0.25f; y[i] = v;"},
    {"call", 300, "y[i] = 2.0f * x[i] + 1.0f;"}};

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
           "inputs": {{"x": {{"shape": ["n"], "dtype": "float32"}}}},
           "outputs": {{"y": {{"shape": ["n"], "dtype": "float32"}}}},
           "ke": {{"kernel": {{"language": "cpp", "entry": "{0}", "call": "{0}(x, y, n)"}},
                   "tolerance": {{"kind": "derived", "reduction": "64"}},
                   "workloads": [{{"name": "{0}", "axes": {{"n": {1}}}}}], "hidden": {{"n": [1, 100]}}}}}})json",
      kernel.name, kernel.elements);
  auto op = parse_spec(spec, "noise.ke.json");
  KE_CHECK(op.has_value());
  return *std::move(op);
}

Subject noise_subject(const std::string& name, double again) {
  const NoiseKernel& kernel = kernel_of(name);
  Subject subject;
  subject.recipe.compiler = "/usr/bin/c++";
  subject.recipe.compiler_id = "GNU";
  subject.recipe.flags = {"-O2", "-std=c++17"};
  subject.recipe.source = "noise.cpp";
  subject.recipe.directory = "/";
  subject.candidate.source = fmt::format(
      "static void step(const float* x, float* y, long i) {{ {1} }}\n"
      "void {0}(const float* x, float* y, long n) {{\n"
      "  for (long i = 0; i < n; ++i) step(x, y, i);\n"
      "  asm volatile(\"\" ::: \"memory\");\n"
      "  for (long i = 0; i < static_cast<long>(n * {2}); ++i) step(x, y, i);\n}}\n",
      kernel.name, kernel.step, again);
  return subject;
}

}  // namespace ke

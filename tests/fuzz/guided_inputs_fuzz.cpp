// SPDX-License-Identifier: MIT
// What a candidate's own process says it has compared.
#include "ke-build/evaluate/guided_inputs.h"
#include "ke-build/model/spec.h"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace {

const char* const kSpec = R"json({
  "name": "mixed", "op_type": "mixed",
  "axes": {"rows": {"type": "var"}, "cols": {"type": "var"}},
  "inputs": {"x": {"shape": ["rows", "cols"], "dtype": "float32"},
             "at": {"shape": ["rows"], "dtype": "int32"},
             "d": {"shape": ["cols"], "dtype": "float64"}, "text": {"shape": ["rows", "cols"], "dtype": "uint8"}},
  "outputs": {"y": {"shape": ["rows"], "dtype": "float32"}},
  "ke": {"domains": {"at": {"kind": "index", "axis": "cols"}, "text": {"kind": "range", "low": 0, "high": 255}},
         "kernel": {"call": "mixed(x, at, d, text, y, rows, cols)"},
         "workloads": [{"name": "w", "axes": {"rows": 8, "cols": 64}}],
         "hidden": {"rows": [1, 9], "cols": [1, 130]}}
})json";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto parsed = ke::parse_spec(kSpec, "mixed.ke.json");
  if (!parsed) __builtin_trap();
  const ke::Operator& op = *parsed;
  ke::Random random(size);
  ke::Example example;
  example.axes = {{"rows", 3}, {"cols", 17}};
  auto drawn = ke::draw_inputs(op, example.axes, {}, ke::InputStyle::typical, random);
  if (!drawn) __builtin_trap();
  example.inputs = *std::move(drawn);
  const auto table = std::make_unique<ke_runner::TraceTable>();
  std::memcpy(table->comparisons, data, std::min(size, sizeof table->comparisons));
  ke::GuidedInputs inputs(op, random);
  for (int k = 0; k < 24; ++k) {
    auto made = k % 3 == 0   ? inputs.aimed(example, table->comparisons[k / 3], static_cast<unsigned>(k % 8))
                : k % 3 == 1 ? inputs.changed(example, *table)
                             : inputs.varied(example, *table);
    if (!made) continue;
    const int64_t cols = made->axes.at("cols");
    if (cols < 1 || cols > 130) __builtin_trap();
    const ke::Buffer& at = made->inputs.arguments[1];
    for (int64_t i = 0; i < at.count(); ++i)
      if (!(at.get(i) >= 0 && at.get(i) < static_cast<double>(cols))) __builtin_trap();
    if (std::isnan(made->inputs.arguments[0].get(0))) __builtin_trap();
  }
  return 0;
}

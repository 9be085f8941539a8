// SPDX-License-Identifier: MIT
#include "ke-build/search/rewrites/rewrite.h"

namespace ke {

const std::vector<Rewrite>& rewrites() {
  static const std::vector<std::string> kMath = {"-fno-math-errno", "-fno-trapping-math"};
  static const std::vector<Rewrite> table = {
      {"specialize_template", {0}, 1.05, {}, specialize_template},
      {"algorithm_loops", {0}, 1.05, {}, algorithm_loops},
      {"few_of_many", {0}, 1.1, {}, few_of_many},
      {"inline_lambdas", {0}, 1.05, {}, inline_lambdas},
      {"inline_helpers", {0}, 1.05, {}, inline_helpers},
      {"inline_choices", {0}, 1.05, {}, inline_choices},
      {"scalar_replacement", {0}, 1.05, {}, scalar_replacement},
      {"load_fields", {0}, 1.3, {}, load_fields},
      {"element_fields", {0}, 3, kMath, element_fields},
      {"plain_arrays", {0}, 1.02, {}, plain_arrays},
      {"switch_branches", {0}, 1.05, {}, switch_branches},
      {"count_loops", {0}, 1.05, {}, count_loops},
      {"counted_pushes", {0}, 1.05, {}, counted_pushes},
      {"known_sizes", {0}, 1.02, {}, known_sizes},
      {"index_walkers", {0}, 1.05, {}, index_walkers},
      {"two_pass_moments", {0}, 2, {}, two_pass_moments},
      {"unflatten", {0}, 1.5, {}, unflatten},
      {"carry_extreme", {0}, 1.1, {}, carry_extreme},
      {"narrow_rounding", {0}, 2, {}, narrow_rounding},
      {"if_conversion", {0}, 1.5, kMath, if_conversion},
      {"plain_stores", {0}, 1.5, {}, plain_stores},
      {"separable_windows", {0}, 8, kMath, separable_windows},
      {"hoist_loads", {0}, 1.2, {}, hoist_loads},
      {"register_accumulator", {0}, 1.3, {}, register_accumulator},
      {"unswitch", {0}, 1.5, {}, unswitch},
      {"tables", {0}, 4, {}, tables},
      {"column_tables", {0}, 1.5, {}, column_tables},
      {"pack_strided", {0}, 1.3, {}, pack_strided},
      {"parallel_loop", {0}, 1.8, {"-fopenmp"}, parallel_loop},
      {"outer_vectorize", {16, -128, 32, 64, 24}, 6, {}, outer_vectorize},
      {"multi_accumulator", {16, 32, 8}, 4, kMath, multi_accumulator},
      {"vector_math", {0, 1}, 3, kMath, vector_math},
      {"interchange", {0}, 3, {}, interchange},
      {"tile", {16, -16, 32, 64}, 2.5, {}, tile},
      {"border_split", {0}, 2, {}, border_split},
      {"window_interior", {0}, 2, {}, window_interior},
      {"channel_groups", {0}, 3, {"-fno-trapping-math"}, channel_groups},
      {"reciprocals", {0}, 2, {"-fno-trapping-math"}, reciprocals},
      {"scan_blocks", {8, 16, 4}, 2, {}, scan_blocks},
      {"skip_branches", {0}, 1.02, {}, skip_branches},
      {"unroll_and_jam", {4, 2, 8}, 1.6, {}, unroll_and_jam},
      {"fuse", {0}, 1.2, {}, fuse},
      {"independent_iterations", {0}, 1.1, {}, independent_iterations},
      {"specialize_size", {16, 256}, 1.3, {}, specialize_size},
      {"unroll_period", {0}, 1.5, {}, unroll_period},
      {"specialize_mode", {0}, 2, {}, specialize_mode},
      {"stream_stores", {0}, 1.15, {}, stream_stores},
      {"dispatch", {0, 1}, 1.6, {}, dispatch},
  };
  return table;
}

const Rewrite* find_rewrite(const std::string& name) {
  for (const Rewrite& r : rewrites())
    if (name == r.name) return &r;
  return nullptr;
}

}  // namespace ke

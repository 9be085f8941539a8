// SPDX-License-Identifier: MIT
// SEAM: source rewrites. One file each: pattern, precondition, rewrite. A rewrite reads a unit and answers
// every way in which it can change it; it never fails. New ones add a file and a line in the table of
// rewrites.cpp.
#pragma once

#include "ke-build/search/syntax/depend.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ke {

/// Values of integer parameters, by name.
using Sizes = std::map<std::string, int64_t>;

/// What the operator's contract allows, and what its workloads are.
struct RewriteRules {
  bool noalias = false;      // buffers never overlap
  bool finite_only = false;  // no NaN or Inf
  bool portable = true;      // the result must run on every machine of the architecture
  bool cpp = true;           // false: C source
  bool heap = true;          // the kernel may allocate (hosted); else only its stack
  int threads = 1;           // that the contract gives it; 1 also where the flag is forbidden
  std::string headers;       // text of the project's headers, see project_headers()
  std::vector<Sizes> sizes;  // with which the entry is called, one for each workload
};

/// One changed source text.
struct Rewritten {
  std::string source;
  std::string detail;  // "lanes=16 on the loop over i, line 12"
};

struct Rewrite {
  const char* name;
  std::vector<int> values;         // parameter values worth trying, the best guess first; {0}: no parameter
  double prior;                    // expected gain factor (action catalogue)
  std::vector<std::string> flags;  // compiler flags without which it gains little
  std::vector<Rewritten> (*apply)(const Unit& unit, const RewriteRules& rules, int value);
};

/// All rewrites, in the order of their value.
const std::vector<Rewrite>& rewrites();
const Rewrite* find_rewrite(const std::string& name);

std::vector<Rewritten> specialize_template(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> algorithm_loops(const Unit&, const RewriteRules& rules, int value);
std::vector<Rewritten> few_of_many(const Unit&, const RewriteRules& rules, int value);
std::vector<Rewritten> inline_lambdas(const Unit&, const RewriteRules& rules, int value);
std::vector<Rewritten> inline_helpers(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> carry_extreme(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> scalar_replacement(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> load_fields(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> element_fields(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> switch_branches(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> unswitch(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> inline_choices(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> skip_branches(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> count_loops(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> two_pass_moments(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> counted_pushes(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> known_sizes(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> index_walkers(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> narrow_rounding(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> if_conversion(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> plain_stores(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> separable_windows(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> hoist_loads(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> unflatten(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> fuse(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> specialize_size(const Unit&, const RewriteRules&, int most);
std::vector<Rewritten> specialize_mode(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> unroll_period(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> independent_iterations(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> tables(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> column_tables(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> pack_strided(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> parallel_loop(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> stream_stores(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> dispatch(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> vector_math(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> multi_accumulator(const Unit&, const RewriteRules&, int lanes);
std::vector<Rewritten> outer_vectorize(const Unit&, const RewriteRules&, int width);
std::vector<Rewritten> unroll_and_jam(const Unit&, const RewriteRules&, int factor);
std::vector<Rewritten> interchange(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> tile(const Unit&, const RewriteRules&, int size);
std::vector<Rewritten> border_split(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> plain_arrays(const Unit&, const RewriteRules& rules, int value);
std::vector<Rewritten> channel_groups(const Unit&, const RewriteRules& rules, int value);
std::vector<Rewritten> reciprocals(const Unit&, const RewriteRules& rules, int value);
std::vector<Rewritten> window_interior(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> scan_blocks(const Unit&, const RewriteRules&, int size);
std::vector<Rewritten> register_accumulator(const Unit&, const RewriteRules&, int value);

}  // namespace ke

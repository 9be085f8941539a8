// SPDX-License-Identifier: MIT
// SEAM: families of expert templates. One file each: what it recognises in the loops and subscripts of the
// user's own function, and how the text of templates/kernels is put in the place of what was recognised. A
// family never fails: code that it does not recognise gives no result.
#pragma once

#include "ke-build/search/rewrites/rewrite.h"
#include "ke-build/search/templates/template_file.h"

#include <vector>

namespace ke {

struct TemplateFamily {
  const char* name;
  std::vector<int> values;  // variants of the template's parameters, the best guess first
  double prior;             // expected gain factor over plain loops
  std::vector<Rewritten> (*apply)(const Unit& unit, const RewriteRules& rules, int value);
};

/// All families, the most specific first.
const std::vector<TemplateFamily>& template_families();
const TemplateFamily* find_template(const std::string& name);

/// The result of putting a kernel in front of a function whose loop `replacement` took the place of.
std::vector<Rewritten> with_kernel(const Site& site, const Stmts& replacement,
                                   const Independence& independence, const char* kernel, const Holes& holes,
                                   const std::string& why, const std::string& detail);

std::vector<Rewritten> contraction_template(const Unit&, const RewriteRules&, int variant);
std::vector<Rewritten> dots_template(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> taps_template(const Unit&, const RewriteRules&, int ahead);
std::vector<Rewritten> windows_template(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> attention_template(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> softmax_template(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> runs_template(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> extreme_template(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> scan_template(const Unit&, const RewriteRules&, int value);
std::vector<Rewritten> transpose_template(const Unit&, const RewriteRules&, int band);
std::vector<Rewritten> histogram_template(const Unit&, const RewriteRules&, int value);

}  // namespace ke

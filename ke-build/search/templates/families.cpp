// SPDX-License-Identifier: MIT
#include "ke-build/search/templates/family.h"
#include "ke-build/search/templates/nest.h"

namespace ke {

const std::vector<TemplateFamily>& template_families() {
  static const std::vector<TemplateFamily> all = {
      {"attention", {0}, 420, attention_template},  // before any composition of its parts
      {"softmax", {0}, 36, softmax_template},       // what runs and vector_math gain together
      {"contraction", {0, 1, 2}, 30, contraction_template},
      {"windows", {0}, 25, windows_template},
      {"dots", {0}, 14, dots_template},
      {"taps", {16, -16, 4}, 8, taps_template},
      {"transpose", {128, 32, 1 << 20}, 12, transpose_template},
      {"extreme", {0}, 12, extreme_template},
      {"runs", {0}, 11, runs_template},
      {"scan", {1, 0}, 6, scan_template},
      {"histogram", {0}, 2, histogram_template},
  };
  return all;
}

const TemplateFamily* find_template(const std::string& name) {
  for (const TemplateFamily& family : template_families())
    if (name == family.name) return &family;
  return nullptr;
}

std::vector<Rewritten> with_kernel(const Site& site, const Stmts& replacement,
                                   const Independence& independence, const char* kernel, const Holes& holes,
                                   const std::string& why, const std::string& detail) {
  const Unit& unit = *site.unit;
  const auto text = instantiate(kernel, holes);
  if (!text) return {};
  auto source = commit(site, replacement, independence, why);
  if (!source) return {};
  *source = numbered(*source, unit);
  *source = with_kernel_text(*source, unit.preamble_at, *text);
  if (!parses_as_well(unit, *source)) return {};
  return {{*source, detail + ", line " + std::to_string(site.loop().line)}};
}

}  // namespace ke

// SPDX-License-Identifier: MIT
// Functions of libraries that only give a value.
#include "ke-build/base/text.h"
#include "ke-build/search/syntax/facts.h"

namespace ke {

std::string unqualified(const std::string& callee) {
  std::string name = callee;
  for (const std::string prefix : {"::", "std::", "__builtin_"})
    if (starts_with(name, prefix)) name = name.substr(prefix.size());
  return name;
}

bool is_pure_call(const std::string& callee, const std::set<std::string>& pure) {
  static const std::set<std::string> known = {
      "exp",     "expf",        "exp2",      "exp2f",    "expm1",    "expm1f",    "log",        "logf",
      "log2",    "log2f",       "log10",     "log10f",   "log1p",    "log1pf",    "sin",        "sinf",
      "cos",     "cosf",        "tan",       "tanf",     "asin",     "asinf",     "acos",       "acosf",
      "atan",    "atanf",       "atan2",     "atan2f",   "sinh",     "sinhf",     "cosh",       "coshf",
      "tanh",    "tanhf",       "erf",       "erff",     "erfc",     "erfcf",     "sqrt",       "sqrtf",
      "cbrt",    "cbrtf",       "pow",       "powf",     "hypot",    "hypotf",    "fabs",       "fabsf",
      "abs",     "max",         "min",       "fmax",     "fmaxf",    "fmin",      "fminf",      "floor",
      "floorf",  "ceil",        "ceilf",     "round",    "roundf",   "nearbyint", "nearbyintf", "rint",
      "rintf",   "lrint",       "lrintf",    "lround",   "lroundf",  "trunc",     "truncf",     "fmod",
      "fmodf",   "copysign",    "copysignf", "fma",      "fmaf",     "isnan",     "isinf",      "isfinite",
      "signbit", "clamp",       "float",     "double",   "int",      "int8_t",    "int16_t",    "int32_t",
      "int64_t", "uint8_t",     "uint16_t",  "uint32_t", "uint64_t", "size_t",    "ptrdiff_t",  "unsigned",
      "long",    "ke_disjoint", "ke_kept",   "ke_keptf", "ke_exp",   "ke_expf",   "ke_tanh",    "ke_tanhf",
      "ke_log",  "ke_logf",     "ke_erf",    "ke_erff",  "ke_erfc",  "ke_erfcf",  "ke_room",    "ke_room_end",
      "vector",  "bit_cast",    "complex",   "polar",    "conj",     "norm",      "arg",        "real",
      "imag"};
  std::string name = unqualified(callee);
  if (const size_t dot = name.find('.'); dot != std::string::npos) {
    const std::string method = name.substr(dot + 1);
    return method == "size" || method == "data" || method == "empty" || method == "real" || method == "imag";
  }
  if (starts_with(name, "static_cast<") || starts_with(name, "numeric_limits<")) return true;
  name = name.substr(0, name.find('<'));
  return known.count(name) != 0 || pure.count(name) != 0;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/profile/sweeps.h"

#include "ke-build/evaluate/diagnosis.h"

#include <algorithm>
#include <cctype>

namespace ke {

const char* name_of(FlagVariant::Kind kind) {
  switch (kind) {
    case FlagVariant::Kind::scalar:
      return "without vectors";
    case FlagVariant::Kind::unrolled:
      return "unrolled";
    case FlagVariant::Kind::reassociated:
      return "with sums in any order";
    case FlagVariant::Kind::native:
      return "with every instruction set of this machine";
    case FlagVariant::Kind::cheap:
      return "with special functions replaced by their argument";
  }
  return "";
}

namespace {

// Functions of one argument that take tens of instructions, without the f and l of their other formats.
constexpr const char* kSpecial[] = {"exp",  "exp2", "expm1", "log",  "log2",  "log10", "log1p",
                                    "sin",  "cos",  "tan",   "asin", "acos",  "atan",  "sinh",
                                    "cosh", "tanh", "erf",   "erfc", "tgamma"};

bool calls(const std::string& source, const std::string& name) {
  for (size_t at = source.find(name + "("); at != std::string::npos; at = source.find(name + "(", at + 1)) {
    const char before = at == 0 ? ' ' : source[at - 1];
    if (!std::isalnum(static_cast<unsigned char>(before)) && before != '_') return true;
  }
  return false;
}

/// What stands before the source: the headers first, so that only calls are renamed. "" when none is called.
std::string cheap_prelude(const std::string& source, bool c) {
  std::string renames;
  for (const char* name : kSpecial) {
    for (const char* suffix : {"", "f", "l"}) {
      const std::string full = std::string(name) + suffix;
      if (!calls(source, full)) continue;
      renames += "#define " + full + (c && suffix[0] == 'f' ? " ke_cheapf\n" : " ke_cheap\n");
    }
  }
  if (renames.empty()) return "";
  const std::string own = c ? "#include <math.h>\nstatic inline double ke_cheap(double x) { return x; }\n"
                              "static inline float ke_cheapf(float x) { return x; }\n"
                            : "#include <cmath>\n#include <complex>\nnamespace std { template <class T> "
                              "inline T ke_cheap(T x) { return x; } }\n"
                              "using std::ke_cheap;\n";
  return own + renames;
}

}  // namespace

std::vector<FlagVariant> flag_variants(const Subject& subject) {
  using Kind = FlagVariant::Kind;
  const bool clang = subject.recipe.compiler_id.find("Clang") != std::string::npos;
  // Unrolling and reordering alone change little below -O3 on GCC, which vectorises and splits chains there.
  const std::pair<Kind, std::vector<std::string>> rows[] = {
      {Kind::scalar, clang ? std::vector<std::string>{"-fno-vectorize", "-fno-slp-vectorize"}
                           : std::vector<std::string>{"-fno-tree-vectorize", "-fno-tree-slp-vectorize"}},
      {Kind::unrolled, {"-funroll-loops"}},
      {Kind::reassociated,
       {"-O3", "-funroll-loops", "-fassociative-math", "-fno-signed-zeros", "-fno-trapping-math",
        "-fno-math-errno"}},
      {Kind::native, {"-O3", "-march=native"}}};
  std::vector<FlagVariant> variants;
  for (const auto& [kind, flags] : rows) {
    Subject variant = subject;
    variant.candidate.flags.insert(variant.candidate.flags.end(), flags.begin(), flags.end());
    if (kind == Kind::reassociated && !clang)
      variant.candidate.flags.push_back("-fvariable-expansion-in-unroller");
    variants.push_back({kind, std::move(variant)});
  }
  const std::string prelude = cheap_prelude(subject.candidate.source, subject.recipe.language == "C");
  if (!prelude.empty()) {
    variants.push_back({Kind::cheap, subject});
    variants.back().subject.candidate.source = prelude + subject.candidate.source;
  }
  return variants;
}

Result<std::vector<ScaledShape>> scaled_shapes(const Operator& op, const Axes& axes,
                                               const Ceilings& ceilings) {
  std::vector<ScaledShape> shapes;
  KE_TRY(const Work whole, work_of(op, axes));
  Axes shape = axes;
  double bytes = whole.working_set;
  // From the largest cache to the nearest, so that each shape is a part of the one before.
  for (auto row = ceilings.bandwidths.rbegin(); row != ceilings.bandwidths.rend(); ++row) {
    if (row->threads != 1 || row->capacity_bytes <= 0) continue;
    const double room = static_cast<double>(row->capacity_bytes);
    if (whole.working_set <= room) continue;
    while (bytes > room / 2) {
      auto longest = shape.end();
      for (auto axis = shape.begin(); axis != shape.end(); ++axis) {
        const auto range = op.hidden.find(axis->first);
        const bool varies = range != op.hidden.end() && op.constants.count(axis->first) == 0;
        if (!varies || axis->second / 2 < std::max<int64_t>(16, range->second.low)) continue;
        if (longest == shape.end() || axis->second > longest->second) longest = axis;
      }
      if (longest == shape.end()) return shapes;
      longest->second /= 2;
      KE_TRY(const Work work, work_of(op, shape));
      bytes = work.working_set;
    }
    shapes.push_back({row->level, shape});
  }
  return shapes;
}

}  // namespace ke

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

bool in_a_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string word_before(const std::string& source, size_t at) {
  size_t end = at;
  while (end > 0 && std::isspace(static_cast<unsigned char>(source[end - 1])) != 0) --end;
  size_t begin = end;
  while (begin > 0 && in_a_name(source[begin - 1])) --begin;
  return source.substr(begin, end - begin);
}

bool is_of_another_scope(const std::string& source, size_t at) {
  if (at < 2) return false;
  if (in_a_name(source[at - 1]) || source[at - 1] == '.') return true;
  const std::string mark = source.substr(at - 2, 2);
  if (mark != "::") return mark == "->";
  const std::string scope = word_before(source, at - 2);
  return !scope.empty() && scope != "std" && scope != "return";
}

// A type stands before a declaration of the name, an operator or one of these words before a call.
bool is_declared(const std::string& source, size_t at) {
  const std::string word = word_before(source, at);
  const bool number = !word.empty() && std::isdigit(static_cast<unsigned char>(word[0])) != 0;
  return !word.empty() && !number && word != "return" && word != "else" && word != "do" && word != "case" &&
         word != "and" && word != "or" && word != "not";
}

size_t rename_calls(std::string& source, const std::string& name, const std::string& other) {
  size_t renamed = 0;
  for (size_t at = source.find(name + "("); at != std::string::npos; at = source.find(name + "(", at + 1)) {
    if (is_of_another_scope(source, at) || is_declared(source, at)) continue;
    source.replace(at, name.size(), other);
    ++renamed;
  }
  return renamed;
}

/// The source with calls of special functions replaced by their argument; "" when it calls none. Its own
/// declarations of them (vector variants of libmvec, for one) stay as they are.
std::string cheap_source(std::string source, bool c) {
  size_t renamed = 0;
  for (const char* name : kSpecial) {
    for (const char* suffix : {"", "f", "l"})
      renamed +=
          rename_calls(source, std::string(name) + suffix, c && suffix[0] == 'f' ? "ke_cheapf" : "ke_cheap");
  }
  if (renamed == 0) return "";
  const std::string own = c ? "static inline double ke_cheap(double x) { return x; }\n"
                              "static inline float ke_cheapf(float x) { return x; }\n"
                            : "namespace std { template <class T> inline T ke_cheap(T x) { return x; } }\n"
                              "using std::ke_cheap;\n";
  return own + source;
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
  std::string cheap = cheap_source(subject.candidate.source, subject.recipe.language == "C");
  if (!cheap.empty()) {
    variants.push_back({Kind::cheap, subject});
    variants.back().subject.candidate.source = std::move(cheap);
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

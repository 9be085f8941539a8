// SPDX-License-Identifier: MIT
// Priors are averages measured with g++ 12 and clang 14 on naive kernels: reductions gain 8 to 27 times from
// reassociation with wide vectors, element-wise loops 1.1 to 2.
#include "ke-build/search/synthesizers/flag_sets.h"

#include "ke-build/base/process.h"
#include "ke-build/base/text.h"
#include "ke-build/model/candidate.h"
#include "ke-build/model/spec.h"

#include <algorithm>

namespace ke {
namespace {

using Flags = std::vector<std::string>;

Flags operator+(Flags left, const Flags& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

char optimisation_level(const Recipe& recipe) {
  char level = '0';
  for (const std::string& flag : recipe.flags) {
    if (flag == "-O")
      level = '1';
    else if (starts_with(flag, "-O") && flag.size() > 2)
      level = flag == "-Ofast" ? '3' : flag[2];
  }
  return level;
}

// Comments and strings would count as code otherwise; the search is heuristic, but it should not be that
// naive.
std::string code_of(const std::string& source) {
  std::string code;
  for (size_t i = 0; i < source.size(); ++i) {
    if (source.compare(i, 2, "//") == 0) {
      i = std::min(source.find('\n', i), source.size());
      code += '\n';
    } else if (source.compare(i, 2, "/*") == 0) {
      const size_t end = source.find("*/", i + 2);
      i = end == std::string::npos ? source.size() : end + 1;
    } else if (source[i] == '"') {
      for (++i; i < source.size() && source[i] != '"' && source[i] != '\n'; ++i)
        i += source[i] == '\\' ? 1 : 0;
    } else {
      code += source[i];
    }
  }
  return code;
}

bool calls_math(const std::string& code) {
  static const char* const kNames[] = {"exp", "log",  "sqrt", "pow",   "sin",  "cos",   "tan", "tanh",
                                       "erf", "fmax", "fmin", "floor", "ceil", "round", "fabs"};
  for (const char* name : kNames) {
    for (const char* suffix : {"(", "f("}) {
      if (code.find(std::string(name) + suffix) != std::string::npos) return true;
    }
  }
  return false;
}

bool divides(const std::string& code) {
  for (size_t at = code.find('/'); at != std::string::npos; at = code.find('/', at + 1)) {
    const bool path = at > 0 && (std::isalpha(static_cast<unsigned char>(code[at - 1])) != 0) &&
                      at + 1 < code.size() &&
                      std::isalpha(static_cast<unsigned char>(code[at + 1])) != 0;  // #include <sys/mman.h>
    if (!path) return true;
  }
  return false;
}

bool is_clang(const std::string& program) { return program.find("clang") != std::string::npos; }
bool is_gnu(const std::string& program) {
  return !is_clang(program) &&
         (program.find("g++") != std::string::npos || program.find("gcc") != std::string::npos);
}

const Flags kSafe = {"-fno-math-errno", "-fno-trapping-math"};
const Flags kReassociate = kSafe + Flags{"-fassociative-math", "-fno-signed-zeros"};
const Flags kRelaxed = kReassociate + Flags{"-freciprocal-math"};

void add_composites(const FlagFacts& facts, std::vector<FlagSet>& sets) {
  const Flags base = facts.level == '3' ? Flags{} : Flags{"-O3"};
  const Flags isa = facts.native ? Flags{"-march=native"} : Flags{};
  const double wide = facts.native ? 1.6 : 1.0;
  const double level = facts.level == '3' ? 1.0 : facts.level == '2' ? 1.1 : 2.0;
  if (!base.empty()) sets.push_back({"O3", base, level * 1.02});
  if (facts.native) sets.push_back({"native", base + isa, level * wide});
  if (facts.inexact) {
    const double math = facts.calls_math ? 1.25 : 1.05;
    const double sums = facts.reduces ? 2.5 : 1.1;
    sets.push_back({"value-safe", base + isa + kSafe, level * wide * math});
    sets.push_back({"reassociate", base + isa + kReassociate, level * wide * math * sums});
    if (facts.divides) sets.push_back({"relaxed", base + isa + kRelaxed, level * wide * math * sums * 1.03});
    if (facts.finite_only) {
      sets.push_back({"fast-math", base + isa + Flags{"-ffast-math"}, level * wide * math * sums * 1.1});
    }
    if (facts.clang && facts.calls_math) {  // g++ has its vector functions declared in the source instead
      sets.push_back({"veclib", base + isa + kReassociate + Flags{"-fveclib=libmvec"},
                      level * wide * math * sums * 1.5});
    }
  }
}

void add_singles(const FlagFacts& facts, std::vector<FlagSet>& sets) {
  sets.push_back({"unroll", {"-funroll-loops"}, 1.06});
  if (facts.wide) {
    sets.push_back({"width-512", {"-mprefer-vector-width=512"}, 1.05});
    sets.push_back({"width-256", {"-mprefer-vector-width=256"}, 1.04});
    if (facts.inexact && facts.clang) sets.push_back({"contract", {"-ffp-contract=fast"}, 1.05});
    if (facts.inexact) sets.push_back({"no-contract", {"-ffp-contract=off"}, 0.97});
  }
  if (facts.gnu) {
    sets.push_back({"vectorize-always", {"-fvect-cost-model=unlimited"}, 1.05});
    if (facts.level == '2')
      sets.push_back({"vectorize-dynamic", {"-ftree-vectorize", "-fvect-cost-model=dynamic"}, 1.1});
    sets.push_back({"prefetch", {"-fprefetch-loop-arrays"}, 1.01});
    sets.push_back({"no-vectorize", {"-fno-tree-vectorize"}, 0.95});
  }
  if (facts.clang) sets.push_back({"no-vectorize", {"-fno-vectorize", "-fno-slp-vectorize"}, 0.95});
  if (facts.has_simd_pragma) sets.push_back({"openmp-simd", {"-fopenmp-simd"}, 1.5});
  if (facts.level == '3') sets.push_back({"O2", {"-O2"}, 0.98});
}

}  // namespace

FlagFacts flag_facts(const Operator& op, const Recipe& recipe, const std::string& source,
                     const std::vector<std::string>& flags) {
  FlagFacts facts;
  const std::string code = code_of(source), other = other_compiler(flags);
  facts.clang = other.empty() ? ends_with(recipe.compiler_id, "Clang") : is_clang(other);
  facts.gnu = other.empty() ? recipe.compiler_id == "GNU" : is_gnu(other);
  facts.native = op.isa == Isa::native;
  facts.wide = facts.native || code.find("target_clones") != std::string::npos ||
               std::any_of(recipe.flags.begin(), recipe.flags.end(), [](const std::string& flag) {
                 return starts_with(flag, "-march=") || starts_with(flag, "-mavx");
               });
  facts.finite_only = op.contract.finite_only;
  const bool floating = std::any_of(op.arguments.begin(), op.arguments.end(),
                                    [](const Argument& argument) { return is_floating(argument.dtype); });
  facts.inexact = floating && op.tolerance.kind != Tolerance::Kind::exact;
  facts.reduces = code.find("+=") != std::string::npos;
  facts.divides = divides(code);
  facts.calls_math = calls_math(code);
  facts.has_simd_pragma = code.find("#pragma omp simd") != std::string::npos &&
                          std::none_of(recipe.flags.begin(), recipe.flags.end(),
                                       [](const std::string& flag) { return starts_with(flag, "-fopenmp"); });
  facts.level = optimisation_level(recipe);
  return facts;
}

std::vector<std::string> usable_compilers(const Operator& op, const Recipe& recipe) {
  std::vector<std::string> usable;
  for (const std::string& program : op.other_compilers) {
    const bool same_family =
        is_clang(program) ? ends_with(recipe.compiler_id, "Clang") : recipe.compiler_id == "GNU";
    if ((is_clang(program) || is_gnu(program)) && !same_family && find_program(program))
      usable.push_back(program);
  }
  return usable;
}

std::vector<std::string> common_flags(std::vector<std::string> flags) {
  std::erase_if(flags, [](const std::string& flag) {
    static const char* const kOwn[] = {"-fvect-cost-model",      "-ftree-",    "-fno-tree-",
                                       "-fprefetch-loop-arrays", "-fveclib",   "-fno-vectorize",
                                       "-fno-slp-vectorize",     kCompilerFlag};
    return std::any_of(std::begin(kOwn), std::end(kOwn),
                       [&](const char* prefix) { return starts_with(flag, prefix); });
  });
  return flags;
}

std::vector<FlagSet> flag_sets(const FlagFacts& facts) {
  std::vector<FlagSet> sets;
  if (!facts.gnu && !facts.clang) return sets;  // other compilers spell their flags differently
  add_composites(facts, sets);
  add_singles(facts, sets);
  return sets;
}

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/legality.h"

#include "ke-build/base/text.h"
#include "ke-build/model/tunables.h"

#include <algorithm>
#include <cctype>

namespace ke {
namespace {

enum class Needs { nothing, finite, native, threads, never };
struct Rule {
  const char* prefix;
  bool whole;  // the flag must be equal to, not only begin with, `prefix`
  Needs needs;
  const char* why;
};

// First match wins. What matches nothing here is legal when it is an optimisation flag (-O, -f, -m).
constexpr Rule kRules[] = {
    {"-mtune=", false, Needs::nothing, nullptr},
    {"-mprefer-vector-width=", false, Needs::nothing, nullptr},
    {"-ffast-math", true, Needs::finite, "lets the compiler assume that NaN and Inf never occur"},
    {"-Ofast", true, Needs::finite, "implies -ffast-math: NaN and Inf are assumed never to occur"},
    {"-ffinite-math-only", true, Needs::finite, "lets the compiler assume that NaN and Inf never occur"},
    {"-fno-honor-nans", true, Needs::finite, "lets the compiler assume that NaN never occurs"},
    {"-fno-honor-infinities", true, Needs::finite, "lets the compiler assume that Inf never occurs"},
    {"-ffp-model=fast", false, Needs::finite, "implies -ffast-math"},
    {"-fopenmp-simd", true, Needs::nothing, nullptr},
    {"-fopenmp", false, Needs::threads, "starts threads"},
    {"-ftree-parallelize-loops", false, Needs::threads, "starts threads"},
    {"-floop-parallelize-all", false, Needs::threads, "starts threads"},
    {"-fplugin", false, Needs::never, "loads code into the compiler"},
    {"-fprofile", false, Needs::never, "reads or writes profile files that the repository does not have"},
    {"-fbranch-probabilities", false, Needs::never, "reads profile files that the repository does not have"},
    {"-fvpt", false, Needs::never, "reads profile files that the repository does not have"},
    {"-ftest-coverage", false, Needs::never, "writes files"},
    {"-fcallgraph-info", false, Needs::never, "writes files"},
    {"-fstack-usage", false, Needs::never, "writes files"},
    {"-fsave-optimization-record", false, Needs::never, "writes files"},
    {"-fopt-info", false, Needs::never, "writes files"},
    {"-fdiagnostics", false, Needs::never, "is not an optimisation"},
    {"-foffload", false, Needs::never, "starts other compilers"},
    {"-fcompare-debug", false, Needs::never, "is not an optimisation"},
    {"-fmodule", false, Needs::never, "starts programs and writes files"},
    {"-fself-test", false, Needs::never, "is not an optimisation"},
    {"-fuse-ld", false, Needs::never, "changes how the target is linked"},
    {"-fopenacc", false, Needs::threads, "starts threads"},
    {"-fgnu-tm", false, Needs::never, "links another run time"},
    {"-fsplit-stack", false, Needs::never, "links another run time"},
    {"-finput-charset", false, Needs::never, "changes the language"},
    {"-fexec-charset", false, Needs::never, "changes the language"},
    {"-fpreprocessed", false, Needs::never, "changes the language"},
    {"-fdirectives-only", false, Needs::never, "changes the language"},
    {"-fmacro-prefix-map", false, Needs::never, "changes the language"},
    {"-ffile-prefix-map", false, Needs::never, "changes the language"},
    {"-fno-threadsafe-statics", false, Needs::never, "changes the language"},
    {"-fsingle-precision-constant", false, Needs::never, "changes the language"},
    {"-fsigned-bitfields", false, Needs::never, "changes the language"},
    {"-funsigned-bitfields", false, Needs::never, "changes the language"},
    {"-fno-signed-bitfields", false, Needs::never, "changes the language"},
    {"-fno-unsigned-bitfields", false, Needs::never, "changes the language"},
    {"-fms-extensions", false, Needs::never, "changes the language"},
    {"-fchar8_t", false, Needs::never, "changes the language"},
    {"-fno-enforce-eh-specs", false, Needs::never, "changes the language"},
    {"-fno-operator-names", false, Needs::never, "changes the language"},
    {"-fno-access-control", false, Needs::never, "changes the language"},
    {"-fsyntax-only", false, Needs::never, "is not an optimisation"},
    {"-fauto-profile", false, Needs::never, "reads profile files that the repository does not have"},
    {"-fdump", false, Needs::never, "writes files"},
    {"-flto", false, Needs::never, "changes how the whole target is linked"},
    {"-fsanitize", false, Needs::never, "is not an optimisation"},
    {"-fno-sanitize", false, Needs::never, "hides code from the sanitizers"},
    {"-fasan", false, Needs::never, "hides code from the sanitizers"},
    {"--param=asan", false, Needs::never, "hides code from the sanitizers"},
    {"--param=hwasan", false, Needs::never, "hides code from the sanitizers"},
    {"--param=tsan", false, Needs::never, "hides code from the sanitizers"},
    {"-fcall-", false, Needs::never, "changes the binary interface"},
    {"-ffixed-", false, Needs::never, "changes the binary interface"},
    {"-ftls-model", false, Needs::never, "changes how the target can be linked"},
    {"-fextern-tls-init", false, Needs::never, "changes the binary interface"},
    {"-fno-extern-tls-init", false, Needs::never, "changes the binary interface"},
    {"-fleading-underscore", false, Needs::never, "changes the binary interface"},
    {"-fno-weak", false, Needs::never, "changes the binary interface"},
    {"-fno-gnu-unique", false, Needs::never, "changes the binary interface"},
    {"-fno-use-cxa-atexit", false, Needs::never, "changes the language"},
    {"-fno-asynchronous-unwind-tables", false, Needs::never, "takes away what exceptions and debuggers need"},
    {"-fno-unwind-tables", false, Needs::never, "takes away what exceptions and debuggers need"},
    {"-fstack-limit", false, Needs::never, "changes what the target is linked to"},
    {"-fallow-store-data-races", true, Needs::never, "writes to memory that other threads may be using"},
    {"-finstrument", false, Needs::never, "is not an optimisation"},
    {"-fstack-protector-strong", true, Needs::nothing, nullptr},
    {"-fstack-protector-all", true, Needs::nothing, nullptr},
    {"-fstack-protector", false, Needs::never, "removes hardening where the repository asks for more"},
    {"-fno-stack-protector", false, Needs::never, "removes hardening"},
    {"-fcf-protection=full", true, Needs::nothing, nullptr},
    {"-fcf-protection=", false, Needs::never, "removes hardening"},
    {"-ftrivial-auto-var-init=uninitialized", true, Needs::never, "removes hardening"},
    {"--param=ssp-buffer-size", false, Needs::never, "removes hardening"},
    {"--param=stack-clash-protection", false, Needs::never, "removes hardening"},
    {"-fno-stack-clash-protection", false, Needs::never, "removes hardening"},
    {"-fno-PI", false, Needs::never, "changes how the target can be linked"},
    {"-fno-pi", false, Needs::never, "changes how the target can be linked"},
    {"-fPIE", true, Needs::never, "changes how the target can be linked"},
    {"-fpie", true, Needs::never, "changes how the target can be linked"},
    {"-fpack-struct", false, Needs::never, "changes the binary interface"},
    {"-fshort-", false, Needs::never, "changes the binary interface"},
    {"-fabi-", false, Needs::never, "changes the binary interface"},
    {"-faligned-new", false, Needs::never, "changes the binary interface"},
    {"-fno-aligned-new", false, Needs::never, "changes the binary interface"},
    {"-fsso-struct", false, Needs::never, "changes the binary interface"},
    {"-fwhole-program", false, Needs::never, "changes what the rest of the target can call"},
    {"-fpcc-struct-return", false, Needs::never, "changes the binary interface"},
    {"-freg-struct-return", false, Needs::never, "changes the binary interface"},
    {"-fsigned-char", false, Needs::never, "changes the language"},
    {"-funsigned-char", false, Needs::never, "changes the language"},
    {"-fvisibility", false, Needs::never, "changes the binary interface"},
    {"-fpermissive", false, Needs::never, "changes the language"},
    {"-fno-exceptions", false, Needs::never, "changes the language"},
    {"-fno-rtti", false, Needs::never, "changes the language"},
    {"-f", false, Needs::nothing, nullptr},
    {"-O", false, Needs::nothing, nullptr},
    {"--param=", false, Needs::nothing, nullptr},
    {"-m32", true, Needs::never, "changes the binary interface"},
    {"-mx32", true, Needs::never, "changes the binary interface"},
    {"-mabi", false, Needs::never, "changes the binary interface"},
    {"-mlong-double", false, Needs::never, "changes the binary interface"},
    {"-malign-double", true, Needs::never, "changes the binary interface"},
    {"-mcmodel", false, Needs::never, "changes the binary interface"},
    {"-mms-bitfields", false, Needs::never, "changes the binary interface"},
    {"-mpreferred-stack-boundary", false, Needs::never, "changes the binary interface"},
    {"-mincoming-stack-boundary", false, Needs::never, "changes the binary interface"},
    {"-m96bit-long-double", false, Needs::never, "changes the binary interface"},
    {"-m128bit-long-double", false, Needs::never, "changes the binary interface"},
    {"-mno-80387", false, Needs::never, "changes the binary interface"},
    {"-msoft-float", false, Needs::never, "changes the binary interface"},
    {"-mregparm", false, Needs::never, "changes the binary interface"},
    {"-masm=", false, Needs::never, "changes the language"},
    {"-mpc32", true, Needs::never, "changes the floating-point state of the whole program"},
    {"-mpc64", true, Needs::never, "changes the floating-point state of the whole program"},
    {"-mpc80", true, Needs::never, "changes the floating-point state of the whole program"},
    {"-mdaz-ftz", true, Needs::never, "changes the floating-point state of the whole program"},
    {"-m", false, Needs::native, "assumes instructions that other machines lack"},
};

bool matches(const Rule& rule, const std::string& flag) {
  return rule.whole ? flag == rule.prefix : starts_with(flag, rule.prefix);
}

std::string verdict(const Rule& rule, const Operator& op, const std::string& flag) {
  if (rule.needs == Needs::nothing) return "";
  const std::string text = flag + ": " + rule.why;
  switch (rule.needs) {
    case Needs::nothing:
      break;
    case Needs::finite:
      return op.contract.finite_only ? "" : text + "; the contract does not say \"finite_only\": true";
    case Needs::native:
      return op.isa == Isa::native ? "" : text + "; the spec's targets say isa portable";
    case Needs::threads:
      return op.contract.threads > 1 ? "" : text + "; the contract says one thread";
    case Needs::never:
      break;
  }
  return text;
}

bool is_identifier(const std::string& name) {
  return !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

/// `KE_TILE`, `KE_TILE=` or `KE_TILE=8`
bool is_choice(const std::string& definition) {
  const size_t equals = definition.find('=');
  if (equals == std::string::npos) return is_identifier(definition);
  if (is_word_of_orders(std::string_view(definition).substr(equals + 1))) return false;
  return is_identifier(definition.substr(0, equals)) &&
         std::all_of(definition.begin() + static_cast<std::ptrdiff_t>(equals) + 1, definition.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

std::string illegal_tunable(const Operator& op, const std::string& name, const std::string& value) {
  const auto declared = std::find_if(op.kernel.tunables.begin(), op.kernel.tunables.end(),
                                     [&](const Tunable& tunable) { return tunable.name == name; });
  if (!is_identifier(name) || declared == op.kernel.tunables.end()) {
    return "tunable '" + name + "' is not declared in " + op.spec_path;
  }
  const std::vector<std::string>& values = declared->values;
  if (std::find(values.begin(), values.end(), value) != values.end() || value == declared->initial) return "";
  return "tunable " + name + " may not be '" + value + "'; declared are " + join_texts(values, ", ");
}

}  // namespace

bool is_word_of_orders(std::string_view word) {
  return std::find(std::begin(kWordsOfOrders), std::end(kWordsOfOrders), word) != std::end(kWordsOfOrders);
}

std::string illegal_flag(const Operator& op, const std::string& flag) {
  if (starts_with(flag, kCompilerFlag)) {
    const std::string program = other_compiler({flag});
    const bool allowed =
        std::find(op.other_compilers.begin(), op.other_compilers.end(), program) != op.other_compilers.end();
    return allowed ? "" : flag + ": another compiler; the spec's targets do not name it in other_compilers";
  }
  for (const std::string& forbidden : op.forbidden_flags) {
    if (flag == forbidden || starts_with(flag, forbidden + "="))
      return flag + ": forbidden by the spec's targets";
  }
  if (starts_with(flag, "-") && flag.find('/') != std::string::npos)
    return flag + ": names a file, which no optimisation needs";
  for (const Rule& rule : kRules) {
    if (matches(rule, flag)) return verdict(rule, op, flag);
  }
  // KE_ macros select between variants that our own rewrites put into the source; what they stand for is said
  // there, where rules can see it.
  if (starts_with(flag, "-DKE_"))
    return is_choice(flag.substr(2)) ? "" : flag + ": -DKE_ macros may be numbers or names only";
  return flag + ": only optimisation flags (-O, -f, -m) may be added";
}

std::string illegal_candidate(const Operator& op, const Candidate& candidate) {
  for (const std::string& flag : candidate.flags) {
    if (std::string why = illegal_flag(op, flag); !why.empty()) return why;
  }
  for (const auto& [name, value] : candidate.tunables) {
    if (std::string why = illegal_tunable(op, name, value); !why.empty()) return why;
  }
  return broken_constraint(op, candidate.tunables);
}

}  // namespace ke

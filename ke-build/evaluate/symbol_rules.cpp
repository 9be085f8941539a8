// SPDX-License-Identifier: MIT
#include "ke-build/evaluate/symbol_rules.h"

#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/base/text.h"

#include <algorithm>
#include <set>
#include <string_view>

#include <dlfcn.h>
#include <elf.h>

namespace ke {
namespace {

constexpr const char* kLoadsCode =
    "loads code at run time that the repository does not link; call what it links";
constexpr const char* kRename = "; make it static, or give it another name";

// What they set stays set when the kernel has returned, for everybody.
constexpr std::string_view kChangesAll[] = {"mallopt",
                                            "setlocale",
                                            "uselocale",
                                            "setenv",
                                            "putenv",
                                            "unsetenv",
                                            "clearenv",
                                            "chdir",
                                            "fchdir",
                                            "umask",
                                            "on_exit",
                                            "at_quick_exit",
                                            "omp_set_num_threads",
                                            "omp_set_dynamic",
                                            "omp_set_nested",
                                            "omp_set_schedule",
                                            "omp_set_max_active_levels",
                                            "omp_set_num_teams",
                                            "omp_set_default_device",
                                            "_ZSt13set_terminatePFvvE",
                                            "_ZSt15set_new_handlerPFvvE",
                                            "_ZNSt6locale6globalERKS_",
                                            "_ZNSt8ios_base15sync_with_stdioEb"};
// Signals belong to the program; before a judge, who handles them hides what was refused.
constexpr std::string_view kSignals[] = {"sigaction",    "signal",  "__sysv_signal", "bsd_signal",
                                         "ssignal",      "sigset",  "sigvec",        "siginterrupt",
                                         "sigtimedwait", "sigwait", "sigwaitinfo",   "__libc_sigaction"};

/// Does a library that every program here is linked to define it?
bool in_a_library(const std::string& name) {
  return dlsym(RTLD_DEFAULT, name.c_str()) != nullptr || starts_with(name, "GOMP_") ||
         starts_with(name, "omp_");
}

/// The replaceable operators new and delete of the whole program; those of a class have its name in front.
bool is_allocator(const std::string& name) {
  for (const char* prefix : {"_Znw", "_Zna", "_Zdl", "_Zda"}) {
    if (starts_with(name, prefix)) return true;
  }
  return false;
}

std::string objection_to(const std::string& symbol) {
  if (symbol == "?dlopen" || symbol == "?dlmopen" || symbol == "?dlsym")
    return "calls " + symbol.substr(1) + ": it " + kLoadsCode;
  if (starts_with(symbol, "?")) return "";
  const bool strong = ends_with(symbol, "!");
  const std::string name = strong ? symbol.substr(0, symbol.size() - 1) : symbol;
  for (const char* prefix : {"__asan_", "__ubsan_", "__lsan_", "__tsan_", "__msan_", "__sanitizer_", "ke_"}) {
    if (starts_with(name, prefix)) return "defines " + name + ", a name of the sanitizers or of the judge";
  }
  for (const char* prefix : {"_ZNSt", "_ZNKSt", "_ZSt"}) {
    if (strong && starts_with(name, prefix))
      return "defines " + name + " of namespace std, and so takes the place of a library's function" +
             kRename;
  }
  // Templates of the standard library are weak in every program that uses them; plain functions and the
  // allocator are not, and a weak one takes a library's place like any other.
  const bool instance = starts_with(name, "_Z") && !is_allocator(name);
  if ((strong || !instance) && in_a_library(name))
    return "defines " + name + ", and so takes the place of a library's function" + kRename;
  return "";
}

std::string objection_to_need(const std::string& name) {
  const auto among = [&](const auto& names) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
  };
  if (among(kChangesAll)) {
    const bool openmp = starts_with(name, "omp_");
    return "needs " + name + ", which changes the state of the whole program; " +
           (openmp ? "clauses of a pragma, such as num_threads(n) and schedule(...), do not"
                   : "do without it");
  }
  if (name == "getauxval")
    return "needs getauxval: it chooses code by the machine in a way that cannot be checked here for others";
  if (among(kSignals)) return "needs " + name + ": it handles signals, which a kernel has no use for";
  return "";
}

/// Names that begin with two underscores belong to the compiler; its library's own are no part of an object.
bool is_reserved(const std::string& name) {
  return starts_with(name, "__") && name != "__clang_call_terminate";
}

Result<std::set<std::string>> resolvers_of(const std::string& object) {
  KE_TRY(const std::string bytes, read_file(object));
  KE_TRY(const ElfImage image, read_elf(bytes, object));
  std::set<std::string> names, all;
  for (const ElfSymbol& symbol : image.symbols) all.insert(symbol.name);
  // `target_clones` leaves the name of its resolver.
  for (const ElfSymbol& symbol : image.symbols) {
    if (symbol.kind == STT_GNU_IFUNC && !all.contains(symbol.name + ".resolver")) names.insert(symbol.name);
  }
  return names;
}

Result<std::string> illegal_object(const std::string& baseline, const std::string& object) {
  KE_TRY(const std::string before_bytes, read_file(baseline));
  KE_TRY(const std::string after_bytes, read_file(object));
  KE_TRY(const std::set<std::string> before, shared_symbols(before_bytes, baseline));
  KE_TRY(const std::set<std::string> after, shared_symbols(after_bytes, object));
  for (const std::string& symbol : after) {
    if (before.contains(symbol)) continue;
    const bool needed = starts_with(symbol, "?");
    const std::string name = needed ? symbol.substr(1) : symbol.substr(0, symbol.find('!'));
    if (std::string why = needed ? objection_to_need(name) : ""; !why.empty()) return why;
    if (!needed && is_reserved(name))
      return "defines " + name + ", and so takes the place of something of the compiler's own library" +
             kRename;
  }
  KE_TRY(const std::set<std::string> resolvers_before, resolvers_of(baseline));
  KE_TRY(const std::set<std::string> resolvers, resolvers_of(object));
  for (const std::string& name : resolvers) {
    if (!resolvers_before.contains(name))
      return "chooses " + name +
             " by a resolver of its own: by the machine, in a way that cannot be checked here for others; "
             "__builtin_cpu_supports() and target_clones can be";
  }
  return std::string();
}

}  // namespace

Result<std::string> illegal_symbols(const std::string& baseline_program, const std::string& program) {
  KE_TRY(const std::string before_bytes, read_file(baseline_program));
  KE_TRY(const std::string after_bytes, read_file(program));
  KE_TRY(const std::set<std::string> before, shared_symbols(before_bytes, baseline_program));
  KE_TRY(const std::set<std::string> after, shared_symbols(after_bytes, program));
  for (const std::string& symbol : after) {
    if (before.contains(symbol)) continue;
    if (std::string why = objection_to(symbol); !why.empty()) return why;
  }
  return illegal_object(baseline_program + ".o", program + ".o");
}

Result<std::string> missing_entry(const std::string& baseline_program, const std::string& program,
                                  const std::string& entry) {
  KE_TRY(const std::string before_bytes, read_file(baseline_program));
  KE_TRY(const std::string after_bytes, read_file(program));
  KE_TRY(const std::set<std::string> before, shared_symbols(before_bytes, baseline_program));
  KE_TRY(const std::set<std::string> after, shared_symbols(after_bytes, program));
  const std::string mangled = std::to_string(entry.size()) + entry;
  for (const std::string& symbol : before) {
    if (entry.empty() || !ends_with(symbol, "!") || after.contains(symbol)) continue;
    const std::string name = symbol.substr(0, symbol.size() - 1);
    if (name == entry || (starts_with(name, "_Z") && name.find(mangled) != std::string::npos))
      return "it does not define " + name + " any more, which the rest of the repository calls";
  }
  return std::string();
}

}  // namespace ke

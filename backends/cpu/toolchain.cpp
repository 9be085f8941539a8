// SPDX-License-Identifier: MIT
#include "backends/cpu/toolchain.h"

#include "backends/cpu/pure_build.h"
#include "ke-build/base/files.h"
#include "ke-build/base/process.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/sanitize.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

namespace ke::cpu {
namespace {

namespace fs = std::filesystem;

// Checks of null pointers forbid constant expressions on addresses; who follows one is ended by SIGSEGV
// anyway.
const std::vector<std::string> kSanitize = {"-fsanitize=address,undefined",
                                            "-fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute",
                                            "-fno-sanitize-recover=all"};

bool is_reference(Role role) {
  return role == Role::reference || role == Role::promoted || role == Role::lowered;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

// A reference must be right, not fast: no value-changing option, and warnings are no business of this build.
bool fit_for_reference(const std::string& flag) {
  return !starts_with(flag, "-W") && !starts_with(flag, "-O") && flag != "-pedantic-errors" &&
         flag.find("-math") == std::string::npos && !starts_with(flag, "-fno-signed-zeros") &&
         !starts_with(flag, "-fno-honor");
}

bool wants_openmp(const BuildOrder& order) {
  const auto is_openmp = [](const std::string& flag) {
    return flag == "-fopenmp" || starts_with(flag, "-fopenmp=");
  };
  return std::any_of(order.recipe.flags.begin(), order.recipe.flags.end(), is_openmp) ||
         std::any_of(order.candidate.flags.begin(), order.candidate.flags.end(), is_openmp);
}

// The outermost folder around the source that is still described by a CMakeLists.txt: relative includes stay
// inside it.
std::string project_root(const std::string& source) {
  fs::path folder = fs::path(source).parent_path(), root = folder;
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    if (fs::exists(folder / "CMakeLists.txt")) root = folder;
    if (fs::exists(folder / ".git")) break;
  }
  return root.string();
}

/// A kernel that asks whether assertions are on must be right either way: its sanitizer build is of the other
/// kind. Empty where it does not ask.
std::string other_build_type(const BuildOrder& order) {
  if (!asks_for_assertions(order.candidate.source)) return "";
  const auto names_it = [](const std::string& word) {
    return word == "NDEBUG" || starts_with(word, "NDEBUG=");
  };
  bool release = false;
  for (const std::string& define : order.recipe.defines) release = release || names_it(define);
  for (const std::string& flag : order.recipe.flags)
    release = flag == "-UNDEBUG" ? false : release || (starts_with(flag, "-D") && names_it(flag.substr(2)));
  return release ? "-UNDEBUG" : "-DNDEBUG";
}

}  // namespace

bool is_instrumented(Role role) { return role == Role::sanitized || role == Role::traced; }

std::string linker_for(const Recipe& recipe) {
  if (recipe.language != "C") return recipe.compiler;
  const fs::path compiler = recipe.compiler;
  std::string name = compiler.filename().string();
  for (const auto& [c, cxx] :
       {std::pair{"gcc", "g++"}, std::pair{"clang", "clang++"}, std::pair{"cc", "c++"}}) {
    const size_t at = name.find(c);
    if (at == std::string::npos) continue;
    const std::string sibling = (compiler.parent_path() / replace_all(name, c, cxx)).string();
    return exists(sibling) ? sibling : recipe.compiler;
  }
  return recipe.compiler;
}

std::string original_source(const BuildOrder& order) {
  return order.role == Role::reference ? order.op.reference.source : order.recipe.source;
}

// What compilers may do with sums where the contract allows it; NaN and infinities keep their meaning.
std::vector<std::string> relaxed_flags() {
  std::vector<std::string> flags = {"-O3",
                                    "-w",
                                    "-ffp-contract=fast",
                                    "-fassociative-math",
                                    "-fno-signed-zeros",
                                    "-fno-trapping-math",
                                    "-fno-math-errno"};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) append(flags, {"-mavx2", "-mfma"});
#endif
  return flags;
}

std::string language_of(const BuildOrder& order) {
  if (order.role != Role::reference) return order.recipe.language;
  return ends_with(order.op.reference.source, ".c") ? "C" : "CXX";
}

std::vector<std::string> compile_line(const BuildOrder& order, const std::string& adapter,
                                      const std::string& instrumented_level) {
  const Recipe& recipe = order.recipe;
  const bool foreign = language_of(order) != recipe.language;
  // Sanitizers and references stay with the compiler whose run time is linked.
  const std::string other = order.role == Role::kernel ? other_compiler(order.candidate.flags) : "";
  const std::string compiler = other.empty() ? recipe.compiler : find_program(other).value_or(other);
  std::vector<std::string> argv = {foreign ? linker_for(recipe) : compiler};
  for (const std::string& flag : recipe.flags) {
    if (is_reference(order.role) && !fit_for_reference(flag)) continue;
    if (!foreign || !starts_with(flag, "-std=")) argv.push_back(flag);
  }
  for (const std::string& define : recipe.defines) argv.push_back("-D" + define);
  append(argv, recipe.includes);
  for (const auto& [name, value] : order.candidate.tunables) argv.push_back("-D" + name + "=" + value);
  if (is_reference(order.role)) {
    append(argv, {"-O2", "-fno-fast-math", "-ffp-contract=off", "-w"});
    if (foreign) append(argv, {"-x", language_of(order) == "C" ? "c" : "c++"});
  } else if (order.role == Role::kernel || other_compiler(order.candidate.flags).empty()) {
    for (const std::string& flag : order.candidate.flags)
      if (!starts_with(flag, kCompilerFlag)) argv.push_back(flag);
  }  // flags of another compiler mean nothing to the repository's own
  if (is_instrumented(order.role)) {
    // Dispatch resolvers run before the sanitizers' run time is there; the plain variant is the one that is
    // looked at.
    append(argv, {instrumented_level, "-g", "-UKE_CLONES", "-DKE_CLONES=", "-Dtarget_clones(...)=unused",
                  "-Wno-error", "-U_FORTIFY_SOURCE"});
  }
  // objdump of binutils 2.40 takes the first file of a table of DWARF 5 for the one before it.
  if (order.role == Role::traced)
    append(argv,
           {"-gdwarf-4", recipe.compiler_id == "GNU" ? "-fsanitize-coverage=trace-pc,trace-cmp"
                                                     : "-fsanitize-coverage=bb,no-prune,trace-pc,trace-cmp"});
  if (order.role == Role::sanitized) {
    append(argv, kSanitize);
    if (const std::string other = other_build_type(order); !other.empty()) argv.push_back(other);
  }
  if (order.role == Role::relaxed) append(argv, relaxed_flags());
  // The call must reach whatever the linker finds under the name.
  if (order.role == Role::linked) {
    append(argv, {"-O0", "-fno-inline", "-fno-lto", "-w"});
    // g++ drops the stack's alignment for a callee that it sees and that needs none; the linker puts another
    // in its place.
    if (recipe.compiler_id == "GNU" && std::atoi(recipe.compiler_version.c_str()) >= 9)
      argv.push_back("-fno-ipa-stack-alignment");
  }
#if defined(__x86_64__)
  // The assembler notes down what instructions it has seen, its own text included
  // (ke-build/evaluate/symbol_rules.cpp).
  const bool own_assembler = recipe.compiler_id == "GNU" && other_compiler(order.candidate.flags).empty();
  if (order.role == Role::kernel && own_assembler) argv.push_back("-Wa,-mx86-used-note=yes");
#endif
  if (is_pure(order)) append(argv, pure_flags());
  // Whoever finds out in which file it stands, by an assertion of a library say, hears what the repository's
  // build says.
  const std::string name = fs::path(original_source(order)).filename().string();
  for (const char* folder : {"source/", "baseline/"})
    argv.push_back("-fmacro-prefix-map=" + (folder + name) + "=" + original_source(order));
  append(argv, {"-iquote", fs::path(original_source(order)).parent_path().string(), "-MD", "-MF",
                order.name + ".d", "-c", adapter, "-o", order.name + ".o"});
  return argv;
}

std::vector<std::string> link_line(const BuildOrder& order, const std::vector<std::string>& objects,
                                   const std::string& program) {
  std::vector<std::string> argv = {linker_for(order.recipe)};
  append(argv, objects);
  append(argv, order.recipe.link);
  std::set<std::string> folders;
  for (const std::string& input : order.recipe.link) {
    if (input.find(".so") == std::string::npos || input[0] != '/') continue;
    const std::string folder = fs::path(input).parent_path().string();
    if (folders.insert(folder).second) argv.push_back("-Wl,-rpath," + folder);
  }
  // The target's archive may hold the original of what the adapter defines; the adapter's stands first and
  // wins.
  append(argv, {"-Wl,--allow-multiple-definition", "-pthread", "-lm"});
  if (wants_openmp(order)) argv.push_back("-fopenmp");
  if (order.role == Role::sanitized) append(argv, kSanitize);
  append(argv, {"-o", program});
  return argv;
}

// The product is named by everything that it depends on.
Result<std::string> cached_product(const std::string& kind, std::vector<std::string> argv,
                                   const std::string& source, const std::string& key,
                                   const std::string& cache_dir) {
  const std::string product = join(cache_dir, kind + "-" + short_hash(key + '\0' + join_texts(argv, " ")));
  KE_DO(make_dirs(cache_dir));
  // Whoever is given the file may have been given this very inode: no second one may take its place.
  KE_TRY(const FileLock lock, FileLock::acquire(product + ".lock", 300));
  if (exists(product)) return product;
  KE_TRY(const TempDir scratch, TempDir::make("ke-" + kind));
  const std::string made = join(scratch.path(), kind);
  append(argv, {source, "-o", made});
  Command command;
  command.argv = argv;
  command.timeout_s = 120;
  auto built = run_or_fail(command);
  if (!built)
    return std::move(built).error().note("while compiling the runner with the repository's compiler");
  KE_TRY(const std::string content, read_file(made));
  KE_DO(write_file(product, content));
  return product;
}

Result<std::string> padding_object(const Recipe& recipe, int bytes, const std::string& cache_dir) {
  KE_TRY(const TempDir scratch, TempDir::make("ke-padding"));
  const std::string source = join(scratch.path(), "padding.cpp");
  const std::string text = "__asm__(\".text\\n.skip " + std::to_string(bytes) + "\");\n";
  KE_DO(write_file(source, text));
  return cached_product("padding.o", {linker_for(recipe), "-O2", "-c"}, source,
                        text + recipe.compiler_version, cache_dir);
}

Result<std::string> runner_object(const Recipe& recipe, Role role, const std::string& cache_dir) {
  const std::string source = join(share_dir(), "backends/cpu/runner_main.cpp");
  KE_TRY(const std::string text, read_file(source));
  std::string headers;
  for (const char* name : {"other_world.h", "runner_call.h", "runner_filter.h", "runner_once.h",
                           "runner_protocol.h", "trace_calls.h", "trace_table.h"}) {
    KE_TRY(const std::string header, read_file(join(share_dir(), std::string("backends/cpu/") + name)));
    headers += header + '\0';
  }
  std::vector<std::string> argv = {linker_for(recipe), "-std=c++17", "-O2", "-c", "-I", share_dir()};
  if (role == Role::sanitized) append(argv, kSanitize);
  if (role == Role::traced) argv.push_back("-DKE_TRACED");
  return cached_product("runner.o", argv, source, text + '\0' + headers + recipe.compiler_version, cache_dir);
}

std::vector<std::string> readable_paths(const BuildOrder& order) {
  std::set<std::string> paths = {project_root(order.recipe.source),
                                 fs::path(original_source(order)).parent_path().string()};
  if (!order.recipe.directory.empty()) paths.insert(order.recipe.directory);
  for (const std::string& argument : order.recipe.includes) {
    const size_t at = argument.find('/');
    if (at != std::string::npos && exists(argument.substr(at))) paths.insert(argument.substr(at));
  }
  for (const std::string& input : order.recipe.link) {
    if (!input.empty() && input[0] == '/' && exists(input)) paths.insert(input);
  }
  return {paths.begin(), paths.end()};
}

std::vector<std::string> make_dependencies(const std::string& rule) {
  std::vector<std::string> files;
  const size_t colon = rule.find(": ");
  if (colon == std::string::npos) return files;
  std::string name;
  const auto flush = [&] {
    if (!name.empty()) files.push_back(name);
    name.clear();
  };
  for (size_t i = colon + 2; i < rule.size(); ++i) {
    if (rule[i] == '\\' && i + 1 < rule.size()) {
      ++i;
      rule[i] == '\n' ? flush() : name.push_back(rule[i]);
    } else if (rule[i] == ' ' || rule[i] == '\n') {
      flush();
    } else {
      name.push_back(rule[i]);
    }
  }
  flush();
  return files;
}

}  // namespace ke::cpu

// SPDX-License-Identifier: MIT
// The processor itself as a backend: adapter, compiler and linker in the sandbox, one program per evaluation.
#include "backends/cpu/adapter.h"
#include "backends/cpu/build_errors.h"
#include "backends/cpu/installation.h"
#include "backends/cpu/pure_build.h"
#include "backends/cpu/toolchain.h"
#include "ke-build/base/clock.h"
#include "ke-build/base/elf.h"
#include "ke-build/base/files.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/ceilings.h"
#include "ke-build/evaluate/sandbox.h"

#include <algorithm>
#include <filesystem>
#include <thread>

namespace ke {
namespace cpu {
namespace {

namespace fs = std::filesystem;

std::string file_name(const BuildOrder& order) {
  return fs::path(original_source(order)).filename().string();
}
std::string source_name(const BuildOrder& order) { return "source/" + file_name(order); }

// `runner_object` lies outside of the folder.
SandboxPolicy compiler_policy(const BuildOrder& order, const std::string& runner_object) {
  SandboxPolicy policy;
  policy.role = SandboxRole::compiler;
  policy.readable = readable_paths(order);
  policy.readable.push_back(runner_object);
  policy.readable.push_back(fs::path(order.recipe.compiler).parent_path().string());
  for (const std::string& folder : installation_of(order.recipe.compiler)) policy.readable.push_back(folder);
  policy.writable = {order.folder};
  policy.limits.wall_s = order.timeout_s;
  policy.limits.cpu_s = order.timeout_s;
  policy.environment = {"PATH", "LANG", "LC_ALL"};
  return policy;
}

Result<bool> step(const std::vector<std::string>& argv, const BuildOrder& order, const SandboxPolicy& policy,
                  Product& product) {
  Command command;
  command.argv = argv;
  command.directory = order.folder;
  command.timeout_s = order.timeout_s;
  command.environment["TMPDIR"] = ".";  // by access(2) a folder below private ones cannot be named otherwise
  KE_TRY(const SandboxExit exit, run_sandboxed(command, policy));
  if (exit.succeeded()) return true;
  product.timed_out = exit.timed_out || exit.exceeded == SandboxExit::Limit::wall;
  const std::string said = first_errors(exit.err.empty() ? exit.out : exit.err);
  product.failure = product.timed_out ? exit.reason : said.empty() ? exit.reason : said;
  return false;
}

// System headers that the source or one of the repository's headers behind it includes; the promoted build
// must have seen them all before `float` changes its meaning. The order of first inclusion is kept.
std::vector<std::string> headers_behind(const BuildOrder& order) {
  std::vector<std::string> names = included_names(order.candidate.source, '<');
  std::vector<std::string> texts;
  const std::string folder = fs::path(order.recipe.source).parent_path().string();
  std::vector<std::string> search = {folder};
  for (const std::string& argument : order.recipe.includes) {
    if (const size_t at = argument.find('/'); at != std::string::npos) search.push_back(argument.substr(at));
  }
  std::vector<std::string> pending = {order.candidate.source}, seen;
  while (!pending.empty() && seen.size() < 200) {
    const std::string text = pending.back();
    pending.pop_back();
    for (const std::string& name : included_names(text, '<')) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    for (const std::string& name : included_names(text, '"')) {
      for (const std::string& place : search) {
        const std::string path = join(place, name);
        if (std::find(seen.begin(), seen.end(), path) != seen.end()) break;
        auto content = read_file(path, 1u << 20);
        if (!content) continue;
        seen.push_back(path);
        pending.push_back(*content);
        break;
      }
    }
  }
  return names;
}

// The library joins only where nothing but its stateless functions is missing: whatever else a kernel needs
// stays missing, and is then named for what it is.
Result<bool> link_pure(const BuildOrder& order, const std::vector<std::string>& objects,
                       const std::string& name, const SandboxPolicy& policy, Product& product) {
  KE_TRY(const bool linked, step(pure_link_line(order, objects, "", name), order, policy, product));
  if (!linked) return false;
  const std::string program = join(order.folder, name), library = stateless_library();
  KE_TRY(const std::string content, read_file(program));
  KE_TRY(const std::set<std::string> symbols, shared_symbols(content, program));
  const bool complete = std::none_of(symbols.begin(), symbols.end(),
                                     [](const std::string& symbol) { return starts_with(symbol, "?"); });
  if (complete || library.empty() || !are_stateless(symbols)) return true;
  return step(pure_link_line(order, objects, library, name), order, policy, product);
}

std::vector<std::string> repository_files(const BuildOrder& order) {
  std::vector<std::string> files;
  auto rule = read_file(join(order.folder, order.name + ".d"));
  if (!rule) return files;
  for (const std::string& name : make_dependencies(*rule)) {
    const std::string path = canonical(name[0] == '/' ? name : join(order.folder, name));
    const bool own = starts_with(path, canonical(order.folder) + "/");
    if (!own && !starts_with(path, "/usr/") && !starts_with(path, "/opt/")) files.push_back(path);
  }
  return files;
}

class CpuBackend : public Backend {
 public:
  std::string name() const override { return "cpu"; }
  std::vector<std::string> languages() const override { return {"cpp", "c", "c++"}; }

  BackendProbe probe() override { return {true, host_facts(), ""}; }

  Result<Product> build(const BuildOrder& order) override {
    const double start = now_s();
    Product product;
    product.program = join(order.folder, order.name);
    // What was linked from an older object is of no use any more.
    for (int layout = 1; exists(product.program + "." + std::to_string(layout)); ++layout) {
      KE_DO(remove_tree(product.program + "." + std::to_string(layout)));
    }
    product.layers = sandbox_layers(SandboxRole::compiler);
    product.reads = installation_of(order.recipe.compiler);
    const bool changes_float = order.role == Role::promoted || order.role == Role::lowered;
    const Adapter adapter = make_adapter(
        order.op, (order.role == Role::linked ? "baseline/" + file_name(order) : source_name(order)),
        language_of(order), order.role, changes_float ? headers_behind(order) : std::vector<std::string>{});
    KE_DO(write_file(join(order.folder, adapter.file_name), adapter.text));
    KE_DO(write_file(join(order.folder, source_name(order)), order.role == Role::promoted
                                                                 ? with_cast_literals(order.candidate.source)
                                                                 : order.candidate.source));
    const bool pure = is_pure(order);
    KE_TRY(const std::string runner, runner_of(order));
    const SandboxPolicy policy = compiler_policy(order, runner);
    KE_TRY(product.built, step(compile_line(order, adapter.file_name), order, policy, product));
    std::vector<std::string> objects = {order.name + ".o"};
    if (product.built && order.role == Role::linked) {
      // Its definitions stand before the baseline's, and the first one wins.
      const BuildOrder own{order.op,     order.recipe,        order.candidate, Role::kernel,
                           order.folder, order.name + "-own", order.cache_dir, order.timeout_s};
      KE_TRY(product.built, step(compile_line(own, source_name(order)), order, policy, product));
      objects.insert(objects.begin(), own.name + ".o");
      product.depends = repository_files(own);
    }
    if (product.built) {
      KE_TRY(product.built, link(order, objects, runner, order.name, policy, product));
    }
    if (!product.built && !product.timed_out && is_instrumented(order.role))
      KE_DO(build_optimised(order, adapter.file_name, runner, policy, product));
    for (const std::string& file : repository_files(order)) product.depends.push_back(file);
    // Another version of the tool comes with another runner.
    if (pure) {
      product.runner = runner;
      product.depends.push_back(runner);
      for (const std::string& file : pure_runner_sources()) product.depends.push_back(file);
    }
    for (const char* file :
         {"backends/cpu/runner_main.cpp", "backends/cpu/runner_call.h", "backends/cpu/runner_filter.h",
          "backends/cpu/runner_once.h", "backends/cpu/runner_protocol.h", "backends/cpu/trace_calls.h",
          "backends/cpu/trace_table.h"}) {
      if (!pure) product.depends.push_back(join(share_dir(), file));
    }
    product.seconds = now_s() - start;
    return product;
  }

  Result<std::vector<std::string>> relink(const BuildOrder& order, int layouts) override {
    KE_TRY(const std::string runner, runner_of(order));
    std::vector<std::string> programs;
    for (int layout = 1; layout <= layouts; ++layout) {
      const std::string name = order.name + "." + std::to_string(layout);
      programs.push_back(join(order.folder, name));
      if (exists(programs.back())) continue;
      // Functions are aligned to 16 bytes, and what they meet in front ends and predictors repeats every 64.
      KE_TRY(const std::string padding, padding_object(order.recipe, 16 * layout, order.cache_dir));
      SandboxPolicy policy = compiler_policy(order, runner);
      policy.readable.push_back(padding);
      Product product;
      KE_TRY(const bool linked, link(order, {padding, order.name + ".o"}, runner, name, policy, product));
      if (!linked) return Error{ErrorCode::tool, "linking again failed: " + product.failure};
    }
    return programs;
  }

 private:
  static Result<std::string> runner_of(const BuildOrder& order) {
    if (is_pure(order)) return pure_runner(order.recipe, order.cache_dir);
    return runner_object(order.recipe, order.role, order.cache_dir);
  }

  /// What needs the optimiser to be built at all: operands of instructions that must become constants,
  /// functions of C that are `inline` only.
  static Result<> build_optimised(const BuildOrder& order, const std::string& adapter,
                                  const std::string& runner, const SandboxPolicy& policy, Product& product) {
    Product again;
    KE_TRY(again.built, step(compile_line(order, adapter, "-O1"), order, policy, again));
    if (again.built) {
      KE_TRY(again.built, link(order, {order.name + ".o"}, runner, order.name, policy, again));
    }
    product.built = again.built;
    product.failure = again.failure;
    product.timed_out = again.timed_out;
    return ok();
  }

  static Result<bool> link(const BuildOrder& order, std::vector<std::string> objects,
                           const std::string& runner, const std::string& name, const SandboxPolicy& policy,
                           Product& product) {
    if (is_pure(order)) return link_pure(order, objects, name, policy, product);
    objects.push_back(runner);
    return step(link_line(order, objects, name), order, policy, product);
  }
};

}  // namespace
}  // namespace cpu

std::unique_ptr<Backend> make_backend_cpu() { return std::make_unique<cpu::CpuBackend>(); }

}  // namespace ke

// SPDX-License-Identifier: MIT
#include "backends/cpu/pure_build.h"

#include "ke-build/base/files.h"
#include "ke-build/base/share.h"
#include "ke-build/base/text.h"
#include "ke-build/evaluate/purity.h"

#include <algorithm>
#include <filesystem>

namespace ke::cpu {
bool is_pure(const BuildOrder& order) { return order.op.level == Level::pure && order.role == Role::kernel; }

std::vector<std::string> pure_flags() {
  // Stack protectors, checked copies and thread-local storage need what libc sets up. What the call does not
  // reach is dropped.
  return {"-fPIE",    "-fno-stack-protector", "-U_FORTIFY_SOURCE", "-fcf-protection=none",
          "-fno-lto", "-ffunction-sections",  "-fdata-sections"};
}

std::vector<std::string> pure_link_line(const BuildOrder& order, const std::vector<std::string>& objects,
                                        const std::string& library, const std::string& program) {
  std::vector<std::string> argv = {linker_for(order.recipe), "-nostdlib", "-static-pie"};
  argv.insert(argv.end(), objects.begin(), objects.end());
  for (const std::string& input : order.recipe.link) {
    if (ends_with(input, ".o") || ends_with(input, ".a")) argv.push_back(input);
  }
  if (!library.empty()) argv.push_back(library);
  argv.insert(argv.end(),
              {"-lgcc", "-Wl,-e,ke_call,-u,ke_call", "-Wl,--no-dynamic-linker,--gc-sections,--build-id=none",
               "-Wl,-z,now,-z,relro,-z,noexecstack,-z,separate-code",
               "-Wl,--allow-multiple-definition,--unresolved-symbols=ignore-all", "-o", program});
  return argv;
}

std::string stateless_library() {
  for (const char* path : {"/usr/lib/x86_64-linux-musl/libc.a", "/usr/lib/musl/lib/libc.a",
                           "/usr/x86_64-linux-musl/lib64/libc.a", "/usr/local/musl/lib/libc.a"}) {
    if (exists(path)) return path;
  }
  return "";
}

bool are_stateless(const std::set<std::string>& symbols) {
  return std::all_of(symbols.begin(), symbols.end(), [](const std::string& symbol) {
    return !starts_with(symbol, "?") || is_stateless_function(symbol.substr(1));
  });
}

std::vector<std::string> pure_runner_sources() {
  std::vector<std::string> paths;
  for (const char* file : {"pure_main.cpp", "pure_system.h", "pure_loader.h", "runner_protocol.h"}) {
    paths.push_back(join(share_dir(), std::string("backends/cpu/") + file));
  }
  return paths;
}

Result<std::string> pure_runner(const Recipe& recipe, const std::string& cache_dir) {
#if !defined(__x86_64__)
  (void)recipe, (void)cache_dir;
  return Error{ErrorCode::refused,
               "$.ke.level: \"pure\" is there for x86-64 processors only; use \"hosted\""};
#else
  std::string key = recipe.compiler_version;
  for (const std::string& file : pure_runner_sources()) {
    KE_TRY(const std::string text, read_file(file));
    key += '\0' + text;
  }
  const std::vector<std::string> argv = {
      linker_for(recipe),     "-std=c++17", "-O2",     "-ffreestanding", "-fno-exceptions", "-fno-rtti",
      "-fno-stack-protector", "-fno-pie",   "-no-pie", "-nostdlib",      "-static"};
  KE_TRY(
      const std::string program,
      cached_product("pure-runner", argv, join(share_dir(), "backends/cpu/pure_main.cpp"), key, cache_dir));
  std::error_code failed;
  std::filesystem::permissions(program, std::filesystem::perms(0755), failed);
  if (failed) return Error{ErrorCode::io, program + ": " + failed.message()};
  return program;
#endif
}

}  // namespace ke::cpu

// SPDX-License-Identifier: MIT
// Command lines that build one evaluation's program the way the repository builds the kernel's source.
#pragma once

#include "ke-build/base/result.h"
#include "ke-build/evaluate/backend.h"

#include <string>
#include <vector>

namespace ke::cpu {

/// The driver that links C++ objects beside a C compiler (gcc > g++); the compiler itself where there is
/// none.
std::string linker_for(const Recipe& recipe);

/// The repository's file that order.candidate.source is a version of, and its language: "C" or "CXX". A
/// reference may be in C++ beside a kernel in C: there its own suffix decides.
std::string original_source(const BuildOrder& order);
std::string language_of(const BuildOrder& order);

/// argv that compiles `adapter` to adapter.o in order.folder and writes adapter.d. References ignore the
/// flags that trade accuracy for speed. Instrumented builds are made at `instrumented_level`: without
/// optimisation, so that comparisons are those of the source; sanitizer builds are run for their answers,
/// too, and whoever asks whether he is optimised shows it there.
std::vector<std::string> compile_line(const BuildOrder& order, const std::string& adapter,
                                      const std::string& instrumented_level = "-O0");
/// Sanitizers, or notes of what is compared.
bool is_instrumented(Role role);
/// argv that links the adapter's and the runner's object with everything that the target brings into
/// `program`. `objects` come first.
std::vector<std::string> link_line(const BuildOrder& order, const std::vector<std::string>& objects,
                                   const std::string& program);

/// Compiles `source`, a text of ours, once per command and `key`, and keeps the product in `cache_dir`.
/// ERRORS: tool, io.
Result<std::string> cached_product(const std::string& kind, std::vector<std::string> argv,
                                   const std::string& source, const std::string& key,
                                   const std::string& cache_dir);

/// runner_main.cpp compiled once per compiler and instrumentation, kept in `cache_dir`. ERRORS: tool, io.
Result<std::string> runner_object(const Recipe& recipe, Role role, const std::string& cache_dir);

/// An object with nothing but `bytes` of padding in its code section, kept in `cache_dir`. ERRORS: tool, io.
Result<std::string> padding_object(const Recipe& recipe, int bytes, const std::string& cache_dir);

/// Folders that the compiler may read: the project around the source, include folders, the build folder, link
/// inputs.
std::vector<std::string> readable_paths(const BuildOrder& order);
/// Files of a Make rule as `-MD` writes it.
std::vector<std::string> make_dependencies(const std::string& rule);

}  // namespace ke::cpu

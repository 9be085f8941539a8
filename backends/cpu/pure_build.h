// SPDX-License-Identifier: MIT
// Building at the pure level: the kernel becomes a position-independent program of its own that is linked
// with nothing but the target's own objects, copies of memory and stateless mathematics.
#pragma once

#include "backends/cpu/toolchain.h"

#include <set>
#include <string>
#include <vector>

namespace ke::cpu {

/// True for the programs that take the pure path: sanitizer builds and references stay hosted ones.
bool is_pure(const BuildOrder& order);

/// Flags behind all others of the compile line.
std::vector<std::string> pure_flags();
/// argv that links `objects`, and `library` when it is not empty, into `program`. Missing names stay missing:
/// the judge says what they are.
std::vector<std::string> pure_link_line(const BuildOrder& order, const std::vector<std::string>& objects,
                                        const std::string& library, const std::string& program);

/// The C library whose mathematics and copies keep no state (musl); empty where it is not installed.
std::string stateless_library();
/// True when all of these symbols (`?name` as shared_symbols() gives them; others are ignored) are functions
/// that a pure kernel may take from that library.
bool are_stateless(const std::set<std::string>& symbols);

/// Paths of everything that the pure runner is made of.
std::vector<std::string> pure_runner_sources();
/// backends/cpu/pure_main.cpp compiled once per compiler, kept in `cache_dir`. ERRORS: refused (another kind
/// of processor), tool, io.
Result<std::string> pure_runner(const Recipe& recipe, const std::string& cache_dir);

}  // namespace ke::cpu

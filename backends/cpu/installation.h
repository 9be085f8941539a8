// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace ke::cpu {

/// Folders outside the system's own (/usr, /lib, /bin) where the compiler says that its programs, headers and
/// libraries are: a toolchain in /opt, in a home, or behind a package manager of its own. Asked once per
/// compiler and process; empty for one that does not answer in ten seconds.
std::vector<std::string> installation_of(const std::string& compiler);

/// The pure parts: `-print-search-dirs` and the standard error of `-E -v`.
std::vector<std::string> search_dirs(const std::string& text);
std::vector<std::string> include_dirs(const std::string& text);

}  // namespace ke::cpu

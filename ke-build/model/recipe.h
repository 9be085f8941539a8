// SPDX-License-Identifier: MIT
// How the repository itself compiles and links one source file: read from the CMake File API, never guessed.
#pragma once

#include <string>
#include <vector>

namespace ke {

struct Recipe {
  std::string compiler;     // absolute path
  std::string compiler_id;  // GNU, Clang, ...
  std::string compiler_version;
  std::string language = "CXX";
  std::vector<std::string> flags;     // language standard, optimisation, warnings; each one argument
  std::vector<std::string> defines;   // without -D
  std::vector<std::string> includes;  // complete arguments: -I..., -isystem, ...
  std::string source;                 // absolute path of the file they belong to
  std::string directory;              // build directory, where the compiler runs
  std::vector<std::string> link;  // objects, archives and libraries that the target brings, in link order,
                                  // without the kernel's own object
  std::string configuration;      // Release, ...
};

}  // namespace ke

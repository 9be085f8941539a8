#!/bin/bash
# SPDX-License-Identifier: MIT
# `cmake --install` gives a working tool beside the package, also after the prefix was moved.
. "$(dirname "$0")/lib.sh"

"$CMAKE" --install "$KE_BUILD" --prefix "$scratch/first" > "$scratch/log" 2>&1 || fail "install"
mv "$scratch/first" "$scratch/prefix"
prefix="$scratch/prefix"
for tool in ke-build ke-ci; do
  [ -x "$prefix/bin/$tool" ] || fail "$tool is not installed"
  "$prefix/bin/$tool" --version > "$scratch/log" 2>&1 || fail "$tool --version"
done
for file in share/kernelevolve/kb share/kernelevolve/templates share/kernelevolve/backends/cpu lib/cmake/KernelEvolve/KernelEvolveTargets.cmake; do
  [ -e "$prefix/$file" ] || fail "$file is not installed"
done

project "$scratch/p" <<'END'
find_package(KernelEvolve REQUIRED)
add_library(ops STATIC a.cpp b.cpp)
ke_add_operator(a TARGET ops SOURCES a.cpp SPEC a.ke.json)
file(GENERATE OUTPUT tool.txt CONTENT "$<TARGET_FILE:ke::ke-build>")
END
configure "$scratch/p" "$scratch/b" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$prefix"
equal "$(readlink -f "$(cat "$scratch/b/tool.txt")")" "$(readlink -f "$prefix/bin/ke-build")" "relocated"
# The target finds the installed tool, and the tool accepts the command line.
KE_ARGS=--help build "$scratch/b" --target ke-detect
has "$scratch/log" "--base"
KE_ARGS=--help build "$scratch/b" --target ke-gate

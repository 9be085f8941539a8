#!/bin/bash
# SPDX-License-Identifier: MIT
# The same project with every supported generator: builds, has the five targets, writes the same list.
. "$(dirname "$0")/lib.sh"

project "$scratch/p" <<'END'
find_package(KernelEvolve REQUIRED)
add_library(ops STATIC a.cpp b.cpp)
ke_add_operator(a TARGET ops SOURCES a.cpp SPEC a.ke.json)
END
echo '{"version": 1, "operators": {"a": {"source": "a.cpp", "flags": ["-fno-math-errno"], "defines": {"TILE": "8"}}}}' \
  > "$scratch/p/ke.lock.json"

for generator in Ninja "Ninja Multi-Config" "Unix Makefiles"; do
  b="$scratch/${generator// /}"
  configure "$scratch/p" "$b" -G "$generator" "$rules"
  build "$b" --target help
  cp "$scratch/log" "$scratch/help"
  for verb in detect check bench search gate; do has "$scratch/help" "ke-$verb"; done
  # Part of the build only when they are asked for.
  build "$b"
  lacks "$scratch/log" "ke-build"
  PATH=/usr/bin:/bin not_build "$b" --target ke-detect
  has "$scratch/log" "ke-build was not found on PATH"
  has "$scratch/log" "cmake --install build --prefix"
  cmp -s "$b/ke/operators.json" "$scratch/Ninja/ke/operators.json" || fail "$generator writes another list"
done

# The flags belong to optimised configurations, the tunables to all.
commands="$scratch/NinjaMulti-Config/compile_commands.json"
tr -d '\\"' < "$commands" | grep -F 'command:' | grep -F p/a.cpp > "$scratch/a"
equal "$(grep -c DTILE=8 "$scratch/a")" 3
equal "$(grep CMAKE_INTDIR=Release "$scratch/a" | grep -c fno-math-errno)" 1
grep CMAKE_INTDIR=Debug "$scratch/a" > "$scratch/debug" || fail "no command for Debug"
lacks "$scratch/debug" fno-math-errno
build "$scratch/NinjaMulti-Config" --config Debug

#!/bin/bash
# SPDX-License-Identifier: MIT
# ke-detect ... ke-gate: which command line they run, names that are taken, a prefix, what they depend on.
. "$(dirname "$0")/lib.sh"

project "$scratch/p" <<'END'
find_package(KernelEvolve REQUIRED)
add_library(ops STATIC a.cpp b.cpp)
ke_add_operator(a TARGET ops SOURCES a.cpp SPEC a.ke.json)
if(TAKEN)
  add_custom_target(ke-check)
endif()
END
# A recorder instead of the tool: here only the command line counts.
mkdir "$scratch/bin"
printf '#!/bin/sh\necho "$(basename "$0") $*" >> "%s"\ncase "$*" in *--fail*) exit 6;; esac\n' "$scratch/calls" > "$scratch/bin/ke-build"
chmod +x "$scratch/bin/ke-build"
cp "$scratch/bin/ke-build" "$scratch/bin/ke-ci"

b="$scratch/b"
configure "$scratch/p" "$b" -G Ninja "$rules" -DCMAKE_BUILD_TYPE=Release -DKE_TOOL_DIR="$scratch/bin"
build "$b" --target ke-detect
[ ! -e "$b/libops.a" ] || fail "ke-detect builds the project"
KE_ARGS="a --budget '60 s'" build "$b" --target ke-search
[ -e "$b/libops.a" ] || fail "ke-search does not build the operators first"
for verb in check bench gate; do build "$b" --target ke-$verb; done
equal "$(cat "$scratch/calls")" "ke-build detect --build-dir $b --config Release
ke-build search --build-dir $b --config Release a --budget 60 s
ke-build check --build-dir $b --config Release
ke-build bench --build-dir $b --config Release
ke-ci gate --build-dir $b --config Release"
KE_ARGS=--fail not_build "$b" --target ke-gate
has "$scratch/log" "ke-ci gate ended with 6"

# Without a build type there is no --config; the tool on PATH is found.
: > "$scratch/calls"
configure "$scratch/p" "$scratch/b2" -G "Unix Makefiles" "$rules"
PATH="$scratch/bin:$PATH" build "$scratch/b2" --target ke-detect
equal "$(cat "$scratch/calls")" "ke-build detect --build-dir $scratch/b2"

# A target of the project that has the name stays; a prefix gives all five back.
configure "$scratch/p" "$scratch/b3" -G Ninja "$rules" -DTAKEN=ON
has "$scratch/log" 'the project has a target "ke-check" of its own'
build "$scratch/b3" --target ke-check
configure "$scratch/p" "$scratch/b4" -G Ninja "$rules" -DTAKEN=ON -DKE_TARGET_PREFIX=kernels-
lacks "$scratch/log" 'of its own'
build "$scratch/b4" --target help
for verb in detect check bench search gate; do has "$scratch/log" "kernels-$verb"; done

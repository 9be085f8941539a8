#!/bin/bash
# SPDX-License-Identifier: MIT
# Every way to use the package: installed (and moved), build tree, add_subdirectory, FetchContent, not there at all.
. "$(dirname "$0")/lib.sh"

body='add_library(ops STATIC a.cpp b.cpp)
ke_add_operator(a TARGET ops SOURCES a.cpp SPEC a.ke.json)'
declared() { equal "$(json "$1/ke/operators.json" operators 0 name)" a "$2"; build "$1"; }

"$CMAKE" --install "$KE_BUILD" --prefix "$scratch/first" --component rules > "$scratch/log" 2>&1 || fail "install"
mv "$scratch/first" "$scratch/prefix"
package="$scratch/prefix/lib/cmake/KernelEvolve"
! grep -rlF -e "$KE_SOURCE" -e "$KE_BUILD" -e "$scratch/first" "$package" || fail "absolute paths in the package"

project "$scratch/p" <<END
find_package(KernelEvolve 0.1 REQUIRED)
$body
END
configure "$scratch/p" "$scratch/b1" -G Ninja -DCMAKE_PREFIX_PATH="$scratch/prefix"
declared "$scratch/b1" "installed"
configure "$scratch/p" "$scratch/b2" -G Ninja -DCMAKE_PREFIX_PATH="$KE_BUILD"
declared "$scratch/b2" "build tree"
sed 's/0\.1 REQUIRED/7.0 REQUIRED/' "$scratch/p/CMakeLists.txt" > "$scratch/CMakeLists.txt"
cp "$scratch/p/"*.cpp "$scratch/p/a.ke.json" "$scratch"
not_configure "$scratch" "$scratch/b3" -G Ninja -DCMAKE_PREFIX_PATH="$scratch/prefix"
has "$scratch/log" 'requested version "7.0"'

# As a part of the project's own build: rules only, none of our targets, options or tests in it.
project "$scratch/sub" <<END
set(KE_BUILD_TOOL OFF)
add_subdirectory("$KE_SOURCE" kernelevolve)
$body
END
configure "$scratch/sub" "$scratch/b4" -G Ninja
declared "$scratch/b4" "add_subdirectory"
lacks "$scratch/b4/build.ninja" "$KE_SOURCE/ke-build"
[ ! -e "$scratch/b4/CTestTestfile.cmake" ] || fail "tests of ours in the project"

# The rules by themselves need no more than the oldest CMake that they name.
project "$scratch/alone" <<END
add_subdirectory("$KE_SOURCE/rules" kernelevolve)
$body
END
configure "$scratch/alone" "$scratch/b8" -G Ninja
declared "$scratch/b8" "rules alone"

project "$scratch/fetch" <<END
include(FetchContent)
FetchContent_Declare(KernelEvolve URL https://example.invalid/kernelevolve.tar.gz)
set(KE_BUILD_TOOL OFF)
FetchContent_MakeAvailable(KernelEvolve)
$body
END
configure "$scratch/fetch" "$scratch/b5" -G Ninja -DFETCHCONTENT_SOURCE_DIR_KERNELEVOLVE="$KE_SOURCE"
declared "$scratch/b5" "FetchContent"

# Operators of a dependency that was fetched keep their flags and are not searched from here; ours may have their names.
mkdir "$scratch/up"
cp -r "$scratch/p" "$scratch/up/_src"
echo '{"version": 1, "operators": {"a": {"source": "a.cpp", "flags": ["-fno-math-errno"]}}}' > "$scratch/up/_src/ke.lock.json"
sed -i 's/(ops/(dep_ops/; s/TARGET ops/TARGET dep_ops/; s/(p CXX)/(dep CXX)/' "$scratch/up/_src/CMakeLists.txt"
project "$scratch/up" <<END
include(FetchContent)
FetchContent_Declare(dep URL "$scratch/dep.tar.gz")
FetchContent_MakeAvailable(dep)
find_package(KernelEvolve REQUIRED)
$body
END
tar -C "$scratch/up" -czf "$scratch/dep.tar.gz" _src
configure "$scratch/up" "$scratch/b6" -G Ninja -DCMAKE_PREFIX_PATH="$scratch/prefix"
declared "$scratch/b6" "with a fetched dependency"
equal "$(json "$scratch/b6/ke/operators.json" operators 0 target)" ops
has <(grep 'dep-src/a.cpp' "$scratch/b6/compile_commands.json") "-fno-math-errno"

# The idiom for projects whose users may not have KernelEvolve.
cp "$KE_SOURCE/rules/KernelEvolveOptional.cmake" "$scratch/p"
sed -i 's/find_package(.*/include(KernelEvolveOptional.cmake)\ninclude(KernelEvolveOptional.cmake)/' "$scratch/p/CMakeLists.txt"
configure "$scratch/p" "$scratch/b7" -G Ninja
[ ! -e "$scratch/b7/ke" ] || fail "found a KernelEvolve that is not installed"
lacks "$scratch/b7/build.ninja" "ke-detect"
build "$scratch/b7"
configure "$scratch/p" "$scratch/b7" -DCMAKE_PREFIX_PATH="$scratch/prefix"
declared "$scratch/b7" "optional, installed later"

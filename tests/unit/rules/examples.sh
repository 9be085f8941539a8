#!/bin/bash
# SPDX-License-Identifier: MIT
# examples/operators configures, builds and passes its own tests with KernelEvolve and without it.
. "$(dirname "$0")/lib.sh"

cp -r "$KE_SOURCE/examples/operators" "$scratch/ops"
for way in with without; do
  b="$scratch/$way"
  disable=OFF
  [ $way = with ] || disable=ON
  configure "$scratch/ops" "$b" -G Ninja "$rules" -DCMAKE_DISABLE_FIND_PACKAGE_KernelEvolve=$disable \
    -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror"
  build "$b" --parallel 2
  (cd "$b" && ctest --output-on-failure > "$scratch/log" 2>&1) || fail "the example's tests, $way KernelEvolve"
  has "$scratch/log" "100% tests passed, 0 tests failed out of 4"
done
has "$scratch/with/CMakeCache.txt" "CMAKE_BUILD_TYPE:STRING=Release"

# Every source file is a declared operator with a spec of its name.
count=0
for source in "$scratch/ops/src"/*.cpp; do
  name=$(basename "$source" .cpp)
  equal "$(json "$scratch/with/ke/operators.json" operators $count name)" "$name"
  equal "$(json "$scratch/ops/specs/$name.ke.json" name)" "$name"
  count=$((count + 1))
done
[ "$count" -ge 16 ] || fail "only $count operators"
[ ! -e "$scratch/without/ke" ] || fail "declared without KernelEvolve"

#!/bin/bash
# SPDX-License-Identifier: MIT
# Text that exists twice on purpose must not drift apart.
. "$(dirname "$0")/lib.sh"

between() { sed -n '/^# >>> lock$/,/^# <<< lock$/p' "$1"; }
rules_folder="$KE_SOURCE/rules"
[ "$(between "$rules_folder/KeLock.cmake" | wc -l)" -gt 50 ] || fail "the marks are gone"
diff <(between "$rules_folder/KeLock.cmake") <(between "$rules_folder/KernelEvolveOptional.cmake") ||
  fail "the lock's functions differ between KeLock.cmake and KernelEvolveOptional.cmake"
diff "$rules_folder/KernelEvolveOptional.cmake" "$KE_SOURCE/examples/operators/cmake/KernelEvolveOptional.cmake" ||
  fail "the example's copy is not the file that users are told to copy"

# Every file of the package is installed, and the documentation knows every keyword and variable.
for file in "$rules_folder"/*.cmake; do
  grep -qF "$(basename "$file")" "$rules_folder/dev/KeInstall.cmake" || fail "$(basename "$file") is not installed"
done
for word in TARGET SOURCES SPEC KE_TOOL_DIR KE_TARGET_PREFIX KE_ARGS KE_BUILD_TOOL ke.lock.json operators.json; do
  grep -qF -- "$word" "$KE_SOURCE/docs/cmake.md" || fail "docs/cmake.md does not mention $word"
done

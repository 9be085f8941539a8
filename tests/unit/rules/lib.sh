# SPDX-License-Identifier: MIT
# Sourced by the scripts beside it. Needs KE_SOURCE (this repository), KE_BUILD (its build folder) and CMAKE.
set -euo pipefail
: "${KE_SOURCE:?}" "${KE_BUILD:?}" "${CMAKE:=cmake}"
# Settings of the machine must not choose generators, flags or packages for the tests.
unset CMAKE_GENERATOR CMAKE_PREFIX_PATH CMAKE_BUILD_TYPE CXXFLAGS CFLAGS LDFLAGS KernelEvolve_DIR KE_ARGS
unset KernelEvolve_ROOT DESTDIR MAKEFLAGS CMAKE_EXPORT_COMPILE_COMMANDS

scratch=$(mktemp -d "${TMPDIR:-/tmp}/ke-rules.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

fail() {
  echo "FAIL: $*" >&2
  [ ! -f "$scratch/log" ] || tail -40 "$scratch/log" >&2
  exit 1
}
# has FILE TEXT, lacks FILE TEXT: fixed strings, line breaks and indentation count as one blank.
flat() { tr -s ' \n' '  ' < "$1"; }
has() { flat "$1" | grep -qF -- "$2" || { flat "$1" | tail -c 3000; fail "'$2' is not in $1"; }; }
lacks() { ! flat "$1" | grep -qF -- "$2" || fail "'$2' is in $1"; }
equal() { [ "$1" = "$2" ] || fail "found '$1', expected '$2'${3:+ ($3)}"; }

# configure FOLDER BUILD [ARGUMENT...]: must succeed; not_configure: must fail. The output is in $scratch/log.
configure() { "$CMAKE" -S "$1" -B "$2" -DCMAKE_EXPORT_COMPILE_COMMANDS=ON "${@:3}" > "$scratch/log" 2>&1 || fail "configure of $1"; }
not_configure() { ! "$CMAKE" -S "$1" -B "$2" "${@:3}" > "$scratch/log" 2>&1 || fail "configure of $1 succeeded"; }
build() { "$CMAKE" --build "$@" > "$scratch/log" 2>&1 || fail "build $*"; }
not_build() { ! "$CMAKE" --build "$@" > "$scratch/log" 2>&1 || fail "build $* succeeded"; }

# json FILE KEY...: the value, through CMake's own parser.
json() {
  echo 'file(READ "${FILE}" text)
string(JSON value GET "${text}" ${KEYS})
file(WRITE "${FILE}.value" "${value}")' > "$scratch/json.cmake"
  local keys
  keys=$(IFS=';'; echo "${*:2}")
  cp "$1" "$scratch/document"
  "$CMAKE" "-DFILE=$scratch/document" "-DKEYS=$keys" -P "$scratch/json.cmake" || fail "no ${*:2} in $1"
  cat "$scratch/document.value"
}
# command_of BUILD FILE: the compile command of one source file.
command_of() { grep -F '"command"' "$1/compile_commands.json" | grep -F -- "-c $2" || fail "$2 is not compiled in $1"; }

# project FOLDER: two sources a.cpp and b.cpp, one spec; CMakeLists.txt from standard input after the header.
project() {
  mkdir -p "$1"
  echo 'int a() { return 1; }' > "$1/a.cpp"
  echo 'int b() { return 2; }' > "$1/b.cpp"
  echo '{}' > "$1/a.ke.json"
  { echo 'cmake_minimum_required(VERSION 3.19)'; echo 'project(p CXX)'; cat; } > "$1/CMakeLists.txt"
}
rules="-DKernelEvolve_DIR=$KE_SOURCE/rules"

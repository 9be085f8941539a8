# Sourced by every story. Makes a throw-away project with one tiny operator; a failed story keeps its folder and says so.
# Environment: KE_BUILD = the tool's build folder (bin/ke-build, bin/ke-ci, the CMake package).
set -euo pipefail
ke_build=$KE_BUILD/bin/ke-build
ke_ci=$KE_BUILD/bin/ke-ci
# What is known of this machine: measured once for all tests, and not in the home of whoever runs them.
export XDG_CACHE_HOME=$KE_BUILD/tests/cache
scratch=$(mktemp -d)
background=  # a process that must not outlive the story
chmod 755 "$scratch"
finish() {
  local code=$?
  [ -z "$background" ] || kill -9 "$background" 2>/dev/null || true  # it may have ended by itself
  if [ $code -eq 0 ]; then rm -rf "$scratch"; else echo "kept: $scratch" >&2; fi
  exit $code
}
trap finish EXIT

fail() { echo "FAILED: $*" >&2; exit 1; }

# expect CODE PATTERN COMMAND...: the command exits with CODE and its talk matches the extended regular expression.
expect() {
  local code=$1 pattern=$2 found=0
  shift 2
  "$@" >"$scratch/out" 2>"$scratch/err" || found=$?
  [ "$found" -eq "$code" ] || { cat "$scratch/err" >&2; fail "$*: exit code $found, expected $code"; }
  grep -qE -- "$pattern" "$scratch/err" "$scratch/out" || { cat "$scratch/err" >&2; fail "$*: said nothing like /$pattern/"; }
  ! grep -qE 'terminate called|Segmentation|ke-build: bug|ke-ci: bug' "$scratch/err" || fail "$*: crashed"
}

# passes WHAT: the verdict in $scratch/out is one about speed, so that nothing was wrong.
passes() {
  grep -qE '^(faster|equal|slower|noisy): ' "$scratch/out" || { cat "$scratch/out" "$scratch/err" >&2; fail "$1 has no verdict about its speed"; }
}

commit() { git -C "$1" add -A && git -C "$1" -c user.name=T -c user.email=t@example.org commit -q -m "$2"; }

# make_project DIR: a git repository with the operator `axpby`.
make_project() {
  mkdir -p "$1/src"
  cat >"$1/CMakeLists.txt" <<'EOT'
cmake_minimum_required(VERSION 3.24)
project(tiny CXX)
find_package(KernelEvolve REQUIRED)
add_library(tiny STATIC src/axpby.cpp)
target_include_directories(tiny PUBLIC src)
ke_add_operator(axpby TARGET tiny SOURCES src/axpby.cpp SPEC src/axpby.ke.json)
EOT
  printf 'void axpby(const float* x, const float* y, float* z, long n, float a);\n' >"$1/src/axpby.h"
  cat >"$1/src/axpby.cpp" <<'EOT'
#include "axpby.h"

#include <cmath>

// A sum that depends on itself: naive, but honest.
void axpby(const float* x, const float* y, float* z, long n, float a) {
  float sum = 0.0f;
  for (long i = 0; i < n; ++i) sum += x[i] * x[i];
  for (long i = 0; i < n; ++i) z[i] = a * x[i] + std::sqrt(sum * sum + 1.0f) * y[i];
}
EOT
  cat >"$1/src/axpby.ke.json" <<'EOT'
{
  "name": "axpby",
  "axes": { "n": {"type": "var"} },
  "inputs": { "x": {"shape": ["n"], "dtype": "float32"}, "y": {"shape": ["n"], "dtype": "float32"},
              "a": {"shape": null, "dtype": "float32"} },
  "outputs": { "z": {"shape": ["n"], "dtype": "float32"} },
  "ke": {
    "kernel": { "call": "axpby(x, y, z, n, a)", "headers": ["axpby.h"] },
    "tolerance": { "kind": "derived", "reduction": "n" },
    "workloads": [ {"name": "small", "axes": {"n": 20000}, "inputs": {"a": 0.5}} ],
    "hidden": { "n": [1, 300] }
  }
}
EOT
  git -C "$1" init -q -b main
  printf 'build*/\n' >"$1/.gitignore"
  commit "$1" "Start"
}

# make_column_sums DIR SIZE: the project with another kernel, `column_sums` of SIZE squared; its source comes on standard input.
make_column_sums() {
  make_project "$1"
  printf 'void column_sums(const float* x, float* y, long rows, long cols);\n' >"$1/src/axpby.h"
  cat >"$1/src/axpby.cpp"
  cat >"$1/src/axpby.ke.json" <<EOT
{
  "name": "axpby",
  "axes": { "rows": {"type": "var"}, "cols": {"type": "var"} },
  "inputs": { "x": {"shape": ["rows", "cols"], "dtype": "float32"} },
  "outputs": { "y": {"shape": ["cols"], "dtype": "float32"} },
  "ke": {
    "kernel": { "call": "column_sums(x, y, rows, cols)", "headers": ["axpby.h"] },
    "tolerance": { "kind": "derived", "reduction": "rows" },
    "workloads": [ {"name": "square", "axes": {"rows": $2, "cols": $2}} ],
    "hidden": { "rows": [1, 60], "cols": [1, 90] }
  }
}
EOT
  commit "$1" "Squares summed down the columns"
}

# The runners that a test of this build folder has compiled, which are named by what they are made of.
borrow_runners() {
  local file
  mkdir -p "$1/ke/runtime"
  for file in "$KE_BUILD"/tests/runtime/*; do
    case $file in *.lock | *'*') ;; *) cp -n "$file" "$1/ke/runtime/" ;; esac
  done
}

configure() {
  cmake -S "$1" -B "$1/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DKernelEvolve_DIR="$KE_BUILD/lib/cmake/KernelEvolve" >"$scratch/cmake.log" 2>&1 ||
    { cat "$scratch/cmake.log" >&2; fail "configure $1"; }
  borrow_runners "$1/build"
}

# Of the session that is running, or 0 while there is none or no store yet. What `show` complains about then is printed when the
# wait fails.
evaluations_in() {
  local id=
  if "$ke_build" show -B "$1" >"$scratch/show.out" 2>"$scratch/show.err"; then
    id=$(awk '/running/ {print $1; exit}' "$scratch/show.out")
  fi
  [ -n "$id" ] || { echo 0; return; }
  "$ke_build" show "$id" -B "$1" 2>"$scratch/show.err" | awk '/^ *[0-9]+ <- / {++n} END {print n + 0}'
}

# evaluated_at_least COUNT BUILD: waits until the running session holds so many evaluations. The search's own words are expected
# in $scratch/background.log.
evaluated_at_least() {
  for _ in $(seq 200); do
    [ "$(evaluations_in "$2")" -lt "$1" ] || return 0
    sleep 0.3
  done
  for said in show.err background.log; do
    if [ -e "$scratch/$said" ]; then cat "$scratch/$said" >&2; else echo "$said was never written" >&2; fi
  done
  fail "fewer than $1 evaluations in a minute"
}

# killed_after COUNT BUILD COMMAND...: the command is killed once the running session holds so many evaluations, so that nothing is
# confirmed, which takes longer than all that the caller wants to see.
killed_after() {
  local count=$1 build=$2
  shift 2
  "$@" >"$scratch/background.log" 2>&1 &  # a program: of a function its shell would be killed
  background=$!
  evaluated_at_least "$count" "$build"
  kill_now "$background"
}

# kill_now PID: a child of this script that is alive and dies of SIGKILL, or the story proves nothing.
kill_now() {
  local code=0
  background=
  kill -9 "$1" || fail "process $1 had ended before it was killed"
  wait "$1" || code=$?
  [ $code -eq 137 ] || fail "process $1 ended with code $code before it was killed"
}

#!/usr/bin/env bash
# examples.sh BUILD_DIR [--budget 120s] [--operators a,b]: searches the example operators with that budget each, proposes every
# winner (measured again from its branch's clean clone), compares it with flags alone, and prints the table of
# docs/measurements/examples.md. What is finished is kept, per budget: run it again after an interruption and it goes on.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tool=$(cd "$1" && pwd)
shift
budget=120s
only=
while [ $# -gt 0 ]; do
  case "$1" in
    --budget) budget=${2:?--budget needs a duration such as 120s}; shift 2 ;;
    --operators) only=${2:?--operators needs names separated by commas}; shift 2 ;;
    *) echo "examples: unknown word $1; expected [--budget 120s] [--operators a,b]" >&2; exit 2 ;;
  esac
done
work=$tool/bench-examples/$budget
repo=$work/operators
git_quiet() { git -C "$repo" -c user.name=Bench -c user.email=bench@example.org "$@" >/dev/null; }

if [ ! -d "$repo/.git" ]; then
  mkdir -p "$work"
  cp -r "$here/../../examples/operators" "$repo"
  git init -q --bare "$work/forge.git"
  git_quiet init -q -b main
  printf 'build/\n' >"$repo/.gitignore"
  git_quiet add .gitignore
  git_quiet commit -q -m "Empty"
  git_quiet add -A
  git_quiet commit -q -m "All operators"
  git_quiet push -q "$work/forge.git" main
  cmake -S "$repo" -B "$repo/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DKernelEvolve_DIR="$tool/lib/cmake/KernelEvolve" >/dev/null
  cmake --build "$repo/build" >/dev/null
fi
mkdir -p "$work/runs" "$work/flags"
[ -n "$only" ] || only=$(cd "$repo/specs" && ls ./*.ke.json | sed 's|^./||; s|\.ke\.json||' | paste -sd,)

search() {
  local operator=$1 code=0
  [ ! -s "$work/runs/$operator.json" ] || return 0
  echo "== $operator" >&2
  "$tool/bin/ke-ci" run --build-dir "$repo/build" --base HEAD~1 --operators "$operator" --budget "$budget" \
    --max-open 100 --forge "local:$work/forge.git" --report "$work/report" --json >"$work/runs/$operator.json.part" || code=$?
  # 1 and 4 are answers (rejected, no winner) and stand in the table; anything else ends the benchmark.
  case $code in 0 | 1 | 4) ;; *) echo "$operator: ke-ci ended with exit code $code" >&2; exit "$code" ;; esac
  mv "$work/runs/$operator.json.part" "$work/runs/$operator.json"
}

# The winner's row beside the kernel as it is under -O3 -march=native -ffast-math.
over_flags() {
  local operator=$1 session
  session=$(sed -n '/"session": "/ {s/.*"session": "\([^"]*\)".*/\1/p; q}' "$work/runs/$operator.json")
  [ -n "$session" ] || return 0  # it never came to a search; the table says why
  [ ! "$work/flags/$operator.json" -nt "$work/runs/$operator.json" ] || return 0
  echo "== $operator over flags alone" >&2
  "$tool/tests/perf/over_flags" "$repo/build" "$operator" "$session" >"$work/flags/$operator.json.part"
  mv "$work/flags/$operator.json.part" "$work/flags/$operator.json"
}

for operator in ${only//,/ }; do
  search "$operator"
  over_flags "$operator"
done
"$tool/tests/perf/examples_table" "$work"

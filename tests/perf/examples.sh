#!/usr/bin/env bash
# examples.sh BUILD_DIR [SECONDS] [OPERATOR,...]: searches the example operators with SECONDS each (default 60), proposes
# every winner (measured again from its branch's clean clone), and prints the table of docs/measurements/examples.md.
# What is finished is kept: run it again after an interruption and it goes on.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tool=$(cd "$1" && pwd)
seconds=${2:-60}
only=${3:-}
work=$tool/bench-examples
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
mkdir -p "$work/runs"
[ -n "$only" ] || only=$(cd "$repo/specs" && ls ./*.ke.json | sed 's|^./||; s|\.ke\.json||' | paste -sd,)
for operator in ${only//,/ }; do
  [ -s "$work/runs/$operator.json" ] && continue
  echo "== $operator" >&2
  code=0
  "$tool/bin/ke-ci" run --build-dir "$repo/build" --base HEAD~1 --operators "$operator" --budget "${seconds}s" \
    --max-open 100 --forge "local:$work/forge.git" --report "$work/report" --json >"$work/runs/$operator.json.part" || code=$?
  # 1 and 4 are answers (rejected, no winner) and stand in the table; anything else ends the benchmark.
  case $code in 0 | 1 | 4) ;; *) echo "$operator: ke-ci ended with exit code $code" >&2; exit "$code" ;; esac
  mv "$work/runs/$operator.json.part" "$work/runs/$operator.json"
done
"$tool/tests/perf/examples_table" "$work"/runs/*.json

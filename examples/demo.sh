#!/usr/bin/env bash
# demo.sh BUILD_DIR [BUDGET]: makes a throw-away git repository from examples/operators, commits a change to some of its
# operators as a colleague would, and runs the real pipeline on it: detect, search, evaluate, learn, propose.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tool=$(cd "$1" && pwd)
budget=${2:-60s}
demo=$tool/demo
repo=$demo/operators

say() { printf '\033[1m%s\033[0m\n' "== $*" >&2; }
git_quiet() { git -C "$repo" -c user.name=Demo -c user.email=demo@example.org -c commit.gpgsign=false "$@" >/dev/null; }

rm -rf "$demo"
mkdir -p "$demo"
cp -r "$here/operators" "$repo"
git init -q --bare "$demo/forge.git"

say "a repository with $(find "$repo/specs" -name '*.ke.json' | wc -l) operators"
git_quiet init -q -b main
printf 'build/\n' >"$repo/.gitignore"
git_quiet add -A
git_quiet commit -q -m "Operators as they were"
git_quiet push -q "$demo/forge.git" main

# A colleague's commit: a numerical fix in softmax, a new clamp in bias_gelu's helper, and a comment in conv2d_3x3 that
# changes nothing. `detect` has to tell them apart.
bash "$here/change.sh" "$repo"
git_quiet commit -q -am "Touch a few operators"
git_quiet push -q "$demo/forge.git" main
say "a commit that changes: $(git -C "$repo" diff --name-only HEAD~1 | tr '\n' ' ')"

cmake -S "$repo" -B "$repo/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DKernelEvolve_DIR="$tool/lib/cmake/KernelEvolve" >"$demo/configure.log" 2>&1 ||
  { cat "$demo/configure.log" >&2; exit 3; }
cmake --build "$repo/build" >"$demo/build.log" 2>&1 || { cat "$demo/build.log" >&2; exit 3; }

say "ke-ci run: detect, search with $budget per operator, prove, propose"
set +e
"$tool/bin/ke-ci" run --build-dir "$repo/build" --base HEAD~1 --budget "$budget" \
  --forge "local:$demo/forge.git" --report "$demo/report" --json >"$demo/run.json"
code=$?
set -e
[ -s "$demo/run.json" ] || exit "$code"

# The document on stdout is the source of truth for the closing lines.
cmake -DRUN="$demo/run.json" -DFORGE="$demo/forge.git" -DREPORT="$demo/report" -P "$here/demo_summary.cmake"

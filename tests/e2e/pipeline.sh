#!/usr/bin/env bash
# The whole path: a commit, `ke-ci run`, a proposal branch that stands on its own, a second run that changes nothing, a kill in
# the middle, and a gate that sees the operator become slower.
source "$(dirname "$0")/common.sh"
p=$scratch/p
forge=$scratch/forge.git
git init -q --bare "$forge"
# Walks down the columns: correct, and slow in a way that leaves no doubt.
make_column_sums "$p" 512 <<'EOT'
#include "axpby.h"

void column_sums(const float* x, float* y, long rows, long cols) {
  for (long j = 0; j < cols; ++j) {
    float sum = 0.0f;
    for (long i = 0; i < rows; ++i) sum += x[i * cols + j] * x[i * cols + j];
    y[j] = sum;
  }
}
EOT
git -C "$p" push -q "$forge" main
configure "$p"
cmake --build "$p/build" >/dev/null
run=("$ke_ci" run -B "$p/build" --base HEAD~1 --evaluations 4 --budget 60s --forge "local:$forge")

# Nothing of a killed run is lost: the next one goes on with its session.
killed_after 1 "$p/build" "${run[@]}"
killed=$("$ke_build" show -B "$p/build" | awk '/running/ {print $1; exit}')
[ -n "$killed" ] || fail "the killed run left no running session"

# Code 4 is the honest answer of a restless machine: nothing could be confirmed in time. Asked again, it goes on.
code=0
"${run[@]}" --json >"$scratch/run.json" 2>"$scratch/err" || code=$?
[ $code -eq 0 ] || [ $code -eq 4 ] || { cat "$scratch/err" >&2; fail "ke-ci run: exit code $code"; }
[ $code -eq 0 ] || "${run[@]}" --json >"$scratch/run.json" 2>"$scratch/err" || { code=$?; cat "$scratch/err" >&2; fail "ke-ci run: exit code $code"; }
grep -q '"validated": true' "$scratch/run.json" || { cat "$scratch/err" >&2; fail "nothing was proposed"; }
"$ke_build" show -B "$p/build" | grep -q "^$killed .* finished" || fail "the killed session $killed was not continued"
[ -s "$p/build/ke/report/index.html" ] || fail "no report"
git -C "$p" diff --quiet HEAD || fail "the run changed the working tree"

# The branch: one operator's files and nothing else, and it builds with and without KernelEvolve's cache of this machine.
branch=$(git -C "$forge" for-each-ref --format='%(refname:short)' 'refs/heads/ke/*')
[ "$branch" = ke/axpby ] || fail "branches: $branch"
git clone -q -b "$branch" "$forge" "$scratch/clone"
while read -r path; do
  case $path in
    ke.lock.json | *axpby* | .ke/* | .kernel-evolve/*) ;;
    *) fail "the proposal touches $path" ;;
  esac
done < <(git -C "$scratch/clone" diff --name-only origin/main...HEAD 2>/dev/null || git -C "$forge" diff --name-only "main...$branch")
configure "$scratch/clone"
cmake --build "$scratch/clone/build" >"$scratch/out" 2>&1 || { cat "$scratch/out" >&2; fail "the proposal does not build"; }
git -C "$scratch/clone" ls-files | grep -q SKILL.md || fail "no skill was proposed"

# The same again, in less time than a confirmation takes: the request stays as it is. (What another winner does to it is
# tested in tests/unit/propose.)
head=$(git -C "$forge" rev-parse "$branch")
"$ke_ci" run -B "$p/build" --base HEAD~1 --budget 5s --forge "local:$forge" >"$scratch/out" 2>"$scratch/err" ||
  [ $? -eq 4 ] || { cat "$scratch/err" >&2; fail "second run"; }
[ "$(git -C "$forge" rev-parse "$branch")" = "$head" ] || { cat "$scratch/err" >&2; fail "the second run moved the branch"; }

# A commit that makes it slower does not pass the gate, whatever else a winner would be refused for (here an overflow that
# sanitizers see); one that does not, does.
sed -i 's|    float sum|    volatile int most = 2147483647;\n    most = most + 1;\n    for (volatile long k = 0; k < rows; ++k) {\n    }\n    float sum|' "$p/src/axpby.cpp"
commit "$p" "Slower"
expect 1 'axpby' "$ke_ci" gate -B "$p/build" --base HEAD~1
git -C "$p" commit -q --allow-empty -m "Nothing" --author 'T <t@example.org>' 2>/dev/null ||
  git -C "$p" -c user.name=T -c user.email=t@example.org commit -q --allow-empty -m "Nothing"
expect 0 '' "$ke_ci" gate -B "$p/build" --base HEAD~1

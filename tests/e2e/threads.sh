#!/usr/bin/env bash
# A contract of two threads: the search builds the outermost loop in parts with its flag, and the judge passes it; with one
# thread the same candidate is refused, and no search proposes it.
source "$(dirname "$0")/common.sh"
[ "$(nproc)" -ge 2 ] || { echo "not run: kernels of two threads; this machine has one core"; exit 77; }
p=$scratch/p
make_project "$p"
cat >"$p/src/axpby.h" <<'EOT'
void roots(const float* x, float* y, long rows, long cols);
EOT
# Every element stops by itself: what else helps it is little, so that threads must be tried.
cat >"$p/src/axpby.cpp" <<'EOT'
#include "axpby.h"

void roots(const float* x, float* y, long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    for (long c = 0; c < cols; ++c) {
      const float a = x[r * cols + c] * x[r * cols + c] + 1.0f;
      float v = a;
      for (int step = 0; step < 40; ++step) {
        const float next = 0.5f * (v + a / v);
        if (next == v) break;
        v = next;
      }
      y[r * cols + c] = v;
    }
  }
}
EOT
cat >"$p/src/axpby.ke.json" <<'EOT'
{
  "name": "axpby",
  "axes": { "rows": {"type": "var"}, "cols": {"type": "var"} },
  "inputs": { "x": {"shape": ["rows", "cols"], "dtype": "float32"} },
  "outputs": { "y": {"shape": ["rows", "cols"], "dtype": "float32"} },
  "ke": {
    "kernel": { "call": "roots(x, y, rows, cols)", "headers": ["axpby.h"] },
    "contract": { "threads": 2 },
    "tolerance": { "kind": "derived", "reduction": "8" },
    "workloads": [ {"name": "rows", "axes": {"rows": 128, "cols": 512}} ],
    "hidden": { "rows": [1, 60], "cols": [1, 90] }
  }
}
EOT
commit "$p" "Roots"
configure "$p"
search=("$ke_build" search axpby -B "$p/build" --synthesizers rewrite --stall 1000 -q)
in_parts() { grep -l -- '"-fopenmp"' "$p/build"/ke/evaluations/*/subject.json || [ $? -eq 1 ]; }  # 1: no such candidate

killed_after 6 "$p/build" "${search[@]}" --budget 90s
folder=$(in_parts | head -1)
[ -n "$folder" ] || { cat "$scratch/background.log" >&2; fail "no candidate in parts was evaluated"; }
for subject in $(in_parts); do
  folder=$(dirname "$subject")
  grep -q 'pragma omp parallel for' "$folder"/source/* || fail "$folder: the flag without the loop"
done
candidate=$(ls "$(dirname "$(in_parts | head -1)")"/source/*.cpp | head -1)
cp "$candidate" "$scratch/parts.cpp"

# By hand: it is right. Code 1 is also "slower", where another process has the second core. The search confirms what it finds.
code=0
"$ke_build" evaluate axpby -B "$p/build" --source "$scratch/parts.cpp" --flag=-fopenmp --effort screen --timeout 30s >"$scratch/out" 2>"$scratch/err" || code=$?
cat "$scratch/out"
passes "what the search made"
case $code in 0 | 1 | 6) ;; *) cat "$scratch/err" >&2; fail "evaluate: exit code $code" ;; esac

sed -i 's/"threads": 2/"threads": 1/' "$p/src/axpby.ke.json"
expect 1 "the contract says one thread" "$ke_build" evaluate axpby -B "$p/build" --source "$scratch/parts.cpp" --flag=-fopenmp --effort screen
rm -rf "$p/build/ke/evaluations"
# Exit code 4: no time was left to confirm anything.
"${search[@]}" --evaluations 4 --budget 6s >"$scratch/out" 2>"$scratch/err" || [ $? -eq 4 ] || { cat "$scratch/err" >&2; fail "search with one thread"; }
ls "$p/build"/ke/evaluations/*/subject.json >/dev/null || fail "nothing was evaluated with one thread"
[ -z "$(in_parts)" ] || fail "offered with one thread"

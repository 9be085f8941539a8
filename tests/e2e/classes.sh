#!/usr/bin/env bash
# Short and long rows want different values of a tunable: the search finds both, and one kernel that takes each where it
# is the faster one, as plain code.
source "$(dirname "$0")/common.sh"
p=$scratch/p
make_project "$p"
cat >"$p/src/axpby.h" <<'EOT'
void row_sums(const float* x, float* y, long rows, long cols);
EOT
# Many lanes hide the latency of long sums, and cost more than they save where a row is shorter than they are. The
# default is right for neither, so that nothing hangs on proving one half equal, and no single value beats it.
cat >"$p/src/axpby.cpp" <<'EOT'
#include "axpby.h"

// ke: tunable LANES in {1, 4, 64}
#ifndef LANES
#define LANES 4
#endif

void row_sums(const float* x, float* y, long rows, long cols) {
  for (long r = 0; r < rows; ++r) {
    float lane[LANES];
    for (int l = 0; l < LANES; ++l) lane[l] = 0.0f;
    long c = 0;
    for (; c + LANES <= cols; c += LANES)
      for (int l = 0; l < LANES; ++l) lane[l] += x[r * cols + c + l];
    float sum = 0.0f;
    for (; c < cols; ++c) sum += x[r * cols + c];
    for (int l = 0; l < LANES; ++l) sum += lane[l];
    y[r] = sum;
  }
}
EOT
cat >"$p/src/axpby.ke.json" <<'EOT'
{
  "name": "axpby",
  "axes": { "rows": {"type": "var"}, "cols": {"type": "var"} },
  "inputs": { "x": {"shape": ["rows", "cols"], "dtype": "float32"} },
  "outputs": { "y": {"shape": ["rows"], "dtype": "float32"} },
  "ke": {
    "kernel": { "call": "row_sums(x, y, rows, cols)", "headers": ["axpby.h"] },
    "tolerance": { "kind": "derived", "reduction": "cols" },
    "workloads": [ {"name": "short", "axes": {"rows": 2000, "cols": 3}}, {"name": "long", "axes": {"rows": 8, "cols": 4096}} ],
    "hidden": { "rows": [1, 40], "cols": [1, 400] }
  }
}
EOT
commit "$p" "Sums of rows"
configure "$p"

# A restless machine may not see the difference at the first try.
for seed in 0 1 2; do
  "$ke_build" search axpby -B "$p/build" --synthesizers tunables,classes --evaluations 7 --budget 90s --seed $seed --json -q >"$scratch/found.json" || [ $? -eq 4 ] || fail "search"
  session=$(grep -m1 -oE '"session": "[^"]+"' "$scratch/found.json" | cut -d'"' -f4)
  "$ke_build" show "$session" -B "$p/build" >"$scratch/tree"
  if grep -q 'did classes/by_size' "$scratch/tree" && grep -qE 'LANES is 1 up to [0-9]+, 64 beyond' "$scratch/tree"; then break; fi
done
grep -q 'slower .*tunables/LANES' "$scratch/tree" || { cat "$scratch/tree" >&2; fail "64 lanes alone were not slower on short rows"; }
grep -q 'did classes/by_size' "$scratch/tree" || { cat "$scratch/tree" >&2; fail "the winner does not dispatch by size"; }
grep -qE 'LANES is 1 up to [0-9]+, 64 beyond \(cols\)' "$scratch/tree" || { cat "$scratch/tree" >&2; fail "the classes are other ones"; }
speedup=$(grep -oE '"speedup": [0-9.]+' "$scratch/found.json" | cut -d' ' -f2 | sort -g | tail -1)
awk -v s="$speedup" 'BEGIN {exit !(s >= 1.1)}' || fail "two values gained only $speedup"

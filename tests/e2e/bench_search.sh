#!/usr/bin/env bash
# Recorded spaces of two kernels on two devices: every track, as a table and as JSON.
source "$(dirname "$0")/common.sh"
spaces=$scratch/spaces
mkdir "$spaces"
# space FILE NAMES COST: 4 x 4 x 2 configurations; COST is an awk expression in a, b and c.
space() {
  awk -v names="$2" 'BEGIN {
    print names ",time_ms,compile_ms,benchmark_ms"
    for (a = 1; a <= 8; a *= 2) for (b = 1; b <= 4; ++b) for (c = 0; c < 2; ++c)
      printf "%d,%d,%s,%s,10,3\n", a, b, c ? "rows" : "columns", '"$3"'
  }' >"$spaces/$1.csv"
}
space near-A tile,unroll,order '(a == 8 && b == 4) ? "RuntimeFailedConfig" : 1 + (a - 4) ^ 2 + (b - 2) ^ 2 + c'
space near-B tile,unroll,order '2 + (a - 4) ^ 2 + (b - 3) ^ 2 + c'
space far-A tile,depth,layout '9 - a + b + c'
for warm in none devices kernels; do
  "$ke_build" bench-search "$spaces" --seeds 3 --budgets 5,10 --warm "$warm" --json --quiet >"$scratch/$warm.json"
  "$ke_build" bench-search "$spaces" --seeds 3 --budgets 5,10 --warm "$warm" --json --quiet --threads 3 >"$scratch/again.json"
  sed -i 's/"step_ms":[^,]*//' "$scratch/$warm.json" "$scratch/again.json"
  cmp "$scratch/$warm.json" "$scratch/again.json" || fail "$warm: not the same on another number of threads"
  [ "$(grep -o '"space":' "$scratch/$warm.json" | wc -l)" -eq 6 ] || fail "$warm: not a row per space and budget"
done
grep -q '"cold":' "$scratch/none.json" && fail "the cold track is compared with itself"
for warm in devices kernels; do
  [ "$(grep -o '"cold":' "$scratch/$warm.json" | wc -l)" -eq 8 ] || fail "$warm: rows and means are not paired with the cold track"
done
expect 0 'near-B +warm-devices +5 .*cold 0\.[0-9]+, difference' "$ke_build" bench-search "$spaces" --seeds 3 --budgets 5 --warm devices --only near-B

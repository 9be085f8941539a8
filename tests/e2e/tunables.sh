#!/usr/bin/env bash
# Tunables that the source declares: the search chooses their values and nothing else, and a mistake in a declaration is one
# error with its line.
source "$(dirname "$0")/common.sh"
p=$scratch/p
# Column by column every cache line is fetched again; REPEAT does the work over, so that one of its values is plainly better.
# WIDTH=16 is legal only together with another REPEAT.
make_column_sums "$p" 256 <<'EOT'
#include "axpby.h"

// Columns that are summed side by side.
// ke: tunable WIDTH in {1, 4, 16, 64} where WIDTH * REPEAT <= 64
#ifndef WIDTH
#define WIDTH 1
#endif
// ke: tunable REPEAT in {1, 8}
#ifndef REPEAT
#define REPEAT 8
#endif

void column_sums(const float* x, float* y, long rows, long cols) {
  for (long j = 0; j < cols; j += WIDTH) {
    float sum[WIDTH];
    for (int repeat = 0; repeat < REPEAT; ++repeat) {
      for (int w = 0; w < WIDTH; ++w) sum[w] = 0.0f;
      for (long i = 0; i < rows; ++i)
        for (int w = 0; w < WIDTH; ++w)
          if (j + w < cols) sum[w] += x[i * cols + j + w] * x[i * cols + j + w];
      for (int w = 0; w < WIDTH; ++w)
        if (j + w < cols) static_cast<volatile float*>(y)[j + w] = sum[w];
    }
  }
}
EOT
configure "$p"

"$ke_build" search axpby -B "$p/build" --synthesizers tunables --evaluations 9 --budget 90s --json -q >"$scratch/found.json"
speedup=$(grep -oE '"speedup": [0-9.]+' "$scratch/found.json" | cut -d' ' -f2 | sort -g | tail -1)
awk -v s="$speedup" 'BEGIN {exit !(s >= 2)}' || fail "the values gained only $speedup"
grep -q '"REPEAT": "1"' "$scratch/found.json" || { cat "$scratch/found.json"; fail "REPEAT was not chosen"; }
"$ke_build" show -B "$p/build" "$("$ke_build" show -B "$p/build" | awk '{print $1; exit}')" >"$scratch/tree"
! grep -qE 'build_failed|wrong' "$scratch/tree" || fail "an illegal configuration was tried"

# A mistake is found before anything is built, wherever the operator is read.
broken() {
  sed "s|// ke: tunable WIDTH .*|// ke: tunable WIDTH $1|" "$p/src/axpby.cpp" >"$scratch/axpby.cpp"
  cp "$scratch/axpby.cpp" "$p/src/axpby.cpp"
  expect 2 "$2" "$ke_build" search axpby -B "$p/build" --evaluations 1
}
broken 'in {1, 4, 16, 64} where WIDTH * REPEET <= 64' "src/axpby.cpp:4: .*unknown name 'REPEET' \(did you mean 'REPEAT'\?\)"
broken 'in {1, 4, 16, 64} where WIDTH \* REPEAT > 999' "src/axpby.cpp:4: no combination of the declared values satisfies"
broken 'in {4, 16, 64}' "src/axpby.cpp:4: the default of WIDTH is 1, which is not one of its values"

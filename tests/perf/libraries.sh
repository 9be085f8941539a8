#!/usr/bin/env bash
# libraries.sh BUILD_DIR [--budget 120s] [--operators a,b]: the winners that `./dev bench examples` stored beside OpenBLAS,
# oneDNN and Eigen where they have the operator, on the workloads of its spec. A row is the ratio of times, library over winner
# (above 1: the winner is faster), the median of interleaved pairs with its 95 % interval; one thread on both sides, calls on
# warm data. The winner is compiled as its proposal says, the rest with -O3 -march=native: that is how Eigen's users compile it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tool=$(cd "$1" && pwd)
shift
budget=120s
only=
while [ $# -gt 0 ]; do
  case "$1" in
    --budget) budget=${2:?--budget needs the one that the examples were searched with}; shift 2 ;;
    --operators) only=${2:?--operators needs names separated by commas}; shift 2 ;;
    *) echo "libraries: unknown word $1; expected [--budget 120s] [--operators a,b]" >&2; exit 2 ;;
  esac
done
examples=$tool/bench-examples/$budget
[ -d "$examples/runs" ] || { echo "libraries: no winners yet; run ./dev bench examples --budget $budget first" >&2; exit 2; }
[ -n "$only" ] || only=$(cd "$here/libraries" && ls ./*.cpp | sed 's|^./||; s|\.cpp||' | paste -sd,)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset OPENBLAS_CORETYPE
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1

declare -A missing=()  # operators without a row, and why
# Measures one operator into $examples/libraries/OPERATOR.txt; a row that is there and younger than the winner stays.
measure() {
  local operator=$1 run=$examples/runs/$1.json rows=$examples/libraries/$1.txt session compile=() shapes=() kind rest
  [ -s "$run" ] || { missing[$operator]="not searched yet"; return 0; }
  session=$(sed -n '/"session": "/ {s/.*"session": "\([^"]*\)".*/\1/p; q}' "$run")
  [ ! "$rows" -nt "$run" ] || return 0
  echo "== $operator" >&2
  "$tool/tests/perf/winner" "$examples/operators/build" "$operator" "$session" "$work/winner.cpp" >"$work/how" ||
    { missing[$operator]="no winner could be read from its session"; return 0; }
  while read -r kind rest; do
    case $kind in
      arg) compile+=("$rest") ;;
      workload) read -ra words <<<"$rest"; shapes+=("${words[@]}") ;;
    esac
  done <"$work/how"
  "${compile[@]}" -iquote "$examples/operators/src" -c "$work/winner.cpp" -o "$work/winner.o"
  g++ -std=c++17 -O3 -march=native -DNDEBUG -I"$examples/operators/include" -I/usr/include/eigen3 -c \
    "$here/libraries/$operator.cpp" -o "$work/pair.o"
  g++ "$work/pair.o" "$work/winner.o" -lopenblas -ldnnl -lm -o "$work/pair"
  "$work/pair" "${shapes[@]}" >"$rows.part"
  mv "$rows.part" "$rows"
}

mkdir -p "$examples/libraries"
for operator in ${only//,/ }; do
  [ -f "$here/libraries/$operator.cpp" ] || { echo "libraries: no library has $operator" >&2; exit 2; }
  measure "$operator"
done
echo "| operator | workload | library | time of the library / of the winner |"
echo "|---|---|---|---|"
for operator in ${only//,/ }; do
  [ -z "${missing[$operator]:-}" ] || { echo "| $operator | | | not run: ${missing[$operator]} |"; continue; }
  [ ! -s "$examples/libraries/$operator.txt" ] ||
    awk '$4 == "differs" {printf "| %s | %s | %s | computes something else (%s) |\n", $1, $2, $3, $6; next}
         {printf "| %s | %s | %s | %.2f [%.2f, %.2f] |\n", $1, $2, $3, $4, $5, $6}' "$examples/libraries/$operator.txt"
done
# Of each operator the geometric mean over its workloads against the best library there: the row that decides.
echo
rows=()
for operator in ${only//,/ }; do
  [ ! -s "$examples/libraries/$operator.txt" ] || rows+=("$examples/libraries/$operator.txt")
done
[ ${#rows[@]} -gt 0 ] || { echo "nothing was measured"; exit 1; }
awk '
  $4 == "differs" {left[$1] = left[$1] " " $2 "/" $3; next}
  {key = $1 " " $2; if (!(key in best) || $4 < best[key]) best[key] = $4}
  END {for (key in best) {split(key, part, " "); sum[part[1]] += log(best[key]); n[part[1]]++}
       for (op in sum) printf "%s: %.2f of the best library (geometric mean of %d workloads)\n", op, exp(sum[op] / n[op]), n[op]
       for (op in left) printf "%s: not compared, the library computes something else:%s\n", op, left[op]}' "${rows[@]}" | sort

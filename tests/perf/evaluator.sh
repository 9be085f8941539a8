#!/usr/bin/env bash
# evaluator.sh BUILD_DIR [--part aa|mutants|cost]... [--seconds N]: what the evaluator's word is worth and what it costs.
# Samples of part aa are kept below BUILD_DIR/ke-bench/evaluator and added to by every run; --seconds 0 prints what is kept.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$1
shift
seconds=120
parts=()
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=${2:?--seconds needs a number}; shift 2 ;;
    --part) parts+=("${2:?--part needs aa, mutants or cost}"); shift 2 ;;
    *) echo "evaluator: unknown word $1; expected [--part aa|mutants|cost]... [--seconds N]" >&2; exit 2 ;;
  esac
done
[ ${#parts[@]} -gt 0 ] || parts=(aa mutants cost)
state="$build/ke-bench/evaluator"
mkdir -p "$state"

mutants() {
  local kernel missed=0
  rm -rf "$state/mutants/results"
  for kernel in "$here"/../mutants/kernels/*.mutants; do
    "$build/tests/mutants/mutants" run "$(basename "$kernel" .mutants)" "$here/../mutants/kernels" "$state/mutants" >&2 || missed=1
  done
  "$build/tests/mutants/mutants" table "$state/mutants"
  return $missed
}

for part in "${parts[@]}"; do
  case "$part" in
    aa | cost) "$build/tests/perf/evaluator" "$part" "$state" "$seconds" ;;
    mutants) mutants ;;
    *) echo "evaluator: there is no part $part; parts are aa, mutants, cost" >&2; exit 2 ;;
  esac
done

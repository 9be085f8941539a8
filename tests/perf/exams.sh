#!/usr/bin/env bash
# exams.sh BUILD_DIR [COUNT] [controls [guided | beside] | beside | FLAG...]: false alarms of the checks. The kernel of every operator of the examples and
# of the red team, built with FLAGs that change its roundings and nothing else (default: fused multiply-adds), or the honest
# controls of the red team, before COUNT exams (default 12) drawn as for a confirmation. Prints every objection and a line per
# version; ends with 1 when something objected or did not come to its end.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd) count=${2:-12}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- -O3 -march=native -ffp-contract=fast
kind=operators
if [ "$1" = controls ]; then
  kind=controls
  shift
fi
work=$build/ke-bench/exams
rm -rf "$work"
mkdir -p "$work"

# sit SPEC SOURCE INCLUDE [VERSION...]: ends with 0 when no exam objected, with 1 when one did; anything else means that the
# exams were not sat to their end.
sit() {
  local name folder code=0
  name=$(basename "$3")/$(basename "$1" .ke.json)${4:+/$(basename "$4" .cpp)}
  folder=$work/${name//\//-}
  # shellcheck disable=SC2086  # flags are words
  "$build/tests/mutants/exams" "$1" "$2" "$3" "$count" "$folder" $flags "${@:4}" 2>&1 || code=$?
  case $code in
    0) ;;
    1) echo "$name" >>"$work/objected" ;;
    *) echo "$name (exit code $code)" >>"$work/unfinished" ;;
  esac
}
export -f sit
export work build count flags="$*"

source_of() {
  if [ -e "$1.cpp" ]; then echo "$1.cpp"; else echo "$1.c"; fi
}

operators() {
  local name
  for name in "$root"/examples/operators/src/*.cpp; do
    name=$(basename "$name" .cpp)
    echo "$root/examples/operators/specs/$name.ke.json $root/examples/operators/src/$name.cpp $root/examples/operators/include"
  done
  for spec in "$root"/tests/redteam/operators/*.ke.json; do
    echo "$spec $(source_of "${spec%.ke.json}") $root/tests/redteam/operators"
  done
}

# A few at a time, so that they draw other exams.
controls() {
  local operators=$root/tests/redteam/operators
  for spec in "$operators"/*.ke.json; do
    # 1: an operator that has attacks only.
    { grep -lE "^//! operator: $(basename "$spec" .ke.json)\s*$" "$root"/tests/redteam/honest/* || [ $? -eq 1 ]; } |
      xargs -r -n 4 echo "$spec $(source_of "${spec%.ke.json}") $operators"
  done
}

$kind | xargs -P "$(nproc)" -L 1 bash -c 'sit "$@"' _
failed=0
if [ -e "$work/objected" ]; then
  echo "the checks objected to honest kernels: $(paste -sd' ' "$work/objected")" >&2
  failed=1
fi
if [ -e "$work/unfinished" ]; then
  echo "not examined to the end: $(paste -sd, "$work/unfinished")" >&2
  failed=1
fi
exit $failed

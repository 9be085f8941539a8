#!/usr/bin/env bash
# exams.sh BUILD_DIR [COUNT] [FLAG...]: false alarms of the checks. The kernel of every operator of the examples and of the red
# team that is C++, built with FLAGs that change its roundings and nothing else (default: fused multiply-adds), before COUNT
# exams (default 12) drawn as for a confirmation. Prints every objection, a line per operator, and which were not examined;
# ends with 1 when something objected or did not come to its end.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd) count=${2:-12}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- -O3 -march=native -ffp-contract=fast
work=$build/ke-bench/exams
rm -rf "$work"
mkdir -p "$work"

# Ends with 0 when no exam objected, with 1 when one did; anything else means that the exams were not sat to their end.
sit() {
  local name folder code=0
  name=$(basename "$3")/$(basename "$1" .ke.json)
  folder=$work/${name/\//-}
  # shellcheck disable=SC2086  # flags are words
  "$build/tests/mutants/exams" "$1" "$2" "$3" "$count" "$folder" $flags 2>&1 || code=$?
  case $code in
    0) ;;
    1) echo "$name" >>"$work/objected" ;;
    *) echo "$name (exit code $code)" >>"$work/unfinished" ;;
  esac
}
export -f sit
export work build count flags="$*"

list() {
  for spec in "$root"/examples/operators/specs/*.ke.json; do
    echo "$spec $root/examples/operators/src/$(basename "$spec" .ke.json).cpp $root/examples/operators/include"
  done
  for spec in "$root"/tests/redteam/operators/*.ke.json; do
    if [ -e "${spec%.ke.json}.cpp" ]; then
      echo "$spec ${spec%.ke.json}.cpp $root/tests/redteam/operators"
    else
      echo "not examined: $(basename "$spec" .ke.json), which is no C++" >&2
    fi
  done
}
list | xargs -P "$(nproc)" -L 1 bash -c 'sit "$@"' _
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

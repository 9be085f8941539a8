#!/usr/bin/env bash
# exams.sh BUILD_DIR [COUNT] [FLAG...]: false alarms of the checks. The kernel of every operator of the examples and of the red
# team, built with FLAGs that change its roundings and nothing else (default: fused multiply-adds), before COUNT exams
# (default 12) drawn as for a confirmation. Prints every objection, and a line per operator.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd) count=${2:-12}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- -O3 -march=native -ffp-contract=fast
work=$build/ke-bench/exams
rm -rf "$work"
mkdir -p "$work"

sit() {
  local folder
  folder=$work/$(basename "$3")-$(basename "$1" .ke.json)
  # shellcheck disable=SC2086  # flags are words
  "$build/tests/mutants/exams" "$1" "$2" "$3" "$count" "$folder" $flags 2>&1 || true
}
export -f sit
export work build count flags="$*"

list() {
  for spec in "$root"/examples/operators/specs/*.ke.json; do
    echo "$spec $root/examples/operators/src/$(basename "$spec" .ke.json).cpp $root/examples/operators/include"
  done
  for spec in "$root"/tests/redteam/operators/*.ke.json; do
    [ ! -e "${spec%.ke.json}.cpp" ] || echo "$spec ${spec%.ke.json}.cpp $root/tests/redteam/operators"
  done
}
list | xargs -P "$(nproc)" -L 1 bash -c 'sit "$@"' _ | tee "$work/log"
if grep -q ', exam [0-9]' "$work/log"; then
  echo "the checks objected to honest kernels" >&2
  exit 1
fi

#!/usr/bin/env bash
# run.sh [SECONDS] [NAME...]: runs every fuzz target, or those named (spec, elf, ...), for SECONDS each (default 60), as many at a
# time as there are cores, starting from its corpus. Findings stay in build-fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
names=("$@")
[ ${#names[@]} -gt 0 ] || mapfile -t names < <(basename -a -s _fuzz.cpp tests/fuzz/*_fuzz.cpp)
for name in "${names[@]}"; do
  [ -e "tests/fuzz/${name}_fuzz.cpp" ] || { echo "fuzz: no target $name; expected one of" $(basename -a -s _fuzz.cpp tests/fuzz/*_fuzz.cpp) >&2; exit 2; }
done
cmake --preset fuzz >/dev/null
cmake --build build-fuzz --parallel "$(nproc)"
mkdir -p build-fuzz/findings

# One target; its output comes at the end, in one piece.
run_one() {
  local name=${1}_fuzz seconds=$2 corpus=tests/fuzz/corpus/$1 work=build-fuzz/corpus/${1}_fuzz failed=0
  mkdir -p "$work" "$corpus"
  "build-fuzz/tests/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build-fuzz/findings/$name-" "$work" "$corpus" >"$work.log" 2>&1 || failed=1
  grep -qE 'stat::number_of_executed' "$work.log" || failed=1
  printf '%s\n' "== $name for $seconds s" "$(grep -E 'stat::number_of_executed|SUMMARY|ERROR' "$work.log" || echo "ran nothing")"
  [ $failed -eq 0 ] || tail -40 "$work.log" >&2
  return $failed
}
export -f run_one
printf '%s\n' "${names[@]}" | xargs -P "$(nproc)" -I{} bash -c 'run_one "$@"' _ {} "$seconds"

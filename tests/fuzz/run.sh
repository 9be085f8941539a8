#!/usr/bin/env bash
# Runs every fuzz target for SECONDS each (default 60), starting from its corpus. Findings stay in build-fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
cmake --preset fuzz >/dev/null
cmake --build build-fuzz --parallel "$(nproc)"
mkdir -p build-fuzz/findings
failed=0
for source in tests/fuzz/*_fuzz.cpp; do
  name=$(basename "$source" .cpp)
  corpus=tests/fuzz/corpus/${name%_fuzz}
  work=build-fuzz/corpus/$name
  mkdir -p "$work" "$corpus"
  echo "== $name for $seconds s"
  "build-fuzz/tests/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build-fuzz/findings/$name-" "$work" "$corpus" >"$work.log" 2>&1 || { failed=1; tail -40 "$work.log" >&2; }
  grep -E 'stat::number_of_executed|SUMMARY|ERROR' "$work.log" || { echo "$name: ran nothing" >&2; failed=1; }
done
exit $failed

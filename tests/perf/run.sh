#!/usr/bin/env bash
# run.sh BUILD_DIR NAME [ARGS]: benchmarks that print a table. They measure; tests never assert on their times.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tool=$1
shift
case "${1:-}" in
  examples) shift; exec bash "$here/examples.sh" "$tool" "$@" ;;
  detect) shift; exec bash "$here/detect_scale.sh" "$tool" "$@" ;;
  libraries) shift; exec bash "$here/libraries.sh" "$tool" "$@" ;;
  store) shift; exec "$tool/tests/perf/store_queries" "$@" ;;
  *) echo "benchmarks: examples [SECONDS] [OPERATORS], detect, libraries, store" >&2; exit 2 ;;
esac

#!/usr/bin/env bash
# run.sh BUILD_DIR NAME [ARGS]: benchmarks that print a table. They measure; tests never assert on their times.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tool=$1
shift
case "${1:-}" in
  examples) shift; exec bash "$here/examples.sh" "$tool" "$@" ;;
  detect) shift; exec bash "$here/detect_scale.sh" "$tool" "$@" ;;
  evaluator) shift; exec bash "$here/evaluator.sh" "$tool" "$@" ;;
  libraries) shift; exec bash "$here/libraries.sh" "$tool" "$@" ;;
  engine) shift; exec "$tool/tests/perf/engine" "$here/../../examples/operators" "$@" ;;
  store) shift; exec "$tool/tests/perf/store_queries" "$@" ;;
  search) shift; exec sh "$here/search.sh" "$tool" "$@" ;;
  *)
    echo "benchmarks: examples [--budget 120s] [--operators a,b], detect, evaluator [--part aa|mutants|cost] [--seconds N]," \
      "libraries [--budget 120s] [--operators a,b], engine [--op NAME] [--policy NAME] [NODES...], store [NODES]," \
      "search SPACES [REFERENCE]" >&2
    exit 2
    ;;
esac

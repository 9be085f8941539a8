#!/usr/bin/env bash
# run.sh BUILD_DIR NAME [ARGS]: benchmarks that print a table. They measure; tests never assert on their times.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tool=$1
shift
case "${1:-}" in
  examples) shift; exec bash "$here/examples.sh" "$tool" "$@" ;;
  ablations) shift; exec bash "$here/ablations.sh" "$tool" "$@" ;;
  learning) shift; exec bash "$here/learning.sh" "$tool" "$@" ;;
  learned) shift; exec "$tool/tests/perf/move_model" "$@" ;;
  detect) shift; exec bash "$here/detect_scale.sh" "$tool" "$@" ;;
  evaluator) shift; exec bash "$here/evaluator.sh" "$tool" "$@" ;;
  exams) shift; exec bash "$here/exams.sh" "$tool" "$@" ;;
  libraries) shift; exec bash "$here/libraries.sh" "$tool" "$@" ;;
  moves) shift; exec bash "$here/moves.sh" "$tool" "$@" ;;
  redteam) shift; exec bash "$here/redteam.sh" "$tool" ;;
  engine) shift; exec "$tool/tests/perf/engine" "$here/../../examples/operators" "$@" ;;
  store) shift; exec "$tool/tests/perf/store_queries" "$@" ;;
  search) shift; exec sh "$here/search.sh" "$tool" "$@" ;;
  *)
    echo "benchmarks: ablations [SECONDS] [OPERATORS] [SEEDS], detect, engine [--op NAME] [--policy NAME] [NODES...]," \
      "evaluator [--part aa|mutants|cost] [--seconds N], exams [COUNT] [controls | FLAGS], examples [--budget 120s] [--operators a,b], learned [TRIALS]," \
      "learning [SECONDS] [OPERATORS] [SEEDS], libraries [--budget 120s] [--operators a,b], moves [NAMES], redteam, store [NODES]," \
      "search SPACES [REFERENCE]" >&2
    exit 2
    ;;
esac

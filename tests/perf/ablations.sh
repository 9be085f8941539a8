#!/usr/bin/env bash
# ablations.sh BUILD_DIR [SECONDS] [OPERATORS] [SEEDS]: what is each part of the search worth? Every operator (default: eight)
# is searched for SECONDS (default 30) with each seed (default 1,2): as it is, without one part, and at random; every search
# knows the sessions of the other operators' cousins (KE_CORPUS, default: all). It goes on where it was interrupted.
set -euo pipefail
. "$(dirname "$0")/searches.sh"
tool=$(cd "$1" && pwd)
seconds=${2:-30}
operators=${3:-softmax,layernorm,sgemm,gemv,column_reduce,stencil_2d,bias_gelu,argmax_rows}
seeds=${4:-1,2}
work=$tool/bench-searches/$seconds
known=${KE_CORPUS:-$(all_operators | paste -sd,)}

prepare_project "$work/operators" "$tool"
corpus "$work" "$tool" "$seconds" "$known"
for operator in ${operators//,/ }; do
  start=$work/start-$operator.db
  store_of "$work" "$tool" "$start" "$(without_operator "$operator" "$known")"
  for seed in ${seeds//,/ }; do
    run() { search_once "$work/runs/$1/$operator-$seed.db" "$work/operators" "$tool" "$operator" "$seconds" "$seed" "$start" "${@:2}"; }
    run full
    run no-rewrites --without rewrites
    run no-templates --without templates
    run no-learned --without learned
    run no-memory --without memory
    run random --policy random
  done
done
"$tool/tests/perf/search_table" ablations "$work/runs" "$operators" full no-rewrites no-templates no-learned no-memory random

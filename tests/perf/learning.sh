#!/usr/bin/env bash
# learning.sh BUILD_DIR [SECONDS] [OPERATORS] [SEEDS]: how many evaluations until 95 % of the best ever seen, with an empty store
# (cold), with sessions of all other families' cousins (full), and with those of the own family as well (family)? And where
# nobody says what moves are known to gain (unstated-cold, unstated-full: the store was made like that as well)? OPERATORS
# default to all, SECONDS to 60, SEEDS to 1,2,3; KE_CORPUS as in ablations.sh, whose searches are used where they are there.
set -euo pipefail
. "$(dirname "$0")/searches.sh"
tool=$(cd "$1" && pwd)
seconds=${2:-60}
operators=${3:-$(all_operators | paste -sd,)}
seeds=${4:-1,2,3}
work=$tool/bench-searches/$seconds
known=${KE_CORPUS:-$(all_operators | paste -sd,)}

prepare_project "$work/operators" "$tool"
corpus "$work" "$tool" "$seconds" "$known"
corpus "$work" "$tool" "$seconds" "$known" corpus-unstated --without stated
for operator in ${operators//,/ }; do
  others=$work/start-$operator.db
  family=$work/family-$operator.db
  store_of "$work" "$tool" "$others" "$(without_operator "$operator" "$known")"
  store_of "$work" "$tool" "$family" "$known"
  untold=$work/untold-$operator.db
  store_of "$work" "$tool" "$untold" "$(without_operator "$operator" "$known")" corpus-unstated
  for seed in ${seeds//,/ }; do
    run() { search_once "$work/runs/$1/$operator-$seed.db" "$work/operators" "$tool" "$operator" "$seconds" "$seed" "${@:2}"; }
    run cold ""
    run full "$others"
    run family "$family"
    run unstated-cold "" --without stated
    run unstated-full "$untold" --without stated
  done
done
"$tool/tests/perf/search_table" learning "$work/runs" "$operators" cold full family unstated-cold
"$tool/tests/perf/search_table" learning "$work/runs" "$operators" unstated-cold unstated-full cold

#!/bin/sh
# SPDX-License-Identifier: MIT
# How many evaluations does the search need? Recorded tuning spaces, cold and warm, 30 searches per space.
#   tests/perf/search.sh BUILD_DIR SPACES [REFERENCE]
# SPACES: a folder of <kernel>-<device>.csv.gz (docs/cli); the data is not part of this repository. REFERENCE: what
# another tuner reached there, by default SPACES/kernel-tuner-*.csv when there is one.
set -eu
usage='usage: ./dev bench search SPACES [REFERENCE]   (SPACES: a folder of recorded spaces, see docs/cli/README.md)'
tool=${1:?$usage}/bin/ke-build
spaces=${2:-}
[ -n "$spaces" ] || { echo "$usage" >&2; exit 2; }
reference=${3:-$(ls "$spaces"/kernel-tuner-*.csv 2>/dev/null | tail -n 1)}
for warm in none devices kernels; do
  echo "== --warm $warm"
  "$tool" bench-search "$spaces" --seeds "${KE_SEEDS:-30}" --warm "$warm" ${reference:+--reference "$reference"}
done

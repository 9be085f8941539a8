#!/usr/bin/env bash
# redteam.sh BUILD_DIR: judges every attack and every honest control, those that are too dear for the tests included, and prints
# the table. Verdicts stay below BUILD_DIR/ke-bench/redteam.
set -euo pipefail
here=$(cd "$(dirname "$0")/../redteam" && pwd)
build=$1
state="$build/ke-bench/redteam"
rm -rf "$state/results"
mkdir -p "$state"
for spec in "$here"/operators/*.ke.json; do
  operator=$(basename "$spec" .ke.json)
  echo "$operator: $("$build/tests/redteam/redteam" run-all "$operator" "$here" "$state")" >&2
done
"$build/tests/redteam/redteam" table "$here" "$state"

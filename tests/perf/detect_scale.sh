#!/bin/sh
# SPDX-License-Identifier: MIT
# How long does detect take on 10,000 sources with a warm build folder?
#   tests/perf/detect_scale.sh BUILD_DIR [FOLDER]
# BUILD_DIR/bin/ke-build is measured as a whole process. FOLDER keeps the generated repository (built once, minutes).
# Rows: without detect's cache; with it, one changed header; with it, one more changed source; the work tree as head.
set -eu
tool=${1:?usage: detect_scale.sh BUILD_DIR [FOLDER]}/bin/ke-build
folder=${2:-${TMPDIR:-/tmp}/ke-detect-scale}
here=$(cd "$(dirname "$0")" && pwd)
[ -f "$folder/done" ] || { rm -rf "$folder"; "$here/detect_generate.sh" "$folder" 10000 100; touch "$folder/done"; }
cache=$folder/build/ke/detect.cache

run() { # run TITLE ARGUMENTS...: five times, prints wall clock in milliseconds
  title=$1
  shift
  times=
  for _ in 1 2 3 4 5; do
    [ "$title" != cold ] || rm -f "$cache" "$cache.footprints"
    start=$(date +%s%N)
    answer=$("$tool" "$@" -B "$folder/build" 2> "$folder/err") || { cat "$folder/err" >&2; exit 1; }
    end=$(date +%s%N)
    times="$times $(((end - start) / 1000000))"
  done
  printf '%-28s ms:%s   affected: %s\n' "$title" "$times" "$(printf '%s\n' "$answer" | grep -c '^affected')"
}

commit() {
  git -C "$folder/repo" add -A
  git -C "$folder/repo" -c user.name=Perf -c user.email=perf@example.org -c commit.gpgsign=false commit -q -m "$1"
}

run cold detect --base HEAD~1 --head HEAD
run 'warm, same change' detect --base HEAD~1 --head HEAD
printf 'float f5_1(float x) { return x * %s; }\n' "$(date +%s)" > "$folder/repo/lib5/f5_1.cpp"
commit 'one source'
run 'warm, one changed source' detect --base HEAD~1 --head HEAD
run 'warm, work tree' detect --base HEAD~1
printf '#pragma once\n#define COMMON_WIDTH %s\ninline float common(float x) { return x + 1; }\n' "$(date +%s)" > "$folder/repo/include/common.h"
commit 'header of everything'
run 'warm, header of everything' detect --base HEAD~1 --head HEAD
git -C "$folder/repo" reset -q --hard HEAD~2

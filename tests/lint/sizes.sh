#!/usr/bin/env bash
# Files stay small: 400 lines for code, 600 for tests. To exceed one, say why in docs/adr/ and list it here.
set -euo pipefail
allowed=""
failed=0
while read -r file; do
  [ -f "$file" ] || continue
  limit=400
  case $file in tests/*) limit=600 ;; esac
  lines=$(wc -l <"$file")
  if [ "$lines" -gt $limit ] && ! grep -qxF "$file" <<<"$allowed"; then
    echo "$file: $lines lines, the cap is $limit: does it still do one thing?" >&2
    failed=1
  fi
  head -n 1 "$file" | grep -q 'SPDX-License-Identifier: MIT' || { echo "$file: the SPDX line is missing" >&2; failed=1; }
done < <(git ls-files --cached --others --exclude-standard '*.cpp' '*.h' | grep -v -e '^tests/fixtures/' -e '^examples/' -e '^tests/fuzz/corpus/')
exit $failed

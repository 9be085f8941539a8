#!/usr/bin/env bash
# Format and house rules. `--fix` mends the format. clang-format is pinned to 14: other versions format differently.
set -euo pipefail
cd "$(dirname "$0")/../.."

if ! command -v clang-format-14 >/dev/null && command -v apt-get >/dev/null; then
  echo "installing with apt: clang-format-14" >&2
  sudo=(); [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends clang-format-14 >/dev/null
fi

mapfile -t sources < <(git ls-files --cached --others --exclude-standard '*.cpp' '*.h' | grep -vE '^tests/(fixtures|fuzz/corpus)/|^examples/' | while read -r f; do [ -f "$f" ] && echo "$f"; done)
if [ "${1:-}" = --fix ]; then
  clang-format-14 -i "${sources[@]}"
  exit 0
fi

failed=0
clang-format-14 --dry-run --Werror "${sources[@]}" || { echo "run ./dev fmt" >&2; failed=1; }
bash tests/lint/layers.sh || failed=1
bash tests/lint/sizes.sh || failed=1
bash tests/lint/types.sh || failed=1
[ $failed -eq 0 ] && echo "format and lint: ok (${#sources[@]} files)"
exit $failed

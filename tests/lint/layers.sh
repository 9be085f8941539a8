#!/usr/bin/env bash
# Who may include whom (ARCHITECTURE.md). Arrows go one way:
# base < model < store, project < rooms < pipeline, commands < main. A room enters another only through its door,
# and only search (evaluate, learn) and the two commands' halves may do that.
set -euo pipefail
failed=0

forbid() {  # forbid <files below> <pattern of includes> [exception]
  local found hits status=0
  [ -d "$1" ] || { echo "layers: there is no folder $1; correct $0" >&2; failed=1; return 0; }
  # grep: 1 is "nothing found", anything above is a failure of grep.
  found=$(grep -rnE "#include \"($2)" --include='*.h' --include='*.cpp' "$1") || status=$?
  [ $status -le 1 ] || { echo "layers: grep failed on $1 ($status)" >&2; failed=1; return 0; }
  hits=$(printf '%s' "$found" | grep -vE "${3:-^$}") || [ $? -eq 1 ] || { echo "layers: grep failed" >&2; failed=1; }
  [ -z "$hits" ] && return 0
  echo "layers: $1 must not include $2:" >&2
  echo "$hits" >&2
  failed=1
}

forbid ke-build/base 'ke-build/(model|store|project|detect|search|evaluate|learn|pipeline|commands)|ke-ci/|backends/'
forbid ke-build/model 'ke-build/(store|project|detect|search|evaluate|learn|pipeline|commands)|ke-ci/|backends/'
forbid ke-build/store 'ke-build/(project|detect|search|evaluate|learn|pipeline|commands)|ke-ci/|backends/'
forbid ke-build/project 'ke-build/(store|detect|search|evaluate|learn|pipeline|commands)|ke-ci/|backends/'
forbid ke-build/detect 'ke-build/(store|search|evaluate|learn|pipeline|commands)|ke-ci/|backends/'
forbid ke-build/evaluate 'ke-build/(store|detect|search|learn|pipeline|commands)|ke-ci/'
forbid ke-build/learn 'ke-build/(store|detect|search|evaluate|pipeline|commands)|ke-ci/|backends/'
forbid ke-build/search 'ke-build/(detect|pipeline|commands)|ke-ci/|backends/'
forbid ke-build/search 'ke-build/evaluate/' '"ke-build/evaluate/(evaluate|legality)\.h"'
forbid ke-build/search 'ke-build/learn/' '"ke-build/learn/learn\.h"'
forbid ke-build/search/space 'ke-build/(model|store|project|evaluate|learn)|ke-build/search/[a-z_]+\.h'
forbid backends 'ke-build/(store|project|detect|search|learn|pipeline|commands)|ke-ci/'
forbid profilers 'ke-build/(store|project|detect|search|learn|pipeline|commands)|ke-ci/|backends/'
forbid ke-build 'profilers/'
forbid ke-build 'ke-ci/'
forbid ke-ci 'ke-build/(detect|evaluate|learn|search|store|project)/' '/(detect|evaluate|backend|dispatch|judge|legality|learn|search|store|project|repo)\.h"'
exit $failed

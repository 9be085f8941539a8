#!/usr/bin/env bash
# One namespace means one definition per type name: two types of one name in different headers are an ODR violation that
# no linker reports (it showed as a crash in a destructor once).
set -euo pipefail
twice=$(grep -rhoE '^(struct|class) [A-Z][A-Za-z0-9]*( final)?( :| \{)' --include='*.h' --exclude=runner_protocol.h ke-build ke-ci backends |
  awk '{print $2}' | sort | uniq -d)
[ -z "$twice" ] && exit 0
echo "types: these names are defined in more than one header: ${twice//$'\n'/ }" >&2
exit 1

#!/usr/bin/env bash
# Wrong words on the command line: a suggestion each, exit code 2.
source "$(dirname "$0")/common.sh"
p=$scratch/p
make_project "$p"
configure "$p"
expect 2 "unknown verb 'serach' \(did you mean 'search'\?\)" "$ke_build" serach
expect 2 "unknown option '--bugdet' \(did you mean '--budget'\?\)" "$ke_build" search axpby --bugdet 5s
expect 2 "which verb" "$ke_build"
expect 2 "axpbi.*did you mean 'axpby'" "$ke_build" search axpbi -B "$p/build"
expect 2 "'soon' is not a duration" "$ke_build" search axpby -B "$p/build" --budget soon
expect 2 'needs a budget' "$ke_build" search axpby -B "$p/build" --budget 0
expect 0 'Usage' "$ke_build" search --help
expect 0 'ke-build [0-9]' "$ke_build" --version
expect 2 'unknown verb' "$ke_ci" gat
expect 2 'not a legal value: --seed = abc' "$ke_build" search axpby -B "$p/build" --seed abc
expect 0 '^unaffected  axpby$' "$ke_build" detect --base HEAD --explain -B "$p/build"
! "$ke_build" doctor | grep -E '^[a-z]+ +[^ ]+ *$' || fail "a finding of doctor says nothing"

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
expect 2 "unknown policy 'evolution' \(did you mean 'evolutionary'\?\)" "$ke_build" search axpby -B "$p/build" --policy evolution
expect 2 "clean-slate 1.5: expected a share" "$ke_build" search axpby -B "$p/build" --clean-slate 1.5
expect 2 "stall 0: expected" "$ke_build" search axpby -B "$p/build" --stall 0
expect 2 "unknown policy 'gredy' \(did you mean 'greedy'\?\)" "$ke_ci" run --base HEAD -B "$p/build" --policy gredy
expect 2 "called 'memry' that a search could do without \(did you mean 'memory'" "$ke_build" search axpby -B "$p/build" --without memry
expect 2 "unknown synthesizer 'flag' \(did you mean 'flags'\?\)" "$ke_build" search axpby -B "$p/build" --synthesizers flag
expect 2 "no session nope; .ke-build show. lists them" "$ke_build" show nope -B "$p/build"
expect 2 "step: of which session" "$ke_build" show -B "$p/build" --step 3
expect 3 "no-such-folder: no such folder" "$ke_build" bench-search no-such-folder
mkdir "$scratch/spaces"
expect 3 "holds no recorded space" "$ke_build" bench-search "$scratch/spaces"
printf 'tile,time_ms,compile_ms,benchmark_ms\n8,1,0,0\n16,fast?,0,0\n' >"$scratch/spaces/toy-A.csv"
expect 2 "toy-A.csv:3: time_ms is 'fast\?'" "$ke_build" bench-search "$scratch/spaces"
expect 2 "unknown policy 'modle' \(did you mean 'model'\?\)" "$ke_build" bench-search "$scratch/spaces" --policy modle
expect 2 "unknown --warm 'device' \(did you mean 'devices'\?\)" "$ke_build" bench-search "$scratch/spaces" --warm device
printf 'tile,time_ms,compile_ms,benchmark_ms\n8,1,0,0\n16,2,0,0\n' >"$scratch/spaces/toy-A.csv"
expect 2 "no recorded space is called 'toy-B' \(did you mean 'toy-A'\?\)" "$ke_build" bench-search "$scratch/spaces" --only toy-B
expect 2 "--budgets: expected" "$ke_build" bench-search "$scratch/spaces" --budgets 0
expect 0 'Usage' "$ke_build" search --help
expect 0 'ke-build [0-9]' "$ke_build" --version
expect 2 'unknown verb' "$ke_ci" gat
expect 2 'not a legal value: --seed = abc' "$ke_build" search axpby -B "$p/build" --seed abc
expect 2 "unknown sandbox layer 'pidnamespace'.*did you mean 'pid_namespace'" "$ke_build" evaluate axpby -B "$p/build" --require pidnamespace
expect 0 '^unaffected  axpby$' "$ke_build" detect --base HEAD --explain -B "$p/build"

# What is only tried on paper leaves no evaluation behind.
expect 0 '^would check axpby$' "$ke_build" check -B "$p/build" --dry-run
expect 0 '^would measure axpby$' "$ke_build" bench -B "$p/build" --dry-run
expect 0 '^would evaluate axpby from .*src/axpby.cpp with -O1$' "$ke_build" evaluate axpby --flag=-O1 -B "$p/build" --dry-run
expect 0 '^would profile axpby from' "$ke_build" profile axpby -B "$p/build" --dry-run
expect 0 '^would measure memory, compute, call' "$ke_build" noise --dry-run
[ ! -e "$p/build/ke/evaluations" ] || fail "a dry run evaluated something"
expect 0 '^would compare: axpby$' "$ke_ci" gate --base HEAD --all -B "$p/build" --dry-run
expect 2 "no-such-branch" "$ke_ci" gate --base no-such-branch --all -B "$p/build" --dry-run
expect 0 'changes no operator that is declared: nothing to do' "$ke_ci" run --base HEAD -B "$p/build" --dry-run

# An operator that is declared no more is no mistake.
sed 's/axpby/twin/' "$p/src/axpby.ke.json" >"$p/src/twin.ke.json"
sed -i 's/"call": "twin/"call": "axpby/; s/twin.h/axpby.h/' "$p/src/twin.ke.json"
echo 'ke_add_operator(twin TARGET tiny SOURCES src/axpby.cpp SPEC src/twin.ke.json)' >>"$p/CMakeLists.txt"
commit "$p" "Two names for one kernel"
sed -i '/twin/d' "$p/CMakeLists.txt"
expect 0 'twin.*deleted registration: nothing is left to compare' "$ke_ci" gate --base HEAD -B "$p/build" --dry-run
expect 0 'twin.*deleted registration: nothing is left to search' "$ke_ci" run --base HEAD -B "$p/build" --dry-run

! "$ke_build" doctor | grep -E '^[a-z]+ +[^ ]+ *$' || fail "a finding of doctor says nothing"

#!/usr/bin/env bash
# A wrong contract: one clear message each, with file and JSON path.
source "$(dirname "$0")/common.sh"
p=$scratch/p
make_project "$p"
configure "$p"
cp "$p/src/axpby.ke.json" "$scratch/good.json"
with() { sed "$1" "$scratch/good.json" >"$p/src/axpby.ke.json"; }

with 's/"tolerance"/"tolerence"/'
expect 2 "axpby.ke.json: .*unknown key 'tolerence' \(did you mean 'tolerance'\?\)" "$ke_build" search axpby -B "$p/build"
with 's/"workloads"/"workload"/'
expect 2 "workloads: is missing or empty.*\(is 'workload' meant to be it\?\)" "$ke_build" search axpby -B "$p/build"
with 's/"dtype": "float32"}, "y"/"dtype": "float"}, "y"/'
expect 2 "unknown dtype 'float' \(did you mean 'float32'\?\)" "$ke_build" search axpby -B "$p/build"
with 's/{"n": 20000}/{"n": "many"}/'
expect 2 '\$.ke.workloads\[0\].axes.n: found the string "many", expected an integer' "$ke_build" search axpby -B "$p/build"
with 's/"dtype": "float32"}, "y"/"dtype": "flaot32"}, "y"/'
expect 2 "unknown dtype 'flaot32' \(did you mean 'float32'\?\)" "$ke_build" search axpby -B "$p/build"
with 's/axpby(x, y, z, n, a)/axpbi(x, y, z, n, a)/'
expect 2 "axpbi" "$ke_build" search axpby -B "$p/build" --budget 5s
with 's/"tolerance"/"reference": {"source": "nowhere.cpp", "call": "f(x)"}, "tolerance"/'
expect 2 'nowhere.cpp does not exist' "$ke_build" search axpby -B "$p/build"
printf '{ "name": "axpby", \n' >"$p/src/axpby.ke.json"
expect 2 'axpby.ke.json:[0-9]+:[0-9]+: not valid JSON' "$ke_build" search axpby -B "$p/build"
rm "$p/src/axpby.ke.json"
expect 3 'axpby.ke.json' "$ke_build" search axpby -B "$p/build"

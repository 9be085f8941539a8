#!/usr/bin/env bash
# kill -9 at several moments, run again: the same session goes on, no finished evaluation is repeated or lost.
source "$(dirname "$0")/common.sh"
p=$scratch/p
make_project "$p"
configure "$p"
search=("$ke_build" search axpby -B "$p/build" --seed 3 -q)

last=0
session=
for more in 1 2; do
  killed_after $((last + more + 1)) "$p/build" "${search[@]}" --budget 90s
  id=$("$ke_build" show -B "$p/build" | awk '/running/ {print $1; exit}')
  [ -n "$id" ] || fail "the killed search left no running session"
  [ -z "$session" ] || [ "$id" = "$session" ] || fail "a second session was started: $id after $session"
  session=$id
  count=$(evaluations_in "$p/build")
  [ "$count" -gt "$last" ] || fail "evaluations were lost: $last, then $count"
  last=$count
done
# Too little time is left to confirm anything.
"${search[@]}" --budget 12s --json >"$scratch/end.json" || [ $? -eq 4 ] || fail "the resumed search failed"
grep -q '"state": "finished"' "$scratch/end.json" || fail "not finished"
grep -q "\"session\": \"$session\"" "$scratch/end.json" || fail "another session was finished"
id=$(grep -oE '"session": "[^"]+"' "$scratch/end.json" | head -1 | cut -d'"' -f4)
"$ke_build" show "$id" -B "$p/build" | awk '/^ *[0-9]+ <- / {print $1}' | sort | uniq -d | grep -q . && fail "a node was written twice"

# Any past state, from the store: after step 3 there are the root and three nodes, the fourth is not known yet.
"$ke_build" show "$id" -B "$p/build" --step 3 >"$scratch/past" || fail "--step 3"
[ "$(awk '/^ *[0-9]+ <- / {++n} END {print n}' "$scratch/past")" = 4 ] || fail "$(cat "$scratch/past")"
grep -q '3 evaluations' "$scratch/past" || fail "the session as of step 3 has other counts"
grep -qE '^after step 3 of seed 3: frontier ([0-9]+ ?)+; 20 % of expansions start clean$' "$scratch/past" ||
  fail "no frontier: $(tail -n 1 "$scratch/past")"
[ "$("$ke_build" show "$id" -B "$p/build" --step 0 | grep -c ' <- ')" = 1 ] || fail "--step 0 is the root alone"
expect 2 "has steps 0 \(its root\) to [0-9]+" "$ke_build" show "$id" -B "$p/build" --step 99
exit 0

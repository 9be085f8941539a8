#!/usr/bin/env bash
# A full disk, a read-only tree, two searches at once: one clear message each, nothing lost.
source "$(dirname "$0")/common.sh"
p=$scratch/p
make_project "$p"
configure "$p"
killed_after 1 "$p/build" "$ke_build" search axpby -B "$p/build" --budget 90s -q
sessions() { "$ke_build" show -B "$p/build" | grep -c axpby; }
before=$(sessions)
[ "$before" -eq 1 ] || fail "one session expected, found $before"

# Every file that would grow beyond 8 KiB fails, as on a full disk.
code=0
( trap '' XFSZ; ulimit -f 8; exec "$ke_build" search axpby -B "$p/build" --evaluations 3 --budget 20s --seed 9 -q ) 2>"$scratch/err" || code=$?
[ "$code" -eq 3 ] || { cat "$scratch/err" >&2; fail "full disk: exit code $code, expected 3"; }
grep -qE 'cannot write|full|too large|I/O|ke-build search: ' "$scratch/err" || { cat "$scratch/err" >&2; fail "full disk: unclear"; }
[ "$(sessions)" -ge "$before" ] || fail "a session was lost"

# A state folder that may not be written: an ordinary user, who may not see the checkout either, on a tree of root's.
make_project "$scratch/ro"
configure "$scratch/ro"
cmake --build "$scratch/ro/build" >/dev/null
mkdir "$scratch/tool"
cp -rL "$KE_BUILD/bin" "$KE_BUILD/share" "$scratch/tool"
chmod -R a+rX,a-w "$scratch/ro" "$scratch/tool"
ordinary=(env HOME=/nonexistent)
[ "$(id -u)" -ne 0 ] || ordinary=(setpriv --reuid=65534 --regid=65534 --clear-groups "${ordinary[@]}")
expect 3 'cannot|read-only|permission|Permission' "${ordinary[@]}" "$scratch/tool/bin/ke-build" search axpby -B "$scratch/ro/build" --evaluations 2
chmod -R u+w "$scratch/ro" "$scratch/tool"

# Two at once: the second says who holds it, before it opens a judge.
"$ke_build" search axpby -B "$p/build" --budget 90s --seed 5 -q >/dev/null 2>"$scratch/err-first" &
background=$!
holds() { cat "$p/build/ke/locks/"search-*.lock 2>/dev/null | grep -qx "$background"; }
for _ in $(seq 100); do holds && break; sleep 0.1; done
holds || { cat "$scratch/err-first" >&2; fail "the first search never held the operator"; }
expect 3 "being searched by another process.*pid $background" "$ke_build" search axpby -B "$p/build" --budget 90s --seed 6 -q
kill_now "$background"
